"""A phone-in whose box is full: who asked what, with which receipt, and under which number the desk has it."""

import csv
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from phonein import clock
from phonein.db import db, transaction
from phonein.demo_programme import PACKAGED
from phonein.desk import answers
from phonein.identity.models import Person
from phonein.questions import box, codes, keys, release, safeguarding
from phonein.questions.codes import hash_of
from phonein.questions.models import Question
from phonein.questions.typed import same_bytes
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import ReadAloud
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn
from tests.browser.served import FACILITATOR, TUESDAY
from tests.builders import make_person, make_phone_in, make_series

STARTS = TUESDAY + timedelta(hours=3)
AFTERWARDS = STARTS + timedelta(hours=2)
SECOND, REVIEWER = "kit.second@example.org", "rae.reviews@example.org"


@dataclass
class Asked:
    """One row of the samples, as somebody has sent it. `id` is that of its question, once it is released."""

    name: str
    text: str
    theme: str
    cluster: str
    flags: set[str]
    receipt: str
    id: str = ""


def samples() -> list[Asked]:
    with (PACKAGED / "questions.csv").open(encoding="utf-8", newline="") as opened:
        return [
            Asked(
                row["id"],
                same_bytes(row["text"]),
                row["theme"],
                row["cluster"],
                set(row["flags"].split(";")) - {""},
                codes.new_receipt(),
            )
            for row in csv.DictReader(opened)
        ]


def open_box(slug: str) -> None:
    """Two lead it, a third reviews; the series goes on a week later. Asking has closed an hour ago."""
    people = {"Kit Second": (SECOND, "facilitator"), "Rae Reviews": (REVIEWER, "staff")}
    with transaction():
        for name, (email, role) in people.items():
            if not _person(email):
                make_person(name, role, email=email)
        leaders = [_person(FACILITATOR), _person(SECOND)]
        reviewer = _person(REVIEWER)
        assert reviewer
        facts = {"leaders": leaders, "reviewer_id": reviewer.id, "seats": 40, "holders": 200}
        series = make_series(slug=f"{slug}-series", leaders=leaders, published_at=TUESDAY, title="After hard days")
        for its_slug, starts_at in ((slug, STARTS), (f"{slug}-next", STARTS + timedelta(days=7))):
            asking = {
                "asks_open_at": starts_at - timedelta(days=10),
                "asks_close_at": starts_at - timedelta(hours=4),
            }
            make_phone_in(slug=its_slug, title="After hard days", series=series, starts_at=starts_at, **asking, **facts)


def ask_all(slug: str, asked: list[Asked], to_reviewer: list[Asked]) -> None:
    """Each with a pass and a receipt of its own; then the box is opened. Some go straight to the reviewer."""
    with clock.stopped_at(TUESDAY - timedelta(days=2)), transaction():
        phone_in = _phone_in(slug)
        secret = keys.pass_secret(slug)
        for one in asked:
            sent = {"pass_": codes.printed_pass(secret, slug), "receipt": one.receipt}
            send = safeguarding.send_to_reviewer if one in to_reviewer else box.ask
            send(phone_in, text=one.text, topic=one.theme, **sent)
    with transaction():
        assert release.release(_phone_in(slug))
    known = {
        question.receipt_hash: question.id
        for question in db.session.scalars(select(Question).where(Question.phone_in_slug == slug))
    }
    for one in asked:
        one.id = known[hash_of("receipt", slug, codes.plain_receipt(one.receipt))]
    db.session.rollback()


def became(slug: str) -> dict[str, str]:
    """What the program itself says that each question has come to, by its id."""
    db.session.rollback()
    worded = {one.id: one for one in db.session.scalars(select(ReadAloud))}
    is_over = _phone_in(slug).has_ended(clock.now())
    return {
        question.id: outcomes.of(question, worded.get(question.read_aloud_id or ""), is_over=is_over)
        for question in db.session.scalars(select(Question).where(Question.phone_in_slug == slug))
    }


def wordings(slug: str) -> dict[str, ReadAloud]:
    """Everything that was asked there, by its words."""
    db.session.rollback()
    return {one.words: one for one in db.session.scalars(select(ReadAloud).where(ReadAloud.asked_slug == slug))}


def to_write(slug: str) -> dict[str, str]:
    """The ids of what is to be answered in writing, by their words."""
    return {one.words: one.id for one in answers.to_answer(_phone_in(slug)) if one.outcome and not one.answer}


def _person(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email))


def _phone_in(slug: str) -> PhoneIn:
    found = programme.by_slug(slug)
    assert found
    return found
