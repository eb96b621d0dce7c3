"""The fixed moments when envelopes are opened, shuffled and shown to the desk."""

import logging
import random
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select

from phonein import clock
from phonein.db import after_commit, db, hold, transaction
from phonein.delivery import letters
from phonein.questions import checking, checks, keys, numbers, seal
from phonein.questions.models import Envelope, Question, SealKey
from phonein.questions.rewrite import EVERY_TABLE, even_out_file_times, rewrite, take_for_ourselves
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn

log = logging.getLogger(__name__)


KEYS_AHEAD = timedelta(days=1)
LEAST_BATCH = 3  # questions: among fewer, whoever knows that one was asked could guess which


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
        or_(
            PhoneIn.released_through.is_(None),
            PhoneIn.released_through < PhoneIn.asks_close_at,
            PhoneIn.slug.in_(select(SealKey.phone_in_slug)),
        ),
    )
    return [phone_in.slug for phone_in in db.session.scalars(open_or_unreleased) if _times_come(phone_in)]


def _release_one(slug: str) -> bool:
    with transaction():
        phone_in = db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()
        hold(phone_in)
        return release(phone_in)


def release(phone_in: PhoneIn) -> bool:
    """Open what is in the box and show it to those who lead. False if another process has done so already.

    Where too few could have asked, or too few have, it stays sealed, under the box's new key. From outside both are
    alike, and like a box with nothing in it: all anonymous tables are written anew, so that no order of arrival is
    left; the box gets a new key, and after the last release none; the leaders get the same letter. While the box's key
    is away everything waits, with or without questions; when the phone-in has begun, what is in there is given up.
    """
    come, now = _times_come(phone_in), clock.now()
    if not come:
        return False
    if keys.is_away(phone_in.slug):
        log.error("the key of a box is away, see SEAL_DIR", extra={"slug": phone_in.slug})
        if not phone_in.has_begun(now):
            return False
    take_for_ourselves(*EVERY_TABLE)
    is_last = come[-1] >= phone_in.asks_close_at
    held = _show(phone_in, _empty_the_box(phone_in.slug), is_last=is_last)
    for file in keys.destroy_box(phone_in.slug):
        after_commit(partial(keys.destroy, file))
    if not is_last:
        _seal_again(phone_in.slug, held)
    rewrite(*EVERY_TABLE)
    phone_in.released_through = come[-1]
    for leader in phone_in.leaders:
        letters.questions_ready(leader, phone_in)
    return True


def rewrite_anew() -> None:
    """The nightly round: whatever came since the last release loses its order too."""
    with transaction():
        take_for_ourselves(*EVERY_TABLE)
        rewrite(*EVERY_TABLE)


def _times_come(phone_in: PhoneIn) -> list[datetime]:
    now, done, close = clock.now(), phone_in.released_through, phone_in.asks_close_at
    come = [time for time in phone_in.release_times if time <= now and (done is None or time > done)]
    if come or done is None or done < close or now < close:
        return come
    # Moved after a release, asking may have closed then and there: what had come by now still has to be seen to.
    return [close] if db.session.get(SealKey, phone_in.slug) else []


def _empty_the_box(slug: str) -> dict[bytes, dict[str, Any]]:
    """What was in the envelopes, by their handles. Those that nobody can open any more are lost."""
    envelopes = list(db.session.scalars(select(Envelope).where(Envelope.phone_in_slug == slug)))
    # PostgreSQL's log of changes dates every envelope, and keeps in which order the questions are written down then.
    random.SystemRandom().shuffle(envelopes)
    inside, lost = {}, 0
    for envelope in envelopes:
        sealed = seal.Sealed(envelope.public, envelope.blob)
        try:
            inside[envelope.handle] = seal.unseal(keys.box_private(slug), sealed, handle=envelope.handle)
        except (keys.BoxKeyAway, seal.CannotOpen):
            lost += 1
    if lost:
        log.error("envelopes were lost with the key of their box", extra={"slug": slug})
    db.session.execute(delete(Envelope).where(Envelope.phone_in_slug == slug))
    return inside


def _show(phone_in: PhoneIn, inside: dict[bytes, dict[str, Any]], *, is_last: bool) -> dict[bytes, dict[str, Any]]:
    """Show what may be shown now and count the votes; what has to wait for another release.

    At the last one a question among few people is shown if its asker chose that beforehand, and else never.
    """
    asked = [what for what in inside.values() if what["do"] == "ask"]
    are_many = phone_in.holders >= current_app.config["LEAST_HOLDERS"]
    if not is_last and not (are_many and len(asked) >= LEAST_BATCH):
        return inside
    listed = checking.lists() if asked else None
    for what, its_id in zip(asked, numbers.new_ids(phone_in.slug, len(asked)), strict=True):
        if listed and (are_many or what.get("anyway")):
            db.session.add(
                Question(
                    id=its_id,
                    phone_in_slug=phone_in.slug,
                    receipt_hash=bytes.fromhex(what["receipt"]),
                    text=what["text"],
                    topic=what["topic"],
                    flags=";".join(checks.flags(what["text"], listed)),
                )
            )
    _count_votes(phone_in.slug, Counter(what["question"] for what in inside.values() if what["do"] == "vote"))
    return {}


def _count_votes(slug: str, votes: Counter[str]) -> None:
    """What is there no more, for whoever asked it has taken it back, has lost its votes with it."""
    voted_for = select(ReadAloud).where(ReadAloud.phone_in_slug == slug, ReadAloud.id.in_(votes))
    for read_aloud in db.session.scalars(voted_for):
        read_aloud.votes += votes[read_aloud.id]


def _seal_again(slug: str, held: dict[bytes, dict[str, Any]]) -> None:
    """Under a new key, so that a copy of the box made until now is of no use to anybody. All of it, the empty ones
    too: how many there are must not say how many were withdrawn."""
    public = keys.box_public(slug)
    for handle, what in held.items():
        sealed = seal.seal(public, what, handle=handle)
        db.session.add(Envelope(handle=handle, phone_in_slug=slug, public=sealed.public, blob=sealed.blob))
