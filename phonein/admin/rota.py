"""Who stands in for reviewers when: what admins see and change of it, noted."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from phonein.db import db
from phonein.identity import audit
from phonein.identity.models import Person
from phonein.identity.people import facilitators
from phonein.safeguarding import cover
from phonein.safeguarding.models import Cover
from phonein.schedule.models import PhoneIn, Series

ABOUT = "safeguarding, rota"


@dataclass(frozen=True)
class Line:
    cover: Cover
    name: str
    is_today: bool


def can_stand_in() -> list[Person]:
    """Facilitators, and whoever is deputy of anything; by name."""
    named = or_(*(Person.id.in_(select(of.deputy_id).where(of.deputy_id.is_not(None))) for of in (PhoneIn, Series)))
    deputies = db.session.scalars(select(Person).where(named, Person.left_on.is_(None)))
    return sorted({*facilitators(), *deputies}, key=lambda person: person.name)


def lines() -> list[Line]:
    day, coming = cover.today(), cover.coming()
    ids = {one.person_id for one in coming}
    names = {person.id: person.name for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [Line(one, names[one.person_id], one.from_on <= day) for one in coming]


def add(person_id: int, *, from_on: date, until_on: date, by: Person) -> None:
    cover.add(person_id, from_on=from_on, until_on=until_on)
    audit.note("put a deputy on the rota", by=by, about=ABOUT, reason=f"{from_on} to {until_on}")


def take_away(cover_id: int, *, by: Person) -> None:
    """Taking it away twice is taking it away once."""
    if gone := cover.take_away(cover_id):
        audit.note("took a deputy off the rota", by=by, about=ABOUT, reason=f"{gone.from_on} to {gone.until_on}")
