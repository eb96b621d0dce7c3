"""Handing a phone-in over to another facilitator: from then on it is on their desk, and on yours no more."""

from phonein.booking import seats
from phonein.delivery import letters
from phonein.identity import people
from phonein.identity.models import Person
from phonein.schedule import changes
from phonein.schedule.models import PhoneIn


def heirs(phone_in: PhoneIn) -> list[Person]:
    """Who could lead it: all facilitators who do not lead it already."""
    return [person for person in people.facilitators() if not person.can_lead(phone_in)]


def hand_over(phone_in: PhoneIn, *, by: Person, to: Person) -> int:
    """`to` leads this phone-in instead of `by`, and hears of it; how many with a seat are told who leads it now."""
    if not changes.hand_over(phone_in, by=by, to=to):
        return 0
    letters.phone_in_handed_over(to, phone_in, by=by)
    return seats.tell_all(phone_in) if not phone_in.is_cancelled else 0
