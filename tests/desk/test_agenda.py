"""The agenda: its order, its time, two who change it at once, and what is taken from it onto paper and screen."""

import re

import pytest

from phonein.db import db, transaction
from phonein.desk import agenda, deeds
from phonein.read_aloud import wordings
from phonein.read_aloud.models import BREAK, CLOSE, OPENER, SECTION, ReadAloud
from tests.builders import make_ada, make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.desk.test_pack import paragraphs, read
from tests.desk.test_views import CLOSE as CLOSING
from tests.desk.test_views import LAST
from tests.questions import ask, release_at

AT = "/app/desk/sleep/agenda/"
ORIGINAL = "My very own words about the night of the fire"


@pytest.fixture
def cast(app):
    with transaction():
        return {"Fay": make_fay(), "Kim": make_person("Kim", "facilitator")}


@pytest.fixture
def phone_in(cast):
    with transaction():
        return make_phone_in(asks_open_at=TUESDAY - CLOSING, leaders=list(cast.values()))


@pytest.fixture
def fay(client, cast):
    return sign_in_as(client, cast["Fay"])


@pytest.fixture
def kim(app, cast):
    return sign_in_as(app.test_client(), cast["Kim"])


def worded(words, **columns):
    made = ReadAloud(phone_in_slug="sleep", asked_slug="sleep", words=words, **columns)
    db.session.add(made)
    db.session.flush()
    return made


def put_on(phone_in, *words, minutes=5):
    """So many questions, in this order; the names of their places."""
    with transaction():
        names = []
        for one in words:
            item = agenda.put_on(phone_in, worded(one))
            item.minutes = minutes
            names.append(item.id)
    return names


def order(phone_in):
    db.session.rollback()
    return [item.said or item.kind for item in agenda.items(phone_in)]


def minutes(phone_in):
    db.session.rollback()
    return [item.minutes for item in agenda.items(phone_in)]


def seen(client):
    found = re.search(r'name="seen" value="(\d+)"', client.get(AT).text)
    assert found
    return found[1]


def said(answer):
    """What the page answers at its top, or in its summary of errors."""
    text = re.sub(r"<svg.*?</svg>|<form[^>]*/undo.*?</form>", "", answer.text, flags=re.S)
    found = re.search(r'<div role="status">(.*?)</div>\s*</div>|<div class="errors".*?</div>', text, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def done(client, action, **fields):
    """The page that follows."""
    answer = press(client, AT + action, **fields)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location)


def test_an_opening_comes_first_the_close_last_and_all_else_before_the_close(phone_in):
    with transaction():
        agenda.add(phone_in, CLOSE)
        agenda.put_on(phone_in, worded("One?"))
        agenda.add(phone_in, SECTION, "Nights")
        agenda.add(phone_in, OPENER)
        agenda.add(phone_in, BREAK)
    assert order(phone_in) == ["opener", "One?", "Nights", "break", "close"]
    assert [item.place for item in agenda.items(phone_in)] == [1, 2, 3, 4, 5]


def test_the_arrows_move_one_place_and_the_box_to_any(fay, phone_in):
    names = put_on(phone_in, "A?", "B?", "C?", "D?")
    assert said(done(fay, f"{names[2]}/move", up="1", seen=seen(fay))) == "“C?” moved to number 2 of 4."
    assert said(done(fay, f"{names[0]}/move", up="1", seen=seen(fay))) == "“A?” stays at number 1 of 4."
    assert said(done(fay, f"{names[0]}/move", place="99", seen=seen(fay))) == "“A?” moved to number 4 of 4."
    assert order(phone_in) == ["C?", "B?", "D?", "A?"]
    assert "whole number" in said(done(fay, f"{names[0]}/move", place="last", seen=seen(fay)))
    assert order(phone_in) == ["C?", "B?", "D?", "A?"]


def test_who_moves_on_an_old_list_is_shown_what_others_did_and_nothing_is_lost(fay, kim, phone_in):
    names = put_on(phone_in, "A?", "B?", "C?")
    old = seen(kim)
    done(fay, f"{names[0]}/move", down="1", seen=seen(fay))
    answer = press(kim, f"{AT}{names[2]}/move", up="1", seen=old)
    assert answer.status_code == 409
    assert "This list changed" in answer.text
    assert "Fay: moved on the agenda" in answer.text
    assert order(phone_in) == ["B?", "A?", "C?"]
    done(kim, f"{names[2]}/move", up="1", seen=seen(kim))
    assert order(phone_in) == ["B?", "C?", "A?"]


