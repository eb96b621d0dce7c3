"""What people who wait are told: each thing once, in words that say what to do, and nobody at night."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.admin import planning
from phonein.booking import offer_links, seats, waiting
from phonein.booking.waiting_models import Offer
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_person, make_phone_in
from tests.conftest import TUESDAY
from tests.delivery.posting import deliver_at, rows

HOUR, A_MOMENT = timedelta(hours=1), timedelta(seconds=10)
NIGHT = TUESDAY + 10 * HOUR  # 22:00 in London


@pytest.fixture
def waits(app, office):
    """Sam has the only seat, Cat and Dan wait for it, and all have been told so."""
    with transaction():
        phone_in = make_phone_in(seats=1)
        seats.take(phone_in, by=make_person("Sam"))
        for name in ("Cat", "Dan"):
            waiting.join(phone_in, by=make_person(name))
    deliver_at(TUESDAY)
    return phone_in


def person(name: str) -> Person:
    return db.session.scalars(db.select(Person).where(Person.name == name)).one()


def at(moment, verb, *arguments, **more):
    with clock.stopped_at(moment), transaction():
        return verb(*arguments, **more)


def phone_in() -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn)).one()


def offer() -> Offer:
    return db.session.scalars(db.select(Offer).where(Offer.ended_on.is_(None))).one()


def give_back(moment, name="Sam"):
    at(moment, seats.give_back, phone_in(), by=person(name))


def round_at(moment) -> None:
    with clock.stopped_at(moment):
        waiting.round_once()
    deliver_at(moment)
    deliver_at(moment + A_MOMENT)


def told(office, *, since: int = 0) -> list[tuple[str, str]]:
    """To whom and what, in order: the first words of each subject."""
    mails = office.letters[since:]
    return [(str(mail["To"]).partition("@")[0].strip("<"), str(mail["Subject"]).partition(":")[0]) for mail in mails]


def test_joining_is_confirmed_with_the_place_in_line(waits, office):
    assert sorted(told(office)) == [
        ("cat", "On the waiting list"),
        ("dan", "On the waiting list"),
        ("sam", "Invitation"),
    ]
    texts = {to: text for (to, _), (_, text, _) in zip(told(office), office.parts(), strict=True)}
    assert "You are next in line." in texts["cat"]
    assert "You are number 2 in line" in texts["dan"]
    assert "4821" not in texts["cat"] + texts["dan"]  # the PIN is for those who have a seat


def test_who_is_offered_the_seat_is_told_until_when_and_where_to_take_it_and_nobody_else_hears(waits, office):
    give_back(TUESDAY)
    deliver_at(TUESDAY)
    assert sorted(told(office, since=3)) == [("cat", "A seat is held for you"), ("sam", "Cancelled")]
    text = next(text for subject, text, _ in office.parts() if subject.startswith("A seat is held"))
    assert "Thursday 26 March 2026 at midday (UK time)" in text
    assert offer_links.address(offer()) in text
    assert offer_links.offer_for(offer_links.address(offer()).rpartition("/")[2]) is offer()
    assert offer_links.offer_for(f"{offer().id}.made-up") is None


def test_silence_is_told_and_so_is_the_next_offer_but_nobody_is_told_twice(waits, office):
    give_back(TUESDAY)
    deliver_at(TUESDAY)
    round_at(TUESDAY + 48 * HOUR)
    round_at(TUESDAY + 48 * HOUR)
    assert sorted(told(office, since=5)) == [("cat", "Held for you no longer"), ("dan", "A seat is held for you")]


def test_no_thanks_needs_no_letter_to_who_said_it(waits, office):
    give_back(TUESDAY)
    deliver_at(TUESDAY)
    at(TUESDAY, waiting.decline, offer())
    round_at(TUESDAY)
    assert told(office, since=5) == [("dan", "A seat is held for you")]


def test_a_seat_given_back_in_the_night_before_is_held_for_the_next_in_line_and_they_are_told_in_the_morning(
    waits, office
):
    start = TUESDAY + 22 * HOUR  # ten in the morning: at seven it will be too late to hold a seat for two hours
    at(TUESDAY, planning.move, phone_in(), to=start, minutes=60)
    deliver_at(TUESDAY + A_MOMENT)
    before = len(office.letters)
    give_back(NIGHT)
    for hours in (10, 12, 14, 16):
        round_at(TUESDAY + hours * HOUR)
    assert (told(office, since=before), phone_in().left) == ([("sam", "Cancelled")], 0)
    round_at(TUESDAY + 19 * HOUR)
    assert told(office, since=before + 1) == [("cat", "A seat is held for you")]


def test_who_would_be_told_in_the_morning_is_told_earlier_when_the_phone_in_is_moved_before_it(waits, office):
    give_back(NIGHT)
    at(NIGHT, planning.move, phone_in(), to=NIGHT + 8 * HOUR, minutes=60)
    round_at(NIGHT)
    round_at(NIGHT + 2 * HOUR)
    assert [subject for to, subject in told(office, since=3) if to == "cat"][-1] == "A seat is held for you"


def test_at_night_the_seat_is_held_at_once_and_the_letter_waits_for_the_morning(waits, office):
    give_back(NIGHT)
    round_at(NIGHT)
    assert (told(office, since=3), phone_in().left) == ([("sam", "Cancelled")], 0)
    morning = TUESDAY + 19 * HOUR
    assert (offer().from_at, offer().until_at) == (morning, morning + 48 * HOUR)
    round_at(morning)
    assert told(office, since=4) == [("cat", "A seat is held for you")]


def test_who_joins_at_night_and_is_offered_a_seat_before_the_letter_left_hears_of_the_seat_in_the_morning(app, office):
    with transaction():
        make_phone_in(seats=1)
        seats.take(phone_in(), by=make_person("Sam"))
    at(NIGHT, waiting.join, phone_in(), by=at(NIGHT, make_person, "Cat"))
    give_back(NIGHT)
    round_at(NIGHT)
    assert told(office) == [("cat", "On the waiting list")]
    round_at(TUESDAY + 19 * HOUR)
    assert told(office, since=1) == [("cat", "A seat is held for you")]


def test_near_the_start_everybody_who_waits_is_told_once_for_each_seat_that_comes_free(waits, office):
    soon = phone_in().starts_at - 3 * HOUR
    give_back(soon)
    round_at(soon)
    assert phone_in().left == 1
    free = [("cat", "A seat is free"), ("dan", "A seat is free")]
    assert sorted(told(office, since=3)) == [*free[:1], *free[1:], ("sam", "Cancelled")]
    round_at(soon + HOUR / 2)
    assert len(office.letters) == 6
    at(soon + HOUR, seats.take, phone_in(), by=person("Dan"))
    give_back(soon + HOUR, "Dan")
    round_at(soon + HOUR)
    assert told(office, since=6) == [("cat", "A seat is free")]


def test_a_free_seat_that_was_taken_before_the_letter_left_is_told_to_nobody(waits, office):
    soon = phone_in().starts_at - 3 * HOUR
    give_back(soon)
    at(soon, seats.take, phone_in(), by=person("Dan"))
    round_at(soon)
    assert sorted(told(office, since=3)) == [("dan", "Invitation"), ("sam", "Cancelled")]


def test_a_move_and_a_cancellation_are_told_to_those_who_wait_and_what_was_undone_in_time_is_not(waits, office):
    at(TUESDAY, planning.cancel, phone_in(), reason="The line is down.")
    at(TUESDAY, planning.put_back_on, phone_in())
    deliver_at(TUESDAY + A_MOMENT)
    assert told(office, since=3) == []
    at(TUESDAY, planning.move, phone_in(), to=phone_in().starts_at + HOUR, minutes=60)
    deliver_at(TUESDAY + A_MOMENT)
    at(TUESDAY, planning.cancel, phone_in(), reason="The line is down.")
    deliver_at(TUESDAY + A_MOMENT)
    at(TUESDAY, planning.put_back_on, phone_in())
    deliver_at(TUESDAY + A_MOMENT)
    assert [subject for to, subject in told(office, since=3) if to == "dan"] == [
        "Waiting list, new time",
        "Waiting list, cancelled",
        "Waiting list, back on",
    ]


def test_a_seat_that_is_held_stays_held_when_the_phone_in_is_moved_and_goes_back_when_it_is_cancelled(waits, office):
    give_back(TUESDAY)
    deliver_at(TUESDAY)
    at(TUESDAY, planning.move, phone_in(), to=phone_in().starts_at + HOUR, minutes=60)
    deliver_at(TUESDAY + A_MOMENT)
    assert offer().until_at == TUESDAY + 48 * HOUR
    at(TUESDAY, planning.cancel, phone_in(), reason="The line is down.")
    deliver_at(TUESDAY + A_MOMENT)
    assert (phone_in().taken, waiting.live_offers(phone_in())) == (0, [])
    at(TUESDAY + HOUR, planning.put_back_on, phone_in())
    deliver_at(TUESDAY + HOUR + A_MOMENT)
    assert [subject for to, subject in told(office, since=5) if to == "cat"] == [
        "Waiting list, new time",
        "Waiting list, cancelled",
        "A seat is held for you",
    ]
    assert seats.miscounted() == []


def test_who_could_not_be_told_of_a_seat_in_time_hears_that_it_was_held_and_is_so_no_longer(waits, office):
    office.will("RCPT 451", "RCPT 451")
    give_back(TUESDAY)
    deliver_at(TUESDAY)
    round_at(TUESDAY + 48 * HOUR)
    assert [subject for to, subject in told(office, since=3) if to == "cat"] == ["Held for you no longer"]


def test_a_letter_about_a_seat_that_is_held_no_longer_never_leaves(waits, office):
    office.will("RCPT 451")
    give_back(TUESDAY)
    at(TUESDAY, waiting.decline, offer())
    deliver_at(TUESDAY)
    deliver_at(TUESDAY + HOUR)
    assert "cat" not in [to for to, _ in told(office, since=3)]
    with clock.stopped_at(TUESDAY + 48 * HOUR):
        deliver_at(TUESDAY + 48 * HOUR)
    assert [letter.error for letter in rows() if letter.given_up_at] == []
