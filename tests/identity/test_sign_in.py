"""Signing in by an e-mailed link: once, within ten minutes, by a press, in the browser that asked."""

import re
import threading
from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.identity import sign_in
from phonein.identity.models import Person, SignIn, SignInRequest
from tests.builders import csrf, make_ada, make_person, press, sign_in_as
from tests.conftest import TUESDAY


@pytest.fixture
def sam(app) -> Person:
    with transaction():
        return make_person()


def ask(client, address="sam@example.org", **more):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/app/sign-in/").text)[1]
    return client.post("/app/sign-in/", data={"csrf_token": token, "email": address}, **more)


def letters() -> list[Letter]:
    return list(db.session.scalars(db.select(Letter).order_by(Letter.id)))


def newest() -> Letter:
    return db.session.scalars(db.select(Letter).order_by(Letter.posted_at.desc())).first()


def link() -> str:
    return re.search(r"http://localhost(/app/sign-in/link/\S+)", newest().text)[1]


def code() -> str:
    return re.search(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b", newest().text)[1]


def press_button(client, path):
    page = client.get(path).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return client.post(path, data={"csrf_token": token[1] if token else ""})


def type_code(client, typed):
    page = client.get("/app/sign-in/code/").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    return client.post("/app/sign-in/code/", data={"csrf_token": token, "code": typed})


def is_signed_in(client) -> bool:
    return client.get("/app/").status_code == 200


def test_the_link_signs_in_by_a_press_and_brings_to_the_programme(client, sam):
    assert ask(client).location == "/app/sign-in/code/"
    assert "Press the button to sign in." in client.get(link()).text
    assert not is_signed_in(client)
    answer = press_button(client, link())
    assert (answer.status_code, answer.location) == (303, "/app/")
    assert is_signed_in(client)


def test_a_known_an_unknown_and_a_departed_address_get_the_same_answer(app, sam):
    with transaction():
        make_person("Gone", left_on=TUESDAY.date())
    answers = []
    for address in ("sam@example.org", "nobody@example.org", "gone@example.org"):
        client = app.test_client()
        asked = ask(client, address)
        page = re.sub(r'value="[^"]+"', "", client.get(asked.location).text)
        answers.append((asked.status_code, asked.data, sorted(name for name, _ in asked.headers), page))
    assert answers[0] == answers[1] == answers[2]
    assert [letter.to_address for letter in letters()] == ["sam@example.org"]


def test_mail_scanners_that_follow_the_link_do_not_use_it_up(app, client, sam):
    ask(client)
    path, scanner = link(), app.test_client()
    for method in ("get", "head", "get", "head", "head"):
        getattr(scanner, method)(path)
        getattr(client, method)(path)
    assert press_button(client, path).status_code == 303
    assert is_signed_in(client)


def test_the_link_works_once(app, client, sam):
    ask(client)
    path = link()
    press_button(client, path)
    press(client, "/app/sign-out")
    assert client.get(path).status_code == 410
    assert "This link does not work any more" in client.get(path).text


def test_two_presses_at_the_same_moment_make_one_sign_in(app, client, sam):
    ask(client)
    token, browser = link().rsplit("/", 1)[1], None
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        browser = cookie["browser"]
    outcomes: list[str] = []
    gate = threading.Barrier(8, timeout=20)

    def use() -> None:
        with app.app_context(), clock.stopped_at(TUESDAY):
            gate.wait()
            try:
                with transaction():
                    sign_in.by_link(token, browser=browser)
                outcomes.append("in")
            except sign_in.LinkUsed:
                outcomes.append("used")
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=use) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert sorted(outcomes) == ["in"] + ["used"] * 7
    assert len(db.session.scalars(db.select(SignIn)).all()) == 1


@pytest.mark.parametrize("seconds, status", [(599, 200), (600, 410), (601, 410)])
def test_the_link_lasts_ten_minutes(client, sam, seconds, status):
    ask(client)
    with clock.stopped_at(TUESDAY + timedelta(seconds=seconds)):
        assert client.get(link()).status_code == status


