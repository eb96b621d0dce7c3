"""The fixed moments when envelopes are opened, shuffled and shown to the desk."""

import logging
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select

from phonein import clock
from phonein.db import after_commit, db, hold, transaction
from phonein.delivery import letters
from phonein.questions import keys, seal
from phonein.questions.models import Envelope, Question, SealKey, SpentPass
from phonein.questions.rewrite import even_out_file_times, rewrite, take_for_ourselves
from phonein.schedule.models import PhoneIn

log = logging.getLogger(__name__)


KEYS_AHEAD = timedelta(days=1)


def release_due() -> int:
    """One round: every phone-in with a release time that has come, each in a transaction of its own; how many.

    One that fails does not keep the others waiting.
    """
    draw_keys_ahead()
    released = 0
    for slug in due():
        try:
            released += _release_one(slug)
        except Exception as error:
            log.error("a release failed", extra={"slug": slug, "error": type(error).__name__})
    even_out_file_times()
    return released


def draw_keys_ahead() -> None:
    """The keys of boxes that open soon. Drawn when the first question comes, a key's file would say when that was."""
    now = clock.now()
    opens_soon = select(PhoneIn.slug).where(
        PhoneIn.published_at.is_not(None),
        PhoneIn.cancelled_at.is_(None),
        PhoneIn.asks_open_at < now + KEYS_AHEAD,
        PhoneIn.asks_close_at > now,
        PhoneIn.slug.not_in(select(SealKey.phone_in_slug)),
    )
    slugs = list(db.session.scalars(opens_soon))
    if slugs:
        with transaction():
            for slug in slugs:
                keys.box_public(slug)


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
    last release none. The leaders' letter is the same whether there is one question, ten or none. While the box's key
    is away everything waits, with or without questions; when the phone-in has begun, what is in there is given up.
    """
    come, now = _times_come(phone_in), clock.now()
    if not come:
        return False
    if keys.is_away(phone_in.slug):
        log.error("the key of a box is away, see SEAL_DIR", extra={"slug": phone_in.slug})
        if not phone_in.has_begun(now):
            return False
    take_for_ourselves(Envelope, Question, SpentPass)
    _open_the_box(phone_in.slug)
    for file in keys.destroy_box(phone_in.slug):
        after_commit(partial(keys.destroy, file))
    if phone_in.takes_questions(now):
        keys.box_public(phone_in.slug)
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
    lost = 0
    for envelope in db.session.scalars(select(Envelope).where(Envelope.phone_in_slug == slug)).all():
        try:
            inside = seal.unseal(
                keys.box_private(slug), seal.Sealed(envelope.public, envelope.blob), handle=envelope.handle
            )
        except (keys.BoxKeyAway, seal.CannotOpen):
            lost += 1
        else:
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
        log.error("envelopes were lost with the key of their box", extra={"slug": slug})
