"""A letter that came back: which one it was and why, whatever program says so, and no word of what it wrote."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonein import clock
from phonein.booking import answers
from phonein.booking.outcomes import Outcome
from phonein.booking.reply_models import Reply
from phonein.db import db, transaction
from phonein.delivery import postman, replies
from phonein.delivery.replies import Kind
from tests import post_office as they
from tests.bounces import NAMES, OURS, bounce, with_a_large_letter
from tests.conftest import TUESDAY
from tests.delivery.posting import deliver_at, elsewhere, posted, row, unsure, what_became

FOR_GOOD = {
    "postfix": "5.1.1",
    "postfix-headers-only": "5.2.1",
    "envelope-only": "5.2.1",
    "postfix-after-five-days": "4.4.1",
    "exchange": "5.1.10",
    "gmail": "5.1.1",
    "sendmail": "5.2.2",
    "sendmail-of-old": "5.0.0",
    "qmail": "5.1.1",
    "qmail-after-a-week": "4.4.1",
    "exim": "5.0.0",
    "welsh": "5.2.2",
    "global": "5.1.1",
    "report-in-base64": "5.7.1",
    "wrapped": "5.1.1",
    "without-action": "5.0.0",
    "two-recipients": "5.4.1",
}
NOT_FOR_GOOD = {"postfix-delayed": "4.4.1", "sendmail-warning": "4.2.0", "relayed": "2.0.0"}
NAMELESS = {"without-the-letter"}
NO_BOUNCE = {"read-receipt"}


def test_each_message_of_the_corpus_has_a_place_here():
    assert sorted([*FOR_GOOD, *NOT_FOR_GOOD, *NAMELESS, *NO_BOUNCE]) == NAMES


@pytest.mark.parametrize("name", FOR_GOOD)
def test_which_letter_came_back_and_why(name):
    found = replies.read(bounce(name)).bounce
    assert (found.letters, found.status, found.is_final) == ((OURS,), FOR_GOOD[name], True)


@pytest.mark.parametrize("name", NOT_FOR_GOOD)
def test_a_server_that_goes_on_trying_or_has_succeeded_brings_nothing_back(name):
    found = replies.read(bounce(name)).bounce
    assert (found.letters, found.status, found.is_final) == ((OURS,), NOT_FOR_GOOD[name], False)


def test_a_report_without_the_letter_names_none():
    assert replies.read(bounce("without-the-letter")).bounce.letters == ()


def test_a_receipt_that_it_was_read_is_no_bounce():
    assert replies.read(bounce("read-receipt")).bounce is None


@pytest.mark.parametrize("name", [*FOR_GOOD, *NOT_FOR_GOOD])
def test_a_bounce_that_is_too_large_is_read_from_its_beginning(name):
    written = with_a_large_letter(name)
    assert len(written) > replies.LARGEST
    whole, beginning = replies.read(written), replies.read(written[: replies.HEADERS], is_whole=False)
    assert (whole.kind, whole.bounce) == (Kind.BOUNCE, replies.read(bounce(name)).bounce)
    assert beginning.bounce == whole.bounce


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_raises(data):
    """Every message of the corpus with pieces cut out, doubled and written over at random."""
    written = bytearray(bounce(data.draw(st.sampled_from(NAMES))))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(written)))
        end = min(len(written), start + data.draw(st.integers(0, 40)))
        written[start:end] = data.draw(st.binary(max_size=20) | st.just(bytes(written[start:end]) * 2))
    reading = replies.read(bytes(written))
    assert (reading.kind is Kind.BOUNCE) == (reading.bounce is not None)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("name", ["postfix", "qmail"])
@pytest.mark.parametrize("rubbish", [b"<" * 60_000, b"5.1." * 15_000, b"Message-ID: <" * 5_000, b"-" * 60_000])
def test_rubbish_in_a_bounce_costs_no_time(name, rubbish):
    assert replies.read(bounce(name).replace(b"5.1.1", rubbish)).kind is Kind.BOUNCE


def take_in(written: bytes) -> Outcome:
    with transaction():
        return answers.receive(written)


def sent() -> str:
    letter_id = posted(about="seat 1")
    assert deliver_at(TUESDAY) == 1
    return letter_id


def of(name: str, letter_id: str) -> bytes:
    return bounce(name, row(letter_id).message_id)


@pytest.mark.parametrize("name", ["postfix", "exchange", "qmail"])
def test_a_letter_that_came_back_has_the_day_and_the_status_and_no_word_of_the_server(office, name):
    letter_id = sent()
    with clock.stopped_at(TUESDAY + timedelta(days=1)):
        assert take_in(of(name, letter_id)) is Outcome.BOUNCED
    letter = row(letter_id)
    assert (letter.bounced_on, letter.bounce) == ((TUESDAY + timedelta(days=1)).date(), FOR_GOOD[name])
    assert (what_became(letter_id), letter.error) == ("sent", None)
    kept = db.session.scalars(db.select(Reply)).one()
    assert (kept.outcome, kept.from_address, kept.needs_eye) == ("bounced", "", False)


def test_only_a_message_id_that_is_ours_counts_and_only_once_the_letter_has_left(office):
    waiting = posted(due_at=TUESDAY + timedelta(hours=1))
    assert take_in(of("postfix", waiting)) is Outcome.BOUNCED_UNKNOWN
    assert take_in(bounce("gmail", "<made-up@service.example>")) is Outcome.BOUNCED_UNKNOWN
    assert take_in(bounce("without-the-letter")) is Outcome.BOUNCED_UNKNOWN
    assert (what_became(waiting), row(waiting).bounced_on) == ("waiting", None)


def test_a_letter_that_is_late_has_not_come_back(office):
    letter_id = sent()
    assert take_in(of("postfix-delayed", letter_id)) is Outcome.DELAYED
    assert row(letter_id).bounced_on is None


def test_a_letter_that_comes_back_twice_did_so_on_the_first_day(office):
    letter_id = sent()
    take_in(of("postfix", letter_id))
    with clock.stopped_at(TUESDAY + timedelta(days=1)):
        take_in(of("gmail", letter_id))
    assert row(letter_id).bounced_on == TUESDAY.date()


def test_a_letter_that_may_have_left_and_came_back_is_not_tried_a_second_time(office):
    letter_id = posted()
    unsure(letter_id)
    assert take_in(of("postfix", letter_id)) is Outcome.BOUNCED
    assert (what_became(letter_id), row(letter_id).error) == ("given up", "it came back")
    assert deliver_at(TUESDAY + timedelta(hours=1)) == 0


def test_a_bounce_quicker_than_our_own_note_is_kept(app, office):
    office.will(they.TAKES_AND_WAITS)
    letter_id = posted()
    with elsewhere(app, lambda: postman.deliver(letter_id)):
        assert office.reached.wait(10)
        assert take_in(of("postfix", letter_id)) is Outcome.BOUNCED
        assert what_became(letter_id) == "in hand"
        office.go_on.set()
    assert (what_became(letter_id), row(letter_id).bounce) == ("sent", "5.1.1")
