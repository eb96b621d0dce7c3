"""Whatever people and admins do in whatever order: the line keeps its order, no seat is empty while somebody waits for
it, none is given twice, and every change is told once."""

import json
import os
from datetime import timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete
from sqlalchemy.event import listen

from phonein import clock
from phonein.admin import planning
from phonein.booking import line, moving, seats, waiting
from phonein.booking.models import Booking
from phonein.booking.reminder_models import Reminder
from phonein.booking.waiting_models import Offer, Wait
from phonein.db import db, on_sqlite, transaction
from phonein.delivery import news, outbox
from phonein.delivery.models import Letter
from phonein.errors import Refused
from phonein.identity.audit import AuditEntry
from phonein.identity.feed_addresses import Feed
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn, Series
from tests.booking.waiting_model import GATHER, Date, Model
from tests.builders import make_person, make_phone_in, make_series
from tests.conftest import TUESDAY

# For a longer look, each time at others: WAITING_EXAMPLES=500.
IS_LONG = "WAITING_EXAMPLES" in os.environ
EXAMPLES, STEPS = int(os.environ.get("WAITING_EXAMPLES", "10")), 30
PEOPLE = ("Ann", "Bob", "Cat", "Dan", "Eve")
HOUR, HOURS = timedelta(hours=1), 30
people, dates, numbers = st.sampled_from(PEOPLE), st.sampled_from((0, 0, 1)), st.integers(0, 23)


def clear() -> None:
    with transaction():
        for model in (Letter, Offer, Wait, Reminder, Booking, Feed, AuditEntry, PhoneIn, Series, Person):
            db.session.execute(delete(model))


def make_dates() -> list[str]:
    """Two dates of one series, a day and a half apart, and those who want a seat."""
    with transaction():
        series = make_series()
        for name in (*PEOPLE, "Ada"):
            make_person(name)
        starts = TUESDAY + 6 * 24 * HOUR, TUESDAY + 7 * 24 * HOUR + 12 * HOUR
        return [
            make_phone_in(slug=f"date-{number}", starts_at=start, seats=number + 1, series=series, leaders=[]).slug
            for number, start in enumerate(starts)
        ]


def phone_in(number: int) -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == f"date-{number}")).one()


def person(name: str) -> Person:
    return db.session.scalars(db.select(Person).where(Person.name == name)).one()


def facts(of: PhoneIn) -> dict:
    names = ("title", "summary", "description", "dial_in_number", "freephone", "pin", "leaders")
    return {name: getattr(of, name) for name in names}


def deliver() -> None:
    """Every letter that is due leaves: written by then, as a postman does it."""
    while due := outbox.due():
        with transaction():
            for letter in filter(None, map(outbox.claim, due)):
                if news.write(letter):
                    letter.mark_sent()
                else:
                    db.session.delete(letter)


def change_dates(who: str, on: int) -> None:
    if booking := seats.live_booking(phone_in(on), person(who)):
        moving.move(booking, to=phone_in(1 - on))


