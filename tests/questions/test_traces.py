"""Somebody searches every file: ours, the database's, the keys'. What they find, and when they find nothing.

PostgreSQL's log of changes (pg_wal) keeps whatever was written in clear until it is recycled; before a release that is
nothing, and after it the words. docs/anonymity.md says so, and the tests below look into it where it must be clean.
"""

import os
import secrets
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from phonein import clock, retention, sweep
from phonein.db import db, on_sqlite, transaction
from phonein.delivery.models import Letter
from phonein.desk import deeds, triage
from phonein.identity import sign_in
from phonein.questions import box, keys, release, seal
from phonein.questions.models import Envelope, PassKey, Question, SealKey, SpentPass
from tests.builders import make_fay, make_person
from tests.conftest import TUESDAY
from tests.questions import ask, files_holding, in_tables, new_pass, open_phone_in, release_at, released, rows

pytestmark = pytest.mark.own_database

LAST = TUESDAY + timedelta(days=6)


@pytest.fixture
def canary():
    """Words that stand in no other file: PostgreSQL's log of changes is common to all tests."""
    return f"canary bird {secrets.token_hex(8)}"


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def test_before_its_release_a_question_is_in_no_file_and_after_it_in_the_database_only(phone_in, app, canary):
    receipt = ask(phone_in, canary)
    ask(phone_in, "Another")
    with transaction():
        box.edit(phone_in, receipt=receipt, text=f"{canary} again", topic="")
    assert files_holding(canary, app) == []
    release_at(LAST)
    assert in_tables(files_holding(canary, app)) != []


def test_a_pass_and_a_receipt_are_in_no_file_before_or_after(phone_in, app):
    pass_ = new_pass(phone_in)
    receipt = ask(phone_in, pass_=pass_)
    codes = [pass_, pass_.replace("-", ""), receipt, receipt.replace("-", "")]
    before = [files_holding(code, app) for code in codes]
    release_at(LAST)
    assert before + [files_holding(code, app) for code in codes] == [[]] * 8


def test_a_question_taken_back_while_sealed_never_comes_to_be_in_any_file(phone_in, app, canary):
    receipt = ask(phone_in, canary)
    with transaction():
        box.withdraw(phone_in, receipt=receipt)
    release_at(LAST)
    assert files_holding(canary, app) == []


def test_a_released_question_that_is_taken_back_is_in_no_table_file_any_more_at_once(phone_in, app, canary):
    receipt = ask(phone_in, canary)
    for n in range(30):
        ask(phone_in, f"Number {n} " * 20)
    release_at(LAST)
    assert in_tables(files_holding(canary, app)) != []
    with transaction():
        box.withdraw(phone_in, receipt=receipt)
    assert (in_tables(files_holding(canary, app)), len(released())) == ([], 30)


def test_a_wording_that_is_replaced_is_gone_from_the_files_when_the_originals_are(phone_in, app, canary):
    ask(phone_in)
    release_at(LAST)
    """Until then those who lead can undo it."""
    with transaction():
        fay = make_fay()
    for wording in (canary, "Another wording"):
        with transaction(), deeds.done(phone_in, by=fay, what="worded"):
            triage.reword(db.session.scalars(select(Question)).one(), wording)
        assert in_tables(files_holding(canary, app)) != []
    with clock.stopped_at(phone_in.ends_at + retention.originals() + timedelta(days=1)):
        retention.forget()
    assert in_tables(files_holding(canary, app)) == []


def test_what_is_past_keeping_is_gone_from_the_files_after_the_night_in_which_it_is_forgotten(phone_in, app, canary):
    ask(phone_in, canary)
    release_at(LAST)
    with clock.stopped_at(phone_in.ends_at + retention.originals()):
        sweep.nightly()
        assert released() == [canary]
    with clock.stopped_at(phone_in.ends_at + retention.originals() + timedelta(days=1)):
        sweep.nightly()
    kept = [question.text for question in rows(Question)]
    gone = [rows(model) for model in (SpentPass, PassKey)]
    assert (kept, gone, in_tables(files_holding(canary, app))) == ([""], [[], []], [])


def test_a_copy_of_the_database_from_while_it_was_open_opens_nothing_once_the_key_is_destroyed(phone_in, app, canary):
    for n in range(3):
        ask(phone_in, f"{canary} {n}")
    copied = {
        model: [{c.key: getattr(row, c.key) for c in inspect(model).columns} for row in rows(model)]
        for model in (SealKey, PassKey, SpentPass, Envelope)
    }
    release_at(LAST)
    with transaction():
        for model, kept in copied.items():
            db.session.execute(delete(model))
            db.session.add_all(model(**columns) for columns in kept)
    with pytest.raises(keys.BoxKeyAway):
        keys.box_private("sleep")
    assert [file.name for file in app.config["SEAL_DIR"].iterdir()] == ["CACHEDIR.TAG"]
    for known in [bytes(32), *(row.public for row in rows(SealKey)), *(row.public for row in rows(Envelope))]:
        for envelope in rows(Envelope):
            with pytest.raises(seal.CannotOpen):
                seal.unseal(known, seal.Sealed(envelope.public, envelope.blob), handle=envelope.handle)


