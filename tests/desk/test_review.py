"""The safeguarding reviewer's pages: for the reviewer of the phone-in, and for nobody else at all."""

import pytest

from phonein import sweep
from phonein.db import db, transaction
from phonein.delivery import letters
from phonein.delivery.models import Letter
from phonein.desk import review, review_log, triage
from phonein.questions import box
from phonein.questions.models import Question
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import ask, post, release_at, rows, shown
from tests.questions.test_release import LAST
from tests.questions.test_safeguarding import send

WORRYING = "I do not know how to go on"
PAGE = "/app/review/sleep/"


@pytest.fixture
def cast(app):
    """Rhea reviews and leads nothing; Fay leads."""
    with transaction():
        return {
            "Rhea": make_person("Rhea"),
            "Fay": make_fay(),
            "Ada": make_ada(),
            "Sam": make_person("Sam"),
            "Ruth": make_person("Ruth", "facilitator"),
        }


@pytest.fixture
def phone_in(cast):
    with transaction():
        make_phone_in(slug="other", asks_open_at=TUESDAY, leaders=[cast["Fay"]], reviewer_id=cast["Ruth"].id)
        return make_phone_in(asks_open_at=TUESDAY, leaders=[cast["Fay"]], reviewer_id=cast["Rhea"].id)


@pytest.fixture
def rhea(client, cast):
    return sign_in_as(client, cast["Rhea"])


def the_question():
    return f"{PAGE}questions/{rows(Question)[0].id}/"


ACTS = ("reply", "outcome", "desk")


@pytest.mark.parametrize("who", ["Fay", "Ada", "Sam", "Ruth"])
def test_nobody_but_the_reviewer_finds_anything_there(client, cast, phone_in, who):
    send(phone_in, WORRYING)
    sign_in_as(client, cast[who])
    answers = [client.get(PAGE)] + [press(client, the_question() + act, reply="x", outcome="read") for act in ACTS]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert client.get("/app/review/").status_code == (200 if who == "Ruth" else 404)
    assert client.get("/app/").text.count("Safeguarding") == (1 if who == "Ruth" else 0)
    assert [(q.is_for_reviewer, q.reviewer_reply) for q in rows(Question)] == [(True, None)]


def test_the_desk_has_nothing_of_it_before_and_after_the_release(client, cast, phone_in):
    sign_in_as(client, cast["Fay"])
    pages = ("/app/desk/", "/app/desk/sleep/", "/app/desk/sleep/print")
    before = [client.get(page).text.split("csrf_token")[0] for page in pages]
    send(phone_in, WORRYING)
    assert [client.get(page).text.split("csrf_token")[0] for page in pages] == before
    ask(phone_in, "For the desk")
    release_at(LAST)
    assert [WORRYING in client.get(page).text for page in pages] == [False] * 3
    assert [question.text for question in triage.questions_for(phone_in)] == ["For the desk"]


def test_the_reviewer_sees_it_folded_away_and_writes_a_reply_that_the_asker_reads_by_receipt(rhea, client, phone_in):
    receipt = send(phone_in, WORRYING)
    listed, page = rhea.get("/app/review/"), rhea.get(PAGE)
    assert ("To be looked at by Tuesday 24 March, 17:00" in shown(listed), WORRYING in listed.text) == (True, False)
    assert page.text.index("<details") < page.text.index(WORRYING) < page.text.index("</details>")
    assert press(rhea, the_question() + "reply", reply=" You are not alone with this. ").status_code == 303
    assert ["You have written back" in shown(each) for each in (page, rhea.get(PAGE))] == [False, True]
    stranger = client.application.test_client()
    found = shown(post(stranger, "status", receipt=receipt))
    assert ["You are not alone with this." in found, "straight to the safeguarding reviewer" in found] == [True, True]


def test_marked_as_done_it_says_how_and_nothing_of_what_was_written(rhea, client, phone_in):
    receipt = send(phone_in, WORRYING)
    assert press(rhea, the_question() + "outcome", outcome="replied").status_code == 303
    assert "All done" in shown(rhea.get("/app/review/"))
    assert "The reviewer has written back" in shown(post(client.application.test_client(), "status", receipt=receipt))


def test_passed_on_it_is_a_question_like_the_others(rhea, client, cast, phone_in):
    receipt = send(phone_in, WORRYING)
    assert press(rhea, the_question() + "desk").status_code == 303
    assert [question.text for question in triage.questions_for(phone_in)] == [WORRYING]
    assert (rhea.get(PAGE).text.count(WORRYING), box.standing(phone_in, receipt).question.is_for_reviewer) == (0, False)


