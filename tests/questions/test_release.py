"""Release: at fixed times, once, with the key destroyed behind it."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from phonein import clock, sweep
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.questions import box, keys, release
from phonein.questions.models import Envelope, Question, SealKey
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_phone_in
from tests.conftest import TUESDAY
from tests.questions import WORDS, ask, open_phone_in, release_at, released, rows

LAST = TUESDAY + timedelta(days=6)
BEFORE = TUESDAY - timedelta(days=1)  # the release before the last
MOMENT = timedelta(microseconds=1)


def key_files(app):
    return sorted(file for file in app.config["SEAL_DIR"].glob("*.*") if file.name != "CACHEDIR.TAG")


def test_what_is_asked_in_the_open_weeks_is_released_every_seven_days_counted_from_the_close(app):
    assert open_phone_in().release_times == [TUESDAY - timedelta(days=8), BEFORE, LAST]


def test_nothing_is_released_before_its_time(app):
    phone_in = open_phone_in()
    release_at(TUESDAY)
    ask(phone_in)
    assert [release_at(LAST - MOMENT), released()] == [0, []]
    assert [release_at(LAST), released()] == [1, [WORDS]]


def test_at_a_release_time_a_second_round_finds_nothing_to_do(app):
    ask(open_phone_in())
    assert [release_at(LAST), release_at(LAST), release_at(LAST + timedelta(days=400))] == [1, 0, 0]
    assert released() == [WORDS]


def test_a_sweep_that_comes_after_several_release_times_releases_once(app):
    with transaction():
        phone_in = make_phone_in(asks_open_at=TUESDAY - timedelta(days=10), leaders=[make_fay()])
    ask(phone_in)
    assert release_at(LAST + timedelta(hours=3)) == 1
    assert (released(), len(rows(Letter)), rows(PhoneIn)[0].released_through) == ([WORDS], 1, LAST)


def test_each_phone_in_is_released_at_its_own_time(app):
    late = open_phone_in(slug="late", starts_at=TUESDAY + timedelta(days=8))
    ask(open_phone_in(), "Early")
    release_at(TUESDAY)
    ask(late, "Late")
    release_at(LAST)
    assert released() == ["Early"]
    release_at(LAST + timedelta(days=1))
    assert released() == ["Early", "Late"]


def test_a_draft_is_not_released_and_a_cancelled_phone_in_is_so_that_its_key_goes(app):
    with transaction():
        make_phone_in(slug="draft", published_at=None)
    phone_in = open_phone_in()
    ask(phone_in)
    with transaction():
        phone_in.cancelled_at = TUESDAY
    assert (release_at(LAST), released(), key_files(app)) == (1, [WORDS], [])


def test_after_an_earlier_release_the_box_has_a_new_key_and_after_the_last_none(app):
    phone_in = open_phone_in()
    ask(phone_in, "First")
    [first] = key_files(app)
    release_at(TUESDAY)
    [second] = key_files(app)
    ask(phone_in, "Second")
    assert (key_files(app), first == second, first.exists()) == ([second], False, False)
    release_at(LAST)
    assert (key_files(app), rows(SealKey), released()) == ([], [], ["First", "Second"])


def test_the_key_of_a_box_is_drawn_before_anybody_asks_so_that_its_file_does_not_say_when(app):
    """Else the file's own time would be that of the first question: the asker's, where there is only one."""
    with transaction():
        make_phone_in(asks_open_at=TUESDAY + timedelta(hours=23))
        make_phone_in(slug="far", asks_open_at=TUESDAY + timedelta(days=2))
        make_phone_in(slug="draft", published_at=None)
        make_phone_in(slug="cancelled", cancelled_at=TUESDAY)
    release_at(TUESDAY)
    [file] = key_files(app)
    before = (file.stat(), app.config["SEAL_DIR"].stat(), rows(SealKey)[0].public)
    with clock.stopped_at(TUESDAY + timedelta(days=1)):
        box.standing(rows(PhoneIn)[0], ask(rows(PhoneIn)[0]))
        release.draw_keys_ahead()
    assert file.name.startswith("sleep.")
    assert (file.stat(), app.config["SEAL_DIR"].stat(), rows(SealKey)[0].public) == before


def test_keys_are_for_their_owners_eyes_and_marked_as_not_for_backups(app):
    ask(open_phone_in())
    folder, [file] = app.config["SEAL_DIR"], key_files(app)
    assert [oct(path.stat().st_mode & 0o777) for path in (folder, file)] == ["0o700", "0o600"]
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert app.config["DATA"] not in folder.parents


def test_keys_that_no_box_has_any_more_are_destroyed_at_night_and_young_ones_left(app):
    ask(open_phone_in())
    [mine] = key_files(app)
    stray, young = (mine.with_name(f"sleep.{name}") for name in ("stray", "young"))
    for file, age in [(mine, 9), (stray, 9), (young, 0)]:
        shutil.copy(mine, file) if file != mine else None
        os.utime(file, (TUESDAY.timestamp() - age * 3600,) * 2)
    sweep.lose_the_order()
    assert key_files(app) == sorted([mine, young])
    release_at(LAST)
    assert released() == [WORDS]


def test_a_key_file_is_overwritten_where_it_lies_before_it_goes(app, tmp_path):
    file, witness = tmp_path / "key", tmp_path / "witness"
    file.write_bytes(b"k" * 32)
    os.link(file, witness)
    keys.destroy(file)
    keys.destroy(file)
    assert (file.exists(), len(witness.read_bytes()), witness.read_bytes() == b"k" * 32) == (False, 32, False)


@pytest.mark.parametrize("asked", [0, 3])
def test_while_the_key_is_away_a_release_waits_with_or_without_questions(app, asked):
    phone_in = open_phone_in()
    release.draw_keys_ahead()
    for n in range(asked):
        ask(phone_in, f"Number {n}")
    [file] = key_files(app)
    away = file.rename(file.with_name("away"))
    assert (release_at(LAST), released(), rows(PhoneIn)[0].released_through) == (0, [], None)
    away.rename(file)
    assert (release_at(LAST), released()) == (1, [f"Number {n}" for n in range(asked)])


def test_when_the_phone_in_begins_without_the_key_what_nobody_can_open_is_given_up(app):
    phone_in = open_phone_in()
    receipt = ask(phone_in)
    key_files(app)[0].unlink()
    assert release_at(phone_in.starts_at) == 1
    assert (released(), rows(Envelope), rows(SealKey)) == ([], [], [])
    with pytest.raises(box.NotKnown):
        box.standing(phone_in, receipt)


def test_one_phone_in_that_cannot_be_released_does_not_keep_the_others_waiting(app):
    for slug in ("broken", "sleep"):
        ask(open_phone_in(slug=slug), slug)
    with transaction():
        double = box.hash_of("receipt", "broken", box.codes.plain_receipt(ask_twice := box.codes.new_receipt()))
        db.session.add(Question(phone_in_slug="broken", receipt_hash=double, text="Here already"))
        box._put(db.session.scalars(select(PhoneIn)).first(), ask_twice, {"do": "ask", "text": "Again", "topic": ""})
    assert (release_at(LAST), released()) == (1, ["Here already", "sleep"])


def test_two_processes_at_the_same_moment_release_once(app, settings):
    with transaction():
        phone_in = make_phone_in(asks_open_at=TUESDAY - timedelta(days=10), leaders=[make_fay()])
    for n in range(5):
        ask(phone_in, f"Number {n}")
    db.session.rollback()
    command = [Path(sys.executable).parent / "phonein", "release", "--as-of", LAST.isoformat()]
    started = [
        subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60) for process in started)
    assert said == [("Released: 0 phone-ins.\n", ""), ("Released: 1 phone-ins.\n", "")]
    assert (released(), len(rows(Letter)), key_files(app)) == ([f"Number {n}" for n in range(5)], 1, [])