def test_in_another_browser_there_is_no_button_and_the_press_is_refused(app, client, sam):
    ask(client)
    other = app.test_client()
    page = other.get(link()).text
    assert "This is another browser" in page
    assert '<button class="btn">Sign in</button>' not in page
    with other.session_transaction(base_url="http://localhost/app/") as cookie:
        cookie["csrf_token"] = "x"
    assert press_button(other, link()).status_code in (400, 410)
    assert not is_signed_in(other)


def test_the_code_typed_where_one_asked_signs_in(client, sam):
    ask(client)
    assert type_code(client, code().lower().replace("-", " ")).status_code == 303
    assert is_signed_in(client)


def test_the_code_is_of_no_use_in_another_browser(app, client, sam):
    ask(client)
    other = app.test_client()
    other.get("/app/sign-in/")
    assert type_code(other, code()).status_code == 422
    assert not is_signed_in(other)


def test_five_wrong_codes_and_the_right_one_is_dead_too(client, sam):
    ask(client)
    for _ in range(5):
        answer = type_code(client, "AAAA-AAAA")
        assert answer.status_code == 422
        assert "That is not the code in the newest letter." in answer.text
    assert type_code(client, code()).status_code == 422
    assert not is_signed_in(client)


def test_ten_codes_an_hour_for_one_address_however_many_letters(client, sam):
    for _ in range(2):
        ask(client)
        for _ in range(5):
            type_code(client, "AAAA-AAAA")
    ask(client)
    answer = type_code(client, code())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")


def test_five_letters_an_hour_for_one_address_whatever_its_spelling(app, sam):
    spellings = ["sam@example.org", "SAM@example.org", " Sam@Example.Org ", "sAm@example.org", "sam@EXAMPLE.org"]
    assert [ask(app.test_client(), spelling).status_code for spelling in spellings] == [303] * 5
    assert ask(app.test_client()).status_code == 429
    assert len(letters()) == 5
    with clock.stopped_at(TUESDAY + timedelta(hours=1)):
        assert ask(app.test_client()).status_code == 303


def test_the_limit_does_not_tell_whether_an_address_is_known(app, sam):
    answers = {
        address: [ask(app.test_client(), address).status_code for _ in range(7)]
        for address in ("sam@example.org", "nobody@example.org")
    }
    assert answers["sam@example.org"] == answers["nobody@example.org"] == [303] * 5 + [429] * 2


def test_a_copy_of_the_database_does_not_sign_in(client, sam):
    ask(client)
    secret = link().rsplit("/", 1)[1]
    row = db.session.scalars(db.select(SignInRequest)).one()
    kept = " ".join(str(getattr(row, column.name)) for column in SignInRequest.__table__.columns)
    assert secret not in kept
    assert code().replace("-", "") not in kept
    press_button(client, link())
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        assert cookie["token"] not in db.session.scalars(db.select(SignIn.token_hash)).one()


@pytest.mark.parametrize(
    "address",
    ["", "sam", "a@b.test\r\nBcc: v@x.test", "a@b.test,c@d.test", '"<x>"@', "a" * 300 + "@b.test", "a@b.test\x00"],
)
def test_what_is_no_address_is_refused_in_words_and_posts_nothing(client, sam, address):
    answer = ask(client, address)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert letters() == []


@pytest.mark.parametrize(
    "onward, goes_to",
    [
        ("/app/bookings/", "/app/bookings/"),
        ("//evil.test", "/app/"),
        ("/app//evil.test", "/app/"),
        ("https:evil.test", "/app/"),
        ("/\\evil.test", "/app/"),
        ("javascript:alert(1)", "/app/"),
        ("/app/x\r\nSet-Cookie: a=b", "/app/"),
        ("/q/sleep/", "/app/"),
    ],
)
def test_after_signing_in_one_goes_where_one_wanted_but_only_within(client, sam, onward, goes_to):
    page = client.get("/app/sign-in/", query_string={"next": onward}).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    client.post("/app/sign-in/", query_string={"next": onward}, data={"csrf_token": token, "email": "sam@example.org"})
    assert press_button(client, link()).location == goes_to


def test_signing_in_begins_a_new_cookie(client, sam):
    ask(client)
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        cookie["planted"] = "by somebody else"
    press_button(client, link())
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        assert set(cookie) == {"token", "began", "seen"}


