"""Adding and changing people from a file. Nobody is ever removed, and the last admin stays one."""

from collections.abc import Iterable

from sqlalchemy import select, update

from phonein.db import db
from phonein.identity.import_report import Reading, Remark, Report
from phonein.identity.models import Person, Role
from phonein.identity.people_file import Entry

FACTS = {"name": "name", "unit": "unit", "region": "region", "zone_name": "time zone", "role": "role"}
AT_ONCE = 500


def import_people(reading: Reading[Entry]) -> Report:
    """Adds each person of the file, or changes what the file has differently. Call it inside a transaction.

    Who is in the file without being in it before is added; who is missing from it stays as they are.
    """
    report = Report(warned=list(reading.warned), refused=list(reading.refused))
    admins = hold_admins()
    known = _known(entry.key for entry in reading.entries)
    # Whoever stops being an admin comes last: by then the file has made all the admins that it makes.
    for entry in sorted(reading.entries, key=lambda entry: _stops_being_admin(entry, known.get(entry.key))):
        person = known.get(entry.key)
        if person is None:
            db.session.add(_person(entry))
            report.added.append(entry.email)
        elif refusal := _refusal(entry, person, admins):
            report.refused.append(Remark(entry.row, entry.where, refusal))
            continue
        else:
            _change(person, entry, report)
        (admins.add if entry.role == Role.ADMIN else admins.discard)(entry.key)
        outcome = "added" if person is None else "changed" if entry.email in report.changed else "here already"
        report.warned += [Remark(entry.row, entry.where, f"{w} {entry.name} was {outcome}.") for w in entry.warnings]
    db.session.flush()
    return report


def facilitators() -> list[Person]:
    """Who can lead: facilitators who have not left, by name."""
    can_lead = (Person.role == Role.FACILITATOR) & Person.left_on.is_(None)
    return list(db.session.scalars(select(Person).where(can_lead).order_by(Person.name)))


def hold_admins() -> set[str]:
    """The address keys of all admins who can sign in, kept from everyone else until the transaction ends.

    Two who each take the role from the other at the same moment would otherwise leave nobody.
    """
    is_admin = (Person.role == Role.ADMIN) & Person.left_on.is_(None)
    db.session.execute(
        update(Person).where(is_admin).values(role=Person.role), execution_options={"synchronize_session": False}
    )
    return set(db.session.scalars(select(Person.email_key).where(is_admin)))


def _known(keys: Iterable[str]) -> dict[str, Person]:
    wanted, found = list(keys), dict[str, Person]()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for person in db.session.scalars(select(Person).where(Person.email_key.in_(some))):
            found[person.email_key] = person
    return found


def _person(entry: Entry) -> Person:
    return Person(email=entry.email, **{fact: getattr(entry, fact) for fact in FACTS})


def _change(person: Person, entry: Entry, report: Report) -> None:
    different = [fact for fact in FACTS if getattr(person, fact) != getattr(entry, fact)]
    for fact in different:
        setattr(person, fact, getattr(entry, fact))
    if different:
        report.changed[entry.email] = [FACTS[fact] for fact in different]
    else:
        report.left.append(entry.email)


def _stops_being_admin(entry: Entry, person: Person | None) -> bool:
    return person is not None and person.is_admin and entry.role != Role.ADMIN


def _refusal(entry: Entry, person: Person, admins: set[str]) -> str:
    """Why the rules forbid what the file says of somebody whom we know; "" where they do not."""
    if person.left_on:
        return f"{person.name} has left (on {person.left_on}) and stays so until an admin lets them in again."
    if _stops_being_admin(entry, person) and admins == {entry.key}:
        return f"{person.name} is the only admin, so the role stays. Make somebody else an admin first."
    return ""
