"""What people said of phone-ins afterwards, shown only where enough have answered that it points to nobody.

It is shown in blocks (phonein/suppression.py): each phone-in of which no more can be said, if five or more have
answered; of a series, what is left over of a quarter, if that is enough. A block is the same for whoever looks.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from phonein import clock, suppression
from phonein.db import db
from phonein.identity.models import Person
from phonein.quarters import Quarter
from phonein.questions.models import Feedback
from phonein.questions.saying import OPEN_FOR
from phonein.schedule.models import PhoneIn, Series
from phonein.suppression import Opinion

KEPT_FOR = timedelta(days=365)  # as retention keeps it
COLUMNS = (PhoneIn.slug, PhoneIn.title, PhoneIn.starts_at, PhoneIn.ends_at, PhoneIn.zone_name, PhoneIn.series_id)
Heard = list[tuple[int, str]]  # ratings and comments


@dataclass(frozen=True)
class Said:
    """One block: what it is about, what was thought, and the comments, in an order that says nothing."""

    title: str
    opinion: Opinion
    comments: list[str]
    phone_in: PhoneIn | None = None
    series: Series | None = None
    quarter: Quarter | None = None

    @property
    def answers(self) -> int:
        return self.opinion.answers


@dataclass
class Group:
    """Several blocks: of one series, or of one quarter."""

    title: str
    blocks: list[Said] = field(default_factory=list)

    @property
    def answers(self) -> int:
        return sum(block.answers for block in self.blocks)

    @property
    def mean(self) -> float | None:
        return suppression.mean_of(block.opinion for block in self.blocks)

    @property
    def comments(self) -> list[str]:
        return [comment for block in self.blocks for comment in block.comments]


def about(phone_in: PhoneIn) -> Said | None:
    """What was said of this phone-in; None for nothing.

    Only once nothing more can come, all at once, and only if five or more have answered: so that silence looks the
    same, and nobody can watch one answer come.
    """
    return _said_of(phone_in, _heard([phone_in.slug])[phone_in.slug]) if is_settled(phone_in) else None


def is_settled(phone_in: PhoneIn) -> bool:
    """Whether no more can be said of it."""
    return phone_in.ends_at <= clock.now() - OPEN_FOR


def over_all() -> list[Said]:
    """Every block there is, the latest first."""
    now = clock.now()
    over = select(PhoneIn).where(
        PhoneIn.published_at.is_not(None),
        PhoneIn.cancelled_at.is_(None),
        PhoneIn.ends_at.between(now - KEPT_FOR, now - OPEN_FOR),
    )
    only = over.options(load_only(*COLUMNS), joinedload(PhoneIn.series).load_only(Series.slug, Series.title))
    settled = list(db.session.scalars(only.order_by(PhoneIn.starts_at.desc(), PhoneIn.slug)))
    heard = _heard([one.slug for one in settled])
    alone = [said for one in settled if (said := _said_of(one, heard[one.slug]))]
    shown = {said.phone_in for said in alone}
    return [*alone, *_left_over([one for one in settled if one not in shown], heard), *_of_whole_series()]


def seen_by(person: Person) -> list[Said]:
    """The blocks that are about what this person leads."""
    led = select(PhoneIn.slug, PhoneIn.series_id).where(PhoneIn.leaders.any(Person.id == person.id))
    rows = list(db.session.execute(led))
    slugs, series = {slug for slug, _ in rows}, {number for _, number in rows if number is not None}
    return [
        block
        for block in over_all()
        if (block.phone_in.slug in slugs if block.phone_in else block.series and block.series.id in series)
    ]


def by_series(blocks: Iterable[Said]) -> list[Group]:
    """By what they are called, in the order of the alphabet."""
    groups: dict[str, Group] = {}
    for block in blocks:
        title = block.series.title if block.series else block.title
        groups.setdefault(title, Group(title)).blocks.append(block)
    return [groups[title] for title in sorted(groups)]


def by_quarter(blocks: Iterable[Said]) -> list[Group]:
    """The latest first; without what belongs to none."""
    groups: dict[Quarter, Group] = {}
    for block in blocks:
        if block.quarter:
            groups.setdefault(block.quarter, Group(str(block.quarter))).blocks.append(block)
    return [groups[quarter] for quarter in sorted(groups, reverse=True)]


def quarter_of(phone_in: PhoneIn) -> Quarter:
    """By the clock of those who dial in."""
    return Quarter.of(phone_in.starts_at.astimezone(phone_in.zone).date())


def _heard(slugs: Sequence[str]) -> defaultdict[str, Heard]:
    heard: defaultdict[str, Heard] = defaultdict(list)
    rows = select(Feedback.phone_in_slug, Feedback.rating, Feedback.comment)
    for slug, rating, comment in db.session.execute(
        rows.where(Feedback.phone_in_slug.in_(slugs)).order_by(Feedback.id)
    ):
        heard[str(slug)].append((rating, comment))
    return heard


def _said_of(phone_in: PhoneIn, heard: Heard) -> Said | None:
    return _said(phone_in.title, heard, phone_in=phone_in, series=phone_in.series, quarter=quarter_of(phone_in))


def _said(
    title: str,
    heard: Heard,
    *,
    phone_in: PhoneIn | None = None,
    series: Series | None = None,
    quarter: Quarter | None = None,
) -> Said | None:
    opinion = suppression.opinion(rating for rating, _ in heard)
    comments = [comment for _, comment in heard if comment]
    return Said(title, opinion, comments, phone_in, series, quarter) if opinion else None


def _left_over(small: list[PhoneIn], heard: dict[str, Heard]) -> list[Said]:
    """Of each series and quarter that is over, those phone-ins of which too few said something, taken together: for as
    long as all of them are kept, or the ones that go could be told from the ones that stay."""
    kept_since = (clock.now() - KEPT_FOR).date()
    pools: defaultdict[tuple[Series, Quarter], list[PhoneIn]] = defaultdict(list)
    for one in small:
        quarter = quarter_of(one)
        if one.series and quarter.is_over(clock.today(), OPEN_FOR) and quarter.begins_on > kept_since:
            pools[one.series, quarter].append(one)
    return [
        said
        for (series, quarter), pool in pools.items()
        if suppression.can_be_pooled([len(heard[one.slug]) for one in pool])
        if (said := _said(series.title, _mixed(pool, heard), series=series, quarter=quarter))
    ]


def _mixed(pool: list[PhoneIn], heard: dict[str, Heard]) -> Heard:
    """In the order of the words: which came from the same phone-in is not to be seen."""
    return sorted((said for one in pool for said in heard[one.slug]), key=lambda said: said[::-1])


def _of_whole_series() -> list[Said]:
    """What was said of a series as a whole, of no date."""
    rows = select(Series, Feedback.rating, Feedback.comment).join(Series, Series.slug == Feedback.series_slug)
    heard: defaultdict[Series, Heard] = defaultdict(list)
    for series, rating, comment in db.session.execute(rows.order_by(Series.title, Feedback.id)):
        heard[series].append((rating, comment))
    return [said for series, those in heard.items() if (said := _said(series.title, those, series=series))]
