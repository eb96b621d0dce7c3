"""The anonymous door on a host of its own: it answers there and nowhere else, and nothing else answers there."""

import pytest

from phonein.db import transaction
from tests.builders import csrf, make_person, sign_in_as
from tests.questions import WORDS, new_pass, open_phone_in, shown

MAIN, ASK = "http://phone-in.localhost", "http://ask.localhost"  # without TLS only this machine is safe


@pytest.fixture
def database_url(tmp_path):
    """Hosts are the same on every database."""
    return f"sqlite:///{tmp_path / 'data' / 'phonein.sqlite3'}"


@pytest.fixture
def settings(settings):
    return settings | {"PUBLIC_URL": MAIN, "QUESTIONS_URL": ASK}


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def test_the_door_answers_at_its_own_host(client, phone_in):
    answer = client.get("/q/sleep/", base_url=ASK)
    assert answer.status_code == 200
    assert f'href="{MAIN}/privacy/"' in answer.text
    assert 'action="/q/"' in answer.text  # and never across
    sent = client.post(
        "/q/", base_url=ASK, data={"slug": "sleep", "do": "ask", "text": WORDS, "pass": new_pass(phone_in)}
    )
    assert sent.status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/app/", "/app/sign-in/", "/help/", "/privacy/", "/feeds/x.ics", "/mailbox/", "/x"]
)
def test_nothing_else_answers_there_and_no_cookie_is_set(client, phone_in, path):
    answer = client.get(path, base_url=ASK)
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (404, None)
    assert f'href="{MAIN}/"' in answer.text


def test_what_its_pages_need_is_there_too(client, phone_in):
    with client.get("/static/app.css", base_url=ASK) as style:
        found = [style.status_code, client.get("/health/live", base_url=ASK).status_code]
    assert found == [200, 200]


def test_on_the_main_host_its_pages_lead_there_and_take_nothing_else_along(client, phone_in):
    answer = client.get("/q/sleep/?from=somewhere", base_url=MAIN)
    assert (answer.status_code, answer.location) == (302, f"{ASK}/q/sleep/")


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_sent_to_the_main_host_is_refused_and_not_lost(client, phone_in, as_json):
    pass_ = new_pass(phone_in)
    fields = {"slug": "sleep", "do": "ask", "text": WORDS, "pass": pass_}
    answer = client.post("/q/", base_url=MAIN, **({"json": fields} if as_json else {"data": fields}))
    words = answer.json["page"] if as_json else shown(answer)
    assert answer.status_code == 400
    assert f"They are taken at {ASK}/q/ and nowhere else" in words
    assert WORDS in words


def test_a_signed_in_page_leads_there_and_may_compare_keys_there(client, phone_in):
    with transaction():
        sam = make_person()
    sign_in_as(client, sam)
    page = client.get("/app/phone-ins/sleep/")
    assert f"{ASK}/q/sleep/" in page.text
    assert 'href="/q/' not in page.text
    assert f"connect-src 'self' {ASK}/q/;" in page.headers["Content-Security-Policy"]
    printed = client.post("/app/phone-ins/sleep/passes", data={"csrf_token": csrf(client)})
    assert f"<b>{ASK}/q/sleep/</b>" in printed.text
    keys = client.get("/q/sleep/keys", base_url=ASK, headers={"Origin": MAIN})
    assert keys.headers["Access-Control-Allow-Origin"] in ("*", MAIN)
    assert "Access-Control-Allow-Credentials" not in keys.headers
    others = [
        client.get(path, base_url=ASK, headers={"Origin": MAIN}) for path in ("/q/sleep/", "/q/none/keys", "/q/x")
    ]
    assert [answer.headers.get("Access-Control-Allow-Origin") for answer in others] == [None] * 3


def test_whoever_brings_a_name_to_the_main_host_is_led_on_and_at_the_door_turned_away(client, phone_in):
    """Single sign-on may stand in front of the main host, as long as it does not in front of the other."""
    named = {"X-Forwarded-User": "sam"}
    answers = [client.get("/q/sleep/", base_url=host, headers=named).status_code for host in (MAIN, ASK)]
    assert answers == [302, 400]


def test_a_host_of_another_name_is_not_answered(client, phone_in):
    assert client.get("/q/sleep/", base_url="http://evil.example").status_code == 400


@pytest.mark.parametrize("path", ["/q/sleep/", "/app/sign-in/"])
def test_the_machine_itself_may_ask_either_under_its_own_name(client, phone_in, path):
    assert client.get(path, base_url="http://127.0.0.1").status_code == 200
