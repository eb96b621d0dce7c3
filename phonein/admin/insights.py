"""How the programme does, quarter by quarter, in figures that give nobody away (phonein/suppression.py).

A quarter is shown when it is over and nothing in it changes any more, and only while all of it is kept. What was asked
in it is added up from what everybody may see of each series (library/asked.py): a figure of the whole quarter, less
what is shown of its series, would be what the smallest of them asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from phonein import clock, suppression
from phonein.db import db
from phonein.desk.feedback import KEPT_FOR, quarter_of
from phonein.desk.models import Hour
from phonein.library import asked
from phonein.library.asked import Block
from phonein.quarters import Quarter
from phonein.questions.saying import OPEN_FOR
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.schedule.models import PhoneIn
from phonein.suppression import Breakdown

ANSWERED = (outcomes.ANSWERED_IN_THE_HOUR, outcomes.ANSWER)


@dataclass(frozen=True)
class Figures:
    """Those of one quarter; None for what is too small to be shown."""

    quarter: Quarter
    held: int
    seats: int
    taken: int | None
    heads: int | None
    asked: int | None
    outcomes: Breakdown | None
    themes: Breakdown | None

    @property
    def answered(self) -> int | None:
        """How many are known to have an answer."""
        return answered(self.outcomes.shown) if self.outcomes else None


@dataclass(frozen=True)
class Insights:
    """Several quarters, the latest first, and over all of them what is shown of each."""

    quarters: list[Figures]
    held: int = 0
    taken: int = 0
    heads: int = 0
    asked: int = 0
    broken_down: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    themes: dict[str, int] = field(default_factory=dict)
    outcomes_rest: int = 0
    themes_rest: int = 0

    @property
    def answered_share(self) -> int | None:
        """Of a hundred questions whose outcome is broken down, how many are known to have an answer."""
        known = answered(self.outcomes)
        return None if known is None else round(100 * known / self.broken_down)


def answered(shown: dict[str, int]) -> int | None:
    """None where that is hidden, which is not the same as none."""
    known = [shown[outcomes.IN_WORDS[word]] for word in ANSWERED if outcomes.IN_WORDS[word] in shown]
    return sum(known) if known else None


def over_all() -> Insights:
    blocks = asked.blocks()
    quarters = [
        _figures(quarter, held, [block for block in blocks if block.quarter == quarter])
        for quarter, held in sorted(_by_quarter().items(), reverse=True)
    ]
    came_to = suppression.together(one.outcomes for one in quarters if one.outcomes)
    themes = suppression.together(one.themes for one in quarters if one.themes)
    return Insights(
        quarters,
        held=sum(one.held for one in quarters),
        taken=sum(one.taken or 0 for one in quarters),
        heads=sum(one.heads or 0 for one in quarters),
        asked=sum(one.asked or 0 for one in quarters),
        broken_down=came_to.total if came_to else 0,
        outcomes=came_to.shown if came_to else {},
        themes=themes.shown if themes else {},
        outcomes_rest=came_to.rest if came_to else 0,
        themes_rest=themes.rest if themes else 0,
    )


def settles_after() -> timedelta:
    """How long after its end everything about a phone-in has been counted."""
    return max(OPEN_FOR, timedelta(days=current_app.config["ORIGINALS_DAYS"])) + asked.SETTLES


def _by_quarter() -> dict[Quarter, list[PhoneIn]]:
    now = clock.now()
    took_place = select(PhoneIn).where(
        PhoneIn.published_at.is_not(None), PhoneIn.cancelled_at.is_(None), PhoneIn.ends_at.between(now - KEPT_FOR, now)
    )
    found: defaultdict[Quarter, list[PhoneIn]] = defaultdict(list)
    for phone_in in db.session.scalars(took_place):
        found[quarter_of(phone_in)].append(phone_in)
    kept_since, today = (now - KEPT_FOR).date(), clock.today()
    return {
        quarter: held
        for quarter, held in found.items()
        if quarter.begins_on > kept_since and quarter.is_over(today, settles_after())
    }


def _figures(quarter: Quarter, held: list[PhoneIn], blocks: Sequence[Block]) -> Figures:
    slugs = [one.slug for one in held]
    heads = db.session.scalars(select(Hour.heads).where(Hour.phone_in_slug.in_(slugs), Hour.heads.is_not(None)))
    return Figures(
        quarter,
        held=len(held),
        seats=sum(one.seats for one in held),
        taken=suppression.enough(sum(one.taken for one in held)),
        heads=suppression.enough(sum(number or 0 for number in heads)),
        asked=sum(block.asked for block in blocks) or None,
        outcomes=_in_words((block.came_to for block in blocks), outcomes.IN_WORDS),
        themes=_in_words((block.themes for block in blocks), TOPICS),
    )


def _in_words(breakdowns: Iterable[Breakdown | None], words: Mapping[str, str]) -> Breakdown | None:
    """What is shown of each, added up, under the words for it."""
    added = suppression.together(one for one in breakdowns if one)
    return added and replace(added, shown={words[code]: number for code, number in added.shown.items()})
