"""The fixed moments when envelopes are opened, shuffled and shown to the desk."""

import logging
from datetime import datetime
from functools import partial

from sqlalchemy import or_, select

from phonein import clock
from phonein.db import after_commit, db, hold, transaction
from phonein.delivery import letters
from phonein.questions import keys, seal
from phonein.questions.models import Envelope, Question, SpentPass
from phonein.questions.rewrite import rewrite, take_for_ourselves
from phonein.schedule.models import PhoneIn

log = logging.getLogger(__name__)


def release_due() -> int:
    """One round: every phone-in with a release time that has come, each in a transaction of its own; how many."""
    return sum(_release_one(slug) for slug in due())


def due() -> list[str]:
    """The slugs of phone-ins for which a release time has come since they were last released."""
    now = clock.now()
    open_or_unreleased = select(PhoneIn).where(
        PhoneIn.published_at.is_not(None),
        PhoneIn.asks_open_at < now,
        or_(PhoneIn.released_through.is_(None), PhoneIn.released_through < PhoneIn.asks_close_at),
    )
    return [phone_in.slug for phone_in in db.session.scalars(open_or_unreleased) if _times_come(phone_in)]


def _release_one(slug: str) -> bool:
    with transaction():
        phone_in = db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()
        hold(phone_in)
        return release(phone_in)


def release(phone_in: PhoneIn) -> bool:
    """Open what is in the box and show it to those who lead. False if another process has done so already.

    All anonymous tables are written anew, so that no order of arrival is left; the box gets a new key, and after the
    last release none. The leaders' letter is the same whether there is one question, ten or none.
    """
    come = _times_come(phone_in)
    if not come:
        return False
    take_for_ourselves(Envelope, Question, SpentPass)
    _open_the_box(phone_in.slug)
    for file in keys.destroy_box(phone_in.slug):
        after_commit(partial(keys.destroy, file))
    rewrite(Envelope, Question, SpentPass)
    phone_in.released_through = come[-1]
    for leader in phone_in.leaders:
        letters.questions_ready(leader, phone_in)
    return True


def rewrite_anew() -> None:
    """The nightly round: whatever came since the last release loses its order too."""
    with transaction():
        take_for_ourselves(Envelope, Question, SpentPass)
        rewrite(Envelope, Question, SpentPass)


def _times_come(phone_in: PhoneIn) -> list[datetime]:
    now, done = clock.now(), phone_in.released_through
    return [time for time in phone_in.release_times if time <= now and (done is None or time > done)]


def _open_the_box(slug: str) -> None:
    envelopes = list(db.session.scalars(select(Envelope).where(Envelope.phone_in_slug == slug)))
    lost = 0
    for envelope in envelopes:
        try:
            inside = seal.unseal(
                keys.box_private(slug), seal.Sealed(envelope.public, envelope.blob), handle=envelope.handle
            )
        except (keys.BoxKeyLost, seal.CannotOpen):
            lost += 1
            continue
        if inside["do"] == "ask":
            db.session.add(
                Question(
                    phone_in_slug=slug,
                    receipt_hash=bytes.fromhex(inside["receipt"]),
                    text=inside["text"],
                    topic=inside["topic"],
                )
            )
        db.session.delete(envelope)
    if lost:
        log.error("the key of a box is lost: envelopes cannot be opened by anybody", extra={"slug": slug})
