"""The admin's page of letters that did not arrive: what is shown of them, sending one again, letting one rest."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from phonein import clock
from phonein.booking import reminders, seats, telling, waiting
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import outbox, postman, reasons
from phonein.delivery.models import Letter
from phonein.identity.audit import AuditEntry
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.delivery.posting import claimed, deliver_at, failed, posted, row, rows, unsure, what_became

AT = "/app/admin/letters/"


@pytest.fixture
def ada(app, client):
    """Sam has a seat, and the letter about it waits to leave; Ada looks."""
    with transaction():
        seats.take(make_phone_in(), by=make_person())
        person = make_ada()
    return sign_in_as(client, person)


@pytest.fixture
def invitation(ada) -> str:
    [letter] = rows()
    return letter.id


def give_up(letter_id: str, error: str = "RCPT 550") -> None:
    with transaction():
        outbox.held(letter_id).give_up(error)


def come_back(letter_id: str, status: str = "5.1.1") -> None:
    with transaction():
        assert outbox.came_back([row_in_transaction(letter_id).message_id], status)


def row_in_transaction(letter_id: str) -> Letter:
    return db.session.get_one(Letter, letter_id)


def pressed(ada, letter_id: str, what: str) -> int:
    return press(ada, f"{AT}{letter_id}/{what}").status_code


def test_it_says_to_whom_what_about_since_when_and_why(ada, invitation):
    with clock.stopped_at(TUESDAY + timedelta(hours=13)):
        give_up(invitation)
    page = ada.get(AT).text
    words = ["About a seat", "sam@example.org", "Sam", "Sleeping better, Tue 31 Mar 2026", "Wed 25 Mar 2026"]
    words += ["Given up", "The mail server refuses that address", "(RCPT 550)", "Check the address"]
    assert [each for each in words if each not in page] == []
    assert "1 could not be delivered, 0 came back, 0 may" in ada.get("/app/admin/").text


def test_no_word_of_a_letter_is_shown(ada):
    for subject, end in (("Subject one", give_up), ("Subject two", unsure), ("Subject three", failed)):
        end(posted(subject=subject, text="PIN 4821", to_address="nobody@example.org"))
    page = ada.get(AT).text
    assert [words in page for words in ("Subject", "4821", "Nobody has this address")] == [False, False, True]


def test_a_letter_given_up_is_sent_again_as_the_same_letter(ada, invitation, office):
    known_by = row(invitation).message_id
    give_up(invitation)
    assert pressed(ada, invitation, "resending") == 303
    assert (deliver_at(TUESDAY), what_became(invitation), row(invitation).message_id) == (1, "sent", known_by)
    assert pressed(ada, invitation, "resending") == 404


def test_one_that_came_back_is_sent_as_a_new_letter_that_says_how_things_stand_now(ada, invitation, office):
    deliver_at(TUESDAY)
    come_back(invitation)
    with transaction():
        phone_in = db.session.scalars(db.select(PhoneIn)).one()
        phone_in.pin = "9999"
    assert "Came back" in ada.get(AT).text
    assert pressed(ada, invitation, "resending") == 303
    deliver_at(TUESDAY)
    assert office.methods() == ["REQUEST", "REQUEST"]
    first, second = office.letters
    assert first["Message-ID"] != second["Message-ID"]
    assert "9999" in second.get_body(("plain",)).get_content()
    assert "Every letter has arrived" in ada.get(AT).text
    assert len(telling.told(db.session.scalars(db.select(Booking)).one())) == 2


def test_what_came_back_of_the_waiting_list_is_told_once_more(ada, office):
    with transaction():
        phone_in = db.session.scalars(db.select(PhoneIn)).one()
        phone_in.seats = 1
        waiting.join(phone_in, by=make_person("Cat"))
    deliver_at(TUESDAY)
    with transaction():
        seats.give_back(phone_in, by=db.session.scalars(db.select(Person).where(Person.name == "Sam")).one())
    deliver_at(TUESDAY)
    [held] = [letter for letter in rows() if letter.name == "seat-held"]
    come_back(held.id)
    before = len(office.letters)
    assert pressed(ada, held.id, "resending") == 303
    deliver_at(TUESDAY)
    assert [str(mail["Subject"]).partition(":")[0] for mail in office.letters[before:]] == ["A seat is held for you"]


def test_a_reminder_that_came_back_is_sent_again_while_it_is_of_use(ada, office):
    a_day_before = TUESDAY + timedelta(days=6)
    with clock.stopped_at(a_day_before):
        reminders.remind()
    deliver_at(a_day_before)
    [reminder] = [letter for letter in rows() if letter.name == "reminder"]
    before = len(office.letters)
    come_back(reminder.id)
    with clock.stopped_at(TUESDAY + timedelta(days=7)):
        sign_in_as(ada, db.session.scalars(db.select(Person).where(Person.name == "Ada")).one())
        assert pressed(ada, reminder.id, "resending") == 409
    with clock.stopped_at(a_day_before):
        sign_in_as(ada, db.session.scalars(db.select(Person).where(Person.name == "Ada")).one())
        assert pressed(ada, reminder.id, "resending") == 303
    deliver_at(a_day_before)
    assert len(office.letters) == before + 1


def test_one_that_may_have_left_and_came_back_leaves_again_under_another_name(ada, office):
    letter_id = posted()
    unsure(letter_id)
    come_back(letter_id)
    before = row(letter_id).message_id
    assert pressed(ada, letter_id, "resending") == 303
    letter = row(letter_id)
    assert (letter.message_id != before, letter.bounced_on, deliver_at(TUESDAY) > 0) == (True, None, True)


@pytest.mark.parametrize("name", ["sign-in-link", "questions-ready"])
def test_what_can_be_of_no_use_or_has_no_words_any_more_is_only_let_rest(ada, office, name):
    letter_id = posted(name=name)
    if name == "sign-in-link":
        give_up(letter_id)
    else:
        deliver_at(TUESDAY)
        come_back(letter_id)
    assert "Send again" not in ada.get(AT).text
    assert pressed(ada, letter_id, "resending") == 409
    assert pressed(ada, letter_id, "resting") == 303


@pytest.mark.parametrize("end", [give_up, unsure, failed])
def test_a_letter_let_rest_is_tried_no_more_and_shown_no_more(ada, office, end):
    letter_id = posted()
    end(letter_id)
    if end is unsure:
        with clock.stopped_at(TUESDAY + timedelta(minutes=10)):
            unsure(letter_id)
    assert pressed(ada, letter_id, "resting") == 303
    page = ada.get(AT).text
    assert ("Every letter has arrived" in page, "still being tried" in page) == (True, False)
    deliver_at(TUESDAY + timedelta(hours=3))
    assert (what_became(letter_id), row(letter_id).dropped_on) == (
        "unknown" if end is unsure else "given up",
        TUESDAY.date(),
    )
    assert pressed(ada, letter_id, "resting") == 404
    assert db.session.scalars(db.select(AuditEntry.what)).all() == ["Let a letter rest"]


def test_a_letter_let_rest_keeps_none_of_those_after_it_waiting(ada, invitation, office):
    failed(invitation)
    with transaction():
        seats.give_back(db.session.scalars(db.select(PhoneIn)).one(), by=seats.Person.by_email("sam@example.org"))
    pressed(ada, invitation, "resting")
    deliver_at(TUESDAY + timedelta(hours=1))
    assert office.taken == [], "nobody was ever told of that seat"


def test_a_letter_that_is_in_hand_can_neither_be_dropped_nor_sent_twice(ada):
    letter_id = posted()
    failed(letter_id)
    with clock.stopped_at(TUESDAY + timedelta(seconds=10)):
        assert claimed(letter_id)
    assert pressed(ada, letter_id, "resting") == 409
    assert what_became(letter_id) == "in hand"


@pytest.mark.parametrize("letter", ["none", "waiting", "sent"])
def test_nothing_can_be_done_to_a_letter_that_is_in_no_trouble(ada, invitation, office, letter):
    if letter == "sent":
        postman.deliver_due()
    letter_id = "none" if letter == "none" else invitation
    assert [pressed(ada, letter_id, what) for what in ("resending", "resting")] == [404, 404]


def test_two_hundred_are_shown_and_the_rest_counted_and_thirty_cost_no_more_than_one(ada, monkeypatch):
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = []
    for number in (1, 29):
        with transaction():
            for _ in range(number):
                db.session.add(lost(about=f"seat {1 + _}"))
        asked.clear()
        ada.get(AT)
        found.append(len(asked))
    assert found[0] == found[1]
    monkeypatch.setattr("phonein.admin.letters.MOST_SHOWN", 20)
    page = ada.get(AT).text
    assert ("The newest 20 of 30 are shown." in page, page.count("Let it rest<")) == (True, 20)


def lost(**columns) -> Letter:
    letter = Letter(
        name="seat-booked",
        to_address="sam@example.org",
        subject="",
        text="",
        html="",
        message_id=outbox.new_message_id(),
        **columns,
    )
    letter.attempts, letter.maybe_sent, letter.posted_at = 1, False, clock.now()
    letter.give_up("RCPT 550")
    return letter


@pytest.mark.parametrize(
    ("error", "bounce", "words"),
    [
        ("RCPT 550", None, "The mail server refuses that address"),
        ("RCPT 452", None, "The mail server says: not now"),
        ("DATA 554", None, "The mail server refuses the letter"),
        ("greeting 554", None, "The mail server takes no letters from this service: look at the settings"),
        ("the server offers no TLS", None, "The server offers no TLS: look at the settings"),
        ("could not be built: UnfitLetter", None, reasons.FAULT_HERE),
        ("ConnectionRefusedError", None, "The mail server does not answer"),
        ("", None, "The mail server does not answer"),
        (None, "5.1.1", reasons.WRONG_ADDRESS),
        (None, "5.1.8", reasons.NOT_OURS),
        (None, "4.2.2", "The mailbox is full"),
        (None, "5.7.1", "Their mail server does not let it in, or takes it for unwanted"),
        (None, "5.0.0", reasons.CAME_BACK),
        (None, "", reasons.CAME_BACK),
    ],
)
def test_the_reason_is_a_sentence_that_a_person_understands(error, bounce, words):
    assert reasons.in_words(error, bounce) == words
