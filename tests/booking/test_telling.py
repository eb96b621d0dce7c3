"""What people and their calendars are told of a seat: what is new since the last letter, and nothing else."""

from datetime import timedelta

import pytest

from phonein import clock, retention
from phonein.admin import planning
from phonein.booking import seats, telling
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import news, outbox, postman
from phonein.delivery.models import Letter
from phonein.identity.models import Calendar
from phonein.schedule import changes
from phonein.schedule.models import PhoneIn
from tests import post_office as they
from tests.builders import make_fay, make_person, make_phone_in
from tests.conftest import TUESDAY
from tests.delivery.posting import deliver_at, elsewhere, rows
from tests.engines import read_with_icalendar

A_MOMENT = telling.CHANGES_GATHER
HOUR = timedelta(hours=1)


@pytest.fixture
def sam(app):
    """Sam has a seat, and has been told so."""
    with transaction():
        sam = make_person()
        seats.take(make_phone_in(leaders=[make_fay()]), by=sam)
    return sam


def phone_in() -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn)).one()


def booking() -> Booking:
    return db.session.scalars(db.select(Booking)).one()


def move(hours: int) -> None:
    with transaction():
        planning.move(phone_in(), to=TUESDAY + timedelta(days=7, hours=hours), minutes=60)


def cancel() -> None:
    with transaction():
        planning.cancel(phone_in(), reason="The line is down.")


def put_back_on() -> None:
    with transaction():
        planning.put_back_on(phone_in())


def calendars(office) -> list[tuple[str, int]]:
    """What the calendar was told: method and number, in order."""
    read = [read_with_icalendar(calendar) for _, _, calendar in office.parts() if calendar]
    return [(str(one.method), one.sequence) for one in read]


def subjects(office) -> list[str]:
    return [subject.partition(":")[0] for subject, _, _ in office.parts()]


def test_three_edits_before_the_letter_leaves_are_one_letter_with_the_last_number(sam, office):
    deliver_at(TUESDAY)
    move(1)
    move(2)
    with transaction():
        planning.change(phone_in(), **facts(pin="9999"))
    assert deliver_at(TUESDAY + A_MOMENT / 2) == 0
    assert deliver_at(TUESDAY + A_MOMENT) == 1
    assert calendars(office) == [("REQUEST", 0), ("REQUEST", 3)]
    [_, (_, text, _)] = office.parts()
    assert "it is now on Tuesday 31 March 2026, 3pm to 4pm (UK time); before, it was Tuesday 31 March 2026, 1pm" in text
    assert "- the PIN is now 9999" in text


def facts(**changed):
    names = ("title", "summary", "description", "dial_in_number", "freephone", "pin", "seats", "leaders")
    return {name: getattr(phone_in(), name) for name in names} | changed


@pytest.mark.parametrize(
    "undone",
    [
        lambda: (move(1), move(0)),
        lambda: (cancel(), put_back_on()),
        lambda: (cancel(), put_back_on(), move(3), cancel(), move_back_on()),
    ],
    ids=["moved and moved back", "cancelled and put back on", "all of it"],
)
def test_a_change_undone_before_its_letter_left_sends_nothing(sam, office, undone):
    deliver_at(TUESDAY)
    uid = booking().uid
    undone()
    assert deliver_at(TUESDAY + HOUR) == 0
    assert (len(office.taken), [letter.name for letter in rows()]) == (1, ["seat-booked"])
    assert booking().uid == uid


def move_back_on() -> None:
    put_back_on()
    move(0)


def test_a_seat_given_back_before_its_first_letter_left_sends_nothing(sam, office):
    with transaction():
        seats.give_back(phone_in(), by=sam)
    assert (deliver_at(TUESDAY), office.taken, rows()) == (0, [], [])


def test_a_cancellation_taken_back_after_its_letter_left_is_a_new_entry(sam, office):
    deliver_at(TUESDAY)
    first = booking().uid
    cancel()
    deliver_at(TUESDAY + A_MOMENT)
    put_back_on()
    deliver_at(TUESDAY + HOUR)
    assert calendars(office) == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 0)]
    assert subjects(office) == ["Invitation", "Cancelled", "Back on"]
    uids = [read_with_icalendar(calendar).uid for _, _, calendar in office.parts()]
    assert (uids[0], uids[1], uids[2]) == (first, first, booking().uid)
    assert first != booking().uid


