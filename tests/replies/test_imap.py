"""The mailbox itself, on a real IMAP server: what is read, where it is put away, and what happens when things fail."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.exc import OperationalError

from phonein import clock, sweep
from phonein.booking import seats
from phonein.booking.models import Booking
from phonein.booking.reply_models import Reply
from phonein.db import db, transaction
from phonein.delivery import imap
from tests import servers
from tests.bounces import with_a_large_letter
from tests.builders import make_fay, make_person, make_phone_in
from tests.certificates import self_signed
from tests.conftest import TUESDAY
from tests.imap_server import NAME, PASSWORD, Mailbox, dovecot
from tests.prepare import find_dovecot
from tests.replies import deliver, first_seat, huge, letters, message, take_in
from tests.replies.test_corpus import ALONE, CASES

DONE, FOR_A_PERSON = "Phonein.Done", "Phonein.For a person"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    return self_signed(tmp_path_factory.mktemp("certificate"))[1]


@pytest.fixture(scope="module")
def server(certificate) -> Iterator[tuple[Mailbox, int]]:
    if not find_dovecot():
        leave_out = pytest.fail if os.environ.get("CI") else pytest.skip  # where it counts, nothing is left out
        leave_out("There is no Dovecot on this machine: `.venv/bin/python tests/prepare.py` gets one.")
    with dovecot(certificate, certificate.with_name("key.pem")) as both:
        yield both


@pytest.fixture
def mailbox(app, server) -> Mailbox:
    """Empty, and read by the app from now on."""
    mailbox, _ = server
    mailbox.is_empty_now()
    app.config.update(
        REPLIES_IMAP_SERVER="127.0.0.1",
        REPLIES_IMAP_PORT=mailbox.port,
        REPLIES_IMAP_USE_SSL=False,
        REPLIES_IMAP_USERNAME=NAME,
        REPLIES_IMAP_PASSWORD=PASSWORD,
    )
    return mailbox


def holds(mailbox: Mailbox) -> tuple[int, int, int]:
    """How many wait, how many are done with, and how many are for a person."""
    db.session.rollback()
    return mailbox.holds("INBOX"), mailbox.holds(DONE), mailbox.holds(FOR_A_PERSON)


def outcomes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Reply.outcome).order_by(Reply.id)))


def test_the_corpus_through_a_real_mail_server(app, mailbox):
    """Every message that needs nothing before it, each about somebody's own seat."""
    app.config["REPLIES_AUTHSERV"] = ["mx.service.example"]
    cases = [case for case in CASES if case.before is ALONE]
    with transaction():
        phone_in = make_phone_in(seats=100, leaders=[make_fay()])
        for number, case in enumerate(cases):
            address = "sam@example.org" if case.name == "address-in-capitals" else f"p{number}@example.org"
            seats.take(phone_in, by=make_person(f"P{number}", email=address))
    deliver()
    booked = list(db.session.scalars(db.select(Booking).order_by(Booking.id)))
    mailbox.gets(*[message(case.name, booking) for case, booking in zip(cases, booked, strict=True)])
    while mailbox.holds("INBOX"):
        sweep.read_the_replies()
    assert outcomes() == [case.outcome.word for case in cases]
    db.session.rollback()
    found = [
        (booking.is_live, booking.answer) for booking in db.session.scalars(db.select(Booking).order_by(Booking.id))
    ]
    assert found == [(case.has_seat, case.answer) for case in cases]
    for_a_person = sum(case.outcome.needs_eye for case in cases)
    assert holds(mailbox) == (0, len(cases) - for_a_person, for_a_person)
    assert len(cases) > 30


def test_killed_between_the_transaction_and_the_move_it_is_read_again_without_a_second_effect(booked, mailbox):
    def killed(written: bytes, is_whole: bool) -> bool:
        take_in(written)
        raise SystemExit

    mailbox.gets(message("google-declined", first_seat()))
    with pytest.raises(SystemExit):
        imap.read_mailbox(killed)
    assert (holds(mailbox), outcomes()) == ((1, 0, 0), ["given-back"])
    sweep.read_the_replies()
    deliver()
    assert (holds(mailbox), outcomes()) == ((0, 1, 0), ["given-back"])
    assert sorted(letter.name for letter in letters().values()) == ["seat-booked", "seat-given-back"]


def test_with_the_database_away_the_message_stays_in_the_mailbox(booked, mailbox):
    def away(written: bytes, is_whole: bool) -> bool:
        raise OperationalError("", {}, Exception())

    mailbox.gets(message("google-declined", first_seat()))
    with pytest.raises(OperationalError):
        imap.read_mailbox(away)
    assert holds(mailbox) == (1, 0, 0)


def test_a_large_message_is_not_fetched_and_waits_for_a_person(booked, mailbox):
    fetched = []

    def look(written: bytes, is_whole: bool) -> bool:
        fetched.append((written, is_whole))
        return True

    mailbox.gets(huge(first_seat()))
    imap.read_mailbox(look)
    [(written, is_whole)] = fetched
    assert (len(written) < 2000, is_whole) == (True, False)
    mailbox.gets(huge(first_seat()))
    sweep.read_the_replies()
    assert (holds(mailbox), outcomes(), first_seat().is_live) == ((0, 0, 2), ["too-large"], True)


def test_a_letter_that_came_back_is_known_though_it_came_in_a_message_that_is_too_large(booked, mailbox):
    deliver()
    [letter] = letters().values()
    mailbox.gets(with_a_large_letter("postfix", letter.message_id))
    sweep.read_the_replies()
    [letter] = letters().values()
    assert (holds(mailbox), outcomes(), letter.bounce) == ((0, 1, 0), ["bounced"], "5.1.1")


