"""The mailbox to which calendars reply: read message by message, each put away once it has been taken in.

Killed at any moment nothing is lost and nothing is done twice: a message leaves the folder only after the transaction
in which it was taken in, and whoever reads it again finds that it is known.
"""

import contextlib
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from imaplib import IMAP4
from threading import Timer
from typing import Any

from flask import current_app
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxUnencrypted

from phonein.delivery.replies import HEADERS, LARGEST, may_be_bounce

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5
# The sweep has other things to do, and must stop within ten seconds when it is told to.
READ_SECONDS, CUT_AFTER_SECONDS = 5, 8
MOST_A_ROUND = 100
DONE, FOR_A_PERSON = "Done", "For a person"
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

TakeIn = Callable[[bytes, bool], bool]


class Away(Exception):
    """The mailbox cannot be read just now. The words are ours, because a server's own can hold addresses."""


def read_mailbox(take_in: TakeIn) -> int:
    """One round: whatever waits in the folder, up to a bounded number; how many messages were taken in.

    `take_in` is given each message, and whether it is the whole of it; it commits, and says whether a person has to
    look. What it raises is raised here: then that message stays where it is, and those behind it too.
    """
    try:
        with _opened() as mailbox:
            return sum(1 for _ in _taken_in(mailbox, take_in))
    except Away as reason:
        log.warning("replies: %s", reason)
    except (OSError, IMAP4.error, ImapToolsError) as error:
        log.warning("replies: the mail server does not answer as it should", extra={"error": type(error).__name__})
    return 0


@contextmanager
def _opened() -> Iterator[BaseMailBox]:
    """The mailbox, with its folder open. However slow its server is, it is closed after some seconds."""
    config = current_app.config
    mailbox = _connected(config)
    cut = Timer(CUT_AFTER_SECONDS, _cut, [mailbox.client.sock])
    cut.daemon = True
    cut.start()
    try:
        _enter(mailbox, config)
        yield mailbox
    finally:
        cut.cancel()
        with contextlib.suppress(Exception):  # a failed goodbye changes nothing
            mailbox.client.sock.settimeout(1)
            mailbox.logout()
        with contextlib.suppress(Exception):
            mailbox.client.shutdown()


def _connected(config: Any) -> BaseMailBox:
    where = {"host": config["REPLIES_IMAP_SERVER"], "port": config["REPLIES_IMAP_PORT"], "timeout": ANSWER_SECONDS}
    try:
        if config["REPLIES_IMAP_USE_SSL"]:
            return MailBox(**where, ssl_context=ssl.create_default_context())
        return MailBoxUnencrypted(**where)
    except ssl.SSLCertVerificationError:
        raise Away("the mail server's certificate is not to be trusted") from None


def _enter(mailbox: BaseMailBox, config: Any) -> None:
    try:
        mailbox.login(config["REPLIES_IMAP_USERNAME"], config["REPLIES_IMAP_PASSWORD"], initial_folder=None)
        # Only now does it say all that it can do, and only a real MOVE cannot be torn in two.
        mailbox.client.capabilities = tuple(mailbox.client.capability()[1][-1].decode().upper().split())
        mailbox.folder.set(config["REPLIES_IMAP_FOLDER"])
    except (MailboxLoginError, IMAP4.abort) as error:
        if isinstance(error, IMAP4.abort):
            raise
        raise Away("the mail server refused our name and password") from None
    except MailboxFolderSelectError:
        raise Away("the mailbox has no folder of the name in REPLIES_IMAP_FOLDER") from None


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _taken_in(mailbox: BaseMailBox, take_in: TakeIn) -> Iterator[str]:
    until = time.monotonic() + READ_SECONDS
    # Flagged are those that could not be put away.
    waiting = mailbox.uids("UNFLAGGED UNDELETED", charset=None)[:MOST_A_ROUND]
    folders = _folders(mailbox) if waiting else {}
    for uid in waiting:
        if time.monotonic() > until:
            return
        written, is_whole = _fetched(mailbox, uid)
        if written is not None:
            name = FOR_A_PERSON if take_in(written, is_whole) else DONE
            _put_away(mailbox, uid, folders[name])
            yield uid


def _fetched(mailbox: BaseMailBox, uid: str) -> tuple[bytes | None, bool]:
    """The message, and whether that is all of it: of a large one we want no more than its headers, and of a letter that
    came back its beginning. None where another process has put it away meanwhile."""
    size = SIZE.search(b" ".join(part for part in _fetch(mailbox, uid, "RFC822.SIZE") if isinstance(part, bytes)))
    if size is None:
        return None, False
    is_whole = int(size[1]) <= LARGEST
    if is_whole:
        return _section(mailbox, uid, f"BODY.PEEK[]<0.{LARGEST + 1}>"), True
    found = _section(mailbox, uid, f"BODY.PEEK[HEADER]<0.{HEADERS}>")
    if found is not None and may_be_bounce(found):
        found = _section(mailbox, uid, f"BODY.PEEK[]<0.{HEADERS}>")
    return found, False


def _section(mailbox: BaseMailBox, uid: str, what: str) -> bytes | None:
    return next((part[1] for part in _fetch(mailbox, uid, what) if isinstance(part, tuple)), None)


def _fetch(mailbox: BaseMailBox, uid: str, what: str) -> list[Any]:
    status, parts = mailbox.client.uid("FETCH", uid, f"({what})")
    if status != "OK":
        raise Away("the mail server does not hand out a message")
    return parts


def _folders(mailbox: BaseMailBox) -> dict[str, str]:
    """Where messages are put away: made if missing, under the name that this server's kind of folders has."""
    there = {folder.name: folder.delim for folder in mailbox.folder.list()}
    between = next((delim for delim in there.values() if delim), "")
    found = {}
    for name in (DONE, FOR_A_PERSON):
        full = f"Phonein{between or ' '}{name}"
        inside = f"INBOX{between}{full}"  # some servers keep everything there
        found[name] = inside if inside in there else full
        if found[name] not in there:
            found[name] = full if _made(mailbox, full) else inside if between and _made(mailbox, inside) else full
    return found


def _made(mailbox: BaseMailBox, folder: str) -> bool:
    try:
        mailbox.folder.create(folder)
        mailbox.folder.subscribe(folder, True)
    except ImapToolsError:
        return mailbox.folder.exists(folder)
    return True


def _put_away(mailbox: BaseMailBox, uid: str, folder: str) -> None:
    """Only after its transaction. One that cannot be moved is flagged, so that it is not read in every round."""
    try:
        mailbox.move([uid], folder)
    except ImapToolsError:
        log.warning("replies: a message could not be moved, so it is flagged")
        mailbox.client.uid("STORE", uid, "+FLAGS", r"(\Flagged)")
