"""What is known of the past phone-ins of the demonstration: who came, as a number; what became of their questions, as
numbers where the originals have gone; and the answers that were published."""

import random
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from phonein import clock
from phonein.db import db, transaction
from phonein.demo.answers import ANSWERS
from phonein.desk import tally
from phonein.desk.models import Hour
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import ANSWERED, IN_WRITING, AgendaItem, Answer, ReadAloud, Tally
from phonein.schedule.models import PhoneIn

A_YEAR = timedelta(days=360)
USUAL = {
    outcomes.ANSWERED_IN_THE_HOUR: 9,
    outcomes.ANSWER: 4,
    outcomes.CARRIED_ON: 2,
    outcomes.TO_BE_WRITTEN: 1,
    outcomes.SIGNPOST: 1,
    outcomes.OUT_OF_SCOPE: 1,
    outcomes.ANOTHER_ROUTE: 1,
}
ANSWERED_LATER = timedelta(days=6)


def remember(lots: random.Random) -> None:
    now = clock.now()
    with transaction():
        over = select(PhoneIn).where(
            PhoneIn.published_at.is_not(None),
            PhoneIn.cancelled_at.is_(None),
            PhoneIn.ends_at.between(now - A_YEAR, now),
        )
        past = list(db.session.scalars(over.order_by(PhoneIn.starts_at.desc(), PhoneIn.slug)))
        for phone_in in past:
            _who_came(phone_in, lots)
        gone = [one for one in past if one.ends_at < now - timedelta(days=current_app.config["ORIGINALS_DAYS"])]
        for phone_in in gone:
            _what_it_came_to(phone_in, lots)
        for phone_in, told in zip([one for one in gone if one.series], ANSWERS * 2, strict=False):
            _answer(phone_in, **told)


def _who_came(phone_in: PhoneIn, lots: random.Random) -> None:
    """Bookings of so long ago are deleted; how many there were stays."""
    phone_in.taken = max(phone_in.taken, round(phone_in.seats * lots.uniform(0.35, 0.95)))
    heads = round(phone_in.taken * lots.uniform(0.6, 0.95))
    db.session.add(
        Hour(phone_in_slug=phone_in.slug, begun_at=phone_in.starts_at, ended_at=phone_in.ends_at, heads=heads)
    )


def _what_it_came_to(phone_in: PhoneIn, lots: random.Random) -> None:
    asked = lots.randint(0, 14)
    for kind, names, weights in (
        (tally.OUTCOME, list(USUAL), list(USUAL.values())),
        (tally.THEME, list(TOPICS), list(range(len(TOPICS), 0, -1))),
    ):
        drawn = lots.choices(names, weights, k=asked)
        for word in sorted(set(drawn)):
            db.session.add(Tally(phone_in_slug=phone_in.slug, kind=kind, word=word, how_many=drawn.count(word)))


def _answer(phone_in: PhoneIn, words: str, theme: str, answers: list[str], asked: int, what_changed: str = "") -> None:
    """Read aloud in the hour and answered in writing after it, put right once where there are two."""
    wording = ReadAloud(phone_in_slug=phone_in.slug, asked_slug=phone_in.slug, words=words, theme=theme, asked=asked)
    db.session.add(wording)
    db.session.flush()
    came_to = ANSWERED if len(answers) > 1 or asked > 1 else IN_WRITING
    item = AgendaItem(phone_in_slug=phone_in.slug, place=1, read_aloud_id=wording.id, came_to=came_to)
    db.session.add(item)
    for edition, answer in enumerate(answers, start=1):
        told = what_changed if edition > 1 else ""
        day = (phone_in.ends_at + edition * ANSWERED_LATER).date()
        db.session.add(
            Answer(read_aloud_id=wording.id, edition=edition, words=answer, what_changed=told, published_on=day)
        )
