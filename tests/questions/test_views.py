"""The anonymous door as a browser meets it: two steps to ask, and the receipt for the rest."""

import re
from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import transaction
from phonein.questions.models import Envelope, PassKey, Question, SpentPass
from tests.builders import make_phone_in
from tests.conftest import TUESDAY
from tests.questions import WORDS, ask, new_pass, open_phone_in, post, release_at, released, rows, shown

LAST = TUESDAY + timedelta(days=6)
RECEIPT = re.compile(r'<p class="number">([0-9A-Z-]{19})</p>')


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def nothing_was_kept():
    return (rows(Envelope), rows(SpentPass), rows(Question)) == ([], [], [])


def test_asking_takes_two_steps_and_the_receipt_is_shown_before_anything_is_sent(phone_in, client):
    pass_ = new_pass(phone_in)
    check = post(client, "ask", text=WORDS, topic="supervision", **{"pass": pass_})
    assert (check.status_code, WORDS in shown(check), nothing_was_kept()) == (200, True, True)
    [receipt] = RECEIPT.findall(check.text)
    sent = post(client, "ask", text=WORDS, topic="supervision", receipt=receipt, **{"pass": pass_})
    assert (sent.status_code, RECEIPT.findall(sent.text), len(rows(Envelope))) == (200, [receipt], 1)
    release_at(LAST)
    assert [(q.text, q.topic) for q in rows(Question)] == [(WORDS, "supervision")]


def test_what_was_looked_at_can_be_changed_before_it_is_sent(phone_in, client):
    pass_ = new_pass(phone_in)
    again = post(client, "ask", text=WORDS, receipt="7KQ2-M4XD-90TP-AB3C", change="1", **{"pass": pass_})
    assert (again.status_code, WORDS in shown(again), pass_ in again.text, nothing_was_kept()) == (
        200,
        True,
        True,
        True,
    )


def test_sending_twice_is_sending_once(phone_in, client):
    fields = {"text": WORDS, "receipt": "7KQ2-M4XD-90TP-AB3C", "pass": new_pass(phone_in)}
    assert [post(client, "ask", **fields).status_code for _ in range(2)] == [200, 200]
    release_at(LAST)
    assert released() == [WORDS]


def test_with_the_receipt_a_question_is_found_changed_and_taken_back(phone_in, client):
    receipt = ask(phone_in, "First")
    found = post(client, "status", receipt=receipt.lower())
    opened = post(client, "edit", receipt=receipt)
    changed = post(client, "edit", receipt=receipt, text="Second", topic="lone_working")
    gone = [post(client, "withdraw", receipt=receipt) for _ in range(2)]
    after = post(client, "status", receipt=receipt)
    assert [answer.status_code for answer in (found, opened, changed, *gone, after)] == [200, 200, 200, 200, 200, 404]
    assert ["First" in found.text, "First" in opened.text, "Second" in changed.text] == [True] * 3
    release_at(LAST)
    assert released() == []


def test_after_the_release_the_receipt_shows_what_became_of_it_and_no_change_is_offered(phone_in, client):
    receipt = ask(phone_in)
    release_at(LAST)
    found = post(client, "status", receipt=receipt)
    opened = post(client, "edit", receipt=receipt)
    assert (found.status_code, "Change it" in found.text, opened.status_code) == (200, False, 409)
    assert "have it and have not decided yet" in shown(found)


DOS = ("status", "edit", "withdraw")


def test_what_is_not_a_receipt_is_said_to_be_none(phone_in, client):
    wrong = ["", "7KQ2", "7KQ2-M4XD-90TP-AB3U", "\x00" * 16]
    assert [post(client, do, receipt=receipt).status_code for do in DOS for receipt in wrong] == [422] * 12


def test_an_unknown_receipt_finds_nothing(phone_in, client):
    ask(phone_in)
    answers = [post(client, do, receipt="7KQ2-M4XD-90TP-AB3C") for do in DOS]
    assert [(answer.status_code, WORDS in answer.text) for answer in answers] == [(404, False)] * 3
    assert len(rows(Envelope)) == 1


def test_what_is_asked_at_no_address_or_for_a_draft_is_not_found(app, client):
    with transaction():
        make_phone_in(slug="draft", published_at=None)
    wrong = [client.get("/q/draft/"), client.get("/q/none/"), client.get("/q/draft/keys"), client.get("/q/a%00b/")]
    sent = [post(client, "ask", slug, text=WORDS) for slug in ("draft", "none", "", "a\x00b")]
    assert [answer.status_code for answer in wrong] in ([404, 404, 404, 404], [404, 404, 404, 400])
    assert {answer.status_code for answer in sent} <= {404, 400}
    assert [WORDS in shown(answer) for answer in sent] == [True] * 4


@pytest.mark.parametrize(
    ("columns", "days", "says"),
    [
        ({}, 0, "Look at it once more"),
        ({}, -11, "Not open yet"),
        ({}, 6, "Asking is closed"),
        ({"cancelled_at": TUESDAY}, 0, "Asking is closed"),
    ],
)
def test_the_page_offers_a_form_only_while_asking_is_open_and_says_when_it_is(app, client, columns, days, says):
    open_phone_in(**columns)
    with clock.stopped_at(TUESDAY + timedelta(days=days)):
        answer = client.get("/q/sleep/")
    assert (answer.status_code, says in shown(answer)) == (200, True)
    assert ('name="pass"' in answer.text) is (says == "Look at it once more")


def test_no_page_at_the_door_sets_a_cookie_asks_for_one_or_may_be_kept(phone_in, client):
    pass_, receipt = new_pass(phone_in), "7KQ2-M4XD-90TP-AB3C"
    fields = {"text": WORDS, "receipt": receipt, "pass": pass_}
    answers = [
        client.get("/q/sleep/"),
        client.get("/q/sleep/keys"),
        client.get("/q/none/"),
        client.get("/q/"),
        client.put("/q/"),
        client.post("/q/sleep/"),
        post(client, "nothing"),
        client.post("/q/", json={}),
        post(client, "ask"),
        post(client, "ask", **fields),
        *[post(client, do, receipt=receipt) for do in ("status", "edit", "withdraw", "status")],
        client.get("/q/sleep/", headers={"X-Remote-User": "sam"}),
    ]
    said = [200, 200, 404, 405, 405, 405, 400, 404, 422, 200, 200, 200, 200, 404, 400]
    assert [a.status_code for a in answers] == said
    kept = {
        (a.headers.get("Set-Cookie"), a.headers.get("Vary"), a.headers.get("ETag"), a.headers["Cache-Control"])
        for a in answers
    }
    assert kept == {(None, None, None, "no-store")}
    assert {a.headers["Referrer-Policy"] for a in answers} == {"no-referrer"}


def test_the_page_is_the_same_for_everybody_whoever_has_asked(phone_in, client):
    before = client.get("/q/sleep/").data
    for n in range(8):
        ask(phone_in, f"Number {n}")
    assert client.get("/q/sleep/").data == before


def test_looking_at_pages_and_being_refused_leaves_nothing_in_the_anonymous_tables(phone_in, client):
    client.get("/q/sleep/")
    post(client, "ask", text=WORDS, **{"pass": "0" * 25})
    post(client, "status", receipt="7KQ2-M4XD-90TP-AB3C")
    assert (nothing_was_kept(), rows(PassKey)) == (True, [])
