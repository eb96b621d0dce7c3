"""The page before sending: what may point to somebody is marked, support comes first, nothing is kept or refused."""

import io
import logging
from datetime import timedelta

import pytest

from phonein.db import transaction
from phonein.questions import box, safeguarding
from phonein.questions.models import Envelope, Question, SpentPass
from phonein.questions.same_size import STEP
from tests.builders import make_fay
from tests.conftest import TUESDAY
from tests.questions import SHAPES, content, new_pass, open_phone_in, post, release_at, released, rows, shown

LAST = TUESDAY + timedelta(days=6)
RECEIPT, OTHER = "7KQ2-M4XD-90TP-AB3C", "8KQ2-M4XD-90TP-AB3C"
POINTS = "What should I have done when A1234BC wrote to sam@example.org?"
IN_CRISIS = "I want to kill myself after that night. Who can I talk to?"
SUPPORT = 'id="support-first"'


@pytest.fixture(params=SHAPES)
def send(request):
    return SHAPES[request.param]


@pytest.fixture
def phone_in(app):
    return open_phone_in(holders=24)


@pytest.fixture
def with_reviewer(phone_in):
    with transaction():
        fay = make_fay()
        phone_in.reviewer_id = fay.id
        return phone_in


def test_what_may_point_to_somebody_is_marked_and_can_be_sent_all_the_same(phone_in, client, send):
    pass_ = new_pass(phone_in)
    check = content(send(client, "ask", text=POINTS, **{"pass": pass_}))
    assert ("<mark>A1234BC</mark>" in check, "<mark>sam@example.org</mark>" in check) == (True, True)
    assert send(client, "ask", text=POINTS, receipt=RECEIPT, **{"pass": pass_}).status_code == 200
    release_at(LAST)
    assert released() == [POINTS]


def test_the_neutral_words_are_put_into_the_form_to_be_changed_as_one_likes(phone_in, client, send):
    pass_ = new_pass(phone_in)
    answer = send(client, "ask", text=POINTS, receipt=RECEIPT, rewrite="1", topic="supervision", **{"pass": pass_})
    page = content(answer)
    typed = page.split('name="text"')[1].split(">", 1)[1].split("</textarea>")[0]
    assert (answer.status_code, "A1234BC" in page, "example.org" in page, pass_ in page) == (200, False, False, True)
    assert typed.strip().startswith("What should I have done when ")
    assert "The neutral words are in the form now" in shown(answer)
    assert (rows(Envelope), rows(SpentPass)) == ([], [])


def test_where_nothing_points_to_anybody_no_other_words_are_offered(phone_in, client, send):
    page = content(send(client, "ask", text="How do others sleep?", **{"pass": new_pass(phone_in)}))
    assert ("<mark>" in page, 'name="rewrite"' in page, SUPPORT in page) == (False, False, False)


def test_support_comes_first_where_words_hint_at_crisis_before_and_after_sending(phone_in, client, send):
    pass_ = new_pass(phone_in)
    pages = [content(send(client, "ask", text=IN_CRISIS, receipt=each, **{"pass": pass_})) for each in ("", RECEIPT)]
    for page in pages:
        assert page.index("<h1>") < page.index(SUPPORT) < page.index("116 123") < page.index("<h2>Your ")
    assert len(rows(Envelope)) == 1


def test_changed_words_are_looked_at_too_while_nobody_can_read_them(phone_in, client, send):
    send(client, "ask", text="How do others sleep?", receipt=RECEIPT, **{"pass": new_pass(phone_in)})
    changed = content(send(client, "edit", text=f"{POINTS} {IN_CRISIS}", receipt=RECEIPT))
    assert changed.index(SUPPORT) < changed.index("<mark>A1234BC</mark>")
    assert (changed.count("116 123"), 'name="rewrite" value="1" form="change"' in changed) == (1, True)
    page = content(send(client, "edit", receipt=RECEIPT, rewrite="1"))
    assert ("The neutral words are in the form now" in page, "A1234BC" in page, IN_CRISIS in page) == (
        True,
        False,
        True,
    )
    assert box.standing(phone_in, RECEIPT).text == f"{POINTS} {IN_CRISIS}"


