"""The desk's pages: for whoever leads the phone-in, and for nobody else."""

import re
from datetime import timedelta
from functools import partial

import pytest

from phonein import clock
from phonein.booking import seats, waiting
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.desk import agenda, triage
from phonein.questions import box, release
from phonein.questions.models import Question
from phonein.read_aloud.models import ReadAloud
from phonein.schedule import programme
from tests.builders import make_ada, make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import ask, at_once, open_phone_in, release_at, rows, shown

LAST = TUESDAY + timedelta(days=6)
CLOSE = timedelta(days=10)


@pytest.fixture
def fay(app):
    with transaction():
        return make_fay()


@pytest.fixture
def phone_in(fay):
    with transaction():
        return make_phone_in(asks_open_at=TUESDAY - CLOSE, leaders=[fay])


@pytest.fixture
def desk(phone_in, client, fay):
    return sign_in_as(client, fay)


def one_released(phone_in, words="The very words", wording="", at=LAST):
    ask(phone_in, words)
    release_at(at)
    question = next(q for q in rows(Question) if q.text == words)
    if wording:
        with transaction():
            triage.reword(db.session.get_one(Question, question.id), wording)
    return f"/app/desk/sleep/questions/{question.id}/"


def pages(address="/app/desk/sleep/questions/x/"):
    return ["/app/desk/", "/app/desk/sleep/", "/app/desk/sleep/questions/", "/app/desk/sleep/print", address]


def without_token(answer):
    return re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "", answer.text)


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("Sam", 403), ("Ada", 403), ("Fred", 404)])
def test_only_who_leads_a_phone_in_sees_its_desk(app, client, phone_in, who, status):
    """Staff and admins are turned away; another facilitator finds nothing there, and only their own on the list."""
    address = one_released(phone_in)
    with transaction():
        cast = {"Sam": make_person("Sam"), "Ada": make_ada(), "Fred": make_person("Fred", "facilitator")}
    if who:
        sign_in_as(client, cast[who])
    answers = [client.get(page) for page in pages(address)]
    posts = [press(client, address + act, read_aloud="Mine", reason="abusive") for act in ACTS] if who else []
    assert [a.status_code for a in answers] == [200 if who == "Fred" else status, *[status] * 4]
    assert [a.status_code for a in posts] == [status] * len(posts)
    assert [a.status_code for a in answers + posts if "The very words" in a.text or "Sleeping better" in a.text] == []
    assert [(q.is_worded, q.set_aside) for q in rows(Question)] == [(False, None)]


ACTS = [
    "read-aloud",
    "agenda",
    "in-writing",
    "set-aside",
    "set-aside/take-back",
    "by-itself",
    "note",
    "look",
    "flag",
    "skip",
    "redaction",
]


def test_a_question_is_reached_only_through_its_own_phone_in(desk, fay, phone_in):
    with transaction():
        make_phone_in(slug="mine-too", leaders=[fay])
    address = one_released(phone_in).replace("/sleep/", "/mine-too/")
    answers = [desk.get(address), *[press(desk, address + act, read_aloud="x", reason="abusive") for act in ACTS]]
    assert [answer.status_code for answer in answers] == [404] * 12


def test_before_a_release_every_page_is_the_same_with_no_question_and_with_eight(desk, phone_in, client):
    """And after a release that found none, the same as if none had been due."""
    looked_at = [*pages(), "/app/", "/app/phone-ins/sleep/", "/q/sleep/", "/health/ready"]
    release.draw_keys_ahead()
    release_at(TUESDAY)
    before = [without_token(client.get(page)) for page in looked_at]
    for n in range(8):
        ask(phone_in, f"Number {n}")
    assert [without_token(client.get(page)) for page in looked_at] == before
    with clock.stopped_at(LAST):
        assert [without_token(client.get(page)) for page in pages()] != before[:5]


def test_the_letter_after_a_release_is_the_same_with_no_question_and_with_eight(fay, app):
    with transaction():
        for slug in ("aaaaa", "bbbbb"):
            make_phone_in(slug=slug, leaders=[fay, make_person(slug, "facilitator")])
    for n in range(8):
        ask(programme.by_slug("bbbbb"), f"Number {n}")
    release_at(LAST)
    letters = {
        slug: sorted(facts_of(letter, slug) for letter in rows(Letter) if slug in letter.text)
        for slug in ("aaaaa", "bbbbb")
    }
    assert (len(rows(Question)), len(letters["aaaaa"])) == (8, 2)
    assert letters["aaaaa"] == letters["bbbbb"]


def facts_of(letter, slug):
    facts = (letter.name, letter.to_address, letter.subject, letter.text, letter.html)
    return tuple(part.replace(slug, "slug") for part in facts)


def place_of(phone_in, number):
    db.session.rollback()
    return agenda.items(phone_in)[number - 1]


def test_a_facilitator_rewords_orders_and_sets_aside_and_the_asker_sees_it_by_receipt(desk, phone_in):
    receipt = ask(phone_in, "Mine")
    address = one_released(phone_in)
    mine = next(q.id for q in rows(Question) if q.text == "Mine")
    answers = [
        press(desk, address + "read-aloud", read_aloud="  In neutral words \r\n", agenda="1"),
        press(desk, f"/app/desk/sleep/questions/{mine}/read-aloud", read_aloud="Neutral too"),
        press(desk, f"/app/desk/sleep/questions/{mine}/agenda"),
        press(desk, f"/app/desk/sleep/agenda/{place_of(phone_in, 2).id}/move", up="1"),
        press(desk, f"/app/desk/sleep/agenda/{place_of(phone_in, 2).id}/take-off"),
        press(desk, f"/app/desk/sleep/agenda/{place_of(phone_in, 1).id}/move", up="1"),
        press(desk, address + "set-aside", reason="asked_already"),
    ]
    assert [answer.status_code for answer in answers] == [303] * 7
    assert [(item.place, item.said) for item in agenda.items(phone_in)] == [(1, "Neutral too")]
    assert {(q.text, q.is_worded, q.set_aside) for q in rows(Question)} == {
        ("Mine", True, None),
        ("The very words", False, "The same has been asked"),
    }
    assert "None" not in shown(desk.get("/app/desk/sleep/questions/?tab=all"))
    assert box.standing(phone_in, receipt).read_aloud.words == "Neutral too"
    press(desk, address + "set-aside/take-back")
    assert [q.set_aside for q in rows(Question)] == [None, None]