def test_ones_own_earlier_clicks_and_other_peoples_minutes_are_no_hindrance(fay, kim, phone_in):
    names = put_on(phone_in, "A?", "B?", "C?")
    old = seen(kim)
    done(kim, f"{names[0]}/move", down="1", seen=old)
    done(fay, "minutes/each", each="9")
    done(kim, f"{names[0]}/move", down="1", seen=old)
    assert order(phone_in) == ["B?", "C?", "A?"]


def test_minutes_are_kept_together_and_said_against_the_time_there_is(fay, phone_in):
    names = put_on(phone_in, "A?", "B?")
    fields = {f"was-{name}": "5" for name in names} | {f"minutes-{names[0]}": "40", f"minutes-{names[1]}": "27"}
    assert said(done(fay, "minutes", **fields)) == "The minutes are kept: 67 of 60 minutes, 7 too long."
    assert said(done(fay, "minutes/each", each="26")) == ("Each question has 26 minutes now: 52 of 60 minutes, 8 left.")
    assert minutes(phone_in) == [26, 26]


def test_other_minutes_meanwhile_are_not_overwritten_and_what_was_typed_stays(fay, kim, phone_in):
    a, b = put_on(phone_in, "A?", "B?")
    was = {f"was-{a}": "5", f"was-{b}": "5"}
    done(fay, "minutes", **was, **{f"minutes-{a}": "7", f"minutes-{b}": "5"})
    done(kim, "minutes", **was, **{f"minutes-{a}": "5", f"minutes-{b}": "8"})
    assert minutes(phone_in) == [7, 8]
    answer = press(kim, f"{AT}minutes", **was, **{f"minutes-{a}": "11", f"minutes-{b}": "8"})
    assert answer.status_code == 409
    assert "This list changed" in answer.text
    assert f'name="minutes-{a}" value="11"' in answer.text
    assert f'name="was-{a}" value="7"' in answer.text
    assert minutes(phone_in) == [7, 8]


@pytest.mark.parametrize("typed", ["", "many", "-1", "241", "5.5"])
def test_minutes_that_are_none_are_refused_and_stay_in_their_box(fay, phone_in, typed):
    (name,) = put_on(phone_in, "A?")
    answer = press(fay, f"{AT}minutes", **{f"was-{name}": "5", f"minutes-{name}": typed})
    assert answer.status_code == 422
    assert "Enter the minutes as a whole number from 0 to 240" in said(answer)
    assert f'value="{typed}"' in answer.text
    assert minutes(phone_in) == [5]


def test_something_else_is_added_put_in_other_words_and_taken_off(fay, phone_in):
    assert "The agenda is empty" in fay.get(AT).text
    assert said(done(fay, "items", kind="section", words="Nights", minutes="5")) == "Added at number 1 of 1."
    assert [(item.said, item.minutes) for item in agenda.items(phone_in)] == [("Nights", 0)]
    section = agenda.items(phone_in)[0].id
    done(fay, f"{section}/words", words="Long nights")
    assert order(phone_in) == ["Long nights"]
    wrong = press(fay, f"{AT}items", kind="section", words="", minutes="5")
    assert (wrong.status_code, said(wrong)) == (422, "There is a problem Write the words of the heading")
    too_long = press(fay, f"{AT}{section}/words", words="x" * 1001)
    assert (too_long.status_code, "x" * 1001 in too_long.text) == (422, True)
    done(fay, f"{section}/take-off")
    done(fay, f"{section}/take-off")
    assert order(phone_in) == []


def test_what_is_worded_is_put_on_from_here_and_what_is_answered_in_writing_is_not_offered(fay, phone_in):
    with transaction():
        one = worded("One?").id
        worded("Two?", outcome="in_writing")
        worded("Three?", asked=0)
    page = fay.get(AT).text
    assert [words in page for words in ("One?", "Two?", "Three?")] == [True, False, False]
    assert said(done(fay, f"questions/{one}")) == "On the agenda, at number 1 of 1: One?"
    done(fay, f"questions/{one}")
    assert order(phone_in) == ["One?"]
    assert press(fay, f"{AT}questions/none").status_code == 404


def test_a_question_keeps_its_wording_when_its_words_are_sent_to_the_agenda(fay, phone_in):
    (name,) = put_on(phone_in, "A?")
    done(fay, f"{name}/words", words="Something else")
    assert order(phone_in) == ["A?"]


