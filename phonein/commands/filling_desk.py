"""What `phonein fill` puts on the desks of nobody: questions in every state, agendas, hours, answers, feedback.

Of the last year, as no more is kept; originals of the last days only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from phonein import clock
from phonein.db import Model
from phonein.desk import tally
from phonein.desk.models import Hour
from phonein.questions.models import Feedback, Question
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import ANSWERED, IN_WRITING, QUESTION, AgendaItem, Answer, ReadAloud, Tally

Row = dict[str, Any]
A_YEAR = timedelta(days=360)
ANSWERS = (12, 3)  # of every other phone-in enough to be shown
# Each question of a phone-in: its wording, if any, and what else is to be said of it.
MERGED, LATER, WRITTEN = 0, 1, 2
QUESTIONS: tuple[tuple[int | None, Row], ...] = (
    (MERGED, {}),
    (MERGED, {}),
    (LATER, {}),
    (WRITTEN, {}),
    (None, {"outcome": outcomes.SIGNPOST, "set_aside": "The care team can help."}),
    (None, {}),
    (None, {"flags": "self_identifying"}),
    (None, {"is_for_reviewer": True, "reviewer_was_told": True}),
)
COUNTS = {outcomes.ANSWERED_IN_THE_HOUR: 2, outcomes.CARRIED_ON: 1, outcomes.ANSWER: 1, outcomes.SIGNPOST: 1}
OF_QUESTION: Row = {"outcome": "", "set_aside": None, "flags": "", "is_for_reviewer": False, "reviewer_was_told": False}


@dataclass(frozen=True)
class Past:
    """One phone-in that is over."""

    number: int
    starts_at: datetime

    @property
    def slug(self) -> str:
        return f"fill-{self.number}"

    def wording(self, which: int) -> str:
        return f"{self.slug}-r{which}"


def of(starts: list[datetime]) -> Iterator[tuple[type[Model], Iterator[Row]]]:
    """For each table its rows, in an order in which none comes before what it names."""
    now = clock.now()
    past = [Past(n, at) for n, at in enumerate(starts, 1) if now - A_YEAR < at < now - timedelta(hours=1)]
    keep = timedelta(days=current_app.config["ORIGINALS_DAYS"])
    kept = [one for one in past if one.starts_at > now - keep]
    gone = [one for one in past if one.starts_at <= now - keep]
    yield ReadAloud, (row for one in past for row in _wordings(one))
    yield Question, (row for one in kept for row in _questions(one))
    yield AgendaItem, (row for one in past for row in _agenda(one))
    yield Answer, (_answer(one) for one in past)
    yield Hour, (_hour(one) for one in past)
    yield Tally, (row for one in gone for row in _figures(one))
    yield Feedback, (row for one in past for row in _said(one))


def _wordings(one: Past) -> Iterator[Row]:
    for which, asked in ((MERGED, 2), (LATER, 1), (WRITTEN, 1)):
        yield {
            "id": one.wording(which), "phone_in_slug": one.slug, "asked_slug": one.slug, "asked": asked,
            "words": f"What helps with the nights, and with what comes after them, {which}?",
            "theme": list(TOPICS)[(one.number + which) % len(TOPICS)],
            "outcome": IN_WRITING if which == WRITTEN else "",
        }  # fmt: skip


def _questions(one: Past) -> Iterator[Row]:
    for number, (which, more) in enumerate(QUESTIONS):
        yield OF_QUESTION | more | {
            "id": f"{one.slug}-{number}", "phone_in_slug": one.slug, "receipt_hash": f"{one.slug}-{number}".encode(),
            "text": f"Nights. They go on for ever, {number}?", "topic": "workload_and_rest",
            "read_aloud_id": None if which is None else one.wording(which),
        }  # fmt: skip


def _agenda(one: Past) -> Iterator[Row]:
    for place, which in enumerate((MERGED, LATER), 1):
        yield {
            "id": f"{one.slug}-i{which}", "phone_in_slug": one.slug, "place": place, "kind": QUESTION,
            "read_aloud_id": one.wording(which), "came_to": ANSWERED if which == MERGED else "",
        }  # fmt: skip


def _answer(one: Past) -> Row:
    on = (one.starts_at + timedelta(days=3)).date()
    return {
        "read_aloud_id": one.wording(WRITTEN),
        "edition": 1,
        "words": "Dark, cool and the same.",
        "published_on": on,
    }


def _hour(one: Past) -> Row:
    ended_at = one.starts_at + timedelta(hours=1)
    return {"phone_in_slug": one.slug, "begun_at": one.starts_at, "ended_at": ended_at, "heads": 5 + one.number % 20}


def _figures(one: Past) -> Iterator[Row]:
    for word, how_many in COUNTS.items():
        yield {"phone_in_slug": one.slug, "kind": tally.OUTCOME, "word": word, "how_many": how_many}
    themes = list(TOPICS)[one.number % len(TOPICS)]
    yield {"phone_in_slug": one.slug, "kind": tally.THEME, "word": themes, "how_many": sum(COUNTS.values())}


def _said(one: Past) -> Iterator[Row]:
    for number in range(ANSWERS[one.number % len(ANSWERS)]):
        yield {
            "id": f"{one.slug}-s{number}", "phone_in_slug": one.slug, "rating": 3 + number % 3,
            "comment": "The line was good." if number % 2 else "",
        }  # fmt: skip