def test_so_many_and_no_more_are_read_in_a_round(booked, mailbox, monkeypatch):
    monkeypatch.setattr(imap, "MOST_A_ROUND", 2)
    mailbox.gets(*[message("plain-mail") for _ in range(3)])
    found = []
    for _ in range(3):
        sweep.read_the_replies()
        found.append(holds(mailbox)[0])
    assert found == [1, 0, 0]


def test_two_sweeps_that_read_one_mailbox_take_each_message_in_once(booked, mailbox):
    def sweep_once() -> None:
        with booked.app_context(), clock.stopped_at(TUESDAY):
            sweep.read_the_replies()
            db.session.remove()

    sweep.read_the_replies()  # the first makes the row by which they keep apart
    mailbox.gets(*[message("plain-mail") for _ in range(6)], message("google-declined", first_seat()))
    db.session.rollback()
    sweeps = [Thread(target=sweep_once) for _ in range(2)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join(60)
    assert (holds(mailbox), sorted(outcomes())) == ((0, 1, 6), ["given-back", *["written"] * 6])


def test_a_sweep_that_died_while_reading_keeps_the_others_from_it_for_a_minute(booked, mailbox):
    mailbox.gets(message("plain-mail"))
    with transaction():
        db.session.add(sweep.Chore(name="read the replies", begun_on=TUESDAY.date(), busy_until=TUESDAY + sweep.LEASE))
    found = []
    for seconds in (59, 61):
        with clock.stopped_at(TUESDAY + timedelta(seconds=seconds)):
            sweep.read_the_replies()
        found.append(holds(mailbox)[0])
    assert found == [1, 0]


def test_what_cannot_be_moved_is_flagged_and_not_read_in_every_round(booked, mailbox, caplog):
    in_the_way = [mailbox.folder / "mail" / f".{inside}Phonein.For a person" for inside in ("", "INBOX.")]
    for file in in_the_way:
        file.write_text("a file where a folder should be")
    try:
        mailbox.gets(message("plain-mail"))
        read = [imap.read_mailbox(lambda written, is_whole: True) for _ in range(2)]
    finally:
        for file in in_the_way:
            file.unlink()
    assert (read, mailbox.holds("INBOX"), [b"Flagged" in flags for flags in mailbox.flags()]) == ([1, 0], 1, [True])
    assert [record.message for record in caplog.records] == ["replies: a message could not be moved, so it is flagged"]


def cannot_be_read(app, caplog) -> list[str]:
    """What is said when a round reads nothing; never an address or a server's words."""
    caplog.clear()
    sweep.read_the_replies()
    assert outcomes() == []
    return [record.message for record in caplog.records]


def test_a_server_that_is_away_is_one_line_and_the_next_round_reads(booked, mailbox, caplog):
    mailbox.gets(message("plain-mail"))
    booked.config["REPLIES_IMAP_PORT"] = servers.closed_port()
    said = "replies: the mail server does not answer as it should"
    assert cannot_be_read(booked, caplog) == [said]
    assert [record.error for record in caplog.records] == ["ConnectionRefusedError"]
    booked.config["REPLIES_IMAP_PORT"] = mailbox.port
    sweep.read_the_replies()
    assert outcomes() == ["written"]


def test_a_server_that_says_nothing_is_waited_for_only_briefly(booked, mailbox, caplog, monkeypatch):
    monkeypatch.setattr(imap, "ANSWER_SECONDS", 0.2)
    with servers.black_hole() as port:
        booked.config["REPLIES_IMAP_PORT"] = port
        assert cannot_be_read(booked, caplog) == ["replies: the mail server does not answer as it should"]


def test_a_wrong_folder_or_password_is_said_in_words(booked, mailbox, caplog):
    mailbox.gets(message("plain-mail"))
    booked.config["REPLIES_IMAP_FOLDER"] = "Nowhere"
    said = "replies: the mailbox has no folder of the name in REPLIES_IMAP_FOLDER"
    assert cannot_be_read(booked, caplog) == [said]
    booked.config.update(REPLIES_IMAP_FOLDER="INBOX", REPLIES_IMAP_PASSWORD="wrong")
    assert cannot_be_read(booked, caplog) == ["replies: the mail server refused our name and password"]
    assert mailbox.holds("INBOX") == 1


def test_another_folder_than_the_inbox_can_be_read(booked, mailbox):
    with mailbox.opened() as client:
        client.create("Replies")
    mailbox.gets(message("plain-mail"), folder="Replies")
    booked.config["REPLIES_IMAP_FOLDER"] = "Replies"
    sweep.read_the_replies()
    assert (mailbox.holds("Replies"), outcomes()) == (0, ["written"])


def test_only_a_server_with_a_good_certificate_is_read(booked, mailbox, server, certificate, caplog, monkeypatch):
    mailbox.gets(message("plain-mail"))
    booked.config.update(REPLIES_IMAP_USE_SSL=True, REPLIES_IMAP_PORT=server[1])
    refused = ["replies: the mail server's certificate is not to be trusted"]
    assert cannot_be_read(booked, caplog) == refused
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    booked.config["REPLIES_IMAP_SERVER"] = "localhost"  # the certificate is for 127.0.0.1
    assert cannot_be_read(booked, caplog) == refused
    booked.config["REPLIES_IMAP_SERVER"] = "127.0.0.1"
    sweep.read_the_replies()
    assert (outcomes(), mailbox.holds("INBOX")) == (["written"], 0)
