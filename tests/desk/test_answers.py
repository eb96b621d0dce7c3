"""Answers in writing: drafted, looked over, published, put right."""

import pytest

from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery import news, postman
from phonein.desk import answers, deeds, triage
from phonein.desk.models import Draft
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud import answers as published
from phonein.read_aloud import wordings
from phonein.read_aloud.models import IN_WRITING, Answer
from tests.builders import make_person, press, sign_in_as
from tests.conftest import TUESDAY
from tests.desk.at_work import at, on_agenda, phone_in, set_up, stay_signed_in, wording
from tests.questions import rows

AT = "/app/desk/sleep/answers/"


@pytest.fixture
def fay(app, client, monkeypatch):
    stay_signed_in(monkeypatch)
    set_up()
    on_agenda("a", "b")
    with transaction():
        for name in "ab":
            there = next(one for one in published.all_of("sleep") if one.words == f"Wording {name}")
            there.outcome = IN_WRITING
        seats.take(phone_in(), by=make_person())
        seats.take(phone_in(), by=make_person("Sue"))
    return sign_in_as(client, person("Fay"))


@pytest.fixture
def kim(fay, client):
    return sign_in_as(client.application.test_client(), person("Kim"))


def person(name):
    return db.session.scalars(db.select(Person).where(Person.name == name)).one()


def path(name, then=""):
    return f"{AT}{wording(name).id}/{then}"


def write(client, name, words, revision=0, **fields):
    return press(client, path(name, "draft"), words=words, revision=revision, **fields)


def look_over(client, name, revision=1):
    return press(client, path(name, "look-over"), revision=revision)


def publish(client, **fields):
    return press(client, f"{AT}publication", **fields)


def editions():
    return [(one.edition, one.words, one.what_changed) for one in sorted(rows(Answer), key=lambda one: one.edition)]


def test_whoever_wrote_it_cannot_be_the_second_and_only_what_was_looked_over_is_published(fay, kim, client):
    with at(100):
        write(client, "a", "Sleep helps")
        write(client, "b", "Ask your care team")
        assert look_over(client, "a").status_code == 409
        assert publish(client).status_code == 409
        assert look_over(kim, "a").status_code == 303
        assert publish(client, alone="y").status_code == 303
    assert (editions(), [draft.words for draft in rows(Draft)]) == ([(1, "Sleep helps", "")], ["Ask your care team"])


def test_what_was_changed_after_it_was_looked_over_has_to_be_looked_over_again(fay, kim, client):
    with at(100):
        write(client, "a", "First")
        look_over(kim, "a")
        write(kim, "a", "Second", 1)
        assert publish(client).status_code == 409
        late = look_over(client, "a", revision=1)
        assert (late.status_code, "not what you read any more" in late.text) == (409, True)
        look_over(client, "a", revision=2)
        publish(client)
    assert editions() == [(1, "Second", "")]


def test_an_answer_is_looked_over_again_when_its_question_is_put_in_other_words(fay, kim, client):
    with at(100):
        write(client, "a", "Sleep helps")
        look_over(kim, "a")
        with transaction():
            triage.change_words(wording("a"), "Something else")
        assert publish(client).status_code == 409
    assert editions() == []


def test_two_who_write_at_once_both_find_both_texts(fay, kim, client):
    with at(100):
        assert write(client, "a", "By Fay").status_code == 303
        assert write(client, "a", "By Fay").status_code == 303
        page = write(kim, "a", "By Kim")
        assert (page.status_code, "By Fay</bdi>" in page.text, "By Kim</textarea>" in page.text) == (409, True, True)
        assert [draft.words for draft in rows(Draft)] == ["By Fay"]
        assert write(kim, "a", "By Kim, after Fay", 1).status_code == 303


@pytest.mark.parametrize("has_left", [False, True])
def test_whoever_leads_alone_publishes_after_saying_so(fay, client, has_left):
    """Also where the other still stands there, but has left."""
    with transaction():
        found, kim = phone_in(), person("Kim")
        if has_left:
            kim.left_on = TUESDAY.date()
        else:
            found.leaders.remove(kim)
    with at(100):
        write(client, "a", "Sleep helps")
        assert "No second pair of eyes" in client.get(AT).text
        assert publish(client).status_code == 409
        assert publish(client, alone="y").status_code == 303
    assert editions() == [(1, "Sleep helps", "")]


