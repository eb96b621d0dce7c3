"""Handing a letter to a mail server: afterwards we know what became of it, or that we cannot know."""

import time
from contextlib import nullcontext
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from flask import Flask

from phonein.delivery import smtp
from phonein.delivery.message import message_for
from phonein.delivery.smtp import Never, NotMine, NotNow, Unsure
from tests import post_office as they
from tests import servers
from tests.certificates import self_signed
from tests.conftest import TUESDAY
from tests.delivery import SERVICE
from tests.delivery.posting import written

SETTINGS = {
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_USE_SSL": False,
    "MAIL_USE_TLS": False,
    "MAIL_USERNAME": None,
    "MAIL_PASSWORD": None,
}


def hand_over(port: int, fence=lambda: True, **settings: Any) -> None:
    app = Flask("nothing but settings: no database has a part in this")
    app.config.from_mapping(SETTINGS | {"MAIL_PORT": port} | settings)
    with app.app_context():
        smtp.hand_over(message_for(written(posted_at=TUESDAY), sender=SERVICE), fence)


@pytest.fixture
def office():
    with servers.smtp() as (office, port):
        office.port = port
        yield office


@pytest.fixture
def short_of_time(monkeypatch) -> None:
    monkeypatch.setattr(smtp, "DEADLINE_SECONDS", 0.5)


def test_a_letter_is_handed_over_whole_and_once(office):
    hand_over(office.port)
    [letter] = office.letters
    assert (letter["To"], letter["From"], letter["Subject"]) == ("sam@example.org", SERVICE, "You have a seat")
    assert office.taken == [
        message_for(written(posted_at=TUESDAY, message_id=letter["Message-ID"]), SERVICE).as_bytes()
    ]


def test_a_server_that_can_is_told_which_letter_it_is_and_to_send_back_no_more_than_its_headers(office):
    hand_over(office.port)
    assert office.wishes == ""
    office.takes_wishes = True
    hand_over(office.port)
    name = office.letters[-1]["Message-ID"].strip("<>")
    assert (len(office.taken), office.wishes) == (2, f" RET=HDRS ENVID={name} NOTIFY=FAILURE")


def test_a_failed_goodbye_after_the_250_is_not_a_failed_letter(office):
    office.will(they.TAKES_AND_LEAVES)
    hand_over(office.port)
    assert len(office.taken) == 1


@pytest.mark.parametrize(
    ("fate", "meaning"),
    [
        ("MAIL 451", NotNow),
        ("MAIL 550", NotNow),  # they refuse us, not the letter: our settings are wrong
        ("RCPT 451", NotNow),
        ("RCPT 421", NotNow),
        ("RCPT 530", NotNow),  # they want us to sign in first: our settings again
        ("RCPT 550", Never),
        ("GO 451", NotNow),
        ("GO 554", Never),
        ("DATA 452", NotNow),
        ("DATA 554", Never),
        ("DATA 354", Unsure),
        (they.DROPS, Unsure),
        (they.DROPS_BEFORE_ANSWERING, Unsure),
        (they.TAKES_AND_DROPS, Unsure),
    ],
)
def test_what_an_answer_means(office, fate, meaning):
    office.will(fate)
    with pytest.raises(meaning) as said:
        hand_over(office.port)
    assert "because" not in str(said.value), "only the number is kept: the words can hold addresses"
    assert len(office.talks) == 1


def test_a_letter_whose_fence_is_closed_does_not_leave(office):
    with pytest.raises(NotMine):
        hand_over(office.port, fence=lambda: False)
    assert office.taken == []


def test_nobody_at_home_is_no_more_than_a_wait():
    with pytest.raises(NotNow):
        hand_over(servers.closed_port())


@pytest.mark.parametrize("greeting", [b"554 no service here\r\n", b"421 too busy\r\n"])
def test_a_server_that_greets_us_with_a_no_refuses_us_and_not_the_letter(greeting):
    with servers.black_hole(drip=greeting) as port, pytest.raises(NotNow):
        hand_over(port)


@pytest.mark.parametrize("drip", [b"", b"2"])
def test_a_server_that_never_greets_us_is_left_at_the_deadline(short_of_time, drip):
    began = time.monotonic()
    with servers.black_hole(drip) as port, pytest.raises(NotNow):
        hand_over(port)
    assert 0.4 < time.monotonic() - began < 3


def test_a_server_that_never_answers_the_letter_is_left_at_the_deadline(short_of_time, office):
    office.will(they.IS_SILENT)
    began = time.monotonic()
    with pytest.raises(Unsure):
        hand_over(office.port)
    assert 0.4 < time.monotonic() - began < 3


def test_without_tls_nothing_is_said_when_the_settings_want_tls(office):
    with pytest.raises(NotNow, match="no TLS"):
        hand_over(office.port, MAIL_USE_TLS=True)
    assert office.talks == []


ELSEWHERE = x509.DNSName("mail.elsewhere.example")


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "TLS from the start"])
@pytest.mark.parametrize(
    ("trusted", "name", "good"),
    [(True, None, True), (False, None, False), (True, ELSEWHERE, False)],
    ids=["trusted", "signed by nobody we know", "trusted for another name"],
)
def test_only_a_server_with_a_good_certificate_gets_the_letter(monkeypatch, tmp_path, at_once, trusted, name, good):
    context, certificate = self_signed(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options = {"ssl_context": context} if at_once else {"tls_context": context}
    with servers.smtp(**options) as (office, port):
        with nullcontext() if good else pytest.raises(NotNow):
            hand_over(port, MAIL_USE_SSL=at_once, MAIL_USE_TLS=not at_once)
        assert len(office.taken) == int(good)


@pytest.mark.parametrize("welcome", [True, False])
def test_a_refused_name_and_password_makes_the_letter_wait(welcome):
    def answer(*asked: Any) -> AuthResult:
        return AuthResult(success=welcome, handled=False)

    with servers.smtp(authenticator=answer, auth_require_tls=False) as (office, port):
        with nullcontext() if welcome else pytest.raises(NotNow, match="name and password"):
            hand_over(port, MAIL_USERNAME="phonein", MAIL_PASSWORD="secret")
        assert len(office.taken) == int(welcome)
