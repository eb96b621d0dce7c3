"""How long a letter is tried for, what is said of it in the end, what is forgotten then, and sending it again."""

from datetime import timedelta
from functools import partial

import pytest

from phonein import clock
from phonein.db import transaction
from phonein.delivery import outbox, runner
from phonein.delivery.models import Letter
from phonein.delivery.outbox import Overtaken, start_over
from tests.conftest import TUESDAY
from tests.delivery.posting import claimed, deliver_at, due, failed, held, posted, row, unsure, what_became

DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def test_a_letter_is_tried_again_after_ever_longer_waits(app):
    letter_id, now, waits = posted(), TUESDAY, []
    for _ in range(7):
        with clock.stopped_at(now):
            failed(letter_id)
        waits.append(row(letter_id).due_at - now)
        now = row(letter_id).due_at
    assert waits == [10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 4 * HOUR]


def test_a_letter_is_given_up_aloud_when_its_next_try_would_be_after_a_day(app):
    letter_id, now = posted(), TUESDAY
    while what_became(letter_id) == "waiting":
        now = row(letter_id).due_at
        with clock.stopped_at(now):
            failed(letter_id)
    assert (what_became(letter_id), row(letter_id).error) == ("given up", "RCPT 451")
    assert DAY - 4 * HOUR <= now - TUESDAY < DAY


def test_a_sign_in_letter_is_given_up_when_its_link_would_be_dead(app):
    letter_id = posted(expires_at=TUESDAY + 10 * MINUTE)
    tries = [TUESDAY, TUESDAY + 10 * SECOND, TUESDAY + 70 * SECOND, TUESDAY + 370 * SECOND]
    for now in tries:
        assert what_became(letter_id) == "waiting"
        with clock.stopped_at(now):
            failed(letter_id)
    assert what_became(letter_id) == "given up"


def test_a_sign_in_letter_that_nobody_could_send_in_time_is_not_sent_late(app):
    letter_id = posted(expires_at=TUESDAY + 10 * MINUTE)
    with clock.stopped_at(TUESDAY + 10 * MINUTE):
        assert (due(), claimed(letter_id)) == ([], None)
        runner.sweep_letters()
    assert what_became(letter_id) == "given up"


def test_a_letter_that_kills_every_worker_is_given_up_after_a_day_too(app):
    letter_id = posted()
    for moment in (TUESDAY, TUESDAY + DAY):
        with clock.stopped_at(moment):
            assert claimed(letter_id)
        with clock.stopped_at(moment + outbox.LEASE + SECOND):
            runner.sweep_letters()
    assert what_became(letter_id) == "given up"


def test_unsure_once_is_worth_one_cautious_try_and_twice_is_unknown_for_good(app):
    letter_id = posted()
    unsure(letter_id)
    assert (what_became(letter_id), row(letter_id).due_at) == ("waiting", TUESDAY + 10 * MINUTE)
    with clock.stopped_at(TUESDAY + 10 * MINUTE):
        unsure(letter_id)
    assert what_became(letter_id) == "unknown"
    assert deliver_at(TUESDAY + DAY) == 0


def test_a_letter_that_may_have_arrived_is_never_said_to_be_given_up(app):
    letter_id = posted()
    unsure(letter_id)
    with clock.stopped_at(TUESDAY + 10 * MINUTE):
        claimed(letter_id)
        with transaction():
            held(letter_id).give_up("RCPT 550")
    assert what_became(letter_id) == "unknown"


def test_once_sent_the_words_are_wiped_and_the_times_say_only_the_day(app):
    letter_id = posted(expires_at=TUESDAY + HOUR, invite="BEGIN:VCALENDAR", method="REQUEST", about="a")
    claimed(letter_id)
    with transaction():
        held(letter_id).mark_sent()
    letter, midnight = row(letter_id), TUESDAY.replace(hour=0)
    kept = {column.name: getattr(letter, column.name) for column in Letter.__table__.columns}
    assert kept == {
        "id": letter_id,
        "name": "seat-booked",
        "to_address": "sam@example.org",
        "subject": "",
        "text": "",
        "html": "",
        "invite": None,
        "method": "REQUEST",
        "message_id": letter.message_id,
        "about": "a",
        "telling": None,
        "sequence": None,
        "turn": 0,
        "urgent": False,
        "posted_at": midnight,
        "due_at": midnight,
        "expires_at": None,
        "attempts": 1,
        "token": None,
        "lease_until": None,
        "handing_at": None,
        "maybe_sent": False,
        "nudged_at": None,
        "sent_at": midnight,
        "given_up_at": None,
        "unknown_at": None,
        "bounced_on": None,
        "bounce": None,
        "dropped_on": None,
        "error": None,
    }


@pytest.mark.parametrize("fate", [failed, unsure])
def test_sending_again_begins_anew_and_keeps_what_a_mailbox_knows_the_letter_by(bell, fate):
    letter_id = posted()
    before = row(letter_id)
    known_by = before.message_id, before.posted_at
    with clock.stopped_at(TUESDAY + DAY):
        fate(letter_id)
    bell.rung.clear()
    with clock.stopped_at(TUESDAY + 2 * DAY):
        with transaction():
            start_over(held(letter_id))
        assert bell.rung.is_set()
        assert due() == [letter_id]
        failed(letter_id)
    letter = row(letter_id)
    assert (letter.message_id, letter.posted_at) == known_by
    assert (what_became(letter_id), letter.attempts) == ("waiting", 1)


def test_an_invitation_is_not_sent_again_once_its_cancellation_has_left(app):
    invitation, cancellation = posted(about="a"), posted(about="a")
    for letter_id, end in ((invitation, partial(Letter.give_up, error="RCPT 550")), (cancellation, Letter.mark_sent)):
        with transaction():
            end(held(letter_id))
    with pytest.raises(Overtaken), transaction():
        start_over(held(invitation))
    assert what_became(invitation) == "given up"