class Machine(RuleBasedStateMachine):
    """The product and the model side by side."""

    @initialize()
    def begin(self) -> None:
        clear()
        make_dates()
        dates = [Date(str(n), phone_in(n).seats, phone_in(n).starts_at) for n in (0, 1)]
        self.model = Model(dates, TUESDAY)
        for who, on in (("Ann", 0), ("Ann", 1), ("Bob", 1)):
            self.take(who, on)
        for who, on in (("Cat", 0), ("Dan", 0), ("Eve", 1), ("Bob", 0)):
            self.join(who, on, any_date=who == "Cat")

    def do(self, verb, *arguments, **more) -> str:
        """In a transaction of its own; the name of the refusal, or ""."""
        try:
            with clock.stopped_at(self.model.now), transaction():
                verb(*arguments, **more)
        except Refused as refusal:
            return type(refusal).__name__
        return ""

    def agree(self, expected: str, done: str) -> None:
        assert done == (expected if expected[0].isupper() else ""), (expected, done)

    @rule(who=people, on=dates)
    def take(self, who, on):
        self.agree(self.model.take(self.model.dates[on], who), self.do(seats.take, phone_in(on), by=person(who)))

    @rule(number=numbers, on=dates)
    def give_back(self, number, on):
        date = self.model.dates[on]
        if date.booked:
            who = date.booked[number % len(date.booked)]
            self.agree(self.model.give_back(date, who), self.do(seats.give_back, phone_in(on), by=person(who)))

    @rule(who=people, on=dates, any_date=st.booleans())
    def join(self, who, on, any_date):
        expected = self.model.join(self.model.dates[on], who, any_date)
        done = self.do(waiting.join, phone_in(on), by=person(who), any_date=any_date)
        self.agree(expected, done)

    @rule(number=numbers, on=dates)
    def leave(self, number, on):
        date = self.model.dates[on]
        waits = [*self.model.line(date), *(offer.wait for offer in self.model.live(date))]
        who = waits[number % len(waits)].person if waits else "Ann"
        self.agree(self.model.leave(date, who), self.do(waiting.leave, phone_in(on), by=person(who)))

    @rule(number=numbers)
    def accept(self, number):
        self.answer("accept", number)

    @rule(number=numbers)
    def decline(self, number):
        self.answer("decline", number)

    def answer(self, verb, number):
        """The offers that are good, or once in a while one that is over."""
        model = self.model
        offers = [offer for offer in model.offers if model.is_good(offer)] if number % 4 else model.offers
        if offers:
            offer = offers[number % len(offers)]
            row = self.offers()[model.offers.index(offer)]
            self.agree(getattr(model, verb)(offer), self.do(getattr(waiting, verb), row))

    @rule(on=dates, seats=st.integers(1, 4))
    def reseat(self, on, seats):
        expected = self.model.reseat(self.model.dates[on], seats)
        self.agree(expected, self.do(planning.change, phone_in(on), seats=seats, **facts(phone_in(on))))

    @rule(on=dates, hours=st.sampled_from((-20, -1, 1, 30)))
    def shift(self, on, hours):
        date = self.model.dates[on]
        if date.starts_at + hours * HOUR > self.model.now:
            to = date.starts_at + hours * HOUR
            self.agree(self.model.shift(date, hours), self.do(planning.move, phone_in(on), to=to, minutes=60))

    @rule(on=dates, is_off=st.booleans())
    def cancel(self, on, is_off):
        expected = self.model.cancel(self.model.dates[on], is_off)
        verb, why = (planning.cancel, {"reason": "The line is down"}) if is_off else (planning.put_back_on, {})
        self.agree(expected, self.do(verb, phone_in(on), **why))

    @rule(who=people, there=dates)
    def swap(self, who, there):
        booking = seats.live_booking(phone_in(1 - there), person(who))
        if booking:
            expected = self.model.swap(self.model.dates[there], self.model.dates[1 - there], who)
            self.agree(expected, self.do(moving.move, booking, to=phone_in(there)))

    @rule(on=dates, number=numbers)
    def reorder(self, on, number):
        waits = line.line(phone_in(on))
        if len(waits) > 1:
            before, after = number % len(waits), (number + 1) % len(waits)
            self.model.reorder(self.model.dates[on], before, after)
            where = phone_in(on), waits[before].id, after + 1
            self.agree("moved", self.do(waiting.move_to, *where, by=person("Ada"), reason="Because"))

    @rule(hours=st.sampled_from((1, 3, 7, 11, 26, 50)))
    def pass_time(self, hours):
        self.wait(hours)

    def wait(self, hours):
        self.model.now += hours * HOUR
        self.model.round()
        with clock.stopped_at(self.model.now):
            waiting.round_once()

    @rule()
    def let_pass(self):
        """Until the next seat that is held has been held for too long."""
        if self.model.live():
            self.model.now = max(self.model.now, min(offer.until_at for offer in self.model.live()))
        self.wait(0)

    @rule(who=st.sampled_from(PEOPLE[-2:]))
    def depart(self, who):
        self.model.depart(who)
        self.do(lambda: setattr(person(who), "left_on", clock.today()))

    @rule()
    def deliver(self):
        self.model.now += GATHER
        self.model.deliver()
        with clock.stopped_at(self.model.now):
            deliver()

    def offers(self) -> list[Offer]:
        return list(db.session.scalars(db.select(Offer).order_by(Offer.id)))

    @invariant()
    def all_is_as_in_the_model(self):
        model = self.model
        with clock.stopped_at(model.now):
            assert seats.miscounted() == []
            for number, date in enumerate(model.dates):
                one = phone_in(number)
                assert 0 <= one.taken <= one.seats
                assert {b.person.name for b in seats.live_bookings(one)} == set(date.booked)
                assert [wait.person.name for wait in line.line(one)] == [wait.person for wait in model.line(date)]
                held = [(offer.wait.person.name, offer.until_at) for offer in waiting.live_offers(one)]
                assert sorted(held) == sorted((offer.wait.person, offer.until_at) for offer in model.live(date))
        assert [offer.ended_why for offer in self.offers()] == [offer.why for offer in model.offers]
        waits = db.session.scalars(db.select(Wait).order_by(Wait.turn))
        assert [wait.ended_why for wait in waits] == [wait.why for wait in model.waits]
        sent = db.session.scalars(db.select(Letter).where(Letter.about.like("wait %"), Letter.sent_at.is_not(None)))
        assert sorted((one.to_address.partition("@")[0].title(), one.name) for one in sent) == sorted(model.letters)
        db.session.rollback()


