"""A letter is a row: written with what it tells of, taken by one, in its order, and never lost."""

from datetime import timedelta
from functools import partial

import pytest

from phonein import clock
from phonein.db import transaction
from phonein.delivery import outbox, runner
from phonein.delivery.models import Letter
from tests.conftest import TUESDAY
from tests.delivery.posting import claimed, due, failed, held, posted, row, rows, what_became, written

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def test_a_letter_waits_and_the_bell_rings_once_its_transaction_has_committed(bell):
    with transaction():
        letter = written()
        outbox.post(letter)
        assert not bell.rung.is_set()
    assert bell.rung.is_set()
    assert due() == [letter.id]


def test_a_transaction_rolled_back_posts_nothing_and_wakes_nobody(bell):
    with pytest.raises(ZeroDivisionError), transaction():
        outbox.post(written())
        1 / 0  # noqa: B018
    assert rows() == []
    assert not bell.rung.is_set()


def test_only_one_worker_can_take_a_letter(app):
    letter_id = posted()
    assert claimed(letter_id)
    assert claimed(letter_id) is None
    assert due() == []


def test_the_fence_lets_only_the_present_holder_pass_and_only_in_time(app):
    letter_id = posted()
    token = claimed(letter_id)
    with transaction():
        assert not outbox.pass_fence(letter_id, "another's token")
    with clock.stopped_at(TUESDAY + outbox.LEASE), transaction():
        assert not outbox.pass_fence(letter_id, token)
    with clock.stopped_at(TUESDAY + outbox.LEASE - SECOND), transaction():
        assert outbox.pass_fence(letter_id, token)


def test_a_letter_whose_worker_died_before_the_fence_simply_waits_again(app):
    letter_id = posted()
    claimed(letter_id)
    with clock.stopped_at(TUESDAY + outbox.LEASE):
        runner.sweep_letters()
        assert what_became(letter_id) == "in hand"
    with clock.stopped_at(TUESDAY + outbox.LEASE + SECOND):
        runner.sweep_letters()
        assert (due(), row(letter_id).maybe_sent) == ([letter_id], False)


def test_a_letter_whose_worker_died_past_the_fence_waits_ten_minutes_and_may_have_arrived(app):
    letter_id = posted()
    token = claimed(letter_id)
    with transaction():
        outbox.pass_fence(letter_id, token)
    swept_at = TUESDAY + outbox.LEASE + SECOND
    with clock.stopped_at(swept_at):
        runner.sweep_letters()
        assert (due(), row(letter_id).maybe_sent) == ([], True)
    with clock.stopped_at(swept_at + 10 * MINUTE):
        assert due() == [letter_id]


def test_urgent_letters_leave_first_then_those_that_have_waited_longest(app):
    later, sooner, urgent = posted(due_at=TUESDAY), posted(due_at=TUESDAY - HOUR), posted(urgent=True)
    assert due() == [urgent, sooner, later]


def test_the_sweep_rings_for_urgent_letters_first_and_not_again_for_half_a_minute(app):
    plain, urgent = posted(due_at=TUESDAY - HOUR), posted(urgent=True)
    assert unheard_at(TUESDAY) == [urgent, plain]
    assert unheard_at(TUESDAY + 30 * SECOND) == []
    assert unheard_at(TUESDAY + 31 * SECOND) == [urgent, plain]


def unheard_at(moment) -> list[str]:
    with clock.stopped_at(moment), transaction():
        return outbox.unheard()


def test_letters_about_one_thing_leave_in_order_and_hold_up_no_others(app):
    first, second, other = posted(about="a"), posted(about="a"), posted(about="b")
    assert sorted(due()) == sorted([first, other])
    failed(first)
    assert due() == [other]
    assert claimed(second) is None
    with transaction():
        held(first).mark_sent()
    assert sorted(due()) == sorted([second, other])


def test_of_two_about_one_thing_posted_at_the_same_moment_one_leaves_after_the_other(app):
    both = sorted([posted(about="a"), posted(about="a")])
    with transaction():
        for letter_id in both:  # each came before the other could be seen
            held(letter_id).turn = 0
    assert due() == both[:1]
    with transaction():
        held(both[1]).token = "another worker has it"
    assert due() == []


@pytest.mark.parametrize("end", [Letter.mark_sent, partial(Letter.give_up, error="RCPT 550")])
def test_the_next_letter_need_not_wait_for_one_that_has_come_to_its_end(app, end):
    first, second = posted(about="a"), posted(about="a")
    with transaction():
        end(held(first))
    assert due() == [second]