def test_the_printed_list_holds_the_read_aloud_wording_and_never_the_original(desk, phone_in):
    ask(phone_in, "Never reworded")
    address = one_released(phone_in)
    press(desk, address + "read-aloud", read_aloud="In neutral words", agenda="1")
    printed = shown(desk.get("/app/desk/sleep/print"))
    assert [w in printed for w in ("In neutral words", "The very words", "Never reworded")] == [True, False, False]


def test_what_cannot_be_taken_is_shown_again_with_what_was_typed(desk, phone_in):
    address = one_released(phone_in, wording="As it was")
    answers = [
        press(desk, address + "read-aloud", read_aloud="x" * 1501),
        press(desk, address + "read-aloud", read_aloud="turned \u202e round"),
        press(desk, address + "set-aside", reason="no such reason"),
        press(desk, address + "set-aside"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert ["x" * 1501 in answers[0].text, "turned \u202e round" in answers[1].text] == [True, True]
    assert [one.words for one in rows(ReadAloud)] == ["As it was"]
    assert [q.set_aside for q in rows(Question)] == [None]


def test_putting_on_the_agenda_what_is_not_reworded_is_refused(desk, phone_in):
    assert press(desk, one_released(phone_in) + "agenda").status_code == 409


def test_a_question_taken_back_while_it_is_being_reworded_is_gone_and_nothing_breaks(desk, phone_in):
    receipt = ask(phone_in, "Mine")
    release_at(LAST)
    address = f"/app/desk/sleep/questions/{rows(Question)[0].id}/"
    with transaction():
        box.withdraw(phone_in, receipt=receipt)
    assert [press(desk, address + act, read_aloud="Words", reason="abusive").status_code for act in ACTS] == [404] * 11


def test_two_facilitators_and_a_release_at_once_all_come_through(app, fay, phone_in):
    for words in ("First", "Other"):
        ask(phone_in, words)
    address = one_released(phone_in, at=TUESDAY)
    ask(phone_in, "Second")
    browsers = [sign_in_as(app.test_client(), fay) for _ in range(4)]

    def reword(n):
        return press(browsers[n], address + "read-aloud", read_aloud=f"By {n}", agenda="1").status_code

    def release_now():
        with clock.stopped_at(LAST):
            return release.release_due()

    assert at_once(app, [release_now, *[partial(reword, n) for n in range(4)]]) == [1, 303, 303, 303, 303]
    db.session.rollback()
    assert [item.place for item in agenda.items(phone_in)] == [1]
    assert sorted(q.text for q in rows(Question)) == ["First", "Other", "Second", "The very words"]


def test_text_with_markup_is_shown_as_text(desk, phone_in):
    address = one_released(phone_in, "<script>alert(1)</script>{{ 7*7 }}")
    found = [desk.get(page).text for page in ("/app/desk/sleep/questions/", address)]
    assert ["<script>alert" in page for page in found] == [False, False]
    assert ["&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page for page in found] == [True, True]


def test_a_draft_has_a_desk_for_who_leads_it_with_nothing_on_it(app, client, fay):
    with transaction():
        make_phone_in(slug="draft", published_at=None, leaders=[fay])
    answer = sign_in_as(client, fay).get("/app/desk/draft/questions/")
    assert (answer.status_code, "No questions to see" in shown(answer)) == (200, True)
    assert open_phone_in(slug="others").leaders == []


def test_the_desk_says_how_many_said_yes_in_numbers_and_only_from_five_booked_up(app, desk, phone_in):
    app.jinja_env.globals["replies_are_read"] = True
    with transaction():
        phone_in.seats = 30
    said = []
    for number in range(6):
        with transaction():
            booking = seats.take(phone_in, by=make_person(f"P{number}"))
            booking.answer = ["accepted", "accepted", "tentative", "", "", ""][number]
        page = shown(desk.get("/app/desk/sleep/"))
        said.append([found.strip() for found in re.findall(r"\d+ booked[^.<\n]*", page)])
    split = [
        ["5 booked: 2 accepted, 1 tentative, 2 have not said"],
        ["6 booked: 2 accepted, 1 tentative, 3 have not said"],
    ]
    assert said == [[f"{number} booked"] for number in range(1, 5)] + split


def test_at_a_release_who_leads_hears_how_many_are_booked_wait_and_ask_for_adjustments(phone_in):
    with transaction():
        for name in ("Ann", "Ben"):
            seats.take(phone_in, by=make_person(name))
        waiting.join(phone_in, by=make_person("Cat"))
        seats.live_bookings(phone_in)[0].needs_text = "Large print"
    release_at(LAST)
    [letter] = [letter for letter in rows(Letter) if letter.name == "questions-ready"]
    said = ["2 of 2 booked", "Waiting for a seat: 1", "Asked for an adjustment: 1"]
    assert [words in letter.text for words in said] == [True] * 3
    assert [name in letter.text for name in ("Ann", "Ben", "Cat", "Large")] == [False] * 4
