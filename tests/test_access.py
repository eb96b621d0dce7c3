"""Who may open what: every route, for nobody, staff, facilitator and admin. A route that is not listed fails."""

import re

import pytest

import config
from phonein import create_app
from phonein.db import transaction
from tests.builders import csrf, make_ada, make_fay, make_person, make_phone_in, make_series, sign_in_as

PUBLIC = {"/", "/help/", "/help/support/", "/privacy/", "/accessibility/", "/health/live", "/health/ready"}
BY_LINK_ALONE = {
    "/feeds/<token>.ics",
    "/seat/<token>",
    "/seat/<token>/coming",
    "/offer/<token>",
    "/offer/<token>/no-thanks",
}
SIGNING_IN = {"/app/sign-in/", "/app/sign-in/code/", "/app/sign-in/link/<link>"}
MAILBOX = {"/mailbox/", "/mailbox/<key>/", "/mailbox/<key>/html", "/mailbox/<key>.eml"}
ANONYMOUS = {"/q/", "/q/health", "/q/<slug>/", "/q/<slug>/keys", "/q/<slug>/feedback/"}
STAFF = {
    "/app/",
    "/app/calendar/",
    "/app/bookings/",
    "/app/bookings/feed",
    "/app/bookings/feed/address",
    "/app/bookings/feed/choice",
    "/app/bookings/reminders",
    "/app/library/",
    "/app/library/<entry_id>/",
    "/app/library/asked/",
    "/app/library/print",
    "/app/sign-out",
    "/app/sign-out-everywhere",
    "/app/phone-ins/<slug>/",
    "/app/phone-ins/<slug>/seat",
    "/app/phone-ins/<slug>/seat/give-back",
    "/app/phone-ins/<slug>/seat/move",
    "/app/phone-ins/<slug>/waiting",
    "/app/phone-ins/<slug>/waiting/leave",
    "/app/phone-ins/<slug>/offer",
    "/app/phone-ins/<slug>/offer/no-thanks",
    "/app/phone-ins/<slug>/seat/coming",
    "/app/phone-ins/<slug>/seat/adjustments",
    "/app/phone-ins/<slug>/invite.ics",
    "/app/phone-ins/<slug>/letters",
    "/app/phone-ins/<slug>/letters/again",
    "/app/phone-ins/<slug>/passes",
}
REVIEW = {
    "/app/review/",
    "/app/review/<slug>/",
    "/app/review/<slug>/questions/<question_id>/reply",
    "/app/review/<slug>/questions/<question_id>/outcome",
    "/app/review/<slug>/questions/<question_id>/desk",
    "/app/review/<slug>/questions/<question_id>/seen",
    "/app/review/<slug>/questions/<question_id>/take-over",
    "/app/review/<slug>/questions/<question_id>/skip",
    "/app/review/<slug>/notice",
}
DESK, ADMIN = "/app/desk/", "/app/admin/"


def routes(app) -> list[tuple[str, str]]:
    return sorted(
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in rule.methods & {"GET", "POST"}
    )


def filled(rule: str) -> str:
    """An address of this rule: of the phone-in and series “sleep”, and of nothing else that there is."""
    return re.sub("<int:[a-z_]+>", "0", re.sub("<[a-z_]+>", "none", rule.replace("<slug>", "sleep")))


@pytest.fixture
def cast(app):
    with transaction():
        fay = make_fay()
        make_phone_in(leaders=[fay])
        make_series(slug="sleep", leaders=[fay])
        return {"staff": make_person(), "facilitator": fay, "admin": make_ada()}


def test_every_route_is_listed_here(app):
    known = PUBLIC | BY_LINK_ALONE | SIGNING_IN | MAILBOX | ANONYMOUS | STAFF | REVIEW
    unlisted = [rule for rule, _ in routes(app) if rule not in known and not rule.startswith((DESK, ADMIN))]
    assert unlisted == []


def test_nobody_gets_behind_the_known_door(app, client, cast):
    client.get("/app/sign-in/")
    let_in = []
    for rule, method in routes(app):
        if not rule.startswith("/app/") or rule in SIGNING_IN:
            continue
        path = filled(rule)
        token = {"csrf_token": csrf(client, "/app/sign-in/")} if method == "POST" else None
        answer = client.open(path, method=method, data=token)
        expected = 303 if method == "GET" else 401
        if answer.status_code != expected or (method == "GET" and "/app/sign-in/" not in answer.location):
            let_in.append(f"{method} {rule} {answer.status_code}")
    assert let_in == []


@pytest.mark.parametrize("who", ["staff", "facilitator", "admin"])
def test_each_role_gets_as_far_as_its_own_pages(app, client, cast, who):
    wrong = []
    for rule, method in routes(app):
        own = {"staff": (), "facilitator": (DESK,), "admin": (ADMIN,)}[who]
        if not rule.startswith((DESK, ADMIN)):
            continue
        sign_in_as(client, cast[who])
        token = {"csrf_token": csrf(client)} if method == "POST" else None
        status = client.open(filled(rule), method=method, data=token).status_code
        if (status == 403) == rule.startswith(own or "/none"):
            wrong.append(f"{method} {rule} {status}")
    assert wrong == []


