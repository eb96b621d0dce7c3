"""Everything at the door in one shape: a plain form and a script do the same, and every answer is of one size."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.questions import box, codes, typed
from phonein.questions.models import Envelope, Question
from phonein.questions.same_size import STEP
from tests.conftest import TUESDAY
from tests.questions import (
    SHAPES,
    WORDS,
    ask,
    content,
    new_pass,
    open_phone_in,
    post_by_script,
    release_at,
    released,
    rows,
    shown,
)

LAST = TUESDAY + timedelta(days=6)
RECEIPT, OTHER = "7KQ2-M4XD-90TP-AB3C", "8KQ2-M4XD-90TP-AB3C"
QUESTIONS = Path(__file__).parents[3] / "shared/data/questions.csv"


@pytest.fixture(params=SHAPES)
def send(request):
    return SHAPES[request.param]


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def injections():
    with QUESTIONS.open(newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file) if "injection" in row["flags"]]


def test_the_whole_story_of_a_question_goes_the_same_way_in_both_shapes(phone_in, client, send):
    fields = {"text": "First", "topic": "supervision", "pass": new_pass(phone_in)}
    said = [
        send(client, "ask", **fields),
        send(client, "ask", receipt=RECEIPT, **fields),
        send(client, "status", receipt=RECEIPT),
        send(client, "edit", receipt=RECEIPT),
        send(client, "edit", receipt=RECEIPT, text="Second", topic=""),
        send(client, "ask", receipt=OTHER, **fields),
        send(client, "withdraw", receipt=RECEIPT),
        send(client, "status", receipt=RECEIPT),
        send(client, "nothing"),
    ]
    assert [answer.status_code for answer in said] == [200, 200, 200, 200, 200, 422, 200, 404, 400]
    heads = [content(answer).split("<h1>")[1].split("</h1>")[0] for answer in said]
    assert heads == [
        "Look at it once more",
        "Your question is sealed",
        "Your question",
        "Change your question",
        "Your question",
        "Ask a question without a name",
        "Your question is taken back",
        "Your question",
        "We could not read that",
    ]


def test_a_script_gets_the_title_and_the_very_content_of_the_page(phone_in, client):
    ask(phone_in, "Is <b>this</b> & that </main> “right”?", receipt=RECEIPT)
    plain, wrapped = (send(client, "status", receipt=RECEIPT) for send in SHAPES.values())
    assert (plain.mimetype, wrapped.mimetype, list(wrapped.json)) == (
        "text/html",
        "application/json",
        ["title", "page", "pad"],
    )
    assert (wrapped.json["title"], content(wrapped)) == ("Your question – Phonein", content(plain))
    assert "&lt;/main&gt; “right”?" in content(plain)


def test_every_answer_to_what_is_sent_is_of_one_size(phone_in, app, client, send):
    long = "Ärger und “Mühe”\n" * 150
    ask(phone_in, receipt=RECEIPT)
    fields = {"text": long, "pass": new_pass(phone_in)}
    answers = [
        send(client, "ask", **fields),
        send(client, "ask", receipt=OTHER, **fields),
        send(client, "ask", text="", **{"pass": ""}),
        send(client, "ask", **fields | {"pass": "wrong"}),
        send(client, "edit", receipt=OTHER),
        send(client, "edit", receipt=OTHER, text=long + "!"),
        *[send(client, "status", receipt=receipt) for receipt in (OTHER, RECEIPT, "9KQ2-M4XD-90TP-AB3C", "none")],
        *[send(client, "withdraw", receipt=receipt) for receipt in (OTHER, RECEIPT, OTHER, "9KQ2-M4XD-90TP-AB3C")],
        send(client, "vote", question="x", **{"pass": "x"}),
        send(client, "nothing"),
        send(client, "ask", "none", text=WORDS),
    ]
    for file in app.config["SEAL_DIR"].glob("sleep.*"):
        file.unlink()
    answers.append(send(client, "status", receipt=RECEIPT))
    answers.append(client.post("/q/", data=b"x" * 300_000, content_type="application/x-www-form-urlencoded"))
    answers.append(client.post("/q/", data={}, headers={"Authorization": "Basic c2Ft"}))
    assert {answer.status_code for answer in answers} == {200, 400, 404, 413, 422, 503}
    assert {(len(answer.data), answer.headers["Content-Length"]) for answer in answers} == {(STEP, str(STEP))}


def test_what_fills_an_answer_up_is_drawn_by_lot_so_that_it_cannot_be_squeezed_out(phone_in, client):
    first, second = (post_by_script(client, "status", receipt=RECEIPT).json["pad"] for _ in range(2))
    assert (first != second, len(set(first)) > 60, len(first) > STEP // 2) == (True, True, True)


def test_a_page_that_is_too_large_for_one_step_takes_the_next(phone_in, client, send):
    answer = send(client, "ask", text="x" * 40_000, **{"pass": new_pass(phone_in)})
    assert (answer.status_code, len(answer.data) % STEP, "x" * 40_000 in shown(answer)) == (422, 0, True)


AS_TYPED = {
    "CRLF": ("One\r\n\r\ntwo", "One\n\ntwo"),
    "NFD": ("Cafe\u0301 yn y n\u0302os", "Cafe\u0301 yn y n\u0302os"),
    "blanks": ("  One \t \r\ntwo\u00a0\r\n\r\n", "\nOne\ntwo   \n"),
    "no width": ("O\u200bn\u2060e \U0001f469\u200d\U0001f692\u00ad", "On\u2063e \U0001f469\u200d\U0001f692"),
    "half a letter": ("One \ufffd", "One \ud83d"),
}


@pytest.mark.parametrize("typed", AS_TYPED)
def test_a_form_and_a_script_leave_the_same_bytes_in_the_envelope(phone_in, client, typed):
    inside = []
    for words, send in zip(AS_TYPED[typed], SHAPES.values(), strict=True):
        receipt = codes.new_receipt()
        sent = send(client, "ask", text=words, topic="", receipt=receipt, **{"pass": new_pass(phone_in)})
        assert sent.status_code == 200
        inside.append(box._inside(box._envelope(phone_in, receipt)))
    assert [list(each) for each in inside] == [["do", "text", "topic", "spent", "anyway", "receipt"]] * 2
    assert inside[0]["text"].encode() == inside[1]["text"].encode()
    assert {len(envelope.blob) for envelope in rows(Envelope)} == {4096 + 16}


NOT_FLAT = [b"[]", b"1", b"{", b'{"text": 1}', b'{"text": ["a"]}', b'{"text": null}', b"\xff", b"[" * 50_000]


@pytest.mark.parametrize("body", NOT_FLAT)
def test_what_is_not_one_flat_object_is_not_read(phone_in, client, body):
    answer = client.post("/q/", data=body, content_type="application/json")
    assert (answer.status_code, len(answer.data), "could not read that" in content(answer)) == (400, STEP, True)


def test_words_sent_by_a_script_are_shown_again_whatever_goes_wrong(phone_in, client):
    answers = [post_by_script(client, "ask", slug, text=WORDS) for slug in ("none", "sleep")]
    answers.append(post_by_script(client, "nothing", text=WORDS))
    assert [(answer.status_code, WORDS in shown(answer)) for answer in answers] == [
        (404, True),
        (422, True),
        (400, True),
    ]


def nothing_known(phone_in, client, send):
    """One question of each kind of which nothing may be said: never there, taken back, deleted, not opened."""
    ask(phone_in, receipt=(withdrawn := codes.new_receipt()))
    ask(phone_in, receipt=(taken_back := codes.new_receipt()))
    ask(phone_in, receipt=(deleted := codes.new_receipt()))
    ask(phone_in, receipt=(held := codes.new_receipt()))
    ask(phone_in, "One more, or too few wait to be opened")
    send(client, "withdraw", receipt=withdrawn)
    with transaction():
        db.session.delete(box._envelope(phone_in, held))
    release_at(TUESDAY)
    send(client, "withdraw", receipt=taken_back)
    with transaction():
        db.session.delete(box._released(phone_in, deleted))
    return [codes.new_receipt(), withdrawn, taken_back, deleted, held]


@pytest.mark.parametrize("do", ["status", "edit", "withdraw"])
def test_unknown_withdrawn_deleted_and_never_opened_are_the_same_sentence(phone_in, client, send, do):
    receipts = nothing_known(phone_in, client, send)
    answers = [send(client, do, receipt=receipt) for receipt in receipts]
    said = {content(answer).replace(receipt, "") for answer, receipt in zip(answers, receipts, strict=True)}
    assert ({answer.status_code for answer in answers}, len(said)) == ({404}, 1)
    assert "never opened because too few people could have asked" in shown(answers[0])


def test_texts_that_were_written_to_do_harm_do_none_on_any_page_of_the_door(phone_in, client, send):
    hostile = injections()
    assert len(hostile) == 8
    for words in hostile:
        fields = {"text": words, "pass": new_pass(phone_in), "receipt": codes.new_receipt()}
        pages = [
            send(client, "ask", **fields | {"receipt": ""}),
            send(client, "ask", **fields | {"pass": "wrong"}),
            send(client, "ask", **fields),
            send(client, "edit", receipt=fields["receipt"]),
            send(client, "status", receipt=fields["receipt"]),
            send(client, "ask", "none", text=words),
            send(client, "status", receipt=words),
            send(client, "nothing", words, text=words),
        ]
        found = [content(answer) for answer in pages]
        assert [
            bad for bad in ("<script", "<img", "<svg/", "onerror=", "javascript:") for page in found if live(bad, page)
        ] == []
        assert "49" not in shown(pages[4]).replace(words, "")
    release_at(LAST)
    assert {typed.same_bytes(words) for words in hostile} >= set(released())


def live(sign, page):
    """Whether a browser would take it for markup of the page: as text, its first sign is written otherwise."""
    tag = sign.startswith("<")
    return sign in page if tag else any(sign in part.split(">")[0] for part in page.split("<")[1:])


def test_a_question_with_a_pass_in_it_is_refused_in_asking_and_in_changing(phone_in, client, send):
    mine, spare, ballot = new_pass(phone_in), new_pass(phone_in), new_pass(phone_in, "v")
    texts = [f"Take {spare}, please", f"passes{spare.replace('-', '').lower()}", f"My other one: {ballot}"]
    asked = [send(client, "ask", text=text, receipt=RECEIPT, **{"pass": mine}) for text in texts]
    ask(phone_in, "First", receipt=RECEIPT)
    changed = [send(client, "edit", text=text, receipt=RECEIPT) for text in texts]
    assert [answer.status_code for answer in asked + changed] == [422] * 6
    assert send(client, "edit", text="Take ABCDE-FGHJK-MNPQR-STVWX-YZ012", receipt=RECEIPT).status_code == 200


def test_the_pages_of_the_door_hold_no_word_of_it_in_json_that_a_browser_would_run(phone_in, client):
    answer = post_by_script(client, "status", receipt=RECEIPT)
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert json.loads(answer.data)["title"].startswith("Error")


def test_after_the_last_release_nothing_can_be_sent_in_either_shape(phone_in, client, send):
    with clock.stopped_at(LAST):
        answer = send(client, "ask", text=WORDS, receipt=RECEIPT, **{"pass": new_pass(phone_in)})
    assert (answer.status_code, WORDS in shown(answer), rows(Question)) == (409, True, [])
