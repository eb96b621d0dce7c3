"""The box: asking, asking again, changing, taking back, and what a receipt shows."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import transaction
from phonein.questions import box, codes, keys
from phonein.questions.box import Standing
from phonein.questions.models import Envelope, PassKey, Question, SpentPass
from tests.builders import make_phone_in
from tests.conftest import TUESDAY
from tests.questions import WORDS, ask, new_pass, open_phone_in, release_at, released, rows

LAST = TUESDAY + timedelta(days=6)


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def edit(phone_in, receipt, words, topic=""):
    with transaction():
        box.edit(phone_in, receipt=receipt, text=words, topic=topic)


def withdraw(phone_in, receipt):
    with transaction():
        box.withdraw(phone_in, receipt=receipt)


def sizes():
    return [(len(e.handle), e.phone_in_slug, len(e.public), len(e.blob)) for e in rows(Envelope)]


def test_a_question_lies_sealed_until_its_release_and_then_says_what_became_of_it(phone_in):
    receipt = ask(phone_in, topic="supervision")
    assert box.standing(phone_in, receipt) == Standing(WORDS, "supervision")
    release_at(LAST)
    [question] = rows(Question)
    assert (question.text, question.topic, question.phone_in_slug) == (WORDS, "supervision", "sleep")
    assert box.standing(phone_in, receipt.lower()) == Standing(WORDS, "supervision", question)


def test_the_same_pass_and_receipt_again_replaces_the_question(phone_in):
    pass_, receipt = new_pass(phone_in), codes.new_receipt()
    ask(phone_in, "First", pass_=pass_, receipt=receipt)
    ask(phone_in, "Second", pass_=pass_.lower(), receipt=receipt.lower())
    assert sizes() == [(32, "sleep", 32, 4112)]
    release_at(LAST)
    assert released() == ["Second"]


def test_a_pass_works_once(phone_in):
    pass_ = new_pass(phone_in)
    ask(phone_in, "First", pass_=pass_)
    with pytest.raises(box.PassSpent):
        ask(phone_in, "Second", pass_=pass_)
    with pytest.raises(box.PassSpent):
        box.may_ask(phone_in, pass_)
    assert (len(rows(Envelope)), len(rows(SpentPass))) == (1, 1)


def test_a_pass_of_another_phone_in_does_not_work_and_is_not_spent(phone_in):
    other = open_phone_in(slug="nights")
    pass_ = new_pass(other)
    with pytest.raises(box.NotAPass):
        ask(phone_in, pass_=pass_)
    ask(other, pass_=pass_)
    assert [envelope.phone_in_slug for envelope in rows(Envelope)] == ["nights"]


@pytest.mark.parametrize("days", [-11, 6, 7])
def test_outside_its_window_a_phone_in_takes_no_questions_and_spends_no_pass(phone_in, days):
    pass_ = new_pass(phone_in)
    with clock.stopped_at(TUESDAY + timedelta(days=days)):
        with pytest.raises(box.AskingClosed):
            ask(phone_in, pass_=pass_)
        with pytest.raises(box.AskingClosed):
            box.may_ask(phone_in, pass_)
    assert (rows(Envelope), rows(SpentPass)) == ([], [])


def test_the_window_is_open_from_its_first_moment_until_just_before_its_last(phone_in):
    with clock.stopped_at(TUESDAY - timedelta(days=10)):
        ask(phone_in, "First moment")
    with clock.stopped_at(LAST - timedelta(microseconds=1)):
        ask(phone_in, "Last moment")
    release_at(LAST)
    assert released() == ["First moment", "Last moment"]


@pytest.mark.parametrize("columns", [{"cancelled_at": TUESDAY}, {"published_at": None}])
def test_a_cancelled_phone_in_or_a_draft_takes_no_questions(app, columns):
    with transaction():
        phone_in = make_phone_in(**columns)
    with pytest.raises(box.AskingClosed):
        ask(phone_in)
    assert rows(Envelope) == []


def test_after_the_last_release_nothing_comes_in_even_where_the_clock_runs_late(phone_in):
    """On a second machine, whose clock is a moment behind: its question would lie in a box that is never opened."""
    release_at(LAST)
    with clock.stopped_at(LAST - timedelta(seconds=2)), pytest.raises(box.AskingClosed):
        ask(phone_in)
    assert rows(Envelope) == []


def test_a_receipt_that_stands_for_one_question_is_not_given_to_another(phone_in):
    """Or the first would be overwritten; and once it is released, two would have to stand under one receipt."""
    receipt = ask(phone_in, "First")
    for n in range(2):
        ask(phone_in, f"Number {n}")
    with pytest.raises(box.ReceiptTaken):
        ask(phone_in, "Second", receipt=receipt)
    release_at(TUESDAY)
    with pytest.raises(box.ReceiptTaken):
        ask(phone_in, "Second", receipt=receipt)
    release_at(LAST)
    assert (released(), len(rows(SpentPass))) == (["First", "Number 0", "Number 1"], 3)


def test_a_sealed_question_can_be_changed_and_its_envelope_stays_the_same_size(phone_in):
    receipt = ask(phone_in, "First", topic="supervision")
    edit(phone_in, receipt, "Second, and much longer than what was there before" * 20, "lone_working")
    edit(phone_in, receipt, "Third", "lone_working")
    assert sizes() == [(32, "sleep", 32, 4112)]
    assert box.standing(phone_in, receipt) == Standing("Third", "lone_working")


def test_a_changed_question_can_still_be_sent_again_with_its_pass(phone_in):
    pass_ = new_pass(phone_in)
    receipt = ask(phone_in, "First", pass_=pass_)
    edit(phone_in, receipt, "Second")
    ask(phone_in, "Third", pass_=pass_, receipt=receipt)
    release_at(LAST)
    assert released() == ["Third"]


def test_a_released_question_cannot_be_changed(phone_in):
    receipt = ask(phone_in)
    release_at(LAST)
    with pytest.raises(box.AlreadyReleased):
        edit(phone_in, receipt, "Second")
    assert released() == [WORDS]


def test_taking_back_a_sealed_question_leaves_an_empty_envelope_of_the_same_size(phone_in):
    receipt = ask(phone_in)
    before = [envelope.handle for envelope in rows(Envelope)]
    withdraw(phone_in, receipt)
    withdraw(phone_in, receipt)
    assert (sizes(), [e.handle for e in rows(Envelope)]) == ([(32, "sleep", 32, 4112)], before)
    with pytest.raises(box.NotKnown):
        box.standing(phone_in, receipt)
    release_at(LAST)
    assert (released(), rows(Envelope)) == ([], [])


def test_what_was_taken_back_cannot_be_changed_and_its_pass_stays_used(phone_in):
    pass_ = new_pass(phone_in)
    receipt = ask(phone_in, pass_=pass_)
    withdraw(phone_in, receipt)
    with pytest.raises(box.NotKnown):
        edit(phone_in, receipt, "Again")
    with pytest.raises(box.PassSpent):
        ask(phone_in, pass_=pass_, receipt=receipt)


def test_taking_back_a_released_question_deletes_it(phone_in):
    receipt, other = ask(phone_in, "Mine"), ask(phone_in, "Another's")
    release_at(LAST)
    withdraw(phone_in, receipt)
    assert released() == ["Another's"]
    with pytest.raises(box.NotKnown):
        withdraw(phone_in, receipt)
    assert box.standing(phone_in, other).text == "Another's"


def test_under_an_unknown_receipt_or_another_phone_ins_nothing_is_found(phone_in):
    receipt, other = ask(phone_in), open_phone_in(slug="nights")
    for where, which in [(phone_in, codes.new_receipt()), (other, receipt)]:
        with pytest.raises(box.NotKnown):
            box.standing(where, which)
        with pytest.raises(box.NotKnown):
            edit(where, which, "Mine now")
        with pytest.raises(box.NotKnown):
            withdraw(where, which)
    assert box.standing(phone_in, receipt) == Standing(WORDS, "")


def test_looking_at_a_question_writes_nothing(phone_in, app):
    receipt = ask(phone_in)
    files = {file: file.stat() for file in app.config["SEAL_DIR"].rglob("*")}
    before = [(e.handle, e.public, e.blob) for e in rows(Envelope)]
    box.standing(phone_in, receipt)
    assert [(e.handle, e.public, e.blob) for e in rows(Envelope)] == before
    assert {file: file.stat() for file in app.config["SEAL_DIR"].rglob("*")} == files


def test_while_the_boxs_key_is_away_nothing_is_sealed_that_nobody_could_open(phone_in, app):
    receipt = ask(phone_in)
    for file in app.config["SEAL_DIR"].glob("sleep.*"):
        file.rename(file.with_name("elsewhere"))
    for act in (
        lambda: ask(phone_in, "Second"),
        lambda: edit(phone_in, receipt, "Changed"),
        lambda: withdraw(phone_in, receipt),
        lambda: box.standing(phone_in, receipt),
    ):
        with pytest.raises(keys.BoxKeyAway):
            act()
    assert (len(rows(Envelope)), len(rows(SpentPass)), keys.away()) == (1, 1, ["sleep"])
    ready = app.test_client().get("/health/ready").json
    assert ready["degraded"] == ["A sealing key is not in SEAL_DIR: asking and release wait for it."]


def test_what_passes_are_made_with_is_encrypted_in_the_database(phone_in):
    new_pass(phone_in)
    with transaction():
        secret = keys.pass_secret("sleep")
    [kept] = rows(PassKey)
    assert (len(secret), secret in kept.secret, kept.secret[:1]) == (32, False, b"g")
