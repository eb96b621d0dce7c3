"""The threshold of the anonymous door: who brings a name is turned away, and nothing about anybody is written down."""

import io
import logging

import pytest
from sqlalchemy import text

from phonein.db import db, on_sqlite, transaction
from phonein.questions.models import Envelope, PassKey, SpentPass
from tests.builders import make_person, sign_in_as
from tests.questions import WORDS, ask, new_pass, open_phone_in, post, rows, shown

RECEIPT = "7KQ2-M4XD-90TP-AB3C"
# One of each kind that a browser, a proxy or a single sign-on adds.
NAMES = {
    "Cookie": "__Secure-phonein=x",
    "Authorization": "Negotiate YII",
    "Proxy-Authorization": "Basic c2Ft",
    "Remote-User": "sam",
    "Remote-Email": "sam@example.org",
    "X-Remote-User": "sam",
    "X-Forwarded-User": "sam",
    "X-Forwarded-Email": "sam@example.org",
    "X-Forwarded-Preferred-Username": "sam",
    "X-Forwarded-Groups": "staff",
    "X-Forwarded-Access-Token": "t",
    "X-Forwarded-Client-Cert": "Subject=sam",
    "X-Auth-Request-User": "sam",
    "X-Auth-Request-Email": "sam@example.org",
    "X-Authentik-Username": "sam",
    "X-Webauth-User": "sam",
    "X-Vouch-User": "sam",
    "X-MS-CLIENT-PRINCIPAL": "e30=",
    "X-MS-CLIENT-PRINCIPAL-NAME": "sam@example.org",
    "X-MS-TOKEN-AAD-ID-TOKEN": "t",
    "X-Amzn-Oidc-Identity": "sam",
    "X-Goog-Authenticated-User-Email": "sam@example.org",
    "X-Goog-Iap-Jwt-Assertion": "t",
    "Cf-Access-Authenticated-User-Email": "sam@example.org",
    "Cf-Access-Jwt-Assertion": "t",
    "Tailscale-User-Login": "sam",
    "SSL-Client-S-DN": "CN=sam",
    "X-SSL-Client-S-DN": "CN=sam",
    "X-Client-Cert": "pem",
}


@pytest.fixture
def written():
    """Everything that our own handler writes, with every logger at its most talkative."""
    names = [None, *logging.root.manager.loggerDict]
    before = {name: logging.getLogger(name).level for name in names}
    [handler] = logging.getLogger().handlers
    stream, handler.stream = handler.stream, io.StringIO()
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield handler.stream
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    handler.stream = stream


class Heard(logging.Handler):
    """What anybody else would hear who listens to all loggers: an error service, for example."""

    def __init__(self):
        super().__init__()
        self.names = []

    def emit(self, record):
        self.names.append(record.name)


def test_whoever_brings_a_name_is_refused_and_nothing_is_kept_or_written_down(app, written):
    phone_in = open_phone_in()
    browser = app.test_client(use_cookies=False)
    fields = {"slug": "sleep", "do": "ask", "text": WORDS, "receipt": RECEIPT, "pass": new_pass(phone_in)}
    written.seek(0), written.truncate()
    answers = {
        (name, method): browser.open(path, method=method, data=fields, headers={name: value})
        for name, value in NAMES.items()
        for method, path in [("POST", "/q/"), ("GET", "/q/sleep/"), ("GET", "/q/nothing-here")]
    }
    answers["environment"] = browser.post("/q/", data=fields, environ_overrides={"REMOTE_USER": "sam"})
    assert [what for what, answer in answers.items() if answer.status_code != 400] == []
    assert {answer.headers.get("Set-Cookie") for answer in answers.values()} == {None}
    assert written.getvalue() == ""
    assert (rows(Envelope), rows(SpentPass)) == ([], [])
    assert browser.post("/q/", data=fields).status_code == 200  # the pass has not been spent by any of it


def test_the_cookie_of_somebody_signed_in_is_not_sent_to_the_door(app, client):
    """Its path is /app, and browsers go by that; so the door is open for those who are signed in too."""
    open_phone_in()
    with transaction():
        sam = make_person("Sam")
    sign_in_as(client, sam)
    assert [client.get(path).status_code for path in ("/app/bookings/", "/q/sleep/")] == [200, 200]
    assert app.config["SESSION_COOKIE_PATH"] == "/app"


def test_nothing_that_happens_at_the_door_is_written_down_errors_included(app, client, written):
    phone_in = open_phone_in()
    fields = {"text": WORDS, "receipt": RECEIPT, "pass": new_pass(phone_in)}
    heard = Heard()
    logging.getLogger().addHandler(heard)
    written.seek(0), written.truncate(), heard.names.clear()
    try:
        answers = everything_at_the_door(client, app, fields)
    finally:
        logging.getLogger().removeHandler(heard)
    assert {answer.status_code for answer in answers} >= {200, 400, 404, 405, 422, 503}
    assert written.getvalue() == ""
    assert {name.split(".")[0] for name in heard.names} <= {"sqlalchemy"}  # statements without their values
    assert client.get("/app/sign-in/").status_code == 200
    db.session.rollback()
    db.session.execute(text("SELECT 1"))
    assert "sqlalchemy" in written.getvalue()  # the very same loggers do write elsewhere


def everything_at_the_door(client, app, fields):
    answers = [
        client.get("/q/sleep/"),
        client.get("/q/none/"),
        client.get("/q/a%00b/"),
        client.delete("/q/"),
        client.post("/q/", json={"do": "ask"}),
        client.post("/q/", data=b"x" * 300_000, content_type="application/x-www-form-urlencoded"),
        client.post("/q/", data=b"\xff\xfe", content_type="multipart/form-data; boundary=x"),
        post(client, "nothing"),
        post(client, "ask", text=""),
        post(client, "ask", **fields),
        post(client, "ask", **fields | {"receipt": RECEIPT.replace("7", "8")}),
        *[post(client, do, receipt=RECEIPT) for do in ("status", "edit", "withdraw", "status")],
    ]
    for file in app.config["SEAL_DIR"].glob("sleep.*"):
        file.unlink()
    answers.append(post(client, "status", receipt=RECEIPT))
    logging.disable()  # what the test itself does now is no visit to the door
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE envelope" if on_sqlite() else "DROP TABLE envelope CASCADE"))
    logging.disable(logging.NOTSET)
    answers.append(post(client, "status", receipt=RECEIPT))
    answers.append(post(client, "ask", **fields))
    return answers


def test_far_too_long_a_text_is_refused_in_words_and_kept_out(app, client):
    phone_in = open_phone_in()
    answers = [
        post(client, "ask", text="x" * many, receipt=RECEIPT, **{"pass": new_pass(phone_in)})
        for many in (200_000, 300_000)
    ]
    assert [answer.status_code for answer in answers] == [422, 413]
    assert ("x" * 200_000 in shown(answers[0]), rows(Envelope)) == (True, [])


def test_an_unknown_person_can_make_no_pass_secret_appear(app, client):
    open_phone_in()
    post(client, "ask", text=WORDS, receipt=RECEIPT, **{"pass": "0" * 25})
    assert (rows(PassKey), rows(SpentPass)) == ([], [])


def test_what_is_posted_elsewhere_on_the_site_is_not_taken_for_the_door(app, client):
    ask(open_phone_in())
    assert [client.post(path).status_code for path in ("/q", "/Q/", "/questions/")] == [308, 404, 404]