def test_the_check_writes_nothing_down(phone_in, client):
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    try:
        post(client, "ask", text=POINTS + IN_CRISIS, **{"pass": new_pass(phone_in)})
    finally:
        logging.getLogger().removeHandler(handler)
    assert ("A1234BC" in heard.getvalue(), rows(Envelope), rows(Question)) == (False, [], [])


def test_the_answers_are_of_one_size_with_marks_and_support_too(phone_in, client, send):
    long = "\n".join(f"{POINTS} {IN_CRISIS}" for _ in range(22))
    fields = {"text": long, "pass": new_pass(phone_in)}
    answers = [send(client, "ask", **fields | more) for more in ({}, {"rewrite": "1"}, {"receipt": RECEIPT})]
    answers += [send(client, "edit", receipt=RECEIPT, **more) for more in ({"text": long}, {"rewrite": "1"}, {})]
    assert [(answer.status_code, len(answer.data)) for answer in answers] == [(200, STEP)] * 6


def test_the_choice_for_few_is_to_keep_it_sealed_and_goes_into_the_envelope_as_chosen(phone_in, client, send):
    first = client.get("/q/sleep/").text
    assert 'value="" checked' in first.split("If fewer than 10 people could have asked")[1].split("</fieldset>")[0]
    for receipt, fields in ((RECEIPT, {}), (OTHER, {"anyway": "1"}), ("9KQ2-M4XD-90TP-AB3C", {"anyway": "yes"})):
        send(client, "ask", text="Mine", receipt=receipt, **fields, **{"pass": new_pass(phone_in)})
        send(client, "edit", text="Changed", receipt=receipt)
    chosen = {receipt: box._inside(box._envelope(phone_in, receipt))["anyway"] for receipt in (RECEIPT, OTHER)}
    assert chosen == {RECEIPT: False, OTHER: True}
    assert box._inside(box._envelope(phone_in, "9KQ2-M4XD-90TP-AB3C"))["anyway"] is False


@pytest.mark.parametrize(
    ("holders", "says", "warns"),
    [
        (0, "Fewer than 10 people could have asked so far", True),
        (9, "Fewer than 10 people could have asked so far", True),
        (10, "At least 10 people could have asked", False),
        (29, "At least 20 people could have asked", False),
    ],
)
def test_how_many_could_have_asked_is_rounded_down_and_a_small_team_is_warned(app, client, holders, says, warns):
    open_phone_in(holders=holders)
    page = shown(client.get("/q/sleep/"))
    assert (says in page, "Few people could have asked so far" in page) == (True, warns)
    assert ("By now enough could have" in page) is not warns
    assert "If only you could have written this, leave the detail out" in page


@pytest.mark.parametrize(
    ("holders", "anyway", "said"),
    [(9, "", "it stays sealed and nobody reads it"), (9, "1", "it is sent anyway"), (24, "1", "it is sent anyway")],
)
def test_what_becomes_of_it_among_few_is_said_before_sending(app, client, send, holders, anyway, said):
    phone_in = open_phone_in(holders=holders)
    check = shown(send(client, "ask", text="Mine", anyway=anyway, **{"pass": new_pass(phone_in)}))
    assert f"fewer than 10 people could have asked, {said}" in check


def test_where_enough_could_have_asked_nothing_is_said_of_few_that_nobody_chose(phone_in, client, send):
    check = shown(send(client, "ask", text="Mine", **{"pass": new_pass(phone_in)}))
    assert "fewer than 10 people" not in check


