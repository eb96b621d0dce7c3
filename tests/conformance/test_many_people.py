"""Five hundred people have a seat in a phone-in that moves (forty on PostgreSQL, where nothing differs): each gets
one letter, and in none is a word of anybody else."""

import re
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from flask import current_app
from sqlalchemy import select

from phonein.admin import planning
from phonein.booking import seats
from phonein.db import db, on_sqlite, transaction
from phonein.delivery import news
from phonein.delivery.message import message_for
from phonein.delivery.models import Letter
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in
from tests.conformance.story import programme
from tests.engines.diary import kept
from tests.engines.readers import node_ical

pytestmark = pytest.mark.one_database

HOUR = timedelta(hours=1)


def leave() -> Iterator[bytes]:
    """Every waiting letter, written as the postman would write it, and then as good as sent."""
    with transaction():
        waiting = db.session.scalars(select(Letter).where(Letter.sent_at.is_(None)).order_by(Letter.turn)).all()
        sender = current_app.config["MAIL_DEFAULT_SENDER"]
        for letter in waiting:
            assert news.write(letter)
            written = message_for(letter, sender=sender).as_bytes()
            letter.mark_sent()  # which wipes its words
            yield written


def everything_in(letter: bytes) -> str:
    """Headings and all parts, decoded: whatever somebody could read in it."""
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(letter)
    parts = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts]).replace("\r\n ", "")


def test_500_people_are_told_of_a_move_in_500_letters_that_name_nobody_else(app):
    many = 500 if on_sqlite() else 40
    with transaction():
        phone_in = make_phone_in(seats=many, leaders=[make_fay()])
        for number in range(many):
            person = make_person(f"Zoë {number:03} Seat", email=f"zoe.{number:03}@service.example")
            seats.take(phone_in, by=person)
    deque(leave())
    with transaction():
        planning.move(db.session.scalars(select(PhoneIn)).one(), to=phone_in.starts_at + HOUR, minutes=60)
    moved = list(leave())
    assert len(moved) == many

    for letter in moved:
        said = everything_in(letter)
        [whom] = set(re.findall(r"zoe\.(\d{3})@", said))
        assert set(re.findall(r"Zoë (\d{3})", said)) == {whom}
        assert set(re.findall(r"[\w.+-]+@[a-z.-]+\.[a-z]+", re.sub(r"(UID|Message-ID): ?\S+", "", said))) == {
            f"zoe.{whom}@service.example",
            "phone-in@service.example",
        }
        assert said.replace("\r\n ", "").count("ATTENDEE") == 2  # once in the calendar, once in the same as a file

    diaries = kept(node_ical, moved)
    assert {address: diary.instants for address, diary in diaries.items()} == programme()
    assert len(diaries) == many