@pytest.mark.parametrize("who", ["staff", "facilitator", "admin"])
def test_whoever_is_no_reviewer_finds_nothing_of_what_was_sent_to_safeguarding(app, client, cast, who):
    sign_in_as(client, cast[who])
    answers = {
        rule: client.open(
            filled(rule), method=method, data={"csrf_token": csrf(client)} if method == "POST" else None
        ).status_code
        for rule, method in routes(app)
        if rule in REVIEW
    }
    assert answers == dict.fromkeys(REVIEW, 404)


def test_a_facilitator_sees_only_what_they_lead(client, cast):
    with transaction():
        make_phone_in(slug="others", leaders=[make_person("Flo", "facilitator")])
    sign_in_as(client, cast["facilitator"])
    assert client.get("/app/desk/sleep/").status_code == 200
    for page in ("/app/desk/others/", "/app/desk/others/print", "/app/desk/none/"):
        assert client.get(page).status_code == 404


def test_every_post_behind_the_known_door_wants_the_token_of_a_page(app, client, cast):
    accepted = []
    for rule, method in routes(app):
        if method != "POST" or not rule.startswith("/app/"):
            continue
        sign_in_as(client, cast["admin" if rule.startswith(ADMIN) else "facilitator"])
        for token in (None, {"csrf_token": "of-somebody-else"}):
            if client.post(filled(rule), data=token).status_code != 400:
                accepted.append(rule)
    assert accepted == []


def test_nothing_is_changed_by_get(app, client, cast):
    answers = {}
    for rule, method in routes(app):
        if method == "POST" and (rule, "GET") not in routes(app):
            answers[rule] = client.get(filled(rule)).status_code
    assert set(answers.values()) <= {405, 308}  # 308: without its last stroke it is the address of a page


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/app/", "/app/nothing", "/q/sleep/", "/q/nothing", "/static/app.css"]
)
def test_every_answer_tells_the_browser_how_to_keep_it_safe(client, cast, path):
    with client.get(path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "localhost:80@evil.test"])
def test_another_host_is_not_answered(client, cast, host):
    answer = client.get("/app/sign-in/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil.test" not in answer.text


@pytest.mark.parametrize(
    "public_url, is_there",
    [("http://localhost", True), ("http://127.0.0.1:8000", True), ("https://phone-in.example", False)],
)
def test_the_local_mailbox_is_there_only_while_the_service_is_for_this_machine(tmp_path, public_url, is_there):
    """Behind a proxy everybody seems to come from here, and the letters hold sign-in links."""
    app = create_app(config.Testing({"PHONEIN_DATA": str(tmp_path), "PUBLIC_URL": public_url}))
    assert any(rule.rule == "/mailbox/" for rule in app.url_map.iter_rules()) is is_there


@pytest.mark.parametrize("door, begin", [("q", ("/q/", "/health/")), ("app", ("/q/",))])
def test_a_process_of_one_door_has_no_page_of_the_other(tmp_path, door, begin):
    """`q` has those and nothing else; `app` has everything else."""
    paths = [rule for rule, _ in routes(create_app(config.Testing({"PHONEIN_DATA": str(tmp_path)})))]
    theirs = create_app(config.Testing({"PHONEIN_DATA": str(tmp_path), "PHONEIN_DOOR": door}))
    assert [rule for rule, _ in routes(theirs)] == [rule for rule in paths if rule.startswith(begin) is (door == "q")]


def test_personal_pages_are_kept_nowhere(client, cast):
    sign_in_as(client, cast["staff"])
    kept = [client.get(page).headers["Cache-Control"] for page in ("/app/", "/app/bookings/", "/app/phone-ins/sleep/")]
    assert kept == ["no-store"] * 3


@pytest.mark.parametrize(
    "path",
    [
        "/app/phone-ins/" + "9" * 5000 + "/",
        "/app/phone-ins/%00/",
        "/app/phone-ins/..%2f..%2fetc%2fpasswd/",
        "/app/phone-ins/2147483648/",
        "/app/phone-ins/%ff%fe/",
        "/app/phone-ins/'%20OR%201=1--/",
        "/app/calendar/?month=2026-13",
        "/app/calendar/?month=9999-01",
        "/app/calendar/?month=x",
    ],
)
def test_an_address_of_nothing_is_not_found(client, cast, path):
    sign_in_as(client, cast["staff"])
    assert client.get(path).status_code == 404


def test_columns_that_a_form_does_not_have_cannot_be_set_by_it(client, cast):
    sign_in_as(client, cast["staff"])
    client.post(
        "/app/phone-ins/sleep/seat",
        data={"csrf_token": csrf(client), "role": "admin", "person_id": "1", "taken": "-5", "seats": "9999"},
    )
    sam, phone_in = cast["staff"], cast["facilitator"]
    assert (sam.role, phone_in.role) == ("staff", "facilitator")