def test_a_copy_of_sqlites_file_holds_the_words_only_after_the_release(phone_in, app, tmp_path, canary):
    if not on_sqlite():
        return
    ask(phone_in, canary)
    copies = []
    for name in ("open", "closed"):
        db.session.rollback()
        with sqlite3.connect(tmp_path / name) as copy, sqlite3.connect(app.config["DATA"] / "phonein.sqlite3") as mine:
            mine.backup(copy)
        copies.append((tmp_path / name).read_bytes().count(canary.encode()))
        for connection in (copy, mine):
            connection.close()
        release_at(LAST)
    assert copies == [0, 1]


def test_what_a_released_question_stands_under_matches_nothing_in_an_older_copy(phone_in):
    """Or the time at which the sealed row came, which a log of changes gives away, would be the question's."""
    ask(phone_in)
    [envelope], [spent] = rows(Envelope), rows(SpentPass)
    old = [envelope.handle, envelope.public, envelope.blob, spent.hash]
    release_at(LAST)
    [question] = rows(Question)
    assert [part for part in old if question.receipt_hash in part or question.id.encode() in part] == []


def test_asking_changing_looking_and_taking_back_touch_nothing_but_the_anonymous_tables(phone_in, app):
    """Not a count, not a date, not even an unchanged row written again, which PostgreSQL would number and so date."""
    pass_ = new_pass(phone_in)
    release.draw_keys_ahead()
    anonymous = {"envelope", "spent_pass", "question"}
    others = sorted(set(inspect(db.engine).get_table_names()) - anonymous)

    def everything_else():
        db.session.rollback()
        hidden = "" if on_sqlite() else ", xmin::text, ctid::text"
        return {name: db.session.execute(text(f"SELECT *{hidden} FROM {name}")).all() for name in others}

    before = everything_else()
    receipt = ask(phone_in, pass_=pass_)
    with transaction():
        box.edit(phone_in, receipt=receipt, text="Changed", topic="")
    box.standing(phone_in, receipt)
    with transaction():
        box.withdraw(phone_in, receipt=receipt)
    assert {"phone_in", "person", "letter", "pass_issue", "sign_in", "pass_key", "seal_key"} <= set(others)
    assert everything_else() == before


def test_postgresqls_own_log_says_nothing_about_a_pass_that_is_used_twice(phone_in, app):
    """An error would stand there with its time and the hash: that is how a row put in twice shows, for comparison."""
    pass_ = new_pass(phone_in)
    ask(phone_in, pass_=pass_)
    with pytest.raises(box.PassSpent):
        ask(phone_in, pass_=pass_)
    [spent] = rows(SpentPass)
    noted = [files_holding(spent.hash.hex(), app)]
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(insert(SpentPass).values(hash=spent.hash, phone_in_slug="sleep"))
    noted.append(files_holding(spent.hash.hex(), app))
    assert [bool(found) for found in noted] == [False, not on_sqlite()]


def test_the_hour_at_which_somebody_signed_in_is_kept_for_a_day_and_no_longer(app):
    """Beside the time of an envelope in a log of changes, it would point to who was there."""
    with transaction():
        make_person("Sam")
        sign_in.ask("sam@example.org", browser="a", source="b")
    kept = []
    for days in (0, 1, 2):
        with clock.stopped_at(TUESDAY + timedelta(days=days, hours=1)):
            retention.forget()
        kept.append((len(rows(Letter)), len(rows(sign_in.SignInRequest))))
    assert kept == [(1, 1), (0, 0), (0, 0)]


def test_sqlite_leaves_no_copy_of_anything_among_temporary_files(app):
    """Writing the whole file anew needs room for a copy: it is made in memory (2), and the journal is emptied."""
    if on_sqlite():
        asked = ("temp_store", "secure_delete", "journal_mode")
        assert [db.session.scalar(text(f"PRAGMA {name}")) for name in asked] == [2, 1, "truncate"]


def test_sqlites_files_say_when_the_last_round_was_and_not_when_somebody_asked(phone_in, app):
    if not on_sqlite():
        return
    ask(phone_in)
    files = sorted(app.config["DATA"].glob("phonein.sqlite3*"))
    for file in files:
        os.utime(file, (1e9, 1e9))  # as if it had been long ago
    release.release_due()
    release.release_due()
    assert [file.name for file in files] == ["phonein.sqlite3", "phonein.sqlite3-journal"]
    assert all(file.stat().st_mtime > 1e9 + 1 for file in files)
