"""What a browser may draw by itself for whoever is signed in, before anybody thinks of asking: so that having drawn
says nothing."""

from typing import Any

from sqlalchemy import and_, bindparam, select

from phonein import clock
from phonein.db import db
from phonein.identity.models import Person
from phonein.passes.issue import MOST_DRAWS
from phonein.passes.models import PassIssue
from phonein.schedule.models import PhoneIn

ON_OFFER = (  # put together once, because every page asks it: that takes longer than the asking
    select(PhoneIn.slug, PhoneIn.key_print, PhoneIn.cancelled_at, PassIssue.draws)
    .outerjoin(PassIssue, and_(PassIssue.phone_in_id == PhoneIn.id, PassIssue.person_id == bindparam("person")))
    .where(PhoneIn.published_at.is_not(None), PhoneIn.asks_close_at > bindparam("now"), PhoneIn.key_print != "")
    .order_by(PhoneIn.starts_at, PhoneIn.slug)
)


def to(person: Person) -> list[dict[str, Any]]:
    """Every phone-in that has keys and takes questions now or later, the nearest first: its slug, the fingerprint of
    its keys, and how many draws this person has left (none for one that is cancelled: it may be put back on)."""
    return [
        {"slug": slug, "print": key_print, "left": 0 if cancelled_at else MOST_DRAWS - (draws or 0)}
        for slug, key_print, cancelled_at, draws in db.session.execute(
            ON_OFFER, {"person": person.id, "now": clock.now()}
        )
    ]
