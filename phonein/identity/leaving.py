"""Finding one person, and what it means that they have left, or are back. Their seats are for `admin` to see to."""

from sqlalchemy import ColumnElement, or_, select

from phonein import clock
from phonein.db import db
from phonein.errors import Refused
from phonein.identity import feed_addresses, people, sign_in
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person, email_key


class OnlyAdmin(Refused):
    """They are the only admin. Somebody else has to become one first."""


def find(words: str, most: int) -> list[Person]:
    """People whose name, address or unit has each of these words in it, by name; those who have left come last."""
    fits = [_fits(word) for word in words.split()]
    has_left = Person.left_on.is_not(None)
    found = select(Person).where(*fits).order_by(has_left, Person.name, Person.id).limit(most)
    return list(db.session.scalars(found)) if fits else []


def by_code(code: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.code == code))


def leave(person: Person) -> bool:
    """From now on they cannot sign in, are signed out everywhere, and nobody reads their feeds. False if it was so
    already. Raises OnlyAdmin."""
    admins = people.hold_admins()
    db.session.refresh(person)
    if person.left_on:
        return False
    if admins == {person.email_key}:
        raise OnlyAdmin
    person.left_on = clock.today()
    sign_in.sign_out_everywhere(person)
    for purpose in (Purpose.SEATS, Purpose.LEADS):
        feed_addresses.close(person, purpose)
    db.session.flush()
    return True


def come_back(person: Person) -> bool:
    """They can sign in again, with the role they had. False if they could all along."""
    has_left = person.left_on is not None
    person.left_on = None
    return has_left


def _fits(word: str) -> ColumnElement[bool]:
    """SQLite knows only of plain letters that é and É are not two; so a word is tried as people write it, too."""
    columns = (Person.name, Person.unit)
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    said = [column.icontains(spelling, autoescape=True) for column in columns for spelling in spellings]
    return or_(Person.email_key.contains(email_key(word), autoescape=True), *said)
