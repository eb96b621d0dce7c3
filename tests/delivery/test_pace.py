"""A relay that takes so many letters a minute gets no more, from all workers together; and nobody turns in circles."""

from datetime import timedelta

import pytest

from phonein.delivery import outbox, postman, runner
from tests.conftest import TUESDAY
from tests.delivery.posting import deliver_at, elsewhere, posted, rows

SECOND = timedelta(seconds=1)


@pytest.fixture
def three_a_minute(app, office):
    app.config["MAIL_PER_MINUTE"] = 3
    return office


def test_three_leave_in_a_minute_and_an_urgent_one_is_the_first_and_counts(three_a_minute):
    for number in range(4):
        posted(subject=f"Seat {number}", due_at=TUESDAY - (9 - number) * SECOND)
    posted(subject="Sign-in link", urgent=True)
    sent = [deliver_at(TUESDAY + wait * SECOND) for wait in (0, 30, 59)]
    posted(subject="Another link", urgent=True, due_at=TUESDAY)
    sent += [deliver_at(TUESDAY + wait * SECOND) for wait in (59, 60, 120)]
    assert sent == [3, 0, 0, 0, 3, 0]
    subjects = [letter["Subject"] for letter in three_a_minute.letters]
    assert subjects == ["Sign-in link", "Seat 0", "Seat 1", "Another link", "Seat 2", "Seat 3"]
    assert {letter.attempts for letter in rows()} == {1}, "to wait is no try"


def test_two_workers_together_send_three(app, three_a_minute):
    ids = [posted() for _ in range(12)]

    def want_them_all() -> None:
        for letter_id in ids:
            postman.deliver(letter_id)

    with elsewhere(app, want_them_all), elsewhere(app, want_them_all):
        pass
    assert len(three_a_minute.taken) == 3
    assert sorted(letter.attempts for letter in rows()) == [0] * 9 + [1] * 3
    assert deliver_at(TUESDAY + 60 * SECOND) == 3


def test_while_the_minute_is_full_the_thread_takes_up_nothing(app, three_a_minute):
    for _ in range(5):
        posted()
    thread = runner.InThread()
    assert [thread._try_next() for _ in range(5)] == [True] * 3 + [False] * 2
    assert len(outbox.due()) == 2, "they stay as they are"
