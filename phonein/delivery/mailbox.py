"""The local mailbox of the embedded default: where letters go when there is no mail server."""

import mailbox
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from flask import current_app

from phonein.delivery.smtp import NotMine


def hand_over(message: Any, fence: Callable[[], bool]) -> None:
    """Keeps the letter as a file in the data folder. Raises NotMine when the lease has run out."""
    written = message.as_bytes()
    if not fence():
        raise NotMine
    _maildir().add(written)


def letters() -> list[tuple[str, EmailMessage]]:
    """Every letter kept, newest first, each with the key under which it is found again."""
    kept = _maildir()
    newest_first = sorted(kept.keys(), key=lambda key: _file(kept, key).stat().st_mtime_ns, reverse=True)
    return [(key, _read(kept.get_bytes(key))) for key in newest_first]


def letter(key: str) -> EmailMessage | None:
    kept = _maildir()
    return _read(kept.get_bytes(key)) if key in kept else None


def _maildir() -> mailbox.Maildir:
    return mailbox.Maildir(current_app.config["DATA"] / "mailbox", create=True)


def _file(kept: mailbox.Maildir, key: str) -> Path:
    return Path(current_app.config["DATA"], "mailbox", kept._lookup(key))  # type: ignore[attr-defined]


def _read(written: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(written)
