"""After the call: one thank-you to everybody who had a seat, the same for all."""

from datetime import timedelta

from phonein import clock
from phonein.admin import planning
from phonein.booking import seats, thanks
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from tests.builders import make_person, make_phone_in, make_series
from tests.conftest import TUESDAY

START = TUESDAY + timedelta(days=7)
END = START + timedelta(hours=1)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def said_at(moment) -> int:
    with clock.stopped_at(moment):
        number = thanks.say()
        db.session.rollback()
        return number


def about() -> list[str]:
    db.session.rollback()
    thanked = db.select(Letter.about).where(Letter.about.like("thanks %")).order_by(Letter.about)
    return list(db.session.scalars(thanked))


def test_everybody_who_had_a_seat_is_thanked_once_when_the_call_is_over(app, office):
    with transaction():
        series = make_series()
        one = make_phone_in(series=series, seats=3)
        for week in range(1, 6):
            cancelled = TUESDAY if week == 2 else None
            make_phone_in(slug=f"week-{week}", series=series, starts_at=START + week * 7 * DAY, cancelled_at=cancelled)
        for person in (make_person("Ann"), make_person("Ben", reminders=""), cat := make_person("Cat")):
            seats.take(one, by=person)
        seats.give_back(one, by=cat)
    postman.deliver_due()
    office.taken.clear()
    assert [said_at(at) for at in (END - MINUTE, END, END + MINUTE)] == [0, 2, 0]
    with clock.stopped_at(END + MINUTE):
        assert postman.deliver_due() == 2
    (subject, text, calendar), (_, other, _) = office.parts()
    assert (subject, calendar) == ("Thank you: phone-in on Tue 31 Mar 2026, 1pm (UK time)", None)
    assert text == other
    assert "http://localhost/q/sleep/feedback/" in text
    dates = [line for line in text.splitlines() if "1pm to 2pm" in line][1:]
    assert [date.split(",")[0] for date in dates] == [
        "Tuesday 7 April 2026",
        "Tuesday 21 April 2026",
        "Tuesday 28 April 2026",
    ]
    assert "http://localhost/app/phone-ins/week-1/" in text


def test_nobody_is_thanked_for_what_was_cancelled_for_what_is_long_over_or_after_they_have_left(app):
    with transaction():
        ones = [make_phone_in(slug=f"n{n}") for n in range(3)]
        people = [make_person(f"P{n}") for n in range(3)]
        for one, person in zip(ones, people, strict=True):
            seats.take(one, by=person)
        planning.cancel(ones[0], reason="The line is down.")
        people[1].left_on = clock.today()
    assert [said_at(END + DAY), said_at(END + DAY - MINUTE)] == [0, 1]
    assert about() == ["thanks 3"]


def test_without_a_series_it_leads_to_the_programme(app, office):
    with transaction():
        seats.take(make_phone_in(), by=make_person())
    said_at(END)
    with clock.stopped_at(END):
        postman.deliver_due()
    text = office.parts()[-1][1]
    assert "next dates" not in text
    assert text.rstrip().endswith("http://localhost/app/")