def test_a_cancellation_taken_back_while_its_letter_is_in_doubt_waits_for_it_and_is_a_new_entry(sam, office):
    deliver_at(TUESDAY)
    office.will(they.DROPS)
    cancel()
    assert deliver_at(TUESDAY + A_MOMENT) == 0
    put_back_on()
    assert deliver_at(TUESDAY + 2 * A_MOMENT) == 0
    deliver_at(TUESDAY + HOUR)
    deliver_at(TUESDAY + HOUR)
    assert calendars(office) == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 0)]


def test_a_cancellation_that_was_never_accepted_and_is_taken_back_keeps_the_entry(sam, office):
    deliver_at(TUESDAY)
    uid = booking().uid
    cancel()
    office.will("RCPT 451")
    deliver_at(TUESDAY + A_MOMENT)
    put_back_on()
    deliver_at(TUESDAY + HOUR)
    assert (calendars(office), booking().uid) == ([("REQUEST", 0)], uid)


@pytest.mark.parametrize(
    "fate, told",
    [
        (they.WAITS_AND_REFUSES, [("REQUEST", 0)]),
        (they.TAKES_AND_WAITS, [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 0)]),
    ],
    ids=["and does not leave", "and leaves"],
)
def test_a_cancellation_taken_back_while_its_letter_is_in_hand(app, sam, office, fate, told):
    """What counts is what the calendar was told in the end: a UID that was taken out of it never comes back."""
    deliver_at(TUESDAY)
    uid = booking().uid
    cancel()
    later = TUESDAY + A_MOMENT
    office.will(fate)
    with elsewhere(app, lambda: deliver_at(later), at=later):
        assert office.reached.wait(10)
        with clock.stopped_at(later):
            put_back_on()
        db.session.rollback()
        office.go_on.set()
    deliver_at(TUESDAY + HOUR)
    deliver_at(TUESDAY + HOUR)
    assert calendars(office) == told
    assert (booking().uid == uid) is (len(told) == 1)


def test_a_change_that_comes_between_looking_and_touching_keeps_no_used_up_name(app, sam, office, monkeypatch):
    """A postman takes the CANCEL after the admin's transaction has begun and before it has touched the letters."""
    deliver_at(TUESDAY)
    cancel()
    first, touch = booking().uid, news._touch_waiting

    def late(*args: object) -> set[str]:
        db.session.connection()
        if db.engine.dialect.name == "postgresql":  # on SQLite nobody gets between
            with elsewhere(app, lambda: deliver_at(TUESDAY + A_MOMENT), at=TUESDAY + A_MOMENT):
                pass
        return touch(*args)

    monkeypatch.setattr(news, "_touch_waiting", late)
    put_back_on()
    monkeypatch.undo()
    deliver_at(TUESDAY + HOUR)
    told = calendars(office)
    assert told in ([("REQUEST", 0)], [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 0)])
    assert (booking().uid == first) is (len(told) == 1)


def test_an_invitation_in_doubt_that_is_sent_again_does_not_lose_the_cancellation_behind_it(sam, office):
    office.will(they.DROPS, they.DROPS)
    deliver_at(TUESDAY)
    deliver_at(TUESDAY + HOUR)
    with transaction():
        seats.give_back(phone_in(), by=sam)
    with transaction():
        [unknown] = [letter for letter in db.session.scalars(db.select(Letter)) if letter.unknown_at]
        outbox.start_over(unknown)
    deliver_at(TUESDAY + 2 * HOUR)
    deliver_at(TUESDAY + 2 * HOUR)
    assert calendars(office) == [("REQUEST", 0), ("CANCEL", 1)]


def test_a_letter_that_cannot_be_delivered_was_not_told(sam, office):
    office.will("RCPT 550")
    deliver_at(TUESDAY)
    move(2)
    deliver_at(TUESDAY + A_MOMENT)
    assert calendars(office) == [("REQUEST", 1)]
    assert subjects(office) == ["Invitation"]


def test_sending_again_tells_the_whole_under_the_same_number_and_a_later_stamp(sam, office):
    deliver_at(TUESDAY)
    with transaction():
        telling.send_again(booking())
    assert deliver_at(TUESDAY) == 1
    assert calendars(office) == [("REQUEST", 0), ("REQUEST", 0)]
    first, again = (calendar.decode().replace("\r\n ", "") for _, _, calendar in office.parts())
    assert "DTSTAMP:20260324T000000Z" in first
    assert "DTSTAMP:20260324T000001Z" in again


def test_a_wish_to_be_told_once_more_outlives_a_server_that_says_not_now(sam, office):
    deliver_at(TUESDAY)
    with transaction():
        telling.send_again(booking())
    office.will("RCPT 451")
    assert deliver_at(TUESDAY) == 0
    assert deliver_at(TUESDAY + HOUR) == 1
    assert calendars(office) == [("REQUEST", 0), ("REQUEST", 0)]


