"""What the organisation of the demonstration programme has settled: a whole safeguarding procedure, and support lines.
Neither the people nor the numbers exist."""

from datetime import timedelta

from sqlalchemy import select, update

from phonein.db import db
from phonein.identity.models import Person, Role
from phonein.safeguarding import cover, procedure, support
from phonein.safeguarding.support import SupportLine
from phonein.schedule.models import PhoneIn, Series

COVERS_FOR = timedelta(days=14)

PROCEDURE = {
    "lead_name": "Nadia Okonjo",
    "lead_contact": "020 7946 0140, on weekdays from 8:30 to 17:30.\n"
    "Outside these hours the duty governor: 020 7946 0141.",
    "escalation": "1. The reviewer reads it, and writes back under the receipt where help can be had.\n"
    "2. Where somebody may be at risk, the reviewer calls Nadia on the same day.\n"
    "3. Nadia decides whether a notice goes on the page of the phone-in, and whom else to tell.\n"
    "Nobody can find out who wrote it, and nobody tries.",
    "official_routes": "Wrongdoing and corruption: the integrity line, 020 7946 0142.\n"
    "Bullying, harassment, discrimination: the harassment unit, 020 7946 0143.\n"
    "A child or an adult at risk: the safeguarding team of your site, or your local authority.",
    "hours": "MO 09:00-17:00\nTU 09:00-17:00\nWE 09:00-17:00\nTH 09:00-17:00\nFR 09:00-16:00\n"
    "not on bank holidays england-and-wales",
    "zone_name": "Europe/London",
    "target_hours": 4,
}
SUPPORT = [
    SupportLine("Employee helpline", "020 7946 0144", "day and night, every day"),
    SupportLine("Care team of your site", "through the switchboard", "at every hour"),
    SupportLine("Trauma support (TRiM)", "020 7946 0145", "weekdays from 8 to 18"),
    SupportLine("Reflective sessions", "book on the intranet, no reason is asked"),
]


def name_reviewers(deputy: Person) -> None:
    """A facilitator looks after what worries somebody, in every series, and another stands in for two weeks."""
    others = select(Person.id).where(Person.role == Role.FACILITATOR, Person.id != deputy.id).order_by(Person.id)
    who = {"reviewer_id": db.session.scalars(others.limit(1)).one(), "deputy_id": deputy.id}
    for model in (Series, PhoneIn):
        db.session.execute(update(model).values(who))
    cover.add(deputy.id, from_on=cover.today(), until_on=cover.today() + COVERS_FOR)


def settle() -> None:
    """Once: what is there already stays."""
    if procedure.newest() is None:
        procedure.keep(PROCEDURE, after=0)
    if not support.is_checked():
        support.keep(SUPPORT, after=0)