def test_the_waiting_list_is_as_in_a_model_of_it_on_plain_lists(app):
    if on_sqlite():
        # What a disk keeps through a power cut is not the question here.
        listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        db.engine.dispose()
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not IS_LONG,
            database=None,
            phases=[Phase.generate],  # looking for the shortest way takes longer than to read a long one
            suppress_health_check=list(HealthCheck),
        ),
    )


def act(app, lot: Random, gate: Barrier, wrong: list[str]) -> None:
    """Whatever comes to mind, at the same moment as somebody else; mostly about the same date."""
    with app.app_context():
        for hour in range(HOURS):
            who, on, any_date, number = (
                lot.choice(PEOPLE),
                int(lot.random() < 0.2),
                lot.random() < 0.3,
                lot.randrange(3),
            )
            verbs = (
                lambda who=who, on=on: seats.take(phone_in(on), by=person(who)),
                lambda who=who, on=on: seats.give_back(phone_in(on), by=person(who)),
                lambda number=number, on=on: [
                    seats.give_back(phone_in(on), by=booking.person)
                    for booking in seats.live_bookings(phone_in(on))[number : number + 1]
                ],
                lambda who=who, on=on, any_date=any_date: waiting.join(phone_in(on), by=person(who), any_date=any_date),
                lambda who=who, on=on: waiting.join(phone_in(on), by=person(who)),
                lambda who=who, on=on: waiting.leave(phone_in(on), by=person(who)),
                lambda on=on: [waiting.accept(offer) for offer in waiting.live_offers(phone_in(on))[:1]],
                lambda on=on: [waiting.decline(offer) for offer in waiting.live_offers(phone_in(on))[:1]],
                lambda on=on, number=number: planning.change(phone_in(on), seats=1 + number, **facts(phone_in(on))),
                lambda who=who, on=on: change_dates(who, on),
                None,
            )
            verb = lot.choice(verbs)
            gate.wait()
            with clock.stopped_at(TUESDAY + hour * HOUR):
                try:
                    if verb is None:
                        waiting.round_once()
                        deliver()
                    else:
                        with transaction():
                            verb()
                except Refused:
                    pass
                except Exception as error:
                    wrong.append(f"{type(error).__name__}: {error}")
            db.session.remove()


def empty_while_somebody_waits() -> list[str]:
    """Dates with a free seat for which somebody waits: never, not even until the sweep comes by. Whoever waits for any
    date may have to wait for it."""
    found = []
    for on in (0, 1):
        one = phone_in(on)
        if one.left and any(not wait.any_date for wait in line.line(one)):
            found.append(one.slug)
    db.session.remove()
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_two_who_act_at_once_leave_no_seat_empty_none_given_twice_and_nobody_passed_over(app, seed, caplog):
    make_dates()
    with transaction():
        for who, on in (("Ann", 0), ("Ann", 1), ("Bob", 1)):
            seats.take(phone_in(on), by=person(who))
        for who in ("Cat", "Dan", "Bob"):
            waiting.join(phone_in(0), by=person(who))
    db.session.remove()
    wrong: list[str] = []

    def look() -> None:
        with app.app_context(), clock.stopped_at(TUESDAY):
            wrong.extend(empty_while_somebody_waits())

    gate = Barrier(2, action=look, timeout=60)
    threads = [Thread(target=act, args=(app, Random(f"{seed} {each}"), gate, wrong)) for each in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert wrong == []
    with clock.stopped_at(TUESDAY + HOURS * HOUR):
        waiting.round_once()
        deliver()
        assert seats.miscounted() == []
        for on in (0, 1):
            one = phone_in(on)
            assert one.left == 0 or line.line(one) == []
            held = waiting.live_offers(one)
            assert len({offer.wait.person_id for offer in held}) == len(held)
            assert all(offer.wait.is_live for offer in held)
    assert caplog.records == []
    nobody_was_passed_over()
    every_offer_was_told_once()


def nobody_was_passed_over() -> None:
    was_offered = set(db.session.scalars(db.select(Offer.wait_id)))
    for on in (0, 1):
        mine = db.select(Wait).where(Wait.phone_in_id == phone_in(on).id, Wait.any_date.is_(False)).order_by(Wait.turn)
        waits = list(db.session.scalars(mine))
        last = max((number for number, wait in enumerate(waits) if wait.id in was_offered), default=0)
        assert [wait.id for wait in waits[:last] if wait.is_live and wait.id not in was_offered] == []


def every_offer_was_told_once() -> None:
    told = [
        json.loads(one.telling)["offer"] for one in db.session.scalars(db.select(Letter)) if one.name == "seat-held"
    ]
    assert sorted(told) == sorted(set(told))
    assert {offer.id for offer in db.session.scalars(db.select(Offer)) if offer.is_live} <= set(told)
