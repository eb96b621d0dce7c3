"""The local mailbox of the embedded default: where letters go when there is no mail server."""

import mailbox
from collections.abc import Callable
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from flask import current_app

from phonein.delivery.smtp import NotMine, NotNow


def hand_over(message: Any, fence: Callable[[], bool]) -> None:
    """Keeps the letter as a file in the data folder. Raises NotMine when the lease has run out, NotNow when the
    disk refuses."""
    written = message.as_bytes()
    if not fence():
        raise NotMine
    try:
        _maildir().add(written)
    except OSError as error:
        raise NotNow(type(error).__name__) from None


def letters() -> list[tuple[str, EmailMessage]]:
    """Every letter kept, newest first, each with the key under which it is found again."""
    kept = _maildir()
    newest_first = sorted(kept.keys(), key=lambda key: _file(kept, key).stat().st_mtime_ns, reverse=True)
    return [(key, _read(kept.get_bytes(key))) for key in newest_first]


def letter(key: str) -> EmailMessage | None:
    kept = _maildir()
    return _read(kept.get_bytes(key)) if key in kept else None


def forget_before(moment: datetime) -> int:
    """Remove letters kept before this instant; how many."""
    kept = _maildir()
    old = [key for key in kept.keys() if _file(kept, key).stat().st_mtime < moment.timestamp()]  # noqa: SIM118
    for key in old:
        kept.discard(key)
    return len(old)


def _maildir() -> mailbox.Maildir:
    return mailbox.Maildir(current_app.config["DATA"] / "mailbox", create=True)


def _file(kept: mailbox.Maildir, key: str) -> Path:
    return Path(current_app.config["DATA"], "mailbox", kept._lookup(key))  # type: ignore[attr-defined]


def _read(written: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(written)
