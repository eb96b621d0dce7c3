"""Every change at the desk: written down, to be undone, and noticed by whoever has an older page open."""

import json
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from phonein import clock, sweep
from phonein.db import db, on_sqlite, transaction
from phonein.desk import agenda, deeds, notes, triage
from phonein.desk.models import Deed, DeskNote, Skip
from phonein.questions import box, codes
from phonein.questions.codes import hash_of
from phonein.questions.models import Question
from phonein.read_aloud.models import AgendaItem, Answer, ReadAloud
from tests.delivery.posting import elsewhere
from tests.desk import at_a_desk, do, person, put_on, sleep, take, withdraw, word, worded
from tests.processes import until
from tests.questions import at_once, rows


@pytest.fixture
def phone_in(app):
    return at_a_desk()


def undo(number, *, by="Fay"):
    with transaction():
        deeds.undo(sleep(), number, by=person(by))


def merge(name, into):
    return do("merged", lambda _: triage.merge(take(name), worded(into)))


def everything():
    """All that the desk keeps, as it is now; ids of what comes back are the same as before."""
    db.session.rollback()
    kept = (Question, ReadAloud, AgendaItem, DeskNote)
    found = {}
    for model in kept:
        columns = [column.key for column in db.inspect(model).columns]
        found[model.__name__] = sorted(
            [{name: getattr(row, name) for name in columns} for row in rows(model)], key=lambda row: str(row)
        )
    return found


def write_note(_):
    db.session.add(DeskNote(question_id="a", phone_in_slug="sleep", note="Ask Flo", assigned_to_id=person("Flo").id))


VERBS = {
    "worded": lambda _: triage.reword(take("c"), "Reworded c"),
    "worded anew": lambda _: triage.reword(take("a"), "In other words"),
    "wording taken away": lambda _: triage.reword(take("a"), ""),
    "merged": lambda _: triage.merge(take("c"), worded("a")),
    "two wordings merged": lambda _: triage.merge(take("b"), worded("a")),
    "put on the agenda": lambda phone_in: triage.put_on_agenda(phone_in, take("b")),
    "taken off the agenda": lambda phone_in: agenda.take_off(agenda.items(phone_in)[0]),
    "answer in writing": lambda _: triage.answer_in_writing(worded("a")),
    "set aside": lambda _: triage.set_aside(take("a"), "Outside it", outcome="out_of_scope"),
    "cleared": lambda _: triage.clear(take("c")),
    "flagged": lambda _: triage.flag(take("a"), "safeguarding"),
    "note": write_note,
}


def test_each_verb_is_undone_to_the_very_rows_that_were_there_and_that_undoing_too(phone_in):
    """Of a, b and c the first is worded and on the agenda, the second worded."""
    word("a"), word("b"), put_on("a")
    before, wrong = everything(), []
    for verb, act in VERBS.items():
        number = do(verb, act)
        after = everything()
        for undone, expected in ((number, before), (number + 1, after), (number + 2, before)):
            undo(undone)
            if everything() != expected or before == after:
                wrong.append((verb, undone - number))
        said = [(deed.number, deed.what, deed.undoes) for deed in deeds.history(sleep())][2:4]
        if said != [(number + 1, f"undone: {verb}", number), (number, verb, None)]:
            wrong.append((verb, said))
    assert wrong == []


def test_history_names_who_did_what_newest_first_of_one_question_or_of_all(phone_in):
    word("a"), word("b", "B"), put_on("a")
    do("worded", lambda _: triage.reword(take("a"), "Anew"), by="Flo")
    mine = worded("a").id
    said = [(deed.number, deed.by.name, deed.what) for deed in deeds.history(phone_in)]
    assert said == [
        (4, "Flo", "worded"),
        (3, "Fay", "put on the agenda"),
        (2, "Fay", "worded"),
        (1, "Fay", "worded"),
    ]
    assert [d.number for d in deeds.history(phone_in, "question:a", f"read_aloud:{mine}")] == [4, 1]
    assert [d.number for d in deeds.history(phone_in, deeds.AGENDA)] == [3]
    assert [d.number for d in deeds.history(phone_in, most=2)] == [4, 3]


