"""Whoever asks too much waits a moment, and nobody else does: by person, by place, in one process and in several."""

import time
from types import SimpleNamespace

import pytest

import config
from phonein import create_app, turnstile
from phonein.db import db, transaction
from phonein.identity.models import Person
from tests import servers
from tests.builders import csrf, make_fay, make_person, sign_in_as

STATION, ELSEWHERE = "203.0.113.9", "198.51.100.7"
LONG = "A long text that somebody has typed and does not want to lose"


@pytest.fixture
def database_url(tmp_path, sqlite_file):
    """Nothing here is different on another engine."""
    return f"sqlite:///{tmp_path / 'data' / 'phonein.sqlite3'}"


@pytest.fixture(autouse=True)
def clock_that_stands(monkeypatch):
    """Half a minute past, so that no minute ends in the middle of a test."""
    at = SimpleNamespace(now=30.0)
    monkeypatch.setattr(turnstile, "time", SimpleNamespace(monotonic=lambda: at.now))
    return at


@pytest.fixture
def settings(settings):
    return settings | {"LIMIT_PER_PERSON": "3", "LIMIT_PER_PLACE": "30", "PROXY_HOPS": "1"}


def came_from(address: str) -> dict:
    return {"headers": {"X-Forwarded-For": address}}


def statuses(client, path, times, address=STATION):
    return [client.get(path, **came_from(address)).status_code for _ in range(times)]


def test_a_person_who_asks_too_much_waits_and_no_other_does_even_from_the_same_place(app):
    with transaction():
        sam, fay = make_person("Sam"), make_fay()
    first, other = sign_in_as(app.test_client(), sam), sign_in_as(app.test_client(), fay)
    assert statuses(first, "/app/bookings/", 5) == [200, 200, 200, 429, 429]
    assert statuses(other, "/app/bookings/", 3) == [200] * 3


def test_what_they_hear_says_how_long_and_what_they_typed_is_not_lost(app):
    with transaction():
        sam = make_person("Sam")
    client = sign_in_as(app.test_client(), sam)
    token = csrf(client)
    statuses(client, "/app/bookings/", 3)
    answer = client.post("/app/bookings/calendar", data={"csrf_token": token, "words": LONG})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert "Wait 30 seconds, then go back and try again." in answer.text
    assert (LONG in answer.text, token in answer.text) == (True, False)
    script = client.post("/app/bookings/calendar", json={})
    assert (script.status_code, script.json["todo"]) == (429, "Wait 30 seconds, then go back and try again.")


def test_in_the_next_minute_they_may_go_on(app, clock_that_stands):
    with transaction():
        sam = make_person("Sam")
    client = sign_in_as(app.test_client(), sam)
    assert statuses(client, "/app/bookings/", 4)[-1] == 429
    clock_that_stands.now = 60.0
    assert statuses(client, "/app/bookings/", 4) == [200, 200, 200, 429]


@pytest.mark.parametrize(
    "door, most",
    [
        ("/", 30),
        ("/app/sign-in/", 30),
        ("/app/", 30),
        ("/nowhere", 30),
        ("/feeds/none.ics", 8),
        ("/seat/none", 3),
        ("/offer/none", 3),
        ("/health/live", 3),
    ],
)
def test_each_open_door_has_its_measure_for_each_place(app, client, door, most):
    usual = client.get(door, **came_from(ELSEWHERE)).status_code
    assert statuses(client, door, most + 1) == [usual] * most + [429]
    assert statuses(client, door, 1, ELSEWHERE) == [usual]
    assert statuses(client, "/accessibility/" if door.startswith("/app") else "/app/sign-in/", 1) == [200]


def test_a_calendar_program_is_told_in_a_line_of_text(client):
    statuses(client, "/feeds/none.ics", 8)
    answer = client.get("/feeds/none.ics", **came_from(STATION))
    assert (answer.mimetype, answer.text) == ("text/plain", "Wait 30 seconds, then read this calendar again.\n")


def test_nobody_gets_past_by_saying_that_they_are_somebody_else(client):
    """Only what our own proxy has added counts: the last of the list. Of IPv6 one machine has 2^64 addresses."""
    assert statuses(client, "/seat/none", 3)[-1] != 429
    spoofed = [client.get("/seat/none", **came_from(f"10.0.0.{n}, {STATION}")).status_code for n in range(2)]
    mapped = statuses(client, "/seat/none", 1, f"::ffff:{STATION}")
    assert spoofed + mapped == [429] * 3
    many = [client.get("/seat/none", **came_from(f"2001:db8:1:2::{n}")).status_code for n in range(1, 6)]
    assert [status == 429 for status in many] == [False, False, False, True, True]
    assert statuses(client, "/seat/none", 1, "2001:db8:1:3::1") != [429]


