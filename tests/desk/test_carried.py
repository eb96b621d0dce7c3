"""What was carried on is the next date's: nothing done or undone at its old desk takes it from there. Its original is
at the old desk only, and is marked there."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import agenda, closing, deeds, review_log, triage
from phonein.desk.models import Draft
from phonein.questions.models import Question
from phonein.read_aloud.models import AgendaItem, Answer, ReadAloud
from phonein.safeguarding.models import ReviewEntry
from tests.builders import make_person, press, sign_in_as
from tests.desk import person
from tests.desk.at_work import ask, at, on_agenda, phone_in, set_up, stay_signed_in, wording
from tests.questions import rows


@pytest.fixture
def carried(app):
    """“a” was worded, then worded anew, and went from "sleep" to "sleep-2"; the numbers of the two later deeds."""
    set_up()
    on_agenda("a", "b")
    ask("x", slug="sleep-2")
    with at(-60):
        anew = do("sleep", "worded", lambda: setattr(wording_now("a"), "content_note", "Loss"))
    with at(61), transaction():
        closing.decide(phone_in(), {wording_now("a").id: ("carried", "")}, by=person())
    return anew, newest()


def wording_now(name):
    return db.session.scalars(db.select(ReadAloud).where(ReadAloud.words == f"Wording {name}")).one()


def newest(slug="sleep"):
    db.session.rollback()
    return deeds.newest(phone_in(slug))


def do(slug, what, act):
    with transaction(), deeds.done(phone_in(slug), by=person(), what=what):
        act()
    return newest(slug)


def undo(number, slug="sleep"):
    with transaction():
        deeds.undo(phone_in(slug), number, by=person())


def draft(one):
    return Draft(read_aloud_id=one.id, words="So", written_by_id=person().id)


def answer(one):
    return Answer(read_aloud_id=one.id, edition=1, words="So", published_on=clock.today())


USED = {
    "has a place": lambda one: agenda.put_on(phone_in("sleep-2"), one),
    "has a draft": lambda one: db.session.add(draft(one)),
    "has an answer": lambda one: db.session.add(answer(one)),
    "is for an answer": lambda one: setattr(one, "outcome", "in_writing"),
    "others are merged": lambda one: triage.merge(triage.take_up(phone_in("sleep-2"), "x"), one),
}


@pytest.mark.parametrize("use", USED)
def test_it_is_not_taken_back_from_where_it_is_used(carried, use):
    _, number = carried
    do("sleep-2", use, lambda: USED[use](wording_now("a")))
    with pytest.raises(deeds.NotUndone):
        undo(number)
    assert wording("a").phone_in_slug == "sleep-2"


def test_what_was_done_to_it_before_it_went_is_not_undone_while_it_is_elsewhere(carried):
    before, number = carried
    with pytest.raises(deeds.NotUndone):
        undo(before)
    assert wording("a").content_note == "Loss"
    undo(number)
    undo(before)
    assert (wording("a").phone_in_slug, wording("a").content_note) == ("sleep", "")


@pytest.mark.parametrize("mark", ["flag", "reviewer"])
def test_its_original_can_still_be_marked_and_then_is_on_no_agenda(carried, client, monkeypatch, mark):
    stay_signed_in(monkeypatch)
    with transaction():
        phone_in().reviewer_id = make_person("Rhea", "facilitator").id
    do("sleep-2", "put on the agenda", lambda: agenda.put_on(phone_in("sleep-2"), wording_now("a")))
    fay = sign_in_as(client, person())
    assert press(fay, f"/app/desk/sleep/questions/a/{mark}", flag="safeguarding").status_code == 303
    [marked] = [q for q in rows(Question) if q.id == "a"]
    assert (marked.needs_a_look or marked.is_for_reviewer, marked.is_worded) == (True, False)
    assert [one.words for one in rows(ReadAloud)] == ["Wording b"]
    assert [item.read_aloud.words for item in rows(AgendaItem)] == ["Wording b"]
    with pytest.raises(deeds.NotUndone):
        undo(newest())


def test_its_original_can_still_be_redacted_and_stays_worded_where_it_went(carried, client, monkeypatch):
    stay_signed_in(monkeypatch)
    fay = sign_in_as(client, person())
    sent = press(fay, "/app/desk/sleep/questions/a/redaction", text="Without the name", for_good="1")
    assert (sent.status_code, [q.text for q in rows(Question) if q.id == "a"]) == (303, ["Without the name"])
    assert wording("a").phone_in_slug == "sleep-2"


@contextmanager
def statements():
    """What the database is asked meanwhile and with which values; a mark where a transaction begins."""
    said = []
    listeners = {
        "begin": lambda *_: said.append(("BEGIN", None)),
        "before_cursor_execute": lambda *args: said.append((" ".join(args[2].split()), args[3])),
    }
    for name, listener in listeners.items():
        event.listen(db.engine, name, listener)
    try:
        yield said
    finally:
        for name, listener in listeners.items():
            event.remove(db.engine, name, listener)


def held_first(said):
    """How many phone-ins are held in the last transaction before it reads a question."""
    begun = max(n for n, (words, _) in enumerate(said) if words == "BEGIN")
    held = set()
    for words, values in said[begun:]:
        if "FROM question" in words or "FROM anonymous.question" in words:
            return len(held)
        if words.startswith("UPDATE phone_in SET revision"):
            held.add(str(values))
    raise AssertionError("no question was read")


def test_both_dates_are_held_before_a_question_is_read_or_a_release_and_we_would_wait_for_one_another(carried):
    _, number = carried
    with statements() as undoing:
        undo(number)
    with at(61), statements() as carrying, transaction():
        closing.decide(phone_in(), {wording_now("a").id: ("carried", "")}, by=person())
    assert [held_first(said) for said in (undoing, carrying)] == [2, 2]


def test_so_does_whoever_marks_what_was_carried_on_and_the_round_of_the_queue(carried, client, monkeypatch):
    stay_signed_in(monkeypatch)
    fay = sign_in_as(client, person())
    with statements() as marking:
        press(fay, "/app/desk/sleep/questions/a/flag", flag="safeguarding")
    with transaction():
        db.session.get_one(Question, "x").flags = "safeguarding"
    with statements() as keeping_up:
        review_log._keep_up()
    begun = [n for n, (words, _) in enumerate(marking) if words == "BEGIN"]
    in_turn = [marking[a:b] for a, b in zip(begun, [*begun[1:], None], strict=True)]
    [change] = [said for said in in_turn if any(words.startswith("UPDATE phone_in") for words, _ in said)]
    assert [held_first(said) for said in (change, keeping_up)] == [2, 2]
    assert sorted(entry.phone_in_slug for entry in rows(ReviewEntry)) == ["sleep", "sleep-2"]