def test_what_is_wrong_is_shown_again_with_what_was_typed(rhea, phone_in):
    send(phone_in, WORRYING)
    answers = [
        press(rhea, the_question() + "reply", reply="x" * 1501),
        press(rhea, the_question() + "reply", reply="  "),
        press(rhea, the_question() + "outcome", outcome="never heard of"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert ["x" * 1501 in answers[0].text, "<details open>" in answers[0].text] == [True, True]


def test_taken_back_it_is_gone_for_the_reviewer_too(rhea, phone_in):
    receipt, at = send(phone_in, WORRYING), the_question()
    with transaction():
        box.withdraw(phone_in, receipt=receipt)
    assert [press(rhea, at + act, reply="x", outcome="read").status_code for act in ACTS] == [404] * 3


def test_the_reviewer_gets_one_letter_of_fixed_words_however_much_there_is(cast, phone_in):
    send(phone_in, WORRYING)
    send(phone_in, "And another")
    assert [review_log.tell_reviewers(), review_log.tell_reviewers()] == [1, 0]
    send(phone_in, "A third")
    assert review_log.tell_reviewers() == 1
    first, second = rows(Letter)
    assert (first.to_address, first.name) == ("rhea@example.org", "something-to-review")
    assert (first.subject, first.text, first.html) == (second.subject, second.text, second.html)
    assert [WORRYING in part for part in (first.subject, first.text, first.html)] == [False] * 3


def test_the_minutes_round_tells_the_reviewer_and_nobody_else(phone_in):
    send(phone_in, WORRYING)
    sweep.round_once()
    assert [letter.to_address for letter in rows(Letter) if letter.name == "something-to-review"] == [
        "rhea@example.org"
    ]


def test_where_nobody_is_reviewer_any_more_it_waits_for_the_next_one_and_the_log_says_so(cast, phone_in, caplog):
    send(phone_in, WORRYING)
    with transaction():
        db.session.get_one(PhoneIn, phone_in.id).reviewer_id = None
    assert (review_log.tell_reviewers(), "safeguarding reviewer and there is none" in caplog.text) == (0, True)
    with transaction():
        db.session.get_one(PhoneIn, phone_in.id).reviewer_id = cast["Ruth"].id
    assert (review_log.tell_reviewers(), [letter.to_address for letter in rows(Letter)]) == (1, ["ruth@example.org"])


def test_an_admin_names_the_reviewer_of_a_phone_in_and_of_a_series(client, cast, phone_in):
    with transaction():
        make_series(leaders=[cast["Fay"]], reviewer_id=cast["Ruth"].id)
    sign_in_as(client, cast["Ada"])
    page = client.get("/app/admin/phone-ins/sleep/").text
    assert [f">{name}</option>" in page for name in ("Nobody", "Fay", "Rhea", "Ruth", "Sam")] == [
        *(True, True, True),
        *(True, False),
    ]
    series = client.get("/app/admin/series/tuesdays/").text
    assert "selected" in series.split('id="reviewer_id"')[1].split(">Ruth<")[0].rsplit("<option", 1)[1]
    facts = {"title": "Sleeping better", "leaders": cast["Fay"].id, "seats": "2", "dial_in_number": "020 7946 0111"}
    asking = {"asks_open_days": "7", "asks_close_hours": "24", "edition": "0"}
    answer = press(client, "/app/admin/phone-ins/sleep/", **facts, **asking, reviewer_id=str(cast["Ruth"].id))
    named = {row.slug: row.reviewer_id for row in rows(PhoneIn)}
    assert (answer.status_code, named["sleep"]) == (303, cast["Ruth"].id)


def test_whoever_becomes_reviewer_hears_of_what_is_not_done_yet(client, cast, phone_in):
    with transaction():
        series = make_series(leaders=[cast["Fay"]], reviewer_id=cast["Rhea"].id)
        db.session.get_one(PhoneIn, phone_in.id).series = series
    for words in (WORRYING, "Done already"):
        send(phone_in, words)
    review_log.tell_reviewers()
    with transaction():
        done = next(question for question in rows(Question) if question.text != WORRYING)
        review.close(db.session.merge(done), "The reviewer has read it")
    sign_in_as(client, cast["Ada"])
    facts = {"title": "Sleeping better", "leaders": cast["Fay"].id, "seats": "2", "dial_in_number": "020 7946 0111"}
    asking = {"asks_open_days": "7", "asks_close_hours": "24", "edition": "0"}
    press(client, "/app/admin/phone-ins/sleep/", **facts, **asking, reviewer_id=str(cast["Ruth"].id))
    assert sorted(question.reviewer_was_told for question in rows(Question)) == [False, True]
    assert [review_log.tell_reviewers(), review_log.tell_reviewers()] == [1, 0]
    assert [letter.to_address for letter in rows(Letter)] == ["rhea@example.org", "ruth@example.org"]


def test_a_letter_that_cannot_be_written_keeps_no_other_reviewer_waiting(cast, phone_in, monkeypatch, caplog):
    send(phone_in, WORRYING)
    send(programme.by_slug("other"), WORRYING)
    write, failing = letters.something_to_review, set()

    def fails_for_one(reviewer, phone_in):
        if reviewer.name in failing:
            raise ValueError("no such address")
        write(reviewer, phone_in)

    monkeypatch.setattr(letters, "something_to_review", fails_for_one)
    for name in ("Rhea", "Ruth"):
        failing.clear()
        failing.add(name)
        with transaction():
            db.session.execute(db.update(Question).values(reviewer_was_told=False))
        assert review_log.tell_reviewers() == 1
    assert caplog.text.count("telling a reviewer failed") == 2
