"""The secrets of a phone-in's box: what makes passes, in the database; what opens envelopes, in a file outside it."""

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import Fernet
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from phonein import clock
from phonein.db import db, hold, transaction
from phonein.errors import Refused
from phonein.questions import blind, codes, seal
from phonein.questions.models import PassKey, SealKey
from phonein.schedule.models import PhoneIn

DRAWN_AHEAD = timedelta(days=60)
SIGNING = ("q", "v")  # passes for questions, passes for votes
PRINT_LETTERS, PRINT_GROUP = 32, 4  # of five bits each: 160
NOT_FOR_BACKUP = "Signature: 8a477f597d28d172789f06886806bc55\n# Sealing keys: never copy them anywhere.\n"


Kept = TypeVar("Kept", PassKey, SealKey)


class NoPassKeys(Refused):
    """The keys of this phone-in have not been drawn yet, which takes a minute. Printed passes can be had at once."""

    status = 503
    title = "Not ready yet"
    retry_after = 60


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


def pass_keys(slug: str) -> dict[str, bytes]:
    """By purpose, what passes for this phone-in are checked with, as DER; nothing until the keys have been drawn."""
    drawn = select(PassKey.purpose, PassKey.public).where(
        PassKey.phone_in_slug == slug, PassKey.purpose.in_(SIGNING), PassKey.public.is_not(None)
    )
    found = {purpose: public for purpose, public in db.session.execute(drawn) if public}
    return found if len(found) == len(SIGNING) else {}


def sign_blindly(slug: str, purpose: str, blinded: list[bytes]) -> list[bytes]:
    """A signature for each hidden pass. Raises blind.NotBlinded, and NoPassKeys before they are drawn."""
    kept = db.session.get(PassKey, (slug, purpose))
    if kept is None:
        raise NoPassKeys
    private = _at_rest().decrypt(kept.secret)
    return [blind.sign(private, each) for each in blinded]


def fingerprint(publics: Mapping[str, bytes]) -> str:
    """Both public keys in 32 letters, in groups of four, for people and browsers to compare; "" while there are none.

    The first 160 bits of SHA-256 over the moduli: static/blind.js makes the same of the keys that it fetched.
    """
    if not publics:
        return ""
    moduli = b"".join(blind.modulus(publics[purpose]).to_bytes(blind.SIGNATURE_BYTES) for purpose in SIGNING)
    digest = hashlib.sha256(b"phonein/1|keys|" + moduli).digest()
    return codes.in_groups(int.from_bytes(digest[:20]), PRINT_LETTERS, PRINT_GROUP)


def draw_pass_keys_ahead(limit: int = 10) -> int:
    """The keys that sign passes, for the phone-ins that need them next and have none; how many phone-ins got some.

    Drawn ahead and for all alike, so that everybody who signs in can draw at once. Making keys takes a while, so it is
    done before the transaction begins: nobody waits for it.
    """
    drawn = 0
    for slug in _without_pass_keys(limit):
        made = {purpose: blind.new_key() for purpose in SIGNING}
        with transaction():
            drawn += _keep_pass_keys(slug, made)
    return drawn


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


def _without_pass_keys(limit: int) -> list[str]:
    now = clock.now()
    nearest = (
        select(PhoneIn.slug)
        .where(
            PhoneIn.published_at.is_not(None),
            PhoneIn.cancelled_at.is_(None),
            PhoneIn.asks_close_at > now,
            PhoneIn.starts_at < now + DRAWN_AHEAD,
            PhoneIn.key_print == "",
        )
        .order_by(PhoneIn.starts_at, PhoneIn.slug)
    )
    return list(db.session.scalars(nearest.limit(limit)))


def _keep_pass_keys(slug: str, made: dict[str, tuple[bytes, bytes]]) -> bool:
    """False, if somebody else was quicker: a pass must not outlive the key that it was signed with."""
    phone_in = db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()
    hold(phone_in)
    if phone_in.key_print:
        return False
    for purpose, (private, public) in made.items():
        secret = _at_rest().encrypt(private)
        db.session.add(PassKey(phone_in_slug=slug, purpose=purpose, secret=secret, public=public))
    phone_in.key_print = fingerprint({purpose: public for purpose, (_, public) in made.items()})
    return True


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
