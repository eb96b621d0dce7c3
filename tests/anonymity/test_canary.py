"""The canary run: six people ask, through nginx as docs/operations.md has it, gunicorn, and either database. Then every
file that any of these has written is searched for what they typed, what they held and what names their phones.
"""

import os
import re
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import select

import config
from phonein import clock, create_app
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.passes import issue
from phonein.questions import keys, release
from tests import servers
from tests.anonymity.askers import Asker
from tests.anonymity.installation import BAD, behind_nginx, documented, open_files
from tests.anonymity.search import holding, holds, shapes
from tests.builders import make_fay, make_person, make_phone_in
from tests.prepare import find_nginx
from tests.processes import started

pytestmark = pytest.mark.timeout(400)  # ten seconds or so, where nothing else is at work
SIX = 6
KINDS = ("text", "another text", "receipt", "pass", "blinded value", "address", "browser")


@pytest.fixture
def folder(tmp_path):
    if not find_nginx():
        leave_out = pytest.fail if os.environ.get("CI") else pytest.skip  # where it counts, nothing is left out
        leave_out("There is no nginx here: tests/prepare.py says how to get one.")
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """Its address, and its folder where that is not the data's. PostgreSQL is one of our own: all its files count."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'phonein.sqlite3'}", None
        return
    with servers.postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            [place] = connection.execute("SHOW data_directory").fetchone()
        yield servers.fresh_database(url, "phonein"), place


@pytest.fixture
def settings(tmp_path, database):
    """Replaces the suite's own: this is production."""
    return {
        "PHONEIN_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database[0],
        "SECRET_KEY": "c" * 40,
        "PUBLIC_URL": "https://127.0.0.1",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(servers.closed_port()),
        "MAIL_DEFAULT_SENDER": "phone-in@service.example",
    }


@pytest.fixture
def inside(settings):
    """The same installation from the inside, to set the stage: twelve people hold passes, six of them will ask."""
    app = create_app(config.Testing(settings))
    with app.app_context():
        db.create_all()
        with transaction():
            now = clock.now()
            phone_in = make_phone_in(
                starts_at=now + timedelta(days=3),
                asks_open_at=now - timedelta(days=3),
                asks_close_at=now + timedelta(days=2),
                published_at=now - timedelta(days=9),
                leaders=[make_fay()],
            )
            people = [make_person(f"Person{n}") for n in range(12)]
            for person in people[SIX:]:
                issue.draw(phone_in, by=person)
        release.draw_keys_ahead()
        keys.draw_pass_keys_ahead()
        db.session.rollback()
        yield app
        db.session.remove()
        db.engine.dispose()


def letter_to(address):
    """The link in the newest sign-in letter."""
    db.session.rollback()
    newest = select(Letter).where(Letter.to_address == address).order_by(Letter.posted_at.desc())
    [link] = re.findall(r"/app/sign-in/link/([\w-]+)", db.session.scalars(newest).first().text)
    db.session.rollback()
    return link


def six_ask(place):
    askers = [Asker(n, place, "sleep") for n in range(SIX)]
    for asker in askers:
        asker.sign_in(letter_to)
        asker.draw()
    for asker in askers:
        asker.ask()
    askers[1].change()
    askers[2].change()
    return askers


def release_now(settings, folder):
    """By the command, in a process of its own, as if asking had closed."""
    closed = (clock.now() + timedelta(days=2, minutes=1)).isoformat()
    with started(folder / "said", settings, "-m", "phonein", "release", "--as-of", closed, cwd=folder) as it:
        assert it.process.wait(60) == 0


def searched(askers, tmp_path, database):
    """Where each kind of marker stands. The data, the keys and all that runs are in one folder; PostgreSQL is not."""
    markers = {kind: [m for asker in askers for m in asker.markers()[kind]] for kind in KINDS}
    if database[1]:
        with psycopg.connect(database[0], autocommit=True) as connection:
            connection.execute("CHECKPOINT")
    return holding(markers, [tmp_path, *([Path(database[1])] if database[1] else [])])


def test_canary_before_the_release_no_file_holds_anything_and_after_it_the_words_only(
    folder, tmp_path, database, settings, inside
):
    with behind_nginx(folder, settings, documented()) as place:
        askers = six_ask(place)
        before = searched(askers, tmp_path, database)
        release_now(settings, folder)
        askers[0].post("status", receipt=askers[0].receipt)
    after = searched(askers, tmp_path, database)
    nowhere = {kind: set() for kind in KINDS}
    assert before == nowhere
    assert after | {"text": set()} == nowhere
    assert after["text"] != set()
    assert (folder / "access.log").read_text().count("/app/") > SIX  # nginx did log what it may log


def test_canary_finds_everything_behind_a_proxy_that_is_set_up_badly(folder, tmp_path, database, settings, inside):
    with behind_nginx(folder, settings, BAD) as place:
        askers = six_ask(place)
        found = searched(askers, tmp_path, database)
    assert {kind for kind in KINDS if found[kind]} == set(KINDS)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux says which files a process has open")
@pytest.mark.parametrize("locations, waits", [(documented(), False), (BAD, True)], ids=["documented", "bad"])
def test_canary_a_text_that_is_much_too_long_waits_in_no_temporary_file(folder, settings, inside, locations, waits):
    """It comes in and is shown again, to somebody whose line is slow. nginx's temporary files have no name, so one has
    to look while they are there."""
    with behind_nginx(folder, settings, locations) as place:
        asker = Asker(0, place, "sleep")
        body = urlencode({"slug": "sleep", "do": "ask", "pass": "x", "text": asker.text * 3000, "topic": ""})
        with asker.sent_slowly(body) as line:
            assert line.recv(100).startswith(b"HTTP/1.1 422")
            shapes_ = {"text": shapes(asker.text[:30].encode())}
            found = []
            for _ in range(10):
                time.sleep(0.1)
                found += [file for file in open_files(place.nginx) if holds(file, shapes_)]
    assert bool(found) is waits
