"""The secrets of a phone-in's box: what makes passes, in the database; what opens envelopes, in a file outside it."""

import base64
import hashlib
import os
import secrets
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import Fernet
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from phonein import clock
from phonein.db import db
from phonein.errors import Refused
from phonein.questions import seal
from phonein.questions.models import PassKey, SealKey

NOT_FOR_BACKUP = "Signature: 8a477f597d28d172789f06886806bc55\n# Sealing keys: never copy them anywhere.\n"


Kept = TypeVar("Kept", PassKey, SealKey)


class BoxKeyAway(Refused):
    """The box of this phone-in cannot be used just now, so nothing was sent or changed. Try again later."""

    status = 503
    title = "The box cannot be used just now"


def pass_secret(slug: str) -> bytes:
    """The secret that printed passes for this phone-in are made with; drawn when first needed."""
    kept = db.session.get(PassKey, (slug, "m"))
    if kept is None:
        kept = _first(PassKey(phone_in_slug=slug, purpose="m", secret=_at_rest().encrypt(secrets.token_bytes(32))))
    return _at_rest().decrypt(kept.secret)


def box_public(slug: str) -> bytes:
    """What envelopes for this phone-in are sealed with; drawn when first needed, which the sweep sees to in time.

    Raises BoxKeyAway: what nobody could open must not be sealed.
    """
    kept = db.session.get(SealKey, slug)
    if kept is None:
        private, public = seal.new_key()
        _keep(slug, private, public)
        kept = _first(SealKey(phone_in_slug=slug, public=public))
    if is_away(slug):
        raise BoxKeyAway
    return kept.public


def box_private(slug: str) -> bytes:
    """What opens them. Raises BoxKeyAway."""
    kept = db.session.get(SealKey, slug)
    if kept is None:
        raise BoxKeyAway
    try:
        return _read(_file(slug, kept.public))
    except FileNotFoundError:
        raise BoxKeyAway from None


def is_away(slug: str) -> bool:
    """Whether the box has a key whose file is not where it should be."""
    kept = db.session.get(SealKey, slug)
    return kept is not None and not _file(slug, kept.public).exists()


def away() -> list[str]:
    """The slugs of all boxes whose key is away: a disk that is not there, or a loss."""
    return [slug for slug in db.session.scalars(select(SealKey.phone_in_slug)) if is_away(slug)]


def destroy_box(slug: str) -> list[Path]:
    """Forget the box's key; returns the files to destroy once that has been committed."""
    kept = db.session.get(SealKey, slug)
    if kept is None:
        return []
    file = _file(slug, kept.public)
    db.session.delete(kept)
    db.session.flush()
    return [file]


def destroy(file: Path) -> None:
    """Overwrite, then remove: a copy-on-write disk may still keep the old bytes, which docs/anonymity.md says."""
    if not file.exists():
        return
    with file.open("r+b") as inside:  # in place: a file opened anew would get other blocks of the disk
        inside.write(secrets.token_bytes(file.stat().st_size))
        inside.flush()
        os.fsync(inside.fileno())
    file.unlink(missing_ok=True)


def _first(kept: Kept) -> Kept:
    """Two may need a new secret at once: the first to write it down decides for both."""
    try:
        with db.session.begin_nested():
            db.session.add(kept)
        return kept
    except IntegrityError:
        key = (kept.phone_in_slug, kept.purpose) if isinstance(kept, PassKey) else kept.phone_in_slug
        return db.session.get_one(type(kept), key)


def _keep(slug: str, private: bytes, public: bytes) -> None:
    folder: Path = current_app.config["SEAL_DIR"]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = folder / "CACHEDIR.TAG"  # borg, restic and tar leave a folder with this file out
    if not mark.exists():
        mark.write_text(NOT_FOR_BACKUP)
    descriptor = os.open(_file(slug, public), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(private)
        out.flush()
        os.fsync(out.fileno())


def _read(file: Path) -> bytes:
    """Without a note on the file that it was read: that would be the time at which somebody looked at a question."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # only the file's owner may ask for that
        descriptor = os.open(file, os.O_RDONLY)
    with os.fdopen(descriptor, "rb") as inside:
        return inside.read()


def _file(slug: str, public: bytes) -> Path:
    folder: Path = current_app.config["SEAL_DIR"]
    return folder / f"{slug}.{hashlib.sha256(public).hexdigest()[:16]}"


def _at_rest() -> Fernet:
    """What encrypts the secrets in the database: made from SECRET_KEY, so that a copy of the database is not enough."""
    digest = hashlib.sha256(b"phonein/1|pass keys|" + current_app.config["SECRET_KEY"].encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def destroy_strays() -> None:
    """A process that died between commit and destruction leaves a key behind that no box has any more."""
    known = {_file(kept.phone_in_slug, kept.public) for kept in db.session.scalars(select(SealKey))}
    an_hour_ago = clock.now().timestamp() - 3600  # younger ones may belong to a box that is being made just now
    for file in current_app.config["SEAL_DIR"].glob("*.*"):
        if file not in known and file.name != "CACHEDIR.TAG" and file.stat().st_mtime < an_hour_ago:
            destroy(file)