def test_what_changes_nothing_is_not_written_down_and_no_originals_words_ever_are(phone_in):
    assert do("looked", lambda _: take("a")) == 0
    word("a")
    do("merged", lambda _: triage.merge(take("b"), worded("a")))
    do("redacted", lambda _: triage.redact(take("c"), "Original, made harmless"))
    said = str([deed.changes for deed in rows(deeds.Deed)])
    assert ([deed.what for deed in rows(deeds.Deed)], "Original" in said) == (["worded", "merged", "redacted"], False)


def test_there_is_no_way_back_from_a_redaction_and_from_the_reviewer(phone_in):
    numbers = [
        do("redacted", lambda _: triage.redact(take("a"), "Harmless")),
        do("sent to the reviewer", lambda _: triage.to_reviewer(take("b"))),
    ]
    assert [deeds.can_undo(deed) for deed in deeds.history(phone_in)] == [False, False]
    for number in [*numbers, 99]:
        with pytest.raises(deeds.NotUndone):
            undo(number)


def test_undoing_is_refused_where_one_of_its_rows_was_changed_since_and_nothing_of_it_is_done(phone_in):
    first = word("a", "One")
    word("a", "Two")
    before = everything()
    with pytest.raises(deeds.NotUndone):
        undo(first)
    assert everything() == before


def test_undoing_a_wording_is_refused_while_others_lean_on_it(phone_in):
    """Another question was merged into it, it came on the agenda, or its answer is published."""
    first, second, third = word("a"), word("b"), word("c")
    db.session.rollback()
    put_on("a")
    with pytest.raises(deeds.NotUndone):
        undo(first)
    with transaction():
        db.session.add(Answer(read_aloud_id=worded("b").id, edition=1, words="So", published_on=clock.today()))
    with pytest.raises(deeds.NotUndone):
        undo(second)
    merge("a", into="c")
    with pytest.raises(deeds.NotUndone):
        undo(third)


def test_a_question_taken_back_in_between_does_not_hinder_undoing_for_the_others(phone_in):
    word("a")
    number = merge("b", into="a")
    merge("c", into="a")
    withdraw("b")
    undo(number)
    assert [(one.words, one.asked) for one in rows(ReadAloud)] == [("Reworded a", 2)]
    assert [(q.id, q.is_worded) for q in sorted(rows(Question), key=lambda q: q.id)] == [("a", True), ("c", True)]


def test_two_wordings_merged_and_undone_count_right_when_one_was_taken_back_in_between(phone_in):
    word("a"), word("b"), merge("c", into="b")
    number = do("merged", lambda _: [triage.merge(take(name), worded("a")) for name in "bc"])
    assert [one.asked for one in rows(ReadAloud)] == [3]
    withdraw("c")
    undo(number)
    assert sorted((one.words, one.asked) for one in rows(ReadAloud)) == [("Reworded a", 1), ("Reworded b", 1)]


def test_undoing_brings_back_no_wording_that_nobody_asks_any_more(phone_in):
    word("a"), word("b")
    number = merge("b", into="a")
    withdraw("b")
    undo(number)
    assert [(one.words, one.asked) for one in rows(ReadAloud)] == [("Reworded a", 1)]


def test_a_deed_on_a_question_that_is_taken_back_at_that_moment_is_refused_as_gone(phone_in):
    def and_it_goes(_):
        found = take("a")
        db.session.execute(
            db.delete(Question).where(Question.id == "a"), execution_options={"synchronize_session": False}
        )
        triage.set_aside(found, "Outside it")

    with pytest.raises(deeds.TakenBackMeanwhile):
        do("set aside", and_it_goes)
    assert rows(deeds.Deed) == []


def test_only_who_wants_to_change_what_somebody_else_has_changed_is_told(phone_in):
    word("a"), word("b")
    seen = deeds.newest(phone_in)
    word("a", "Anew")
    put_on("b")
    mine = {name: (f"question:{name}", f"read_aloud:{worded(name).id}") for name in "ab"}
    told = {}
    for what, keys in {"a": mine["a"], "b": mine["b"], "c": ("question:c",), "order": (deeds.AGENDA,)}.items():
        told[what] = []
        for number in (0, seen, seen + 1, seen + 2, None):
            try:
                with transaction():
                    deeds.refuse_if_changed(sleep(), number, *keys)
                told[what].append(False)
            except deeds.ChangedMeanwhile:
                told[what].append(True)
    assert told == {
        "a": [True, True, False, False, False],
        "b": [True, False, False, False, False],
        "c": [False] * 5,
        "order": [True, True, True, False, False],
    }
    for by, is_told in (("Fay", False), ("Flo", True)):
        try:
            with transaction():
                deeds.refuse_if_changed(sleep(), seen, *mine["a"], by=person(by))
            assert not is_told
        except deeds.ChangedMeanwhile:
            assert is_told


