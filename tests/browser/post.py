"""A real mail server for the tests: it takes whatever it is given and keeps it to be read."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller

from tests.browser.product import free_port

SECONDS = 20


class Post:
    """The letters that arrived, in order."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.port = 0

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["Post"]:
        office = cls()
        office.port = free_port()
        controller = Controller(office, hostname="127.0.0.1", port=office.port)
        controller.start()
        try:
            yield office
        finally:
            controller.stop()

    async def handle_DATA(self, server: Any, smtp_session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        letter = BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content)
        assert envelope.rcpt_tos == [letter["To"].addresses[0].addr_spec]
        self.letters.append(letter)
        return "250 OK"

    def to(self, address: str, subject: str, *, number: int = 1) -> EmailMessage:
        """The letter to this address whose subject begins so: the first, the second … Waits until it is there."""
        return self._awaited(lambda letter: letter["Subject"].startswith(subject) and _to(letter) == address, number)

    def invite_to(self, address: str, method: str, *, number: int = 1) -> bytes:
        """The calendar part of a letter, as it travelled."""
        letter = self._awaited(lambda one: _to(one) == address and _method(one) == method, number)
        return bytes(_calendar(letter).get_payload(decode=True))

    def kinds(self) -> list[tuple[str, str, str | None]]:
        """What has arrived: to whom, the first word of the subject, the calendar method; in no order."""
        return sorted(((_to(one), one["Subject"].split(":")[0], _method(one)) for one in self.letters), key=str)

    def _awaited(self, fits: Callable[[EmailMessage], bool], number: int) -> EmailMessage:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            found = [letter for letter in self.letters if fits(letter)]
            if len(found) >= number:
                return found[number - 1]
            time.sleep(0.05)
        raise AssertionError(f"no such letter within {SECONDS} seconds, only {self.kinds()}")


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _to(letter: EmailMessage) -> str:
    return str(letter["To"].addresses[0].addr_spec)


def _calendar(letter: EmailMessage) -> Any:
    return next(part for part in letter.walk() if part.get_content_type() == "text/calendar")


def _method(letter: EmailMessage) -> str | None:
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    return parts[0].get_param("method") if parts else None  # type: ignore[return-value]
