"""What became of all that was asked, as everybody may see it: counted in blocks that are over, and never of few.

A block is what was asked in one series in one quarter, once the originals of all its phone-ins are gone and their
numbers are settled (`Tally`). What is said of a year, or of a series, is added up from what is shown of its blocks. So
is what admins read of a quarter (admin/insights.py), or the two could be subtracted from one another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Select, func, select

from phonein import clock, suppression
from phonein.db import db
from phonein.desk import tally
from phonein.quarters import Quarter
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import Tally
from phonein.schedule.models import PhoneIn, Series
from phonein.suppression import Breakdown

KEPT_FOR = timedelta(days=365)  # as retention keeps it
SETTLES = timedelta(days=7)  # the nightly round counts them; it may have been down
NAMES = {tally.OUTCOME: outcomes.IN_WORDS, tally.THEME: TOPICS}


@dataclass(frozen=True)
class Block:
    """One series in one quarter: how many questions, and what they came to and were about as far as it may be shown."""

    series: str
    quarter: Quarter
    asked: int
    came_to: Breakdown | None
    themes: Breakdown | None


@dataclass(frozen=True)
class Sum:
    """Several blocks together. `rest` is what is not told apart."""

    title: str
    asked: int
    came_to: dict[str, int]
    rest: int

    @property
    def breakdown(self) -> Breakdown | None:
        """In the words for it, to be drawn."""
        told = {outcomes.IN_WORDS[code]: number for code, number in self.came_to.items()}
        return Breakdown(self.asked, told, (), self.rest) if told else None

    def number(self, *codes: str) -> int:
        return sum(self.came_to.get(code, 0) for code in codes)


def blocks() -> list[Block]:
    """Of the last year, as far as it is settled; those of too few are left out."""
    counts: defaultdict[tuple[str, Quarter], dict[str, Counter[str]]] = defaultdict(
        lambda: {kind: Counter(dict.fromkeys(names, 0)) for kind, names in NAMES.items()}
    )
    quarters = _shown_quarters()
    for title, starts_at, zone_name, kind, word, how_many in db.session.execute(_tallies()):
        quarter = Quarter.of(starts_at.astimezone(ZoneInfo(zone_name)).date())
        if quarter in quarters and word in NAMES.get(kind, ()):
            counts[title, quarter][kind][word] += how_many
    return [
        Block(title, quarter, asked, *(suppression.broken_down(of[kind]) for kind in (tally.OUTCOME, tally.THEME)))
        for (title, quarter), of in sorted(counts.items(), key=lambda one: one[0])
        if (asked := suppression.enough(of[tally.OUTCOME].total()))
    ]


def by_series(found: Iterable[Block]) -> list[Sum]:
    titles = defaultdict(list)
    for block in found:
        titles[block.series].append(block)
    return [added(title, titles[title]) for title in sorted(titles)]


def by_quarter(found: Iterable[Block]) -> list[Sum]:
    """The latest first."""
    quarters = defaultdict(list)
    for block in found:
        quarters[block.quarter].append(block)
    return [added(str(quarter), quarters[quarter]) for quarter in sorted(quarters, reverse=True)]


def added(title: str, found: Iterable[Block]) -> Sum:
    came_to: Counter[str] = Counter()
    asked = 0
    for block in found:
        asked += block.asked
        if block.came_to:
            came_to.update(block.came_to.shown)
    in_order = {code: came_to[code] for code in outcomes.IN_WORDS if came_to[code]}
    return Sum(title, asked, in_order, asked - came_to.total())


def _shown_quarters() -> list[Quarter]:
    """Those that are settled, and of which all is still kept: or what goes could be told from what stays."""
    after = timedelta(days=current_app.config["ORIGINALS_DAYS"]) + SETTLES
    today = clock.today()
    quarter, shown = Quarter.of(today).before, []
    while quarter.begins_on > today - KEPT_FOR:
        if quarter.is_over(today, after):
            shown.append(quarter)
        quarter = quarter.before
    return shown


def _tallies() -> Select[*tuple[Any, ...]]:
    title = func.coalesce(Series.title, PhoneIn.title)
    return (
        select(title, PhoneIn.starts_at, PhoneIn.zone_name, Tally.kind, Tally.word, Tally.how_many)
        .join(PhoneIn, PhoneIn.slug == Tally.phone_in_slug)
        .outerjoin(Series, Series.id == PhoneIn.series_id)
        .where(Tally.kind.in_(NAMES), PhoneIn.published_at.is_not(None))
        .where(PhoneIn.starts_at > clock.now() - KEPT_FOR)
    )