def test_deeds_at_once_are_numbered_one_after_the_other_and_all_of_them_are_kept(phone_in, app):
    came = at_once(app, [lambda name=name: word(name) for name in "abcabc"])
    assert (len(came), [deed.number for deed in deeds.history(sleep())]) == (6, [3, 2, 1])
    assert sorted(one.words for one in rows(ReadAloud)) == ["Reworded a", "Reworded b", "Reworded c"]


def test_what_was_asked_aloud_counts_again_when_undoing_is_undone(phone_in):
    """It has no original that could be put back to it."""

    def aloud(phone_in):
        made = ReadAloud(phone_in_slug=phone_in.slug, asked_slug=phone_in.slug, words="Aloud")
        db.session.add(made)
        db.session.flush()
        agenda.put_on(phone_in, made)

    number = do("added in the hour", aloud)
    before = everything()
    undo(number)
    assert rows(ReadAloud) == []
    undo(number + 1)
    assert everything() == before
    merged = do("merged", lambda _: triage.merge(take("a"), rows_now(ReadAloud)[0]))
    undo(merged)
    assert everything() == before


def rows_now(model):
    return list(db.session.scalars(db.select(model)))


def test_nothing_comes_back_to_a_wording_that_went_since_because_nobody_asks_it_any_more(phone_in):
    word("a"), put_on("a")
    off = do("taken off the agenda", lambda phone_in: agenda.take_off(agenda.items(phone_in)[0]))
    withdraw("a")
    word("b"), merge("c", into="b")
    out = do("taken out of the merge", lambda _: triage.leave_wording(take("c")))
    withdraw("b")
    for number in (off, out):
        with pytest.raises(deeds.NotUndone):
            undo(number)
    assert ([q.read_aloud_id for q in rows(Question)], rows(AgendaItem)) == ([None], [])


def test_taken_back_while_it_is_merged_it_is_counted_less_where_it_is_then(phone_in, app):
    """The one who merges is not done yet, and the asker waits for that."""
    receipt = codes.new_receipt()
    with transaction():
        known = hash_of("receipt", "sleep", codes.plain_receipt(receipt))
        db.session.get_one(Question, "b").receipt_hash = known
    word("a"), word("b")

    def take_it_back():
        with transaction():
            box.withdraw(sleep(), receipt=receipt)

    with ExitStack() as meanwhile:

        def merge_slowly(_):
            triage.merge(take("b"), worded("a"))
            meanwhile.enter_context(elsewhere(app, take_it_back))
            if not on_sqlite():
                until(lambda: db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

        do("merged", merge_slowly)
    assert [(one.words, one.asked) for one in rows(ReadAloud)] == [("Reworded a", 1)]
    assert sorted(q.id for q in rows(Question)) == ["a", "c"]


def test_what_was_noted_about_a_question_goes_in_the_night_after_it_was_taken_back(phone_in):
    for name in "ab":
        do("noted", lambda _, name=name: notes.write(take(name), f"First of {name}"))
        do("noted", lambda _, name=name: notes.write(take(name), f"Then of {name}"))
        with transaction():
            notes.leave_to_others(take(name), person())
    withdraw("b")
    sweep.nightly()
    db.session.rollback()
    assert [note.note for note in rows(DeskNote)] == ["Then of a"]
    assert [skip.question_id for skip in rows(Skip)] == ["a"]
    written = json.dumps([deed.changes for deed in rows(Deed)])
    assert ["First of a" in written, "First of b" in written, "Then of b" in written] == [True, False, False]
    assert {deed.number: deeds.can_undo(deed) for deed in rows(Deed)} == {1: True, 2: True, 3: False, 4: False}
