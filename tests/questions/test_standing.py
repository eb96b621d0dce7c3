"""What the asker sees by receipt: exactly one thing in plain words, whatever has become of the question."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.questions.models import Question
from phonein.questions.same_size import STEP
from phonein.read_aloud import answers
from phonein.read_aloud.models import ANSWERED, CARRIED, IN_WRITING, AgendaItem, ReadAloud
from phonein.safeguarding.models import Procedure
from tests.conftest import TUESDAY
from tests.desk.at_work import ENDS, STARTS, ask, phone_in, set_up
from tests.questions import post, shown

LEDES = {
    "preparing": "have it and have not decided yet.",
    "worded": "have it and are preparing it.",
    "on agenda": "It is on the agenda for Tuesday 31 March 2026 at 1pm (UK time).",
    "not reached": "There was no time for it. Those who lead the phone-in decide what becomes of it: look here again.",
    "answered": "It was answered in the phone-in.",
    "carried": "so it is carried on to Tuesday 7 April 2026 at 1pm (UK time).",
    "carried twice": "It has been carried on 2 times.",
    "carried to nothing": "it was carried on to Tuesday 7 April 2026. That date is cancelled: those who lead it decide",
    "answered there": "It was answered in the phone-in of Tuesday 7 April 2026, to which it had been carried on.",
    "in writing": "It is to be answered in writing.",
    "answer": "It has been answered in writing.",
    "corrected": "It has been answered in writing.",
    "taken down": "The answer was taken down on Tuesday 24 March 2026: It pointed to somebody.",
    "signpost": "It is not read aloud: others can help better. Your care team can help.",
    "one to one": "A talk with one person is offered to you instead",
    "out of scope": "It is outside what this phone-in is about, so it is not read aloud.",
    "another route": "there is an official route for this, and this is not it. See below.",
    "not used": "It is not used in the phone-in. The same has been asked.",
    "reviewer": "It went straight to the safeguarding reviewer of this phone-in, and to nobody else.",
}
ALONE = {"preparing", "signpost", "one to one", "out of scope", "another route", "not used", "reviewer"}
SET_ASIDE = {
    "signpost": ("signpost", "Your care team can help"),
    "one to one": ("one_to_one", "Call 020 7946 0999 and say “sleep”"),
    "out of scope": ("out_of_scope", "Outside what this phone-in is about"),
    "another route": ("another_route", "See below"),
    "not used": ("not_used", "The same has been asked"),
}


@pytest.fixture
def receipt(app):
    set_up()
    receipt = ask("a")
    with transaction():
        db.session.add(Procedure(edition=99, official_routes="Report it to the integrity line", made_on=TUESDAY.date()))
    return receipt


def bring_about(state):
    """What the desk would have done."""
    with transaction():
        question = db.session.get(Question, "a")
        question.is_for_reviewer = state == "reviewer"
        if state in SET_ASIDE:
            question.outcome, question.set_aside = SET_ASIDE[state]
        if state in ALONE:
            return
        carried = {"carried": 1, "carried twice": 2, "carried to nothing": 1, "answered there": 1}.get(state, 0)
        made = ReadAloud(
            id="r", phone_in_slug="sleep-2" if carried else "sleep", asked_slug="sleep", words="In neutral words",
            carried=carried, asked=3, votes=3, outcome=IN_WRITING if state == "in writing" else "",
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        question.read_aloud_id = "r"
        if state in ("on agenda", "not reached", "answered") or carried:
            came_to = {"answered": ANSWERED}.get(state, CARRIED if carried else "")
            db.session.add(AgendaItem(phone_in_slug="sleep", place=1, read_aloud_id="r", came_to=came_to))
        if state == "carried to nothing":
            there = phone_in("sleep-2")
            there.cancelled_at = STARTS
        if state == "answered there":
            db.session.add(AgendaItem(phone_in_slug="sleep-2", place=1, read_aloud_id="r", came_to=ANSWERED))
        if state in ("answer", "corrected", "taken down"):
            answers.publish(made, "Sleep before you drive")
        if state in ("corrected", "taken down"):
            left = "" if state == "taken down" else "Rest before you drive"
            answers.publish(made, left, "It pointed to somebody" if not left else "Rest, not sleep")


def look(client, receipt, state):
    over = state not in ("on agenda", "preparing", "worded")
    with clock.stopped_at(ENDS if over else STARTS - timedelta(hours=1)):
        return post(client, "status", receipt=receipt)


@pytest.mark.parametrize("state", LEDES)
def test_exactly_one_thing_has_become_of_it_in_plain_words(receipt, client, state):
    bring_about(state)
    answer = look(client, receipt, state)
    page = " ".join(shown(answer).split())
    said = [other for other, words in LEDES.items() if words in page]
    assert said == {"carried twice": ["carried", "carried twice"], "answer": ["answer", "corrected"]}.get(
        state, ["answer", "corrected"] if state == "corrected" else [state]
    )
    assert (answer.status_code, len(answer.data)) == (200, STEP)
    assert ("asked together with others" in page, "In neutral words" in page) == (state not in ALONE,) * 2
    assert page.count("Report it to the integrity line") == (state == "another route")
    assert "Macro" not in answer.text
    assert ("The answer" in page, "Rest before you drive" in page, "Sleep before you drive" in page) == {
        "answer": (True, False, True), "corrected": (True, True, False), "taken down": (True, False, False),
    }.get(state, (False, False, False))  # fmt: skip
    assert page.count("116 123") == 1


def test_once_the_own_words_are_deleted_the_receipt_still_says_what_became_of_it(receipt, client):
    bring_about("corrected")
    with transaction():
        db.session.get(Question, "a").text = ""
    page = " ".join(shown(look(client, receipt, "corrected")).split())
    assert "Your own words have been deleted, as promised: 14 days after the phone-in." in page
    assert "Put right on Tuesday 24 March 2026: Rest, not sleep" in page


def test_the_longest_answer_with_the_longest_question_is_of_the_size_of_all(receipt, client):
    bring_about("corrected")
    with transaction():
        db.session.get(Question, "a").text = "ä" * 1500
        made = db.session.get(ReadAloud, "r")
        made.words = "“" * 1500
        answers.publish(made, "é" * answers.LONGEST, "&" * answers.LONGEST_WHY)
        answers.publish(made, "é" * answers.LONGEST, "&" * answers.LONGEST_WHY)
    answer = look(client, receipt, "corrected")
    assert ("é" * answers.LONGEST in answer.text, len(answer.data)) == (True, STEP)
