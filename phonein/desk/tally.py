"""What became of the questions of a phone-in, counted once and for good when their originals go.

Before that they still move; after it nobody could count them. Figures over a quarter are made of these numbers alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from phonein.db import db
from phonein.questions.models import Question
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import ReadAloud, Tally

OUTCOME, THEME = "outcome", "theme"


def count(over: Select[Any]) -> None:
    """For the phone-ins of these slugs, each only once. What was before a reviewer is not among it."""
    counted = select(Tally.phone_in_slug)
    asked = select(Question).where(
        Question.phone_in_slug.in_(over), Question.phone_in_slug.not_in(counted), Question.is_for_reviewer.is_(False)
    )
    by_slug: defaultdict[str, list[Question]] = defaultdict(list)
    for question in db.session.scalars(asked):
        by_slug[question.phone_in_slug].append(question)
    for slug, questions in by_slug.items():
        worded = _worded(question.read_aloud_id for question in questions)
        of_each = [(question, worded.get(question.read_aloud_id or "")) for question in questions]
        _keep(slug, OUTCOME, Counter(outcomes.of(*one, is_over=True) for one in of_each))
        _keep(slug, THEME, Counter(_theme(*one) for one in of_each))


def _worded(ids: Iterable[str | None]) -> dict[str, ReadAloud]:
    wanted = {one for one in ids if one}
    return {one.id: one for one in db.session.scalars(select(ReadAloud).where(ReadAloud.id.in_(wanted)))}


def _theme(question: Question, read_aloud: ReadAloud | None) -> str:
    theme = (read_aloud.theme if read_aloud else "") or question.topic
    return theme if theme in TOPICS else "off_topic"


def _keep(slug: str, kind: str, counts: Counter[str]) -> None:
    db.session.add_all(
        Tally(phone_in_slug=slug, kind=kind, word=word, how_many=number) for word, number in counts.items()
    )
