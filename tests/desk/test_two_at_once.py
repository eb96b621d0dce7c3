"""Two who lead at one desk: nothing of either is lost, and the second sees how it is now and what they typed."""

import pytest

from phonein.db import db, transaction
from phonein.desk import deeds, notes
from phonein.questions.models import Question
from phonein.read_aloud.models import ReadAloud
from tests.builders import press, sign_in_as
from tests.desk import DESK, at_a_desk, do, person, sleep, take, word, worded
from tests.questions import rows, shown


@pytest.fixture
def browsers(app):
    """Of Fay and of Flo."""
    at_a_desk("abc")
    word("a", "As it was")
    return [sign_in_as(app.test_client(), person(name)) for name in ("Fay", "Flo")]


def now():
    db.session.rollback()
    return deeds.newest(sleep())


def test_whoever_words_it_second_is_shown_both_and_can_keep_theirs_after_that(browsers):
    fay, flo = browsers
    seen = now()
    first = press(fay, f"{DESK}questions/a/read-aloud", read_aloud="What Fay has made of it", seen=seen)
    second = press(flo, f"{DESK}questions/a/read-aloud", read_aloud="What Flo has made of it", seen=seen)
    assert (first.status_code, second.status_code) == (303, 409)
    assert [words in shown(second) for words in ("This list changed", "What Fay has made", "What Flo has made")] == [
        True
    ] * 3
    assert [one.words for one in rows(ReadAloud)] == ["What Fay has made of it"]
    again = press(flo, f"{DESK}questions/a/read-aloud", read_aloud="What Flo has made of it", seen=now())
    assert (again.status_code, [one.words for one in rows(ReadAloud)]) == (303, ["What Flo has made of it"])


def test_what_somebody_does_elsewhere_at_the_desk_or_did_themselves_hinders_nobody(browsers):
    fay, flo = browsers
    seen = now()
    answers = [
        press(fay, f"{DESK}questions/b/read-aloud", read_aloud="Another one", seen=seen),
        press(flo, f"{DESK}questions/a/read-aloud", read_aloud="First", seen=seen),
        press(flo, f"{DESK}questions/a/read-aloud", read_aloud="Second, from the page of before", seen=seen),
        press(flo, f"{DESK}questions/a/note", note="Mine", assigned_to="", seen=seen),
    ]
    assert [answer.status_code for answer in answers] == [303] * 4


def test_all_forms_say_it_the_note_the_reason_and_several_at_once(browsers):
    flo, seen = browsers[1], now()
    word("a", "Meanwhile"), do("noted", lambda _: notes.write(take("b"), "Fay's note"))
    sent = {
        "questions/a/set-aside": {"reason": "one_to_one", "words": "Write to the care team, they expect you"},
        "questions/b/note": {"note": "Flo's own note about it", "assigned_to": ""},
        "together": {"do": "agenda", "tab": "worded", "chosen": f"read_aloud:{worded('a').id}"},
        "merge/": {"q": [f"read_aloud:{worded('a').id}", "question:c"], "lead": "", "words": "One for both of them"},
    }
    answers = {at: press(flo, DESK + at, seen=seen, **typed) for at, typed in sent.items()}
    assert {at: answer.status_code for at, answer in answers.items()} == dict.fromkeys(sent, 409)
    typed = ["they expect you", "Flo's own note", "checked", "One for both of them"]
    assert [
        words in shown(answers[at]) or words in answers[at].text for at, words in zip(sent, typed, strict=True)
    ] == [True] * 4
    assert (now(), [q.set_aside for q in rows(Question)]) == (seen + 2, [None] * 3)


def test_undo_stands_beside_what_was_said_and_on_the_history_page_and_says_no_when_it_cannot(browsers):
    fay, flo = browsers
    said = fay.get(press(fay, f"{DESK}questions/a/read-aloud", read_aloud="First").location).text
    number = now()
    assert f"{DESK}history/{number}/undo" in said
    press(flo, f"{DESK}questions/a/read-aloud", read_aloud="Second")
    assert press(fay, f"{DESK}history/{number}/undo").status_code == 409
    page = shown(flo.get(f"{DESK}history/"))
    assert ("Worded: Q" in page, page.index("Flo,") < page.index("Fay,")) == (True, True)
    assert press(flo, f"{DESK}history/{number + 1}/undo", history="1").status_code == 303
    assert [one.words for one in rows(ReadAloud)] == ["First"]
    assert press(fay, f"{DESK}history/99/undo").status_code == 404


def test_a_question_left_to_others_is_gone_from_ones_own_list_alone_and_from_every_history(browsers):
    fay, before = browsers[0], now()
    press(fay, f"{DESK}questions/b/skip")
    pages = [browser.get(f"{DESK}questions/?tab=new").text for browser in browsers]
    assert ["You leave 1 to somebody else" in page for page in pages] == [True, False]
    assert ("Original b" in pages[1], now()) == (True, before)
    press(fay, f"{DESK}questions/b/skip")
    assert "You leave" not in fay.get(f"{DESK}questions/?tab=new").text


def test_search_theme_and_whose_find_what_they_say_and_the_tabs_count_all(browsers):
    fay, flo = browsers
    with transaction():
        notes.assign(take("b"), person("Flo"))
        notes.sort_under(take("c"), None, "lone_working")

    def found(query):
        page = fay.get(f"{DESK}questions/?{query}").text
        return [name for name in "bc" if f'id="question-{name}"' in page]

    asked = [
        "tab=new",
        "tab=new&q=original+B",
        "tab=all&theme=lone_working",
        "tab=new&whose=nobody",
        "q=nothing&tab=new",
    ]
    assert [found(query) for query in asked] == [["b", "c"], ["b"], ["c"], ["c"], []]
    assert flo.get(f"{DESK}questions/?tab=new&whose=mine").text.count('id="question-') == 1
    assert "New (2)" in shown(fay.get(f"{DESK}questions/?tab=new&q=nothing"))
