"""Questions that ask the same: one wording, the originals private, counted together, and undone."""

import pytest

from phonein.db import db, transaction
from phonein.desk import agenda, deeds, merging, triage
from phonein.desk.models import Draft
from phonein.questions.models import Question
from phonein.read_aloud import wordings
from phonein.read_aloud.models import ANSWERED, ReadAloud
from tests.builders import press, sign_in_as
from tests.desk import DESK, at_a_desk, do, person, put_on, sleep, take, word, worded
from tests.questions import rows, shown


@pytest.fixture
def phone_in(app):
    return at_a_desk("abcd", flagged="d")


def merge(*names, into="", words=""):
    """Under the wording of `into`, or a new one."""
    lead = (lambda: worded(into)) if into else (lambda: None)
    return do("merged", lambda desk: merging.merge(desk, [take(name) for name in names], lead(), words))


def asked():
    return sorted((one.words, one.asked) for one in rows(ReadAloud))


def asked_as():
    words = {one.id: one.words for one in rows(ReadAloud)}
    return {question.id: words.get(question.read_aloud_id, "") for question in rows(Question)}


def test_merging_adds_up_under_the_wording_that_leads_or_under_a_new_one_and_is_undone(phone_in):
    merge("a", "b", words="Both")
    assert asked() == [("Both", 2)]
    word("c")
    before = asked_as()
    number = merge("a", "b", "c", into="c")
    assert asked() == [("Reworded c", 3)]
    do("undone", lambda desk: None)
    with transaction():
        deeds.undo(sleep(), number, by=person())
    assert asked_as() == before
    merge("b", "c", words="Anew for all")
    assert (asked(), [question.text for question in rows(Question) if question.id in "abc"]) == (
        [("Anew for all", 3)],
        ["Original a", "Original b", "Original c"],
    )


def test_a_wording_that_is_merged_brings_all_that_are_asked_in_it_and_its_place_on_the_agenda(phone_in):
    """And merged into what stands on the agenda already, it leaves its own place."""
    merge("a", "b", words="Both")
    put_on("a"), word("c")
    number = merge("a", "c", into="c")
    assert (asked(), [item.said for item in agenda.items(sleep())]) == ([("Reworded c", 3)], ["Reworded c"])
    with transaction():
        deeds.undo(sleep(), number, by=person())
    db.session.rollback()
    assert (asked(), [item.said for item in agenda.items(sleep())]) == ([("Both", 2), ("Reworded c", 1)], ["Both"])
    put_on("c")
    merge("a", "c", into="c")
    assert [item.said for item in agenda.items(sleep())] == ["Reworded c"]


def test_nothing_is_merged_away_that_the_hour_or_an_answer_knows_of_already(phone_in):
    word("a"), word("b"), word("c")
    with transaction():
        db.session.add(Draft(read_aloud_id=worded("a").id, words="Half of it", written_by_id=person().id))
        worded("b").carried = 1
    put_on("c")
    with transaction():
        agenda.items(sleep())[0].came_to = ANSWERED
    for away, into in (("a", "b"), ("b", "c"), ("c", "a")):
        with pytest.raises(merging.NotMerged):
            merge(away, into, into=into)
    assert len(asked()) == 3


def test_what_was_asked_aloud_or_carried_on_here_only_leads(phone_in, client):
    """There is no original of it here that could go over to another wording."""
    with transaction():
        aloud = ReadAloud(phone_in_slug="sleep", asked_slug="sleep", words="Aloud")
        carried = ReadAloud(phone_in_slug="sleep", asked_slug="before", words="Carried", asked=2, carried=1)
        db.session.add_all([aloud, carried])
    word("a")
    keys = {one.words: f"read_aloud:{one.id}" for one in rows(ReadAloud)}
    fay = sign_in_as(client, person())
    page = shown(fay.get(f"{DESK}merge/", query_string={"q": list(keys.values())}))
    assert ("Asked in the hour" in page, "Carried on here" in page, "asked 4 times" in page) == (True, True, True)

    def press_merge(*names, lead="", words=""):
        lead = keys[lead].partition(":")[2] if lead else ""
        return press(fay, f"{DESK}merge/", q=[keys.get(name, name) for name in names], lead=lead, words=words)

    for away, into in (("Carried", "Aloud"), ("Aloud", "Carried"), ("Aloud", "Reworded a")):
        refused = press_merge(away, into, lead=into)
        assert (refused.status_code, "Let that wording lead" in refused.text) == (409, True)
    assert press_merge("Aloud", "Carried", words="Both").status_code == 409
    assert asked() == [("Aloud", 1), ("Carried", 2), ("Reworded a", 1)]
    assert press_merge("question:b", "Reworded a", "Carried", words="All of them").status_code == 303
    assert press_merge("question:c", "Aloud", lead="Aloud").status_code == 303
    assert asked() == [("All of them", 4), ("Aloud", 2)]


def test_what_needs_a_look_is_not_merged(phone_in, client):
    word("a")
    with pytest.raises(triage.NeedsALook):
        merge("a", "d", into="a")
    fay = sign_in_as(client, person())
    assert fay.get(f"{DESK}merge/?q=question:d&q=read_aloud:{worded('a').id}").status_code == 409


def test_the_page_shows_the_originals_side_by_side_and_merges_under_what_is_chosen_or_written(phone_in, client):
    fay = sign_in_as(client, person())
    word("a"), word("b")
    rows_ = [f"read_aloud:{worded('a').id}", f"read_aloud:{worded('b').id}", "question:c"]
    page = shown(fay.get(f"{DESK}merge/", query_string={"q": rows_}))
    assert [f"Original {name}" in page for name in "abcd"] == [True, True, True, False]
    assert ("asked 3 times" in page, "Reworded a" in page, "Reworded b" in page) == (True, True, True)
    answers = [
        press(fay, f"{DESK}merge/", q=rows_, lead="", words=""),
        press(fay, f"{DESK}merge/", q=rows_, lead="of another", words="Kept when refused"),
        press(fay, f"{DESK}merge/", q=rows_[:1], lead=rows_[0].split(":")[1]),
        press(fay, f"{DESK}merge/", q=["question:nothing"], lead=""),
        press(fay, f"{DESK}merge/", q=rows_, lead="", words="One for all"),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 404, 303]
    assert ("Kept when refused" in answers[1].text, asked()) == (True, [("One for all", 3)])
    assert "Undo" in fay.get(answers[-1].location).text
    press(fay, f"{DESK}questions/b/by-itself")
    assert (asked(), asked_as()["b"]) == ([("One for all", 2)], "")


def test_of_a_merged_question_that_is_taken_back_the_count_goes_down_for_everybody(phone_in, client):
    merge("a", "b", words="Both")
    with transaction():
        gone = db.session.get_one(Question, "a")
        wordings.count_one_less(gone.read_aloud_id)
        db.session.delete(gone)
    page = shown(sign_in_as(client, person()).get(f"{DESK}questions/?tab=worded"))
    assert ("Both" in page, "asked" in page.split("Agenda")[0].split("Both")[1]) == (True, False)
