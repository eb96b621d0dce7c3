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
from threading import Event, Thread
from typing import Any

from flask import current_app

CONNECT_SECONDS = 10
DEADLINE_SECONDS = 30  # shorter than a letter's lease, so that a slow server cannot outlive it
AUTHENTICATION_REQUIRED = 530


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
    sender = parseaddr(message.sender)[1]
    [recipient] = message.send_to
    past_fence = False
    try:
        with _connected(sender.rpartition("@")[2]) as server:
            of_letter, of_recipient = _wishes(server, message.msgId)
            _expect(server.mail(sender, of_letter), "MAIL")
            _expect(server.rcpt(parseaddr(recipient)[1], of_recipient), "RCPT")
            written = message.as_bytes()
            if not fence():
                raise NotMine
            past_fence = True
            _expect(server.data(written), "DATA")
    except smtplib.SMTPDataError as answer:
        raise _verdict(answer.smtp_code, "DATA") from None
    except (OSError, smtplib.SMTPException) as error:
        raise (Unsure if past_fence else NotNow)(type(error).__name__) from None


@contextmanager
def _connected(our_name: str) -> Iterator[smtplib.SMTP]:
    config, over = current_app.config, Event()
    server = _new(config, our_name)
    Thread(target=_keep_time, args=(server, over), name="deadline", daemon=True).start()
    try:
        code, _ = server.connect(config["MAIL_SERVER"], config["MAIL_PORT"])
        if code != 220:
            raise NotNow(f"greeting {code}")
        server.ehlo_or_helo_if_needed()
        _secure(server, config)
        yield server
    finally:
        with contextlib.suppress(Exception):  # a failed goodbye after the 250 is not a failed letter
            if server.sock:
                server.sock.settimeout(1)
            server.docmd("QUIT")
        over.set()
        server.close()


def _new(config: Any, our_name: str) -> smtplib.SMTP:
    """Not connected yet, so that the deadline also holds while the server makes up its mind to greet us. We say our own
    name, because Python would ask the network for one."""
    settings: dict[str, Any] = {"local_hostname": our_name, "timeout": CONNECT_SECONDS}
    if config["MAIL_USE_SSL"]:
        server: smtplib.SMTP = smtplib.SMTP_SSL(context=ssl.create_default_context(), **settings)
    else:
        server = smtplib.SMTP(**settings)
    # The name that its certificate must have; `connect` does not keep it.
    server._host = config["MAIL_SERVER"]  # type: ignore[attr-defined]
    return server


def _secure(server: smtplib.SMTP, config: Any) -> None:
    if config["MAIL_USE_TLS"]:
        try:
            server.starttls(context=ssl.create_default_context())
        except smtplib.SMTPNotSupportedError:
            raise NotNow("the server offers no TLS") from None
        except ssl.SSLCertVerificationError:
            raise NotNow("the server's certificate is not to be trusted") from None
        server.ehlo()
    if config["MAIL_USERNAME"]:
        try:
            server.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"])
        except smtplib.SMTPAuthenticationError:
            # Our settings are wrong, not the letter: it waits until they are right.
            raise NotNow("the server refused our name and password") from None


def _wishes(server: smtplib.SMTP, message_id: str) -> tuple[list[str], list[str]]:
    """What we ask of a server that can do it (RFC 3461): to say which letter it could not deliver, and to send back its
    headers alone, because a PIN may stand in it; and not to write because one is merely late."""
    if not server.has_extn("dsn"):
        return [], []
    name = "".join(f"+{ord(each):02X}" if each in "+=" else each for each in message_id.strip("<>"))
    return ["RET=HDRS", f"ENVID={name}"], ["NOTIFY=FAILURE"]


def _keep_time(server: smtplib.SMTP, over: Event) -> None:
    """Cut a conversation that takes too long; again and again, for one that only begins then."""
    late = not over.wait(DEADLINE_SECONDS)
    while late:
        with contextlib.suppress(Exception):
            if server.sock:
                server.sock.shutdown(socket.SHUT_RDWR)
        late = not over.wait(0.1)


def _expect(answer: tuple[int, bytes], what: str) -> None:
    if not 200 <= answer[0] < 300:
        raise _verdict(answer[0], what)


def _verdict(code: int, what: str) -> Exception:
    """What an answer of the server means. Only its number is kept: its words can hold addresses.

    A no to the recipient or to the letter is for good. A no to us as the sender is our settings' fault: it can wait.
    """
    said = f"{what} {code}"
    if 500 <= code < 600 and what != "MAIL" and code != AUTHENTICATION_REQUIRED:
        return Never(said)
    return Unsure(said) if what == "DATA" and not 400 <= code < 600 else NotNow(said)
