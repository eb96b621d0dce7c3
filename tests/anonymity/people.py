"""A population, drawn by lot from a seed: who visits when, who asks what and when. It knows everything; the attacker
is given none of it but what the machine would tell him.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW = timedelta(days=6)  # asking opens seven days before and closes one day before: one release
OVER = timedelta(days=10)  # the phone-ins begin within so many days, so that at the end all questions are still there
VISITS_A_DAY = 0.35
NEAR = 0.6  # of those who ask do so just after a visit
MINUTES = 2.0  # after it, on average
EDITED = 0.15
TAKEN_BACK = 0.3  # of the phone-ins have one question more, which is taken back before its release


@dataclass(frozen=True, order=True)
class Deed:
    """Something that one person does at one moment; `what` is visit, ask, edit or withdraw."""

    at: datetime
    person: int
    what: str
    slug: str = ""
    number: int = 0


@dataclass(frozen=True)
class Planned:
    """A phone-in, and who may ask there: those who have drawn passes for it."""

    slug: str
    starts_at: datetime
    holders: tuple[int, ...]

    @property
    def asks_open_at(self) -> datetime:
        return self.starts_at - timedelta(days=7)

    @property
    def asks_close_at(self) -> datetime:
        return self.asks_open_at + WINDOW


@dataclass
class Population:
    """`asked_by`: for each question that is released in the end, who asked it, by its words."""

    seed: int
    people: int
    phone_ins: list[Planned] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    asked_by: dict[str, int] = field(default_factory=dict)

    @property
    def visits(self) -> list[Deed]:
        return [deed for deed in self.deeds if deed.what == "visit"]

    def address(self, person: int) -> str:
        """Where on the network somebody sits."""
        return f"10.20.{person // 200}.{person % 200 + 10}"


def words_of(slug: str, number: int) -> str:
    return f"Question {number:02} at {slug}: how do others do it?"


def population(seed: int, *, phone_ins: int, questions: int = 8, holders: int = 40, others: int = 160) -> Population:
    """So many phone-ins with so many questions each, which are released; some more are taken back before."""
    lot = random.Random(seed)
    found = Population(seed, holders + others)
    first = MONDAY + timedelta(days=9, hours=18)
    for n in range(phone_ins):
        starts_at = first + OVER * n / phone_ins
        who = tuple(sorted(lot.sample(range(found.people), holders)))
        found.phone_ins.append(Planned(f"call-{n:03}", starts_at, who))
    end = max(one.starts_at for one in found.phone_ins)
    found.deeds = [
        Deed(_by_day(lot, MONDAY, end), person, "visit")
        for person in range(found.people)
        for _ in range(round(lot.gauss(1, 0.2) * VISITS_A_DAY * (end - MONDAY).days))
    ]
    for one in found.phone_ins:
        found.deeds += _drawn(lot, one)
        for number in range(questions + (lot.random() < TAKEN_BACK)):
            found.deeds += _asked(lot, found, one, number, is_taken_back=number >= questions)
    found.deeds.sort()
    return found


def _by_day(lot: random.Random, begin: datetime, end: datetime) -> datetime:
    """A moment between seven and seven."""
    while True:
        at = begin + (end - begin) * lot.random()
        if 7 <= at.hour < 19:
            return at


def _drawn(lot: random.Random, one: Planned) -> list[Deed]:
    """Everybody who may ask was here once before asking opened, and drew passes then."""
    days = timedelta(days=2)
    return [
        Deed(_by_day(lot, one.asks_open_at - days, one.asks_open_at), person, "draw", one.slug)
        for person in one.holders
    ]


def _asked(lot: random.Random, found: Population, one: Planned, number: int, *, is_taken_back: bool) -> list[Deed]:
    person, at = lot.choice(one.holders), _by_day(lot, one.asks_open_at, one.asks_close_at - timedelta(hours=1))
    deeds = [Deed(at, person, "ask", one.slug, number)]
    if lot.random() < NEAR:
        deeds.append(Deed(at - timedelta(minutes=lot.expovariate(1 / MINUTES)), person, "visit"))
    if is_taken_back or lot.random() < EDITED:
        later = at + (one.asks_close_at - timedelta(seconds=1) - at) * lot.random()
        deeds.append(Deed(later, person, "withdraw" if is_taken_back else "edit", one.slug, number))
    if not is_taken_back:
        found.asked_by[words_of(one.slug, number)] = person
    return deeds
