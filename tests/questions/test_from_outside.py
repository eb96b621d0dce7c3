"""The door seen from outside: what a proxy adds on the way is named, and what else is wrong there is said in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from phonein.questions import from_outside
from tests import servers
from tests.certificates import self_signed


class Quiet(WSGIRequestHandler):
    def log(self, *args):
        pass


@contextmanager
def served(application, tls=None) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet, ssl_context=tls)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def through(app, out=(), **added):
    """A proxy in front of the app that adds these headers, and those on the way out."""

    def proxy(environ, start):
        def answer(status, headers, error=None):
            return start(status, [*headers, *out], error)

        return app(environ | {f"HTTP_{name}": value for name, value in added.items()}, answer)

    return proxy


@pytest.fixture
def database_url(tmp_path):
    return f"sqlite:///{tmp_path / 'data' / 'phonein.sqlite3'}"


def test_a_bare_door_is_found_bare(app):
    with served(app) as url:
        assert from_outside.look(url) == from_outside.Seen([], [])


@pytest.mark.parametrize(
    "added, words",
    [
        ({"X_FORWARDED_USER": "sam"}, "adds who is asking (x-forwarded-user)"),
        ({"COOKIE": "AWSALB=1"}, "adds who is asking (cookie)"),
        ({"X_FORWARDED_FOR": "10.0.0.7", "X_REAL_IP": "10.0.0.7"}, "where it came from (x-forwarded-for, x-real-ip)"),
        ({"FORWARDED": "for=10.0.0.7", "VIA": "1.1 squid"}, "where it came from (forwarded, via)"),
        ({"X_FORWARDED_FOR": "", "USER_AGENT": ""}, None),
        ({"out": [("Set-Cookie", "AWSALB=1; Path=/")]}, "is given a cookie on its way out"),
        ({"out": [("Set-Cookie", "a=1"), ("X-Other", "1")]}, "is given a cookie on its way out"),
    ],
)
def test_what_is_added_on_the_way_is_named_and_its_contents_are_not(app, added, words):
    with served(through(app, **added)) as url:
        seen = from_outside.look(url)
    assert [words in fault for fault in seen.faults] == ([True] if words else [])
    assert not any(secret in fault for fault in seen.faults for secret in ("sam", "10.0.0.7", "AWSALB"))


def test_single_sign_on_in_front_of_the_door_is_seen_by_where_it_leads(app):
    def sign_on(environ, start):
        start("302 Found", [("Location", "https://login.example/authorize?state=x")])
        return [b""]

    with served(sign_on) as url:
        assert "leads on to login.example" in from_outside.look(url).faults[0]


@pytest.mark.parametrize("body", [b"<p>Welcome", b"[]", b"{}", b'{"door": "q", "names": 1, "traces": []}', b"\xff"])
def test_something_else_at_that_address_is_not_taken_for_the_door(body):
    def other(environ, start):
        start("200 OK", [("Content-Type", "application/json")])
        return [body]

    with served(other) as url:
        assert "not as the anonymous door does" in from_outside.look(url).faults[0]


def test_a_certificate_that_nobody_vouches_for_is_a_fault(app, tmp_path):
    tls, _ = self_signed(tmp_path)
    with served(app, tls) as url:
        assert "certificate" in from_outside.look(url).faults[0]


def test_an_address_that_does_not_answer_is_said_in_words_and_in_time():
    words = "so nobody has looked at it from outside"
    closed = from_outside.look(f"http://127.0.0.1:{servers.closed_port()}", 1)
    with servers.black_hole() as port:
        silent = from_outside.look(f"http://127.0.0.1:{port}", 0.3)
    with servers.black_hole(drip=b"H") as port:
        dripping = from_outside.look(f"http://127.0.0.1:{port}", 0.3)
    unknown = from_outside.look("https://nowhere.invalid", 1)
    assert [(seen.faults, words in seen.advice[0]) for seen in (closed, silent, dripping, unknown)] == [([], True)] * 4
    assert ["took too long" in seen.advice[0] for seen in (closed, silent, dripping)] == [False, True, True]


def test_what_reaches_the_door_can_be_asked_for_with_a_name_too_and_no_phone_in_can_stand_there(app):
    client = app.test_client(use_cookies=False)
    answers = [client.get(path, headers={"Cookie": "a=b", "X-Real-Ip": "::1"}) for path in ("/q/health", "/q/health/")]
    for answer in answers:
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
        assert answer.json["names"] == ["cookie"]
        assert set(answer.json["traces"]) == {"x-real-ip", "user-agent"}
    assert client.post("/q/health").status_code == 405
    assert client.get("/q/healthy", headers={"Cookie": "a=b"}).status_code == 400
