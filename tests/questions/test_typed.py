"""What is typed at the anonymous door: taken in one shape, or refused with every word still there."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from phonein import clock
from phonein.db import db, on_sqlite
from phonein.questions import codes
from phonein.questions.models import Envelope, Question, SpentPass
from tests.conftest import TUESDAY
from tests.questions import WORDS, ask, new_pass, open_phone_in, post, release_at, released, rows, shown

LAST = TUESDAY + timedelta(days=6)
RECEIPT = "7KQ2-M4XD-90TP-AB3C"


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def send(client, phone_in, words, receipt=RECEIPT, **fields):
    return post(client, "ask", text=words, receipt=receipt, **{"pass": new_pass(phone_in)} | fields)


REFUSED = ["x" * 3001, "\N{HEADPHONE}" * 1000, '"' * 2000, "a\x00b", "safe \u202egnorw\u202c", "a\x1bb", "x" * 70_000]
INVISIBLE = ["", " \r\n\t ", "\u200b\u200d\u2060", "\u00a0\u3000", "\u0301"]


@pytest.mark.parametrize("do", ["ask", "edit"])
def test_what_cannot_be_taken_is_refused_and_shown_again(phone_in, client, do):
    """Too long, control characters, words turned around: NUL is shown as the sign for what cannot be shown."""
    receipt = ask(phone_in, "First") if do == "edit" else RECEIPT
    answers = [post(client, do, text=words, receipt=receipt, **{"pass": new_pass(phone_in)}) for words in REFUSED]
    assert [answer.status_code for answer in answers] == [422] * 7
    pairs = zip(REFUSED, answers, strict=True)
    assert [words for words, answer in pairs if words not in shown(answer).replace("\ufffd", "\x00")] == []
    release_at(LAST)
    assert released() == (["First"] if do == "edit" else [])


def test_a_question_in_which_nothing_can_be_seen_is_none(phone_in, client):
    answers = [send(client, phone_in, words) for words in INVISIBLE]
    assert [(a.status_code, "Write your question" in a.text) for a in answers] == [(422, True)] * 5
    assert rows(Envelope) == []


def test_3000_characters_are_taken(phone_in, client):
    assert send(client, phone_in, "x" * 3000).status_code == 200
    release_at(LAST)
    assert released() == ["x" * 3000]


def test_the_same_words_leave_the_same_bytes_whatever_browser_sent_them(phone_in, client):
    """From a form, from a script, with accents typed after their letter, with a watermark that was copied along."""
    typed = [
        "  Why\r\nnot\u00e9?  \r\n\r\n",
        "Why\nnot\u00e9?",
        "Why \rnote\u0301? ",
        "Wh\u200by\u2060\nno\u00adt\u00e9?",
    ]
    receipts = [codes.new_receipt() for _ in typed]
    answers = [send(client, phone_in, *each) for each in zip(typed, receipts, strict=True)]
    release_at(LAST)
    assert ([answer.status_code for answer in answers], released()) == ([200] * 4, ["Why\nnot\u00e9?"] * 4)


def test_joined_emoji_and_markup_are_kept_as_they_are_and_shown_as_text(phone_in, client):
    words = "\U0001f469\u200d\U0001f692 <script>alert(1)</script> {{ 7*7 }} =1+1"
    assert send(client, phone_in, words).status_code == 200
    answer = post(client, "status", receipt=RECEIPT)
    assert ("<script>alert" in answer.text, "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in answer.text) == (
        False,
        True,
    )
    release_at(LAST)
    assert released() == [words]


def test_lone_surrogates_and_bytes_that_are_no_text_are_taken_as_unreadable_signs(phone_in, client):
    body = f"slug=sleep&do=ask&receipt={RECEIPT}&pass={new_pass(phone_in)}&text=Why%ED%A0%80not%FF".encode()
    answer = client.post("/q/", data=body, content_type="application/x-www-form-urlencoded")
    release_at(LAST)
    assert (answer.status_code, [words.strip("\ufffd")[:3] for words in released()]) == (200, ["Why"])


def test_a_topic_that_is_none_is_left_out(phone_in, client):
    topics = ["", "no_such_topic", "supervision\x00", "x" * 5000]
    answers = [send(client, phone_in, WORDS, codes.new_receipt(), topic=topic) for topic in topics]
    release_at(LAST)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [(question.text, question.topic) for question in rows(Question)] == [(WORDS, "")] * 4


@pytest.mark.parametrize("do", ["ask", "edit"])
def test_a_question_with_its_own_receipt_in_it_is_refused(phone_in, client, do):
    if do == "edit":
        ask(phone_in, "First", receipt=RECEIPT)
    texts = [f"Mine is {code}." for code in (RECEIPT, RECEIPT.lower().replace("-", " "), "7kq2m4xd9Otpab3c")]
    answers = [post(client, do, text=t, receipt=RECEIPT, **{"pass": new_pass(phone_in)}) for t in texts]
    assert [(a.status_code, t in shown(a)) for t, a in zip(texts, answers, strict=True)] == [(422, True)] * 3
    release_at(LAST)
    assert released() == (["First"] if do == "edit" else [])


def test_a_question_with_its_own_pass_in_it_is_refused(phone_in, client):
    pass_ = new_pass(phone_in)
    answer = post(client, "ask", text=f"{WORDS} {pass_}", receipt=RECEIPT, **{"pass": pass_})
    assert (answer.status_code, WORDS in shown(answer), rows(SpentPass)) == (422, True, [])


def test_a_refusal_by_the_rules_shows_the_question_again_with_its_own_status(phone_in, client):
    used = new_pass(phone_in)
    ask(phone_in, "First", pass_=used, receipt=RECEIPT)
    gone = "0000-0000-0000-0000"
    answers = [
        post(client, "ask", text=WORDS, **{"pass": "0" * 25}),
        post(client, "ask", text=WORDS, **{"pass": used}),
        post(client, "ask", text=WORDS, receipt=gone, **{"pass": used}),
        post(client, "ask", text=WORDS, receipt=RECEIPT, **{"pass": new_pass(phone_in)}),
        post(client, "edit", text=WORDS, receipt=gone),
        post(client, "edit", text=WORDS, receipt="not one"),
        post(client, "nothing", text=WORDS),
        client.get("/q/sleep/", headers={"X-Remote-User": "sam"}),
        client.post("/q/", data={"slug": "sleep", "do": "ask", "text": WORDS}, headers={"X-Remote-User": "sam"}),
    ]
    release_at(LAST)
    answers.append(post(client, "edit", text=WORDS, receipt=RECEIPT))
    with clock.stopped_at(LAST):
        answers.append(post(client, "ask", text=WORDS, **{"pass": new_pass(phone_in)}))
    assert [a.status_code for a in answers] == [422, 422, 422, 422, 404, 404, 400, 400, 400, 409, 409]
    assert [n for n, a in enumerate(answers) if WORDS not in shown(a)] == [7]
    assert released() == ["First"]


def test_when_the_key_or_the_database_is_away_the_question_is_shown_again(phone_in, app, client):
    receipt = ask(phone_in, "First")
    fields = {"text": WORDS, "receipt": RECEIPT, "pass": new_pass(phone_in)}
    for file in app.config["SEAL_DIR"].glob("sleep.*"):
        file.unlink()
    answers = [post(client, "ask", **fields), post(client, "edit", text=WORDS, receipt=receipt)]
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE spent_pass{'' if on_sqlite() else ' CASCADE'}"))
    answers.append(post(client, "ask", **fields))
    assert [a.status_code for a in answers[:2]] == [503, 503]
    assert answers[2].status_code in (500, 503)
    assert [WORDS in shown(a) for a in answers] == [True] * 3
