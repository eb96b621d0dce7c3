"""A mail server that does as it is told: takes letters, or fails in one of the ways in which servers fail."""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

# What one conversation may come to instead of "250 OK".
DROPS = "drops the connection in the middle of the letter"
DROPS_BEFORE_ANSWERING = "reads the letter, does not take it, drops the connection"
TAKES_AND_DROPS = "takes the letter, drops the connection before its 250 is out"
TAKES_AND_LEAVES = "takes the letter, says 250 and is gone before the goodbye"
IS_SILENT = "reads the letter and never answers"
WAITS_BEFORE_THE_LETTER = "keeps the client waiting after RCPT, until told to go on"
WAITS_DURING_THE_LETTER = "keeps the client waiting after DATA, having taken nothing"
WAITS_AND_REFUSES = "keeps the client waiting after RCPT, until told to go on, and then takes nothing"
TAKES_AND_WAITS = "takes the letter and keeps its 250 back, until told to go on"


class PostOffice:
    """`plan` says what each of the next conversations comes to: one of the words above, or an answer such as
    "RCPT 451", "DATA 550" or "GO 451" (in place of 354); when the plan is used up, letters are taken.

    `takes_wishes`: it can do RFC 3461, and `wishes` is what was asked for last."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.takes_wishes, self.wishes = False, ""
        self.talks: list[str] = []
        self.plan: deque[str] = deque()
        self.reached, self.go_on = Event(), Event()
        self.on_rcpt: Callable[[], object] = lambda: None
        self.on_taken: Callable[[], object] = lambda: None

    def will(self, *plan: str) -> None:
        self.plan.extend(plan)

    @property
    def letters(self) -> list[EmailMessage]:
        return [BytesParser(EmailMessage, policy=policy.default).parsebytes(taken) for taken in self.taken]

    def parts(self) -> list[tuple[str, str, bytes | None]]:
        """Of each letter: its subject, its plain text, and what it tells a calendar."""
        found = []
        for letter in self.letters:
            text = letter.get_body(("plain",))
            calendar = next((part for part in letter.walk() if part.get_content_type() == "text/calendar"), None)
            assert text
            found.append((letter["Subject"], text.get_content(), calendar and calendar.get_payload(decode=True)))
        return found

    def methods(self) -> list[str | None]:
        """What the calendars were told, in order; None for a letter without an invite."""
        found = [re.search(rb"text/calendar.*\s+method=\"?(\w+)", taken) for taken in self.taken]
        return [each and each.group(1).decode() for each in found]

    async def handle_EHLO(  # noqa: N802
        self, server: Any, talk: Any, envelope: Any, name: str, answers: list[str]
    ) -> list[str]:
        talk.host_name = name
        return [*answers[:-1], "250-DSN", answers[-1]] if self.takes_wishes else answers

    async def handle_MAIL(self, server: Any, talk: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        talk.fate = self.plan.popleft() if self.plan else ""
        self.talks.append(talk.fate)
        envelope.mail_from = address
        return self._answer(talk, "MAIL")

    async def handle_RCPT(self, server: Any, talk: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.on_rcpt()
        if talk.fate in (WAITS_BEFORE_THE_LETTER, WAITS_AND_REFUSES):
            await self._wait()
        if talk.fate == WAITS_AND_REFUSES:
            return "451 not now"
        envelope.rcpt_tos.append(address)
        return self._answer(talk, "RCPT")

    async def handle_DATA(self, server: Any, talk: Any, envelope: Any) -> str:  # noqa: N802
        answer = self._answer(talk, "DATA")
        if talk.fate == IS_SILENT:
            await self._wait()
        elif talk.fate == DROPS_BEFORE_ANSWERING:
            server.transport.abort()
        elif answer.startswith("250"):
            self.taken.append(envelope.content)
            self.on_taken()
            await self._after_taking(server, talk)
        return answer

    async def _after_taking(self, server: Any, talk: Any) -> None:
        if talk.fate == TAKES_AND_DROPS:
            server.transport.abort()
        elif talk.fate == TAKES_AND_WAITS:
            await self._wait()
        elif talk.fate == TAKES_AND_LEAVES:
            await server.push("250 OK")
            server.transport.close()

    async def _wait(self) -> None:
        self.reached.set()
        while not self.go_on.is_set():
            await asyncio.sleep(0.02)

    def _answer(self, talk: Any, command: str) -> str:
        return f"{talk.fate.split()[1]} because" if talk.fate.startswith(f"{command} ") else "250 OK"


class Counter:
    """What the server sees of the office. At every connection it reads all attributes of its handler, and `letters`
    would then read all the post."""

    def __init__(self, office: PostOffice) -> None:
        self.office = office
        self.handle_EHLO = office.handle_EHLO
        self.handle_MAIL, self.handle_RCPT, self.handle_DATA = (
            office.handle_MAIL,
            office.handle_RCPT,
            office.handle_DATA,
        )


class Clerk(SMTP):
    """What happens between DATA and the letter."""

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        self.event_handler.office.wishes = ""
        await super().smtp_MAIL(self._noting(arg, r" (RET|ENVID)=\S+"))

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        await super().smtp_RCPT(self._noting(arg, r" (NOTIFY|ORCPT)=\S+"))

    def _noting(self, arg: str, wish: str) -> str:
        office = self.event_handler.office
        if not office.takes_wishes:
            return arg
        office.wishes += "".join(found[0] for found in re.finditer(wish, arg))
        return re.sub(wish, "", arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        fate, office = self.session.fate, self.event_handler.office
        if fate.startswith("GO "):
            await self.push(f"{fate.split()[1]} because")
        elif fate in (DROPS, WAITS_DURING_THE_LETTER):
            await self.push("354 go on")
            await self._reader.read(10)
            if fate == WAITS_DURING_THE_LETTER:
                await office._wait()
            self.transport.abort()
        else:
            await super().smtp_DATA(arg)


class Building(Controller):
    """Port 0: the system chooses."""

    def factory(self) -> SMTP:
        return Clerk(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
