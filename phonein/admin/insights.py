"""How the programme does, quarter by quarter, in figures that give nobody away (phonein/suppression.py).

A quarter is shown when it is over and nothing in it changes any more, and only while all of it is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from phonein import clock, suppression
from phonein.db import db
from phonein.desk import tally
from phonein.desk.feedback import KEPT_FOR, quarter_of
from phonein.desk.models import Hour
from phonein.quarters import Quarter
from phonein.questions.saying import OPEN_FOR
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import Tally
from phonein.schedule.models import PhoneIn
from phonein.suppression import Breakdown

A_DAY = timedelta(days=1)  # until the nightly round has counted
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
    quarters = [_figures(quarter, held) for quarter, held in sorted(_by_quarter().items(), reverse=True)]
    came_to = [one.outcomes for one in quarters if one.outcomes]
    themes = [one.themes for one in quarters if one.themes]
    return Insights(
        quarters,
        held=sum(one.held for one in quarters),
        taken=sum(one.taken or 0 for one in quarters),
        heads=sum(one.heads or 0 for one in quarters),
        asked=sum(one.asked or 0 for one in quarters),
        broken_down=sum(one.total for one in came_to),
        outcomes=_together(came_to),
        themes=_together(themes),
        outcomes_rest=sum(one.rest for one in came_to),
        themes_rest=sum(one.rest for one in themes),
    )


def settles_after() -> timedelta:
    """How long after its end everything about a phone-in has been counted."""
    return max(OPEN_FOR, timedelta(days=current_app.config["ORIGINALS_DAYS"])) + A_DAY


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


def _figures(quarter: Quarter, held: list[PhoneIn]) -> Figures:
    slugs = [one.slug for one in held]
    heads = db.session.scalars(select(Hour.heads).where(Hour.phone_in_slug.in_(slugs), Hour.heads.is_not(None)))
    came_to, themes = _tallied(slugs, tally.OUTCOME, outcomes.IN_WORDS), _tallied(slugs, tally.THEME, TOPICS)
    return Figures(
        quarter,
        held=len(held),
        seats=sum(one.seats for one in held),
        taken=suppression.enough(sum(one.taken for one in held)),
        heads=suppression.enough(sum(number or 0 for number in heads)),
        asked=suppression.enough(sum(came_to.values())),
        outcomes=suppression.broken_down(came_to),
        themes=suppression.broken_down(themes),
    )


def _tallied(slugs: list[str], kind: str, names: dict[str, str]) -> dict[str, int]:
    """How many of each name, in the order of the names."""
    rows = db.session.execute(
        select(Tally.word, Tally.how_many).where(Tally.phone_in_slug.in_(slugs), Tally.kind == kind)
    )
    counts = Counter[str]()
    for word, how_many in rows:
        counts[word] += how_many
    return {said: counts[word] for word, said in names.items()}


def _together(breakdowns: Iterable[Breakdown]) -> dict[str, int]:
    """What is shown of each, added up; the largest first."""
    added = Counter[str]()
    for one in breakdowns:
        added.update(one.shown)
    return dict(added.most_common())
