"""The letter that says that answers have been published: one to everybody who has a seat, whoever asked."""

from sqlalchemy import select

from phonein import formats
from phonein.booking import reminders
from phonein.booking.models import Booking
from phonein.booking.reminders import SEAT_STANDS
from phonein.db import db
from phonein.delivery import letters, news
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

KIND = "answers"


def tell(phone_in: PhoneIn) -> int:
    """A letter to everybody with a seat; one that waits to leave says it already. How many seats."""
    seats = (
        select(Booking.id, Person.email)
        .join(Booking.phone_in)
        .join(Booking.person)
        .where(*SEAT_STANDS, PhoneIn.id == phone_in.id)
    )
    addresses = {f"{KIND} {number}": email for number, email in db.session.execute(seats)}
    news.post(addresses)
    return len(addresses)


@news.written_by(KIND)
def write(letter: Letter) -> bool:
    """It is the same for everybody, but for their clock."""
    booking = reminders.booking_of(letter)
    if booking is None or not reminders.still_holds(booking):
        return False
    phone_in = booking.phone_in
    letters.fill(
        letter,
        "answers-published",
        phone_in=phone_in,
        person=booking.person,
        page=formats.address("schedule.phone_in_page", slug=phone_in.slug),
    )
    return True
