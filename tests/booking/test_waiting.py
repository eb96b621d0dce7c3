"""The waiting list: who gets the seat that comes free, for how long it is held, and what each is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.event import listen, remove

from phonein import clock, retention
from phonein.admin import planning
from phonein.booking import line, seats, waiting
from phonein.booking.waiting_models import Offer, Wait
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.identity.audit import AuditEntry
from phonein.identity.models import Person
from phonein.schedule import changes
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_person, make_phone_in, make_series
from tests.conftest import TUESDAY

HOUR = timedelta(hours=1)


@pytest.fixture
def full(app):
    """A phone-in with two seats, which Ann and Bob have; Cat, Dan and Eve wait for one, in this order."""
    with transaction():
        phone_in = make_phone_in()
        people = [make_person(name) for name in ("Ann", "Bob", "Cat", "Dan", "Eve")]
        for person in people[:2]:
            seats.take(phone_in, by=person)
        for person in people[2:]:
            waiting.join(phone_in, by=person)
    return phone_in


def person(name: str) -> Person:
    return db.session.scalars(db.select(Person).where(Person.name == name)).one()


def give_back(name: str) -> None:
    with transaction():
        seats.give_back(db.session.scalars(db.select(PhoneIn)).one(), by=person(name))


def in_line(phone_in: PhoneIn) -> list[str]:
    return [wait.person.name for wait in line.line(phone_in)]


def offers() -> dict[str, str]:
    """Each offer that was made: to whom, and how it ended."""
    made = db.session.scalars(db.select(Offer).order_by(Offer.id))
    return {offer.wait.person.name: offer.ended_why for offer in made}


def offer_of(name: str) -> Offer:
    return db.session.scalars(
        db.select(Offer).join(Offer.wait).join(Wait.person).where(Person.name == name).order_by(Offer.id.desc())
    ).first()


def sweep_at(moment) -> None:
    with clock.stopped_at(moment):
        waiting.round_once()


def test_a_seat_that_is_given_back_is_held_for_the_first_in_line_and_for_nobody_else(full):
    give_back("Ann")
    assert (offers(), in_line(full), full.left) == ({"Cat": ""}, ["Dan", "Eve"], 0)
    with pytest.raises(seats.PhoneInFull), transaction():
        seats.take(full, by=person("Dan"))
    with transaction():
        booking = waiting.accept(offer_of("Cat"))
    assert (booking.person.name, offers(), full.taken) == ("Cat", {"Cat": "accepted"}, 2)
    assert [wait.ended_why for wait in db.session.scalars(db.select(Wait).order_by(Wait.id))] == ["seat", "", ""]
    assert seats.miscounted() == []


def test_no_thanks_and_silence_pass_the_seat_on_at_once(full):
    give_back("Ann")
    with transaction():
        waiting.decline(offer_of("Cat"))
    assert offers() == {"Cat": "declined", "Dan": ""}
    sweep_at(TUESDAY + 48 * HOUR - timedelta(seconds=1))
    assert offers() == {"Cat": "declined", "Dan": ""}
    sweep_at(TUESDAY + 48 * HOUR)
    assert offers() == {"Cat": "declined", "Dan": "lapsed", "Eve": ""}
    assert seats.miscounted() == []


def test_standing_in_words_and_numbers(full):
    assert [waiting.standing(full, person(name)).place for name in ("Cat", "Dan", "Eve", "Ann")] == [1, 2, 3, 0]
    give_back("Ann")
    states = {name: waiting.standing(full, person(name)) for name in ("Cat", "Dan")}
    assert [(one.state, one.place) for one in states.values()] == [("held", 0), ("in line", 1)]


def test_an_admin_moves_somebody_with_a_reason(full):
    eve = waiting.wait_of(full, person("Eve"))
    with transaction():
        waiting.move_to(full, eve.id, 1, by=make_ada(), reason="It is about her team.")
    assert in_line(full) == ["Eve", "Cat", "Dan"]


def test_an_admin_who_saw_another_line_moves_nobody_and_what_is_done_is_written_down_without_the_name(full):
    cat, dan, eve = (wait.id for wait in line.line(full))
    with transaction():
        ada = make_ada()
        waiting.leave(full, by=person("Cat"))
    for wait_id, seen in ((cat, None), (eve, [cat, dan, eve])):
        with pytest.raises(waiting.LineChanged), transaction():
            waiting.move_to(full, wait_id, 1, by=ada, reason="Because", seen=seen)
    with transaction():
        waiting.move_to(full, eve, 99, by=ada, reason="She is in it already")
        waiting.move_to(full, eve, 1, by=ada, reason="It is about her team", seen=[dan])
    noted = [(one.what, one.about, one.reason) for one in db.session.scalars(db.select(AuditEntry))]
    assert noted == [
        ("Moved somebody in the waiting list from place 2 to 1", "sleep", "It is about her team"),
    ]


def test_an_offer_that_ran_out_a_moment_ago_is_over_though_the_sweep_has_not_come_by(full):
    give_back("Ann")
    offer = offer_of("Cat")
    with clock.stopped_at(offer.until_at):
        with pytest.raises(waiting.OfferOver), transaction():
            waiting.accept(offer)
        with pytest.raises(seats.PhoneInFull), transaction():
            seats.take(full, by=person("Cat"))
        assert waiting.standing(full, person("Cat")).why == "lapsed"
        with transaction():
            waiting.join(full, by=person("Cat"))
        assert (offers(), in_line(full)) == ({"Cat": "lapsed", "Dan": ""}, ["Eve", "Cat"])


def test_accepting_twice_is_accepting_once_and_who_gave_that_seat_back_cannot_have_it_by_the_old_link(full):
    give_back("Ann")
    offer = offer_of("Cat")
    with transaction():
        assert waiting.accept(offer) is waiting.accept(offer)
    give_back("Cat")
    with pytest.raises(waiting.OfferOver), transaction():
        waiting.accept(offer)


def test_new_seats_are_held_for_those_who_wait_and_a_held_one_is_not_taken_away(full):
    facts = {name: getattr(full, name) for name in ("title", "dial_in_number", "freephone", "pin", "leaders")}
    with transaction():
        planning.change(full, seats=4, **facts)
    assert (offers(), in_line(full)) == ({"Cat": "", "Dan": ""}, ["Eve"])
    with pytest.raises(changes.FewerThanBooked), transaction():
        planning.change(full, seats=3, **facts)


def test_a_phone_in_that_is_moved_to_an_earlier_time_promises_no_seat_beyond_its_start(full):
    give_back("Ann")
    with transaction():
        planning.move(full, to=TUESDAY + 24 * HOUR, minutes=60)
    assert offer_of("Cat").until_at == TUESDAY + 24 * HOUR


def test_who_has_left_gives_up_seat_offer_and_place_without_a_letter_and_when_it_begins_the_line_is_over(full):
    give_back("Ann")
    with transaction():
        for name in ("Bob", "Cat", "Eve"):
            person(name).left_on = TUESDAY.date()
    sweep_at(TUESDAY)
    assert (offers(), in_line(full), full.taken) == ({"Cat": "withdrawn", "Dan": ""}, [], 1)
    abouts = set(db.session.scalars(db.select(Letter.to_address).where(Letter.about.like("seat %"), Letter.turn > 0)))
    assert abouts == set()
    sweep_at(full.starts_at)
    whys = {wait.person.name: wait.ended_why for wait in db.session.scalars(db.select(Wait))}
    assert (whys, full.taken) == ({"Cat": "gone", "Dan": "begun", "Eve": "gone"}, 0)
    assert seats.miscounted() == []


def test_waits_and_what_was_told_of_them_go_a_week_after_they_ended(full):
    sweep_at(full.starts_at)
    for days, left in ((7, 3), (8, 0)):
        with clock.stopped_at(full.starts_at + timedelta(days=days)):
            retention.forget()
        assert len(db.session.scalars(db.select(Wait)).all()) == left
        assert len(db.session.scalars(db.select(Letter).where(Letter.about.like("wait %"))).all()) == left


@pytest.fixture
def weekly(app):
    """Three Tuesdays with one seat each, which is Ann's; the last belongs to the part of the series that a change has
    made another. Cat waits for the first, or any."""
    with transaction():
        series = make_series()
        later = make_series(slug="later", continues_id=series.id)
        days = [
            make_phone_in(
                slug=f"tuesday-{week}",
                starts_at=TUESDAY + timedelta(days=7 * week),
                seats=1,
                series=later if week == 3 else series,
            )
            for week in (1, 2, 3)
        ]
        ann, cat = make_person("Ann"), make_person("Cat")
        for day in days:
            seats.take(day, by=ann)
        waiting.join(days[0], by=cat, any_date=True)
    return days


def free(phone_in: PhoneIn) -> None:
    with transaction():
        seats.give_back(phone_in, by=person("Ann"))


def test_any_date_is_the_next_that_comes_free_also_one_that_a_change_has_made_another_series(weekly):
    _, second, third = weekly
    assert [in_line(day) for day in weekly] == [["Cat"]] * 3
    free(third)
    assert (offer_of("Cat").phone_in, [in_line(day) for day in weekly]) == (third, [[], [], []])
    free(second)
    assert second.left == 1  # one seat at a time is held for one who waits
    with transaction():
        waiting.decline(offer_of("Cat"))
    waiting.round_once()
    assert offer_of("Cat").phone_in is second
    with transaction():
        waiting.accept(offer_of("Cat"))
        assert waiting.waiting_by(person("Cat")) == []
    assert (third.left, seats.miscounted()) == (1, [])


def test_who_lets_a_second_offer_pass_waits_for_no_date_any_more(weekly):
    free(weekly[1])
    sweep_at(TUESDAY + 48 * HOUR)
    assert waiting.standing(weekly[1], person("Cat")).why == "lapsed"
    assert waiting.standing(weekly[2], person("Cat")).place == 1
    with clock.stopped_at(TUESDAY + 48 * HOUR):
        free(weekly[2])
    sweep_at(TUESDAY + 96 * HOUR)
    assert waiting.standing(weekly[2], person("Cat")).state == "over"
    assert waiting.waiting_by(person("Cat")) == []


def test_any_date_goes_on_when_the_first_has_begun_and_ends_when_there_is_none_left(weekly):
    sweep_at(weekly[0].starts_at)
    assert [in_line(day) for day in weekly] == [["Cat"]] * 3
    sweep_at(weekly[2].starts_at)
    assert [wait.ended_why for wait in db.session.scalars(db.select(Wait))] == ["begun"]


def test_who_said_no_to_a_date_and_wants_it_after_all_joins_at_the_end(weekly):
    first, *_ = weekly
    free(first)
    with transaction():
        waiting.join(weekly[1], by=make_person("Dan"))
        waiting.decline(offer_of("Cat"))
        seats.take(first, by=make_person("Eve"))
        waiting.join(first, by=person("Dan"))
        waiting.join(first, by=person("Cat"))
    assert in_line(first) == ["Dan", "Cat"]


def test_who_said_no_to_a_date_and_wants_it_after_all_goes_on_waiting_for_the_others(weekly):
    first, second, _ = weekly
    free(first)
    with transaction():
        waiting.decline(offer_of("Cat"))
        seats.take(first, by=make_person("Eve"))
        waiting.join(first, by=person("Cat"))
    assert in_line(second) == ["Cat"]


def test_a_seat_that_was_held_elsewhere_is_passed_on_when_they_found_one_by_themselves(weekly):
    first, second, _ = weekly
    with transaction():
        waiting.join(second, by=make_person("Dan"))
    free(second)
    free(first)
    with transaction():
        seats.take(first, by=person("Cat"))
    assert offer_of("Cat").is_live
    waiting.round_once()
    assert offers() == {"Cat": "withdrawn", "Dan": ""}


def test_the_standing_on_a_whole_page_takes_a_few_queries_however_many_there_are(weekly):
    cat, ann, counts = person("Cat"), person("Ann"), []
    assert all(day.starts_at for day in weekly)  # they are loaded
    for who, days in ((cat, weekly[:1]), (cat, weekly), (ann, weekly)):
        with counted() as statements:
            found = waiting.standings(days, who)
        counts.append(len(statements))
        assert {one.place for one in found.values()} == ({1} if who is cat else {0})
    assert counts == [counts[0], counts[0], 1]


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        statements.append(statement)

    listen(db.engine, "before_cursor_execute", note)
    yield statements
    remove(db.engine, "before_cursor_execute", note)


def test_joining_is_refused_where_there_is_nothing_to_wait_for(full):
    with pytest.raises(waiting.HasSeat), transaction():
        waiting.join(full, by=person("Ann"))
    with pytest.raises(waiting.SeatsLeft), transaction():
        waiting.join(make_phone_in(slug="other"), by=person("Ann"))