def test_an_answer_is_put_right_in_the_open_and_taken_down_with_a_reason(fay, kim, client):
    with at(100):
        write(client, "a", "Sleep hleps")
        look_over(kim, "a")
        publish(client)
        assert "Say what is put right" in write(client, "a", "Sleep helps").text
        write(client, "a", "Sleep helps", what_changed="A slip of the pen")
        look_over(kim, "a")
        publish(client)
        page = client.get("/app/phone-ins/sleep/").text
        assert ("Sleep helps" in page, "A slip of the pen" in page, "Sleep hleps" in page) == (True, True, False)
        write(client, "a", "", what_changed="It could point to somebody", takes_down="y")
        look_over(kim, "a")
        publish(client)
        assert "Sleep helps" not in client.get("/app/phone-ins/sleep/").text
    assert editions() == [
        (1, "Sleep hleps", ""),
        (2, "Sleep helps", "A slip of the pen"),
        (3, "", "It could point to somebody"),
    ]
    assert published.published_in("sleep") == []


def test_the_question_above_a_published_answer_is_not_changed_by_one_alone(fay, kim, client):
    """Neither anew, nor by merging, nor by undoing; once the answer is taken down it can be."""
    question = "/app/desk/sleep/questions/a/"
    number = deeds.newest(phone_in())
    press(client, f"{question}read-aloud", read_aloud="Other words")
    press(client, f"{question}read-aloud", read_aloud="Wording a")
    with at(100):
        write(client, "a", "Sleep helps")
        look_over(kim, "a")
        publish(client)
        both = {"q": [f"read_aloud:{wording(name).id}" for name in "ab"], "words": "Other words"}
        refused = press(client, f"{question}read-aloud", read_aloud="Other words")
        assert (refused.status_code, "take it down there first" in refused.text) == (409, True)
        assert press(client, "/app/desk/sleep/merge/", **both, lead="").status_code == 409
        assert press(client, f"/app/desk/sleep/history/{number + 2}/undo").status_code == 409
        shown = client.get(question).text
        assert ("Keep the wording" in shown, "Keep theme and content note" in shown) == (False, True)
        kept = press(client, f"{question}read-aloud", read_aloud="Wording a", content_note="Nights")
        assert (kept.status_code, wording("a").content_note) == (303, "Nights")
        write(client, "a", "", what_changed="It could point to somebody", takes_down="y")
        look_over(kim, "a")
        publish(client)
        assert press(client, f"{question}read-aloud", read_aloud="Other words").status_code == 303


@pytest.mark.parametrize("way", ["taken back", "set aside"])
def test_an_answer_whose_askers_are_gone_is_still_on_the_list_and_can_be_taken_down(fay, kim, client, way):
    with at(100):
        write(client, "a", "Sleep helps")
        look_over(kim, "a")
        publish(client)
        with transaction():
            question = db.session.get(Question, "a")
            if way == "set aside":
                triage.set_aside(question, "Somebody may recognise themselves")
            else:
                wordings.count_one_less(question.read_aloud_id)
                db.session.delete(question)
        assert (wording("a").asked, path("a") in client.get(AT).text) == (0, True)
        assert client.get(path("a")).status_code == 200
        write(client, "a", "", what_changed="It could point to somebody", takes_down="y")
        look_over(kim, "a")
        publish(client)
    assert (published.published_in("sleep"), wordings.of("sleep")) == ([], [wording("b")])


def test_everybody_with_a_seat_gets_one_letter_when_answers_are_published_and_none_for_a_correction(
    fay, kim, client, office
):
    postman.deliver_due()
    before = len(office.letters)
    with at(100):
        for name in "ab":
            write(client, name, f"Answer to {name}")
            look_over(kim, name)
        publish(client)
        postman.deliver_due()
        write(client, "a", "Better", what_changed="It was wrong")
        look_over(kim, "a")
        publish(client)
        with transaction():
            news.hurry()
        postman.deliver_due()
    told = [(letter["To"], letter["Subject"].partition(":")[0]) for letter in office.letters[before:]]
    assert sorted(told) == [("sam@example.org", "Answers"), ("sue@example.org", "Answers")]
    text = next(text for subject, text, _ in office.parts() if subject.startswith("Answers"))
    assert ("/app/phone-ins/sleep/" in text, "Answer to" in text, "Wording" in text) == (True, False, False)


def test_what_somebody_else_leads_cannot_be_answered(fay, client):
    with transaction():
        found = phone_in()
        found.leaders[:] = [make_person("Flo", "facilitator")]
    assert [client.get(AT).status_code, client.get(path("a")).status_code, publish(client).status_code] == [404] * 3
    assert answers.to_answer(phone_in()) != []
