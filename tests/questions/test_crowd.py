"""Too much at the anonymous door: it says so in its usual shape, loses no words, and nothing can be learned from it."""

from types import SimpleNamespace

import pytest

import config
from phonein import create_app, turnstile
from phonein.questions import crowd
from phonein.questions.models import Envelope
from phonein.questions.same_size import STEP
from tests import servers
from tests.questions import SHAPES, WORDS, new_pass, open_phone_in, rows, shown

HERE, THERE = ({"REMOTE_ADDR": address} for address in ("203.0.113.9", "198.51.100.7"))


@pytest.fixture
def database_url(tmp_path):
    """Nothing here is different on another engine."""
    return f"sqlite:///{tmp_path / 'data' / 'phonein.sqlite3'}"


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(turnstile, "time", SimpleNamespace(monotonic=lambda: 30.0))
    monkeypatch.setattr(crowd, "FROM_ONE_PLACE", 4)
    monkeypatch.setattr(crowd, "FROM_ALL", 20)


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def crowded(client, place) -> int:
    """How often this place may look until it is told to wait."""
    for times in range(100):
        if client.get("/q/sleep/", environ_overrides=place).status_code == 429:
            return times
    raise AssertionError("never")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_answer_has_the_shape_and_the_size_of_every_other_and_the_words_in_it(phone_in, app, client, shape):
    client.environ_base |= HERE
    crowded(client, HERE)
    answer = SHAPES[shape](client, "ask", text=WORDS, **{"pass": new_pass(phone_in)})
    assert (answer.status_code, len(answer.data), answer.headers["Retry-After"]) == (429, STEP, "60")
    assert ("Wait a minute, then go back and send it again." in shown(answer), WORDS in shown(answer)) == (True, True)
    assert "Set-Cookie" not in answer.headers
    assert rows(Envelope) == []
    client.environ_base |= THERE
    assert client.get("/q/sleep/").status_code == 200


def test_a_pass_that_came_too_fast_is_still_good(phone_in, client, monkeypatch):
    client.environ_base |= HERE
    crowded(client, HERE)
    pass_, receipt = new_pass(phone_in), "7KQ2-M4XD-90TP-AB3C"
    assert SHAPES["form"](client, "ask", text=WORDS, **{"pass": pass_}).status_code == 429
    monkeypatch.setattr(turnstile, "time", SimpleNamespace(monotonic=lambda: 90.0))
    assert SHAPES["form"](client, "ask", text=WORDS, receipt=receipt, **{"pass": pass_}).status_code == 200


def test_until_then_an_answer_says_nothing_of_it(phone_in, client):
    """Neither how many there are left nor when they begin anew: the first answer and the last are alike."""
    answers = [client.get("/q/sleep/", environ_overrides=HERE) for _ in range(4)]
    heads = [sorted(answer.headers.items()) for answer in answers]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert heads == heads[:1] * 4
    assert [answer.data for answer in answers] == [answers[0].data] * 4


def test_where_the_limit_lies_is_drawn_by_lot_for_each_place_so_that_nobody_can_count_others(phone_in, client):
    assert {crowded(client, {"REMOTE_ADDR": f"192.0.2.{n}"}) for n in range(40)} == {4, 5}


def test_behind_a_proxy_that_says_nothing_all_are_counted_as_one(phone_in, client):
    assert 20 <= crowded(client, {"REMOTE_ADDR": "127.0.0.1"}) < 30


def test_the_queue_server_and_the_logs_hear_nothing_of_the_door(settings, phone_in, caplog):
    with servers.valkey() as (_, url):
        app = create_app(config.Testing(settings | {"REDIS_URL": url}))
        with caplog.at_level("DEBUG"):
            crowded(app.test_client(), HERE)
        store = app.extensions["phonein.turnstile"].shared.storage.storage
        assert store.keys() == []
        said = [record for record in caplog.records if "203.0" in record.getMessage() or "429" in record.getMessage()]
        assert (said, "203.0" in repr(vars(app.extensions["phonein.crowd"]))) == ([], False)
