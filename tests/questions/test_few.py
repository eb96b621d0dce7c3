"""Too few people or too few questions: what is asked stays sealed, and from outside nobody can tell."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from phonein import clock, sweep
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.desk import triage
from phonein.questions import box, codes, release, seal
from phonein.questions.models import Envelope, Question, SealKey
from phonein.read_aloud.models import ReadAloud
from phonein.schedule import changes, programme
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay
from tests.conftest import TUESDAY
from tests.questions import ask, at_once, new_pass, open_phone_in, post, release_at, released, rows, shown
from tests.questions.test_release import BEFORE, LAST, key_files

LEAST = 10
FEW, ENOUGH = 2, 3


def ask_several(phone_in, how_many):
    return [ask(phone_in, f"Number {n}") for n in range(how_many)]


def ask_anyway(phone_in, words):
    """Somebody asks who has chosen beforehand that it is shown even if few could have asked."""
    receipt = codes.new_receipt()
    with transaction():
        box._put(phone_in, receipt, {"do": "ask", "text": words, "topic": "", "spent": "00", "anyway": True})
    return receipt


def vote(phone_in, question_id, voter):
    with transaction():
        handle = box.hash_of("envelope", phone_in.slug, f"vote|{voter}|{question_id}")
        sealed = box.seal.seal(
            box.keys.box_public(phone_in.slug), {"do": "vote", "question": question_id}, handle=handle
        )
        db.session.add(Envelope(handle=handle, phone_in_slug=phone_in.slug, public=sealed.public, blob=sealed.blob))


@pytest.mark.parametrize(
    ("holders", "asked", "before_the_last", "at_the_last"),
    [
        (LEAST, ENOUGH, ENOUGH, ENOUGH),
        (LEAST, FEW, 0, FEW),
        (LEAST, 1, 0, 1),
        (LEAST - 1, ENOUGH, 0, 0),
        (LEAST - 1, 8, 0, 0),
        (0, 1, 0, 0),
    ],
)
def test_questions_are_shown_where_enough_could_have_asked_and_before_the_last_time_enough_have(
    app, holders, asked, before_the_last, at_the_last
):
    phone_in = open_phone_in(holders=holders)
    ask_several(phone_in, asked)
    release_at(TUESDAY)
    assert (len(rows(Question)), len(rows(Envelope))) == (before_the_last, asked - before_the_last)
    release_at(LAST)
    assert (len(rows(Question)), rows(Envelope), rows(SealKey), key_files(app)) == (at_the_last, [], [], [])


def test_what_is_held_is_sealed_anew_and_the_key_that_would_have_opened_it_is_gone(app):
    phone_in = open_phone_in()
    receipt = ask(phone_in, "Held")
    [before], [file] = rows(Envelope), key_files(app)
    release_at(TUESDAY)
    [after], [other] = rows(Envelope), key_files(app)
    assert (before.handle == after.handle, before.blob == after.blob, len(after.blob)) == (True, False, 4112)
    assert (file == other, file.exists()) == (False, False)
    assert box.standing(phone_in, receipt) == box.Standing("Held", "")


def test_what_is_held_can_still_be_changed_taken_back_and_joined_by_others(app):
    phone_in = open_phone_in()
    stays, goes = ask(phone_in, "First thought"), ask(phone_in, "Never mind")
    release_at(TUESDAY)
    with transaction():
        box.edit(phone_in, receipt=stays, text="Second thought", topic="")
        box.withdraw(phone_in, receipt=goes)
    ask(phone_in, "A third")
    release_at(LAST)
    assert released() == ["A third", "Second thought"]


def test_questions_that_were_taken_back_do_not_count_as_enough_and_nobody_sees_how_many_they_were(app):
    phone_in = open_phone_in()
    receipts = ask_several(phone_in, ENOUGH)
    with transaction():
        box.withdraw(phone_in, receipt=receipts[0])
    release_at(TUESDAY)
    assert (released(), len(rows(Envelope))) == ([], ENOUGH)


def test_where_too_few_could_have_asked_the_last_release_shows_what_its_asker_chose_to_show_anyway(app):
    phone_in = open_phone_in(holders=LEAST - 1)
    held = ask(phone_in, "Only among many")
    shown = ask_anyway(phone_in, "However few we are")
    release_at(TUESDAY)
    assert (released(), len(rows(Envelope))) == ([], 2)
    release_at(LAST)
    assert (released(), box.standing(phone_in, shown).is_sealed) == (["However few we are"], False)
    with pytest.raises(box.NotKnown, match="too few people"):
        box.standing(phone_in, held)


def test_the_least_is_a_setting(app):
    app.config["LEAST_HOLDERS"] = 13
    ask_several(open_phone_in(), ENOUGH)
    release_at(LAST)
    assert released() == []


def worded():
    """The desk puts all that was shown into words, so that it can be voted for."""
    with transaction():
        for question in db.session.scalars(db.select(Question)):
            triage.reword(question, question.text)
    return sorted(one.id for one in rows(ReadAloud))


def test_votes_are_counted_when_questions_are_shown_and_at_the_last_release_and_not_in_between(app):
    phone_in = open_phone_in()
    ask_several(phone_in, ENOUGH)
    release_at(BEFORE)
    ids = worded()
    for voter in range(6):
        vote(phone_in, ids[0], voter)
    vote(phone_in, ids[1], 0)
    vote(phone_in, "withdrawn-since", 0)
    assert [one.votes for one in rows(ReadAloud)] == [0, 0, 0]
    release_at(LAST)
    assert [one.votes for one in sorted(rows(ReadAloud), key=lambda one: one.id)] == [6, 1, 0]
    assert rows(Envelope) == []


def test_votes_wait_with_the_questions_that_are_held(app):
    phone_in = open_phone_in(asks_open_at=TUESDAY - (LAST - TUESDAY) * 4)
    ask_several(phone_in, ENOUGH)
    release_at(phone_in.release_times[0])
    vote(phone_in, worded()[0], "somebody")
    release_at(phone_in.release_times[1])
    assert ([one.votes for one in rows(ReadAloud)], len(rows(Envelope))) == ([0, 0, 0], 1)
    release_at(LAST)
    assert sum(one.votes for one in rows(ReadAloud)) == 1


def test_where_too_few_could_have_asked_votes_are_counted_at_the_last_release_all_the_same(app):
    phone_in = open_phone_in()
    ask_several(phone_in, ENOUGH)
    release_at(TUESDAY)
    with transaction():
        db.session.get_one(PhoneIn, phone_in.id).holders = 0  # somebody has become a facilitator
    vote(phone_in, worded()[0], "somebody")
    release_at(LAST)
    assert sum(one.votes for one in rows(ReadAloud)) == 1


def test_a_release_looks_the_same_from_outside_whether_it_shows_something_or_nothing(app):
    """The letter, and what the phone-in remembers of it."""
    seen = {}
    for slug, holders, asked in [("p-many", 12, 5), ("p-few", 12, 2), ("p-small", 9, 5), ("p-none", 12, 0)]:
        with transaction():
            leader = make_fay(email=f"{slug}@example.org")
        phone_in = open_phone_in(slug=slug, holders=holders, leaders=[leader])
        ask_several(phone_in, asked)
    release_at(TUESDAY)
    for phone_in in rows(PhoneIn):
        [letter] = db.session.scalars(select(Letter).where(Letter.to_address == f"{phone_in.slug}@example.org"))
        words = [part.replace(phone_in.slug, "SLUG") for part in (letter.subject, letter.text, letter.html)]
        seen[phone_in.slug] = (phone_in.released_through, phone_in.revision, phone_in.edition, letter.name, words)
    assert [seen[slug] == seen["p-none"] for slug in ("p-many", "p-few", "p-small")] == [True] * 3


def test_what_came_after_a_release_of_a_phone_in_that_is_then_moved_before_it_is_seen_to_and_its_key_goes(app):
    """Moved so that asking would have closed before the last release was: it closes then and there, and no release
    time would ever come again."""
    phone_in, hour = open_phone_in(), timedelta(hours=1)
    ask_several(phone_in, ENOUGH)
    release_at(BEFORE)
    with clock.stopped_at(BEFORE + hour):
        receipt = ask(phone_in, "After it")
        with transaction():
            changes.move(db.session.get_one(PhoneIn, phone_in.id), to=BEFORE + 12 * hour, minutes=60)
        with pytest.raises(box.AskingClosed):
            ask(phone_in)
    assert rows(PhoneIn)[0].asks_close_at == BEFORE
    assert [release_at(BEFORE + 2 * hour), release_at(BEFORE + 3 * hour)] == [1, 0]
    assert (len(released()), box.standing(phone_in, receipt).is_sealed) == (ENOUGH + 1, False)
    assert (rows(Envelope), rows(SealKey), key_files(app)) == ([], [], [])


def test_what_is_held_goes_with_its_phone_in_to_the_new_time(app):
    phone_in = open_phone_in(holders=LEAST)
    receipt = ask(phone_in, "Moved along")
    release_at(TUESDAY)
    with transaction():
        changes.move(db.session.get_one(PhoneIn, phone_in.id), to=phone_in.starts_at + timedelta(days=7), minutes=60)
    assert box.standing(phone_in, receipt).is_sealed
    release_at(rows(PhoneIn)[0].asks_close_at)
    assert released() == ["Moved along"]


def test_a_sweep_that_was_away_over_the_last_two_release_times_does_what_the_last_one_does(app):
    phone_in = open_phone_in()
    ask_several(phone_in, FEW)
    assert (release_at(LAST + timedelta(hours=3)), len(released())) == (1, FEW)
    assert (rows(PhoneIn)[0].released_through, key_files(app)) == (LAST, [])


def test_a_cancelled_phone_in_keeps_its_release_times_and_put_back_on_it_takes_questions_again(app):
    phone_in = open_phone_in()
    receipt = ask(phone_in, "Asked before")
    with transaction():
        changes.cancel(phone_in, reason="The line is down")
    release_at(TUESDAY)
    assert (box.standing(phone_in, receipt).is_sealed, released()) == (True, [])
    with transaction():
        changes.put_back_on(phone_in)
    ask(phone_in, "Asked after")
    release_at(LAST)
    assert released() == ["Asked after", "Asked before"]


def test_cancelled_and_among_few_a_question_goes_with_the_key_and_its_receipt_says_why_it_may_be(app, client):
    phone_in = open_phone_in(holders=0)
    receipt = ask(phone_in, "Never read")
    with transaction():
        changes.cancel(phone_in, reason="The line is down")
    release_at(LAST)
    assert (rows(Question), rows(Envelope), key_files(app)) == ([], [], [])
    answer = post(client, "status", receipt=receipt)
    assert (answer.status_code, "too few people could have asked" in shown(answer)) == (404, True)


def test_while_the_key_is_away_what_would_be_held_waits_too(app):
    phone_in = open_phone_in()
    receipt = ask(phone_in, "Held")
    [file] = key_files(app)
    away = file.rename(file.with_name("away"))
    assert (release_at(TUESDAY), len(rows(Envelope)), rows(PhoneIn)[0].released_through) == (0, 1, None)
    away.rename(file)
    assert (release_at(TUESDAY), box.standing(phone_in, receipt).is_sealed) == (1, True)


def test_a_process_that_dies_before_it_destroys_the_old_key_leaves_a_file_that_opens_nothing_and_goes_at_night(
    app, monkeypatch
):
    phone_in = open_phone_in()
    receipt = ask(phone_in, "Held")
    [old] = key_files(app)
    kept = old.read_bytes()
    with monkeypatch.context() as dying:
        dying.setattr(release.keys, "destroy", lambda file: None)  # the machine stops right after the commit
        release_at(TUESDAY)
    assert (len(key_files(app)), old.read_bytes()) == (2, kept)
    [envelope] = rows(Envelope)
    with pytest.raises(seal.CannotOpen):
        seal.unseal(kept, seal.Sealed(envelope.public, envelope.blob), handle=envelope.handle)
    os.utime(old, (TUESDAY.timestamp() - 9 * 3600,) * 2)
    sweep.lose_the_order()
    assert (old.exists(), box.standing(phone_in, receipt).text) == (False, "Held")


def test_asking_changing_taking_back_voting_and_a_release_that_holds_at_one_moment_lose_nothing(app):
    phone_in = open_phone_in()
    stays, goes = ask(phone_in, "First thought"), ask(phone_in, "Never mind")
    passes = [new_pass(phone_in) for _ in range(4)]

    def in_one(verb, **what):
        with transaction():
            verb(programme.by_slug("sleep"), **what)

    calls = [
        release.release_due,
        lambda: in_one(box.edit, receipt=stays, text="Second thought", topic=""),
        lambda: in_one(box.withdraw, receipt=goes),
        *[lambda p=p, n=n: ask(programme.by_slug("sleep"), f"Number {n}", pass_=p) for n, p in enumerate(passes)],
    ]
    came = at_once(app, calls)
    assert [what for what in came if isinstance(what, type)] == []
    release_at(LAST)
    assert released() == ["Number 0", "Number 1", "Number 2", "Number 3", "Second thought"]


def test_two_processes_that_hold_at_the_same_moment_hold_once_and_every_envelope_can_be_opened(app, settings):
    phone_in = open_phone_in(leaders=[])
    receipts = ask_several(phone_in, FEW)
    db.session.rollback()
    command = [Path(sys.executable).parent / "phonein", "release", "--as-of", TUESDAY.isoformat()]
    started = [
        subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0] for process in started)
    assert said == ["Released: 0 phone-ins.\n", "Released: 1 phone-ins.\n"]
    assert [box.standing(phone_in, receipt).is_sealed for receipt in receipts] == [True] * FEW
    assert len(key_files(app)) == 1