def test_each_change_is_a_deed_that_can_be_undone(fay, phone_in, cast):
    names = put_on(phone_in, "A?", "B?")
    done(fay, f"{names[0]}/move", down="1")
    done(fay, f"{names[0]}/take-off")
    assert [deed.what for deed in deeds.history(phone_in)] == ["taken off the agenda", "moved on the agenda"]
    for number in (2, 1):
        with transaction():
            deeds.undo(phone_in, number, by=cast["Fay"])
    assert order(phone_in) == ["A?", "B?"]


PAGES = [
    AT,
    "/app/desk/sleep/print",
    "/app/desk/sleep/pack.pdf",
    "/app/desk/sleep/pack.docx",
    "/app/desk/sleep/present/",
]


@pytest.mark.parametrize(("who", "status"), [("Sam", 403), ("Ada", 403), ("Fred", 404)])
def test_the_agenda_and_what_is_made_of_it_are_for_those_who_lead_alone(app, client, phone_in, who, status):
    (name,) = put_on(phone_in, "Not for them?")
    with transaction():
        cast = {"Sam": make_person("Sam"), "Ada": make_ada(), "Fred": make_person("Fred", "facilitator")}
    sign_in_as(client, cast[who])
    assert [client.get(page).status_code for page in PAGES] == [status] * len(PAGES)
    posts = [f"{name}/move", f"{name}/take-off", f"{name}/words", "minutes", "minutes/each", "items", "questions/none"]
    assert [press(client, AT + action, each="9").status_code for action in posts] == [status] * len(posts)
    assert (order(phone_in), minutes(phone_in)) == (["Not for them?"], [5])


def test_what_is_taken_along_holds_the_wordings_and_never_an_original(fay, phone_in):
    ask(phone_in, ORIGINAL)
    release_at(LAST)
    with transaction():
        note = agenda.put_on(phone_in, worded("How do we go on?", asked=3, content_note="a fire")).read_aloud
        agenda.add(phone_in, OPENER, "Only for those who lead")
        wordings.one("sleep", note.id).theme = "lone_working"
    pages = {page: fay.get(page) for page in PAGES}
    assert {answer.headers["Cache-Control"] for answer in pages.values()} == {"no-store"}
    pdf, word = (pages[f"/app/desk/sleep/pack.{ending}"] for ending in ("pdf", "docx"))
    names = [answer.headers["Content-Disposition"] for answer in (pdf, word)]
    assert names == ["attachment; filename=phone-in-pack.pdf", "attachment; filename=phone-in-pack.docx"]
    texts = [" ".join(read(pdf.data)), " ".join(paragraphs(word.data)), pages[AT].text, pages[PAGES[1]].text]
    for text in texts:
        assert "How do we go on?" in text
        assert "a fire" in text
        assert "Only for those who lead" in text
        assert ORIGINAL not in text
    assert "asked by several others too" in texts[0]
    large = fay.get("/app/desk/sleep/pack.pdf?type=large")
    assert "phone-in-pack-large.pdf" in large.headers["Content-Disposition"]
    assert "How do we go on?" in " ".join(read(large.data))


def test_the_screen_shows_the_questions_alone_each_after_its_content_note(fay, phone_in):
    with transaction():
        agenda.add(phone_in, OPENER, "Only for those who lead")
        agenda.put_on(phone_in, worded("First?", theme="lone_working", votes=9))
        agenda.add(phone_in, SECTION, "A heading of ours")
        agenda.put_on(phone_in, worded("Second?", content_note="a death", asked=7))
        worded("Not on the agenda?")
    steps = [fay.get(f"/app/desk/sleep/present/?step={step}").text for step in range(1, 6)]
    headings = [re.search(r"<h1[^>]*>(.*?)</h1>", text)[1] for text in steps]
    assert headings == [
        "Question 1 of 2",
        "Before question 2 of 2",
        "Question 2 of 2",
        "Before we close",
        "Before we close",
    ]
    assert ["First?" in text for text in steps] == [True, False, False, False, False]
    assert ["Second?" in text for text in steps] == [False, False, True, False, False]
    assert "a death" in steps[1]
    for private in (
        "Only for those who lead",
        "A heading of ours",
        "Not on the agenda?",
        "Lone working",
        "asked",
        "Fay",
    ):
        assert [private in text for text in steps] == [False] * 5, private
    assert fay.get("/app/desk/sleep/present/?step=nine").status_code == 200


def test_where_nothing_is_on_the_agenda_the_screen_and_the_pack_say_so(fay, phone_in):
    assert "Nothing to present yet" in fay.get("/app/desk/sleep/present/").text
    assert "The agenda is empty" in fay.get("/app/desk/sleep/print").text
    assert "The agenda is empty" in read(fay.get("/app/desk/sleep/pack.pdf").data)[0]
