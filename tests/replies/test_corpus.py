"""Every message of the corpus, what becomes of it, and what it does: to the seat, to the answer, and by letter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

import config
from phonein import clock, create_app
from phonein.booking import seats
from phonein.booking.outcomes import Outcome
from phonein.booking.reply_models import Reply
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule import changes
from phonein.schedule.models import PhoneIn
from tests import servers
from tests.builders import make_person
from tests.conftest import TUESDAY
from tests.replies import NAMES, deliver, first_seat, letters, message, take_in

NOTHING: tuple[str, ...] = ()
GIVEN_BACK = (Outcome.GIVEN_BACK, False, "declined", ("seat-given-back",))
ACCEPTED = (Outcome.ACCEPTED, True, "accepted", NOTHING)
TENTATIVE = (Outcome.TENTATIVE, True, "tentative", NOTHING)
NOT_SURE = ("reply-not-acted-on",)

Before = Callable[[], None]


def first(name: str) -> Before:
    """Another reply came in before."""

    def comes() -> None:
        take_in(message(name, first_seat()))
        deliver()

    return comes


def moved() -> None:
    with transaction():
        changes.move(phone_in(), to=phone_in().starts_at + timedelta(hours=1), minutes=60)
        seats.tell_all(phone_in())
    deliver()


def moved_and_back() -> None:
    moved()
    with transaction():
        changes.move(phone_in(), to=TUESDAY + timedelta(days=7), minutes=60)
        seats.tell_all(phone_in())
    deliver()


def given_back() -> None:
    with transaction():
        seats.give_back(phone_in(), by=sam())
    deliver()


def full() -> None:
    with transaction():
        for name in ("Ann", "Bob"):
            seats.take(phone_in(), by=make_person(name))
    deliver()


def booked_again() -> None:
    with transaction():
        seats.take(phone_in(), by=sam())
    deliver()


def cancelled() -> None:
    with transaction():
        changes.cancel(phone_in(), reason="The line is being repaired")
        seats.tell_all(phone_in())
    deliver()


def after(*steps: Before) -> Before:
    def all_of_it() -> None:
        for step in steps:
            step()

    return all_of_it


ALONE = after()


@dataclass(frozen=True)
class Case:
    """A message, what happened before, and what is then expected: outcome, a seat or none, the answer that is kept, the
    letters that leave because of it."""

    name: str
    outcome: Outcome
    has_seat: bool
    answer: str
    letters: tuple[str, ...]
    before: Before


def case(name: str, expected: tuple[Outcome, bool, str, tuple[str, ...]], before: Before = ALONE) -> Case:
    return Case(name, *expected, before)


def nothing(outcome: Outcome, letters: tuple[str, ...] = NOTHING) -> tuple[Outcome, bool, str, tuple[str, ...]]:
    """Neither the seat nor the answer changes."""
    return outcome, True, "", letters


DECLINED_FIRST = first("thunderbird-declined")
CASES = [
    # As each program sends them.
    *[case(f"{program}-accepted", ACCEPTED) for program in ("outlook-desktop", "google", "apple", "thunderbird")],
    *[case(f"{program}-declined", GIVEN_BACK) for program in ("outlook-desktop", "google", "apple", "thunderbird")],
    *[case(f"{program}-tentative", TENTATIVE) for program in ("outlook-desktop", "google")],
    case("exchange-without-organizer-accepted", ACCEPTED),
    case("exchange-without-organizer-declined", GIVEN_BACK),
    case("exchange-without-organizer-tentative", TENTATIVE),
    case("nextcloud-declined", GIVEN_BACK),
    case("nextcloud-from-its-own-address-declined", nothing(Outcome.FROM_ANOTHER, NOT_SURE)),
    case("delegated", (Outcome.PASSED_ON, False, "declined", ("reply-passed-on", "seat-given-back"))),
    case("counter", nothing(Outcome.OTHER_TIME, ("reply-other-time",))),
    case("refresh", nothing(Outcome.SENT_AGAIN, ("calendar-again",))),
    # Whose word it is.
    case("address-in-capitals", GIVEN_BACK),
    case("spoofed-from", nothing(Outcome.FROM_ANOTHER, NOT_SURE)),
    case("spoofed-display-name", nothing(Outcome.FROM_ANOTHER, NOT_SURE)),
    case("two-from-lines", nothing(Outcome.FROM_ANOTHER, NOT_SURE)),
    case("sent-by-another", nothing(Outcome.IN_THEIR_NAME, NOT_SURE)),
    case("sent-by-themselves", GIVEN_BACK),
    case("dmarc-failed", nothing(Outcome.NOT_PROVED, NOT_SURE)),
    case("dmarc-failed-says-a-stranger", GIVEN_BACK),
    case("forwarded-accepted", nothing(Outcome.FORWARDED, ("reply-forwarded",))),
    case("forwarded-declined", nothing(Outcome.UNKNOWN_DECLINED, NOT_SURE)),
    case("several-people", nothing(Outcome.SEVERAL_PEOPLE)),
    case("nobody", nothing(Outcome.SEVERAL_PEOPLE)),
    # In which order.
    case("stale-declined", nothing(Outcome.OLD_TIME, ("reply-old-time",)), moved),
    case("without-sequence-declined", nothing(Outcome.OLD_TIME, ("reply-old-time",)), moved),
    case("stale-accepted", nothing(Outcome.OLD_ANSWER), moved),
    case("stale-declined", GIVEN_BACK, moved_and_back),
    case("thunderbird-declined", GIVEN_BACK, moved),
    case("earlier-declined", (Outcome.OVERTAKEN, True, "accepted", NOTHING), first("thunderbird-accepted")),
    case("later-declined", GIVEN_BACK, first("thunderbird-accepted")),
    case("thunderbird-declined", GIVEN_BACK, first("google-accepted")),
    case("google-accepted", (Outcome.REPEATED, True, "accepted", NOTHING), first("thunderbird-accepted")),
    case("google-declined", (Outcome.REPEATED, False, "declined", NOTHING), DECLINED_FIRST),
    case("stale-declined", (Outcome.OVERTAKEN, True, "accepted", NOTHING), after(moved, first("google-accepted"))),
    case("from-the-future-accepted", ACCEPTED),
    case("without-dtstamp-accepted", ACCEPTED),
    case("without-dtstamp-declined", GIVEN_BACK),
    case("without-dtstamp-declined", (Outcome.NO_ORDER, True, "accepted", NOTHING), first("thunderbird-accepted")),
    case("without-sequence-declined", GIVEN_BACK),
    # Which date.
    *[case(f"recurrence-{how}", GIVEN_BACK) for how in ("utc", "london", "windows-zone", "windows-name-only")],
    case("recurrence-zone-of-its-own", GIVEN_BACK),
    case("recurrence-another-date", nothing(Outcome.OTHER_DATE)),
    case("recurrence-day-only", nothing(Outcome.OTHER_DATE)),
    case("unknown-seat", nothing(Outcome.UNKNOWN_SEAT)),
    # A seat that is no more, or a phone-in.
    case("thunderbird-declined", (Outcome.NO_SEAT, False, "", NOTHING), given_back),
    case("thunderbird-accepted", (Outcome.HAD_NO_SEAT, False, "accepted", ("reply-no-seat",)), given_back),
    case("later-accepted", (Outcome.NONE_LEFT, False, "accepted", ("reply-no-seat",)), after(DECLINED_FIRST, full)),
    case("thunderbird-declined", nothing(Outcome.NO_LONGER_ON), cancelled),
    case("refresh", nothing(Outcome.SENT_AGAIN, ("calendar-again",)), cancelled),
    case("refresh", (Outcome.NO_SEAT, False, "", NOTHING), given_back),
    case("counter", (Outcome.NO_SEAT, False, "", NOTHING), given_back),
    # No answer of a calendar, or none that can be read.
    case("says-nothing", nothing(Outcome.NOTHING_SAID)),
    case("out-of-office", nothing(Outcome.AUTOMATIC)),
    case("bounce", nothing(Outcome.BOUNCED_UNKNOWN)),
    case("html-only", nothing(Outcome.WRITTEN)),
    case("plain-mail", nothing(Outcome.WRITTEN)),
    case("our-own-kind-of-invitation", nothing(Outcome.NO_REPLY)),
    *[case(name, nothing(Outcome.BROKEN)) for name in ("malformed", "without-uid", "binary")],
    case("folded-without-the-blank", nothing(Outcome.BROKEN)),
    case("two-that-contradict", nothing(Outcome.CONTRADICTS)),
    case("twenty-one-events", nothing(Outcome.TOO_MANY)),
    # However it is wrapped.
    *[case(name, GIVEN_BACK) for name in ("application-ics-only", "nested", "wrong-charset", "utf-16")],
    case("bom-and-lower-case", GIVEN_BACK),
    case("without-message-id", ACCEPTED),
]
# These need more than one seat; `test_answers` has them.
ELSEWHERE = {"two-events", "later-accepted"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(request, tmp_path_factory, compiled_templates) -> Iterator[Flask]:
    """One application for all of them, on each engine: making another each time would take longer than the test."""
    data = tmp_path_factory.mktemp("corpus") / "data"
    url = f"sqlite:///{data / 'phonein.sqlite3'}"
    if request.param == "postgresql":
        url = servers.copied_database(request.getfixturevalue("postgres_server"))
    app = create_app(config.Testing({"PHONEIN_DATA": str(data), "DATABASE_URL": url, "SECRET_KEY": "t" * 32}))
    app.jinja_env.bytecode_cache = compiled_templates
    with app.app_context(), clock.stopped_at(TUESDAY):
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(lasting) -> Iterator[Flask]:
    yield lasting
    with transaction():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reply(booked, case):
    case.before()
    gone = letters().keys()
    outcome = take_in(message(case.name, first_seat()))
    deliver()
    booking = first_seat()
    new = tuple(sorted(letter.name for id_, letter in letters().items() if id_ not in gone))
    found = (outcome, booking.is_live, booking.answer, new)
    assert found == (case.outcome, case.has_seat, case.answer, case.letters)
    [reply] = db.session.scalars(db.select(Reply).order_by(Reply.id.desc()).limit(1))
    assert (reply.outcome, reply.needs_eye) == (outcome.word, outcome.needs_eye)
    assert bool(reply.from_address) == outcome.needs_eye
    assert seats.miscounted() == []


def test_every_message_of_the_corpus_has_its_case():
    assert {case.name for case in CASES} | ELSEWHERE == set(NAMES)


def phone_in() -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == "sleep")).one()


def sam() -> Person:
    return db.session.scalars(db.select(Person).where(Person.name == "Sam")).one()
