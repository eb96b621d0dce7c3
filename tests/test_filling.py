"""A database filled to measure with is one that the rules could have made."""

from collections import Counter
from datetime import timedelta

from phonein import clock
from phonein.booking import in_line, seats
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Offer, Wait
from phonein.commands.filling import NOT_YET
from phonein.db import db
from phonein.delivery.models import Letter
from phonein.desk import feedback
from phonein.desk.models import Hour
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud.models import AgendaItem, Answer, ReadAloud


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
    wordings = db.session.scalars(db.select(ReadAloud)).all()
    asked = Counter(question.read_aloud_id for question in db.session.scalars(db.select(Question)))
    assert [one.asked for one in wordings if asked[one.id]] == [asked[one.id] for one in wordings if asked[one.id]]
    assert (number_of(AgendaItem), number_of(Hour), number_of(Answer)) == (2 * 6, 6, 6)
    assert {one.phone_in.slug: one.answers for one in feedback.over_all()} == {}
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        assert {one.answers for one in feedback.over_all()} == {12}
