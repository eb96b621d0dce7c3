"""A database filled to measure with is one that the rules could have made."""

from phonein.booking import in_line, seats
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Offer, Wait
from phonein.commands.filling import NOT_YET
from phonein.db import db
from phonein.delivery.models import Letter
from phonein.identity.models import Person


def number_of(model) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_the_counters_agree_each_seat_has_been_told_of_and_it_is_done_once(app):
    fill = ("fill", "--people", "60", "--phone-ins", "12", "--bookings", "480")
    first, second = (app.test_cli_runner().invoke(args=list(fill)) for _ in range(2))
    assert (first.exit_code, second.exit_code, NOT_YET in second.output) == (0, 1, True), repr(first.exception)
    assert (seats.miscounted(), number_of(Person), number_of(Booking), number_of(Letter)) == ([], 60, 480, 480)
    offer = db.session.scalars(db.select(Offer)).one()
    assert in_line.standing(offer.phone_in, offer.wait.person).state == "held"
    assert number_of(Wait) == 20