def test_what_a_proxy_adds_that_we_were_not_told_of_is_not_believed(settings, compiled_templates):
    app = create_app(config.Testing(settings | {"PROXY_HOPS": "0"}))
    with app.app_context():
        db.create_all()
        client = app.test_client()
        anybody = [client.get("/health/live", **came_from(f"10.0.0.{n}")).status_code for n in range(9)]
        direct = [
            client.get("/health/live", environ_overrides={"REMOTE_ADDR": STATION}, **came_from(f"10.0.0.{n}"))
            for n in range(4)
        ]
        db.engine.dispose()
    assert anybody == [200] * 9  # from this machine: nobody knows who they are, so nobody is kept out for another
    assert [answer.status_code for answer in direct] == [200, 200, 200, 429]


def test_style_and_scripts_are_not_counted(client):
    for _ in range(40):
        with client.get("/static/app.css", **came_from(STATION)) as answer:
            assert answer.status_code == 200


@pytest.fixture
def two_processes(settings, tmp_path, app):
    """Makes two applications that know of one queue server, as on two machines."""

    def both(redis_url: str) -> list:
        return [create_app(config.Testing(settings | {"REDIS_URL": redis_url})).test_client() for _ in range(2)]

    return both


def test_all_processes_count_together_and_the_queue_server_does_not_learn_whom(two_processes, app):
    with transaction():
        number = make_person("Sam").id
    with servers.valkey() as (server, url):
        one, two = two_processes(url)
        for browser in (one, two):
            with browser.application.app_context():
                sign_in_as(browser, db.session.get(Person, number))
        assert statuses(one, "/app/bookings/", 2) + statuses(two, "/app/bookings/", 2) == [200, 200, 200, 429]
        assert statuses(one, "/seat/none", 2)[-1] + statuses(two, "/seat/none", 2)[-1] == 404 + 429
        wait = int(two.get("/seat/none", **came_from(STATION)).headers["Retry-After"])
        assert 0 < wait <= 60
        store = two.application.extensions["phonein.turnstile"].shared.storage.storage
        kept = " ".join(key.decode() for key in store.keys())  # noqa: SIM118
        assert (kept.count("LIMITER"), STATION in kept, "person" in kept) == (2, False, False)
        assert all(0 < store.ttl(key) <= 60 for key in store.keys())  # noqa: SIM118
        server.terminate()
        assert statuses(one, "/seat/none", 4) == [404, 404, 404, 429]


@pytest.mark.parametrize("is_frozen", [True, False], ids=["frozen", "closed"])
def test_a_queue_server_that_is_away_costs_one_short_wait_and_the_limits_hold(two_processes, is_frozen):
    def asked(url: str) -> None:
        client = two_processes(url)[0]
        began = time.monotonic()
        assert statuses(client, "/seat/none", 5) == [404, 404, 404, 429, 429]
        assert time.monotonic() - began < 2  # one wait of a quarter of a second, and slack for a busy machine

    if is_frozen:
        with servers.black_hole() as port:
            asked(f"redis://127.0.0.1:{port}/0")
    else:
        asked(f"redis://127.0.0.1:{servers.closed_port()}/0")


def test_when_it_is_back_they_count_together_again(two_processes, clock_that_stands):
    with servers.valkey() as (server, url):
        one, two = two_processes(url)
        server.terminate()
        assert statuses(one, "/seat/none", 1) == statuses(two, "/seat/none", 1) == [404]
        server.start()
        clock_that_stands.now += turnstile.AWAY_SECONDS
        assert statuses(one, "/seat/none", 2) + statuses(two, "/seat/none", 2) == [404, 404, 404, 429]


def test_a_minute_knows_nobody_and_forgets_everything(clock_that_stands):
    minute = turnstile.Minute()
    first = [minute.count(STATION) for _ in range(3)]
    assert [times for times, _ in first] == [1, 2, 3]
    assert STATION not in repr(vars(minute))
    clock_that_stands.now = 61.0
    again = minute.count(STATION)
    assert (again[0], again[1] != first[0][1], len(minute._times)) == (1, True, 1)