def test_the_page_says_the_fingerprint_of_the_keys_and_when_questions_are_opened_next(app, client):
    open_phone_in(key_print="ABCD-EFGH")
    page = shown(client.get("/q/sleep/"))
    assert ("ABCD-EFGH" in page, "Not monitored live." in page, "Your question is sealed until" in page) == (
        True,
        True,
        True,
    )


def test_the_reviewer_is_offered_only_where_there_is_one(phone_in, client, send):
    page = content(send(client, "ask", text="Mine", **{"pass": new_pass(phone_in)}))
    fields = {"text": "Mine", "receipt": RECEIPT, "to": "reviewer", "pass": new_pass(phone_in)}
    refused = send(client, "ask", **fields)
    assert ('value="reviewer"' in page, refused.status_code, rows(Question), rows(SpentPass)) == (False, 409, [], [])
    assert "Mine" in shown(refused)


def test_what_is_sent_to_the_reviewer_is_there_at_once_and_once(with_reviewer, client, send):
    fields = {"text": "It goes on", "topic": "supervision", "pass": new_pass(with_reviewer)}
    check = content(send(client, "ask", **fields))
    assert ('name="to" value="reviewer"' in check, "when it came can be known" in check) == (True, True)
    answers = [send(client, "ask", receipt=RECEIPT, to="reviewer", **fields) for _ in range(2)]
    assert [(answer.status_code, len(answer.data)) for answer in answers] == [(200, STEP)] * 2
    assert "Your question is with the reviewer" in shown(answers[0])
    [question] = rows(Question)
    assert (question.text, question.topic, question.is_for_reviewer) == ("It goes on", "supervision", True)
    assert (rows(Envelope), len(rows(SpentPass))) == ([], 1)


def test_one_pass_or_receipt_is_not_good_for_both_ways(with_reviewer, client, send):
    mine, sealed = new_pass(with_reviewer), new_pass(with_reviewer)
    send(client, "ask", text="Straight", receipt=RECEIPT, to="reviewer", **{"pass": mine})
    send(client, "ask", text="Sealed", receipt=OTHER, **{"pass": sealed})
    wrong = [
        send(client, "ask", text="Again", receipt="9KQ2-M4XD-90TP-AB3C", **{"pass": mine}),
        send(client, "ask", text="Again", receipt="9KQ2-M4XD-90TP-AB3C", to="reviewer", **{"pass": sealed}),
        send(client, "ask", text="Again", receipt=RECEIPT, **{"pass": new_pass(with_reviewer)}),
        send(client, "ask", text="Again", receipt=OTHER, to="reviewer", **{"pass": new_pass(with_reviewer)}),
    ]
    assert [answer.status_code for answer in wrong] == [422] * 4
    assert ([question.text for question in rows(Question)], len(rows(Envelope))) == (["Straight"], 1)


def test_the_reviewers_answer_is_read_with_the_receipt(with_reviewer, client, send):
    send(client, "ask", text="It goes on", receipt=RECEIPT, to="reviewer", **{"pass": new_pass(with_reviewer)})
    before = shown(send(client, "status", receipt=RECEIPT))
    with transaction():
        question = box._released(with_reviewer, RECEIPT)
        question.reviewer_reply, question.reviewer_is_done = "Thank you. <b>It</b> has been stopped.", True
    after = send(client, "status", receipt=RECEIPT)
    assert "They have not written back yet" in before
    assert "Thank you. <b>It</b> has been stopped." in shown(after)
    assert "They have dealt with it." in shown(after)
    assert [send(client, do, receipt=RECEIPT).status_code for do in ("edit", "withdraw", "status")] == [409, 200, 404]


def test_a_code_in_what_goes_to_the_reviewer_is_refused_too(with_reviewer, client, send):
    fields = {"text": f"My receipt is {RECEIPT}", "receipt": RECEIPT, "to": "reviewer"}
    answer = send(client, "ask", **fields, **{"pass": new_pass(with_reviewer)})
    assert (answer.status_code, rows(Question), safeguarding.NoReviewer.status) == (422, [], 409)