def test_sending_a_cancellation_again_tells_it_again(sam, office):
    deliver_at(TUESDAY)
    cancel()
    deliver_at(TUESDAY + A_MOMENT)
    with transaction():
        telling.send_again(booking())
    assert deliver_at(TUESDAY + HOUR) == 1
    assert calendars(office) == [("REQUEST", 0), ("CANCEL", 1), ("CANCEL", 1)]


def test_a_calendar_that_declined_is_not_told_what_it_knows(sam, office):
    deliver_at(TUESDAY)
    with transaction():
        booking().answer = "declined"
        seats.give_back(phone_in(), by=sam)
    deliver_at(TUESDAY)
    assert office.methods() == ["REQUEST", None]
    assert "Book again" in office.parts()[1][1]


@pytest.mark.parametrize("choice", [Calendar.FEED, Calendar.NEITHER])
def test_choosing_no_invitations_takes_the_entry_out_and_choosing_them_puts_a_new_one_in(sam, office, choice):
    deliver_at(TUESDAY)
    for calendar in (choice, Calendar.INVITATIONS):
        with transaction():
            booking().person.calendar = calendar
            telling.tell([booking()])
        deliver_at(TUESDAY)
    assert calendars(office) == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 0)]
    assert phone_in().taken == 1


def test_without_invitations_changes_still_come_by_letter(sam, office):
    with transaction():
        booking().person.calendar = Calendar.FEED
    deliver_at(TUESDAY)
    move(2)
    deliver_at(TUESDAY + A_MOMENT)
    assert office.methods() == [None, None]
    assert subjects(office) == ["Your seat", "Changed"]


def test_discreet_from_now_on_sets_the_entry_right(sam, office):
    deliver_at(TUESDAY)
    with transaction():
        booking().person.is_discreet = True
        telling.tell([booking()])
    deliver_at(TUESDAY)
    assert calendars(office) == [("REQUEST", 0), ("REQUEST", 1)]


def test_what_a_calendar_answered_holds_until_the_time_changes(sam, office):
    deliver_at(TUESDAY)
    with transaction():
        booking().answer = "accepted"
    move(2)
    move(0)
    deliver_at(TUESDAY + A_MOMENT)
    assert booking().answer == "accepted"
    with transaction():
        booking().answer = "accepted"
        planning.change(phone_in(), **facts(pin="9999"))
    deliver_at(TUESDAY + A_MOMENT)
    assert booking().answer == "accepted"
    move(2)
    deliver_at(TUESDAY + HOUR)
    assert booking().answer == ""


def test_what_was_told_is_kept_as_long_as_the_booking(sam, office):
    deliver_at(TUESDAY)
    with transaction():
        phone_in().ends_at = TUESDAY + timedelta(days=90)
    with clock.stopped_at(TUESDAY + timedelta(days=60)):
        retention.forget()
    [told] = telling.told(booking())
    assert (told.name, told.method, told.sequence, told.standing.starts_at) == (
        "seat-booked",
        "REQUEST",
        0,
        phone_in().starts_at,
    )
    with clock.stopped_at(TUESDAY + timedelta(days=121)):
        retention.forget()
    assert db.session.scalars(db.select(Letter)).all() == []


def test_a_change_while_the_letter_is_in_hand_is_told_by_the_next(app, sam, office):
    office.will(they.WAITS_BEFORE_THE_LETTER)
    with elsewhere(app, postman.deliver_due):
        assert office.reached.wait(10)
        move(2)
        office.go_on.set()
    deliver_at(TUESDAY + A_MOMENT)
    assert calendars(office) == [("REQUEST", 0), ("REQUEST", 1)]
    read = [read_with_icalendar(calendar) for _, _, calendar in office.parts()]
    assert [one.starts_at for one in read] == [TUESDAY + timedelta(days=7), TUESDAY + timedelta(days=7, hours=2)]


def test_a_letter_that_cannot_be_written_does_not_keep_the_others(sam, office, app):
    with transaction():
        booking().uid = "not one word"
        seats.take(make_phone_in(slug="other"), by=sam)
    deliver_at(TUESDAY)
    assert [letter.error for letter in rows() if letter.given_up_at] == ["could not be built: UnfitEntry"]
    assert len(office.taken) == 1


def test_what_has_begun_is_not_put_back_on(sam):
    cancel()
    with clock.stopped_at(TUESDAY + timedelta(days=7)), pytest.raises(changes.AlreadyOver), transaction():
        planning.put_back_on(phone_in())
