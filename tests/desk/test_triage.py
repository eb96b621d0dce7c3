"""What a facilitator does with released questions."""

import pytest

from phonein.db import db, transaction
from phonein.desk import agenda as agenda_of
from phonein.desk import triage
from phonein.questions.models import Question
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn
from tests.builders import make_phone_in
from tests.questions import at_once, rows


@pytest.fixture
def phone_in(app):
    with transaction():
        phone_in = make_phone_in()
        for name in "abcd":
            text, receipt = f"Original {name}", name.encode() * 32
            db.session.add(Question(id=name, phone_in_slug="sleep", receipt_hash=receipt, text=text))
        db.session.add(Question(id="z", phone_in_slug="other", receipt_hash=b"z" * 32, text="Another's"))
    return phone_in


def do(phone_in, verb, name, *more, **named):
    with transaction():
        found = triage.take_up(phone_in, name)
        verb(*([phone_in] if verb is triage.put_on_agenda else []), found, *more, **named)


def on_place(phone_in, verb, name, **named):
    """Something with the place that this question has on the agenda, if it has one."""
    with transaction():
        item = next(i for i in agenda_of.items(phone_in) if i.read_aloud.words == f"Reworded {name}")
        verb(*([phone_in] if verb is agenda_of.move else []), item, **named)


def on_agenda(phone_in, names="abcd"):
    for name in names:
        do(phone_in, triage.reword, name, f"Reworded {name}")
        do(phone_in, triage.put_on_agenda, name)


def agenda(phone_in):
    db.session.rollback()
    return [(item.said[-1], item.place) for item in agenda_of.items(phone_in)]


def test_the_questions_of_one_phone_in_come_in_the_order_of_their_lots(phone_in):
    assert [question.id for question in triage.questions_for(phone_in)] == ["a", "b", "c", "d"]
    assert (triage.question(phone_in, "z"), triage.take_up(phone_in, "z")) == (None, None)


def test_only_what_is_reworded_goes_on_the_agenda(phone_in):
    with pytest.raises(triage.NotReworded):
        do(phone_in, triage.put_on_agenda, "a")
    assert agenda(phone_in) == []


def test_a_question_goes_to_the_end_of_the_agenda_and_twice_changes_nothing(phone_in):
    on_agenda(phone_in, "cab")
    do(phone_in, triage.put_on_agenda, "c")
    assert agenda(phone_in) == [("c", 1), ("a", 2), ("b", 3)]


def test_questions_move_by_one_place_and_stay_at_the_ends(phone_in):
    on_agenda(phone_in)
    moves = [("d", -1), ("a", -1), ("d", 1), ("b", 1)]
    seen = []
    for name, by in moves:
        on_place(phone_in, agenda_of.move, name, by=by)
        seen.append("".join(name for name, _ in agenda(phone_in)))
    assert seen == ["abdc", "abdc", "abcd", "acbd"]
    assert agenda(phone_in) == [("a", 1), ("c", 2), ("b", 3), ("d", 4)]


def test_what_is_taken_off_or_set_aside_leaves_the_agenda_and_can_come_back(phone_in):
    on_agenda(phone_in, "abc")
    on_place(phone_in, agenda_of.take_off, "a")
    do(phone_in, triage.set_aside, "b", "The same has been asked")
    assert agenda(phone_in) == [("c", 3)]
    do(phone_in, triage.take_back, "b")
    assert {(q.id, q.is_worded, q.set_aside) for q in rows(Question) if q.id in "ab"} == {
        ("a", True, None),
        ("b", False, None),
    }
    do(phone_in, triage.reword, "b", "Reworded b")
    do(phone_in, triage.put_on_agenda, "b")
    assert agenda(phone_in) == [("c", 3), ("b", 4)]


def test_wording_what_was_set_aside_takes_it_back(phone_in):
    do(phone_in, triage.set_aside, "a", "It is abusive")
    on_agenda(phone_in, "a")
    assert agenda(phone_in) == [("a", 1)]
    assert [(q.set_aside, q.outcome) for q in rows(Question) if q.id == "a"] == [(None, "")]


def test_without_its_wording_a_question_is_not_on_the_agenda(phone_in):
    on_agenda(phone_in, "a")
    do(phone_in, triage.reword, "a", "")
    assert ([q.is_worded for q in triage.questions_for(phone_in)], agenda(phone_in)) == ([False] * 4, [])
    assert rows(ReadAloud) == []


def test_two_facilitators_at_once_give_every_question_a_place_of_its_own(phone_in, app):
    for name in "abcd":
        do(phone_in, triage.reword, name, f"Reworded {name}")

    def put(name):
        do(db.session.scalars(db.select(PhoneIn)).one(), triage.put_on_agenda, name)

    came = at_once(app, [lambda name=name: put(name) for name in "abcdabcd"])
    assert came == [None] * 8
    assert ([place for _, place in agenda(phone_in)], sorted(name for name, _ in agenda(phone_in))) == (
        [1, 2, 3, 4],
        list("abcd"),
    )