def test_signing_out_ends_this_browser_and_everywhere_ends_all(app, sam):
    here, there = sign_in_as(app.test_client(), sam), sign_in_as(app.test_client(), sam)
    with here.session_transaction(base_url="http://localhost/app/") as cookie:
        stolen = dict(cookie)
    press(here, "/app/sign-out-everywhere")
    assert (is_signed_in(here), is_signed_in(there)) == (False, False)
    thief = app.test_client()
    with thief.session_transaction(base_url="http://localhost/app/") as cookie:
        cookie.update(stolen)
    assert not is_signed_in(thief)


def test_a_cookie_kept_from_before_signing_out_is_dead(app, client, sam):
    sign_in_as(client, sam)
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        kept = dict(cookie)
    answer = press(client, "/app/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        cookie.update(kept)
    assert not is_signed_in(client)


@pytest.mark.parametrize("who, minutes, still_in", [("sam", 29, True), ("sam", 30, False), ("ada", 15, False)])
def test_idle_people_are_signed_out_admins_sooner(app, client, who, minutes, still_in):
    with transaction():
        person = make_ada() if who == "ada" else make_person()
    sign_in_as(client, person)
    with clock.stopped_at(TUESDAY + timedelta(minutes=minutes)):
        assert is_signed_in(client) is still_in


def test_nobody_stays_signed_in_longer_than_twelve_hours_however_busy(client, sam):
    sign_in_as(client, sam)
    for minutes in range(0, 12 * 60, 20):
        with clock.stopped_at(TUESDAY + timedelta(minutes=minutes)):
            assert is_signed_in(client)
    with clock.stopped_at(TUESDAY + timedelta(hours=12)):
        assert not is_signed_in(client)


def test_whoever_leaves_is_out_with_the_next_page(client, sam):
    sign_in_as(client, sam)
    with transaction():
        sam.left_on = TUESDAY.date()
    assert not is_signed_in(client)


def test_a_role_that_is_taken_away_is_gone_with_the_next_page(app, client):
    with transaction():
        ada = make_ada()
    sign_in_as(client, ada)
    assert client.get("/app/admin/").status_code == 200
    with transaction():
        ada.role = "staff"
    assert client.get("/app/admin/").status_code == 403


def test_a_cookie_that_was_tampered_with_is_nobodys(app, client, sam):
    sign_in_as(client, sam)
    payload, stamped_on, signature = client.get_cookie("phonein_dev", path="/app").value.rsplit(".", 2)
    # the first letter: some bits of a signature's last one mean nothing
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    client.set_cookie("phonein_dev", f"{payload}.{stamped_on}.{other}", path="/app")
    assert client.get("/app/").status_code == 303


def test_a_welcome_domain_signs_in_without_having_been_imported(settings, request):
    settings["SIGN_IN_DOMAINS"] = "example.org, service.test"
    client = request.getfixturevalue("app").test_client()
    ask(client, "New.Person@service.test")
    press_button(client, link())
    assert is_signed_in(client)
    newcomer = Person.by_email("new.person@service.test")
    assert (newcomer.name, newcomer.role) == ("New Person", "staff")


def test_what_was_typed_while_the_sign_in_ran_out_is_shown_to_be_copied(client, sam):
    sign_in_as(client, sam)
    token = csrf(client)
    with clock.stopped_at(TUESDAY + timedelta(hours=1)):
        typed = {"csrf_token": token, "read_aloud": "Twenty minutes of careful words"}
        answer = client.post("/app/desk/sleep/questions/x/read-aloud", data=typed)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert "Twenty minutes of careful words" in answer.text
    assert not is_signed_in(client)


def test_the_cookie_stays_behind_its_door(client, sam):
    answer = client.get("/app/sign-in/")
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("phonein_dev=")
    assert {"Path=/app", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_secure(settings, request):
    settings["PUBLIC_URL"] = "https://phone-in.example"
    client = request.getfixturevalue("app").test_client()
    [cookie] = client.get("/app/sign-in/", base_url="https://localhost").headers.getlist("Set-Cookie")
    assert cookie.startswith("__Secure-phonein=")
    assert "Secure" in cookie.split("; ")
