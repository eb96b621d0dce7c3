"""The anonymous door as a process of its own, under a database role of its own, beside a process for everything else:
as production runs them, on one PostgreSQL."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import config
from phonein import create_app
from phonein.db import db, transaction
from phonein.questions import codes, keys
from phonein.questions.models import Envelope
from tests import servers
from tests.builders import make_phone_in
from tests.processes import INHERITED, ROOT, started, until
from tests.questions import WORDS, rows

GUNICORNS_OWN = {"GUNICORN_CMD_ARGS": "--access-logfile - --log-level debug"}


def phonein(settings, *words):
    """One command to its end: its exit status, and all that it said."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "phonein", *words],
        cwd=ROOT,
        env=inherited | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def fetch(address, fields=None, **headers):
    """Status and page; a bare request, unless headers are given."""
    sent = urllib.parse.urlencode(fields).encode() if fields else None
    request = urllib.request.Request(address, sent, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def answers(address):
    try:
        return fetch(f"{address}/health/live")[0] == 200
    except OSError:
        return False


@pytest.fixture
def production(tmp_path, postgres_server):
    """What both processes share; the door has no mail server and no queue server."""
    return {
        "PHONEIN_DATA": str(tmp_path / "data"),
        "DATABASE_URL": servers.fresh_database(postgres_server),
        "SECRET_KEY": "t" * 32,
        "PUBLIC_URL": "https://phone-in.example",
    }


@pytest.fixture
def role(production):
    name = f"door_{os.urandom(4).hex()}"
    with psycopg.connect(production["DATABASE_URL"], autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'd'")
        yield name
        owner.execute(f"DROP OWNED BY {name}")
        owner.execute(f"DROP ROLE {name}")


def an_open_phone_in(production):
    """With a pass for it."""
    app = create_app(config.Testing(production))
    now = datetime.now(UTC)
    with app.app_context():
        with transaction():
            make_phone_in(starts_at=now + timedelta(days=7), asks_open_at=now - timedelta(days=1), published_at=now)
            pass_ = codes.printed_pass(keys.pass_secret("sleep"), "sleep")
        db.session.remove()
        db.engine.dispose()
    return app, pass_


def test_the_two_doors_stand_side_by_side_and_neither_has_what_is_behind_the_other(production, role, tmp_path):
    assert phonein(production, "db", "upgrade")[0] == 0
    status, said = phonein(production, "web", "--door", "q")
    assert (status, "The database role of the anonymous door can read" in said) == (1, True)
    assert "person" in said
    status, said = phonein(production, "grant-door", role)
    assert (status, f"{role} can read and write what is anonymous" in said) == (0, True)
    app, pass_ = an_open_phone_in(production)
    ports = {door: str(servers.closed_port()) for door in ("q", "app")}
    at = {door: f"http://127.0.0.1:{port}" for door, port in ports.items()}
    theirs = production["DATABASE_URL"].replace("postgres:", f"{role}:", 1)
    door_settings = production | GUNICORNS_OWN | {"PORT": ports["q"], "DATABASE_URL": theirs}
    app_settings = production | {"PORT": ports["app"], "MAIL_SERVER": "127.0.0.1"}
    web = ("-m", "phonein", "web", "--door")
    with (
        started(tmp_path / "q.said", door_settings, *web, "q") as door,
        started(tmp_path / "app.said", app_settings, *web, "app") as other,
    ):
        until(lambda: answers(at["q"]) and answers(at["app"]), "they never answered")
        assert json.loads(fetch(f"{at['q']}/health/ready")[1]) == {"ready": True, "wrong": [], "degraded": []}
        everything_at_the_door(at["q"], pass_)
        behind = {path: (fetch(at["q"] + path)[0], fetch(at["app"] + path)[0]) for path in PATHS}
        assert behind == PATHS
        door.stop(), other.stop()
    # Not a line, though gunicorn was told to keep an access log, and errors were among what happened.
    assert (tmp_path / "q.said").read_text() == ""
    with app.app_context():
        assert len(rows(Envelope)) == 1
        db.session.remove()
        db.engine.dispose()


# What each of the two answers.
PATHS = {
    "/q/sleep/": (200, 404),
    "/q/sleep/keys": (200, 404),
    "/q/health": (200, 404),
    "/static/app.css": (200, 200),
    "/health/live": (200, 200),
    "/app/sign-in/": (404, 200),
    "/app/": (404, 200),
    "/": (404, 200),
    "/help/": (404, 200),
    "/feeds/x.ics": (404, 404),
    "/mailbox/": (404, 404),
}


def everything_at_the_door(address, pass_):
    """Asking and what goes wrong at it, down to what no program of ours gets to see."""
    fields = {"slug": "sleep", "do": "ask", "text": WORDS, "topic": "", "pass": pass_}
    receipt = codes.new_receipt()
    assert fetch(f"{address}/q/", fields)[0] == 200
    assert "Your question is sealed" in fetch(f"{address}/q/", fields | {"receipt": receipt})[1]
    assert WORDS in fetch(f"{address}/q/", {"slug": "sleep", "do": "status", "receipt": receipt})[1]
    assert fetch(f"{address}/q/sleep/", Cookie="a=b")[0] == 400
    assert fetch(f"{address}/q/none/")[0] == 404
    port = int(address.rsplit(":", 1)[1])
    for raw in (b"POST /q/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nshort", b"GET /q/ HTTP/9\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(raw)
