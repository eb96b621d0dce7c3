"""What one message cannot show: the same one twice, several at once, days that pass, and what is kept of it all."""

import threading
from datetime import timedelta

import pytest

from phonein import clock, retention
from phonein.booking import answers, seats, telling
from phonein.booking.models import Booking
from phonein.booking.outcomes import Outcome
from phonein.booking.reply_models import Reply
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.identity.models import Calendar, Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_phone_in
from tests.conftest import TUESDAY
from tests.replies import deliver, first_seat, huge, letters, message, take_in
from tests.replies.test_corpus import moved

DAY = timedelta(days=1)


def replies() -> list[Reply]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Reply).order_by(Reply.id)))


def names() -> list[str]:
    return sorted(letter.name for letter in letters().values())


def sam() -> Person:
    return db.session.scalars(db.select(Person).where(Person.name == "Sam")).one()


def test_the_same_message_read_again_has_the_same_outcome_and_no_second_effect(booked):
    decline = message("google-declined", first_seat())
    assert [take_in(decline) for _ in range(3)] == [Outcome.GIVEN_BACK] * 3
    deliver()
    assert (len(replies()), names()) == (1, ["seat-booked", "seat-given-back"])


def test_one_message_that_two_read_at_once_counts_once(booked):
    decline, outcomes, gate = message("google-declined", first_seat()), [], threading.Barrier(4, timeout=30)

    def read() -> None:
        with booked.app_context(), clock.stopped_at(TUESDAY):
            gate.wait()
            outcomes.append(take_in(decline))
            db.session.remove()

    threads = [threading.Thread(target=read) for _ in range(4)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    deliver()
    assert outcomes == [Outcome.GIVEN_BACK] * 4
    assert (len(replies()), names(), seats.miscounted()) == (1, ["seat-booked", "seat-given-back"], [])


def test_a_message_about_two_seats_gives_both_back(booked):
    with transaction():
        other = seats.take(make_phone_in(slug="other"), by=sam()).uid
    deliver()
    assert take_in(message("two-events", first_seat(), other_uid=other)) is Outcome.GIVEN_BACK
    assert [booking.is_live for booking in db.session.scalars(db.select(Booking))] == [False, False]


def test_a_yes_after_a_no_takes_a_new_seat_with_a_new_entry_and_takes_the_old_one_out(booked):
    take_in(message("thunderbird-declined", first_seat()))
    deliver()
    assert take_in(message("later-accepted", first_seat())) is Outcome.BOOKED_AGAIN
    deliver()
    old, new = db.session.scalars(db.select(Booking).order_by(Booking.id))
    assert (old.is_live, new.is_live, old.uid == new.uid) == (False, True, False)
    told = {letter.name: (letter.method, letter.sequence) for letter in letters().values()}
    assert told == {"seat-booked": ("REQUEST", 0), "seat-given-back": (None, 1), "reply-booked-again": ("CANCEL", 2)}
    assert take_in(message("later-accepted", old)) is Outcome.REPEATED


def test_a_yes_after_a_no_is_told_when_every_seat_is_taken_and_the_entry_goes(booked):
    take_in(message("thunderbird-declined", first_seat()))
    deliver()
    with transaction():
        db.session.scalars(db.select(PhoneIn)).one().seats = 1
        other = Person(name="Ann", email="ann@example.org")
        db.session.add(other)
        seats.take(db.session.scalars(db.select(PhoneIn)).one(), by=other)
    assert take_in(message("later-accepted", first_seat())) is Outcome.NONE_LEFT
    deliver()
    [letter] = [letter for letter in letters().values() if letter.name == "reply-no-seat"]
    assert (letter.to_address, letter.method) == ("sam@example.org", "CANCEL")


def test_whoever_wants_no_invitations_gets_no_calendar_part(booked):
    with transaction():
        sam().calendar = Calendar.FEED
    take_in(message("thunderbird-declined", first_seat()))
    deliver()
    take_in(message("later-accepted", first_seat()))
    deliver()
    assert [letter.method for letter in letters().values() if letter.name == "reply-booked-again"] == [None]


def test_who_has_left_is_not_booked_again(booked):
    take_in(message("thunderbird-declined", first_seat()))
    with transaction():
        sam().left_on = TUESDAY.date()
    assert take_in(message("later-accepted", first_seat())) is Outcome.NO_SEAT


def test_a_yes_after_a_no_finds_a_phone_in_that_was_hidden_meanwhile_no_longer_on(booked):
    take_in(message("thunderbird-declined", first_seat()))
    with transaction():
        db.session.scalars(db.select(PhoneIn)).one().published_at = None
    assert take_in(message("later-accepted", first_seat())) is Outcome.NO_LONGER_ON


@pytest.mark.parametrize("name", ["thunderbird-declined", "counter", "refresh", "later-accepted"])
def test_once_the_phone_in_has_begun_nothing_changes(booked, name):
    with clock.stopped_at(TUESDAY + 7 * DAY):
        assert take_in(message(name, first_seat())) is Outcome.TOO_LATE
        deliver()
    assert (first_seat().is_live, names()) == (True, ["seat-booked"])


@pytest.mark.parametrize(
    ("name", "letter", "count"),
    [
        ("spoofed-from", "reply-not-acted-on", 1),
        ("forwarded-accepted", "reply-forwarded", 1),
        ("counter", "reply-other-time", 1),
        ("refresh", "calendar-again", 1),
    ],
)
def test_nobody_can_make_us_fill_a_mailbox(booked, name, letter, count):
    """One such letter a day, however often it comes."""
    outcomes = {take_in(message(name, first_seat())) for _ in range(3)}
    deliver()
    assert (len(outcomes), names().count(letter)) == (1, count)
    with clock.stopped_at(TUESDAY + DAY):
        take_in(message(name, first_seat()))
        deliver()
    assert names().count(letter) == count + 1


def test_a_forwarded_invitation_is_told_to_those_who_lead_and_names_nobody(booked):
    take_in(message("forwarded-accepted", first_seat()))
    deliver()
    [letter] = db.session.scalars(db.select(Letter).where(Letter.name == "reply-forwarded"))
    assert letter.to_address == "fay@example.org"
    assert db.session.scalars(db.select(Reply)).one().from_address == ""


def test_words_of_a_letter_to_leaders_hold_no_name_of_anybody(booked):
    with transaction():
        answers.receive(message("forwarded-accepted", first_seat()))
        letter = db.session.scalars(db.select(Letter).where(Letter.name == "reply-forwarded")).one()
        written = (letter.subject + letter.text + letter.html).lower()
        assert [name for name in ("stan", "sam", "example.org") if name in written] == []


def test_a_spoofed_reply_is_told_to_the_booked_address_and_to_nobody_else(booked):
    take_in(message("spoofed-from", first_seat()))
    deliver()
    letter = next(letter for letter in letters().values() if letter.name == "reply-not-acted-on")
    assert letter.to_address == "sam@example.org"
    assert [(reply.outcome, reply.from_address) for reply in replies()] == [("from-another", "eve@elsewhere.example")]


def test_of_earlier_days_the_hour_of_an_answer_is_forgotten_and_order_is_not_guessed_at(booked):
    take_in(message("thunderbird-accepted", first_seat()))
    assert first_seat().answer_stamped_at == TUESDAY.replace(hour=11)
    retention.forget()
    assert first_seat().answer_stamped_at == TUESDAY.replace(hour=11)
    with clock.stopped_at(TUESDAY + DAY):
        retention.forget()
        assert first_seat().answer_stamped_at == TUESDAY.replace(hour=0)
        assert take_in(message("later-accepted", first_seat())) is Outcome.REPEATED
        assert take_in(message("later-declined", first_seat())) is Outcome.NO_ORDER
        assert first_seat().is_live


def test_a_date_in_the_future_shuts_nobody_out(booked):
    assert take_in(message("from-the-future-accepted", first_seat())) is Outcome.ACCEPTED
    with clock.stopped_at(TUESDAY + DAY):
        later = message("later-declined", first_seat(), later="20260325T100000Z")
        assert take_in(later) is Outcome.GIVEN_BACK


def test_a_number_that_was_never_told_stands_for_the_last_one_before_it(booked):
    moved()
    assert take_in(message("thunderbird-declined", first_seat(), sequence="5")) is Outcome.GIVEN_BACK


def test_an_entry_with_a_new_name_starts_counting_anew(booked):
    """Invitations, then neither, then invitations again: the entry has another UID, and its numbers begin at 0."""
    with transaction():
        telling.tell([first_seat_in_transaction()])
    deliver()
    take_in(message("thunderbird-accepted", first_seat()))
    for choice in (Calendar.NEITHER, Calendar.INVITATIONS):
        with transaction():
            sam().calendar = choice
            telling.tell([first_seat_in_transaction()])
        deliver()
    assert (first_seat().sequence, first_seat().answer_sequence) == (0, None)
    assert take_in(message("later-declined", first_seat())) is Outcome.GIVEN_BACK


def first_seat_in_transaction() -> Booking:
    return db.session.scalars(db.select(Booking)).one()


def test_a_large_message_is_not_read(booked):
    large = huge(first_seat())
    assert len(large) > 400_000
    assert take_in(large) is Outcome.TOO_LARGE
    assert take_in(large[:9000]) is Outcome.TOO_LARGE  # the same one, by its Message-ID
    assert (len(replies()), first_seat().is_live) == (1, True)


def test_a_fault_of_ours_undoes_what_was_begun_and_is_shown_to_an_admin(booked, caplog, monkeypatch):
    def break_down(phone_in: PhoneIn, *, by: Person) -> None:
        phone_in.title = "half done"
        db.session.flush()
        raise ZeroDivisionError("sam@example.org")

    monkeypatch.setattr(seats, "give_back", break_down)
    assert take_in(message("google-declined", first_seat())) is Outcome.STUMBLED
    assert [(reply.outcome, reply.needs_eye) for reply in replies()] == [("stumbled", True)]
    assert db.session.scalars(db.select(PhoneIn)).one().title == "Sleeping better"
    assert [(record.message, record.error) for record in caplog.records] == [("reply: stumbled", "ZeroDivisionError")]


def test_what_is_kept_of_a_reply_has_days_and_no_times(app):
    kinds = {
        column.name: str(column.type) for column in Reply.__table__.columns if column.name.endswith(("_on", "_at"))
    }
    assert kinds == {"came_on": "DATE", "seen_on": "DATE"}


def test_every_outcome_has_a_word_of_its_own_and_a_sentence():
    words = [outcome.word for outcome in Outcome]
    assert len(set(words)) == len(words)
    assert [outcome for outcome in Outcome if not outcome.said[0].isupper() or outcome.said.endswith(".")] == []
