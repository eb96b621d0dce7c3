"""Handing one letter to the mail server, so that afterwards we know what became of it.

Flask-Mail's own connection has no time limit, does not check certificates and raises when the goodbye fails although
the letter was accepted (docs/decisions.md); so it gives the settings and the words, and the talking is done here.
"""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from threading import Timer
from typing import Any

from flask import current_app

CONNECT_SECONDS = 10
DEADLINE_SECONDS = 30  # shorter than a letter's lease, so that a slow server cannot outlive it
ACCEPTED = {250, 251}


class NotNow(Exception):
    """Nothing was accepted; another try may succeed."""


class Never(Exception):
    """Refused for good."""


class Unsure(Exception):
    """The server had the letter in hand when the connection broke: it may have been accepted."""


class NotMine(Exception):
    """The lease ran out before the fence: another worker has this letter now."""


def hand_over(message: Any, fence: Callable[[], bool]) -> None:
    """Returns only after the server's 250 for the whole letter.

    `fence` is called once, just before the letter itself goes out. Raises NotNow, Never, Unsure or NotMine.
    """
    past_fence = False
    try:
        with _connected() as server:
            _expect(server.mail(parseaddr(message.sender)[1]), "MAIL")
            [recipient] = message.send_to
            _expect(server.rcpt(parseaddr(recipient)[1]), "RCPT")
            written = message.as_bytes()
            if not fence():
                raise NotMine
            past_fence = True
            _expect(server.data(written), "DATA")
    except smtplib.SMTPResponseException as answer:
        raise _verdict(answer.smtp_code, "SMTP") from None
    except (OSError, smtplib.SMTPException) as error:
        raise (Unsure if past_fence else NotNow)(type(error).__name__) from None


@contextmanager
def _connected() -> Iterator[smtplib.SMTP]:
    server = _open(current_app.config)
    watchdog = Timer(DEADLINE_SECONDS, _cut, [server])
    watchdog.daemon = True
    watchdog.start()
    try:
        server.ehlo_or_helo_if_needed()
        _secure(server, current_app.config)
        yield server
    finally:
        watchdog.cancel()
        with contextlib.suppress(Exception):  # a failed goodbye after the 250 is not a failed letter
            if server.sock:
                server.sock.settimeout(1)
            server.docmd("QUIT")
        server.close()


def _open(config: Any) -> smtplib.SMTP:
    if config["MAIL_USE_SSL"]:
        return smtplib.SMTP_SSL(
            config["MAIL_SERVER"], config["MAIL_PORT"], timeout=CONNECT_SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(config["MAIL_SERVER"], config["MAIL_PORT"], timeout=CONNECT_SECONDS)


def _secure(server: smtplib.SMTP, config: Any) -> None:
    if config["MAIL_USE_TLS"]:
        try:
            server.starttls(context=ssl.create_default_context())
        except smtplib.SMTPNotSupportedError:
            raise NotNow("the server offers no TLS") from None
        server.ehlo()
    if config["MAIL_USERNAME"]:
        try:
            server.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"])
        except smtplib.SMTPAuthenticationError:
            # Our settings are wrong, not the letter: it waits until they are right.
            raise NotNow("the server refused our name and password") from None


def _cut(server: smtplib.SMTP) -> None:
    with contextlib.suppress(Exception):
        if server.sock:
            server.sock.shutdown(socket.SHUT_RDWR)


def _expect(answer: tuple[int, bytes], what: str) -> None:
    if answer[0] not in ACCEPTED:
        raise _verdict(answer[0], what)


def _verdict(code: int, what: str) -> Exception:
    """What an answer of the server means. Only its number is kept: its words can hold addresses."""
    return (Never if 500 <= code < 600 else NotNow)(f"{what} {code}")
