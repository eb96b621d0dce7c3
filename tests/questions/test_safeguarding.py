"""Straight to the safeguarding reviewer: at once, to nobody else, and once for one pass."""

import pytest

from phonein import clock
from phonein.db import transaction
from phonein.questions import box, codes, safeguarding
from phonein.questions.models import Envelope, Question, SpentPass
from phonein.schedule import changes, programme, publishing, revision
from tests.builders import make_fay, make_person, make_series
from tests.conftest import TUESDAY
from tests.questions import WORDS, ask, at_once, new_pass, open_phone_in, release_at, released, rows
from tests.questions.test_release import LAST


@pytest.fixture
def phone_in(app):
    with transaction():
        fay = make_fay()
    return open_phone_in(leaders=[fay], reviewer_id=fay.id)


def send(phone_in, words=WORDS, *, pass_="", receipt="", topic=""):
    receipt, pass_ = receipt or codes.new_receipt(), pass_ or new_pass(phone_in)
    with transaction():
        safeguarding.send_to_reviewer(phone_in, pass_=pass_, receipt=receipt, text=words, topic=topic)
    return receipt


def test_it_is_there_at_once_for_the_reviewer_and_stands_under_its_receipt(phone_in):
    receipt = send(phone_in, topic="supervision")
    [question] = rows(Question)
    assert (question.text, question.topic, question.is_for_reviewer, question.reviewer_was_told) == (
        *(WORDS, "supervision"),
        *(True, False),
    )
    assert (rows(Envelope), len(rows(SpentPass))) == ([], 1)
    assert box.standing(phone_in, receipt).question.is_for_reviewer


def test_without_a_reviewer_it_is_refused_in_words_and_the_pass_is_not_used_up(app):
    phone_in = open_phone_in()
    with pytest.raises(safeguarding.NoReviewer, match="Nobody looks after such questions"):
        send(phone_in)
    assert (rows(Question), rows(SpentPass), safeguarding.has_reviewer(phone_in)) == ([], [], False)


def test_the_dates_of_a_series_have_its_reviewer_unless_an_admin_gave_one_of_them_another(app):
    with transaction():
        fay, rhea = make_fay(), make_person("Rhea")
        series = make_series(reviewer_id=fay.id, leaders=[fay])
        publishing.publish_series(series)
        first, second = series.phone_ins[:2]
        facts = {name: getattr(first, name) for name in ("title", "seats", "pin", "dial_in_number", "freephone")}
        changes.change(first, leaders=[fay], reviewer_id=rhea.id, **facts)
    with transaction():
        draft = revision.draft_of(series) | {"reviewer_id": None}
        revision.carry_out(series, draft, from_start=None, edition=None, now=TUESDAY)
    assert (first.reviewer_id, second.reviewer_id) == (rhea.id, None)


def test_the_same_again_is_the_same_and_with_other_words_its_pass_has_been_used(phone_in):
    pass_ = new_pass(phone_in)
    receipt = send(phone_in, pass_=pass_)
    send(phone_in, pass_=pass_, receipt=receipt)
    with pytest.raises(box.PassSpent):
        send(phone_in, "Other words", pass_=pass_, receipt=receipt)
    with pytest.raises(box.PassSpent):
        ask(phone_in, pass_=pass_, receipt=receipt)
    assert released() == [WORDS]


def test_one_receipt_never_stands_for_two(phone_in):
    sealed, sent = ask(phone_in, "Sealed"), send(phone_in, "Sent")
    with pytest.raises(box.ReceiptTaken):
        send(phone_in, "Again", receipt=sealed)
    with pytest.raises(box.ReceiptTaken):
        ask(phone_in, "Again", receipt=sent)
    release_at(LAST)
    assert (released(), len(rows(SpentPass))) == (["Sealed", "Sent"], 2)


@pytest.mark.parametrize("verbs", [[send, ask] * 4, [ask] * 8], ids=["both ways", "into the box"])
def test_at_one_moment_with_one_receipt_there_is_one_question_and_a_release_that_works(app, phone_in, verbs):
    receipt, passes = codes.new_receipt(), [new_pass(phone_in) for _ in range(8)]
    calls = [
        lambda p=p, verb=verb: verb(programme.by_slug("sleep"), "Words", pass_=p, receipt=receipt)
        for p, verb in zip(passes, verbs, strict=True)
    ]
    came = at_once(app, calls)
    assert sorted(map(str, came)).count(receipt) == 1
    assert release_at(LAST) == 1
    assert released() == ["Words"]


def test_what_is_no_pass_and_what_comes_after_asking_has_closed_is_refused(phone_in):
    with pytest.raises(box.NotAPass):
        send(phone_in, pass_=codes.printed_pass(b"k" * 32, "sleep"))
    pass_ = new_pass(phone_in)
    with clock.stopped_at(LAST), pytest.raises(box.AskingClosed):
        send(phone_in, pass_=pass_)
    assert rows(Question) == []


def test_taking_it_back_deletes_it(phone_in):
    receipt = send(phone_in)
    with transaction():
        box.withdraw(phone_in, receipt=receipt)
    assert rows(Question) == []
