"""The demonstration programme: the packaged people, series and questions, and a life for them around today."""

import csv
import io
import random
from datetime import datetime, timedelta
from importlib.resources import files

from sqlalchemy import delete, select

from phonein import clock
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery.outbox import Letter
from phonein.desk import triage
from phonein.desk.feedback import Feedback
from phonein.identity import people, people_file
from phonein.identity.models import Person, Role
from phonein.questions import box, codes, keys, release
from phonein.schedule import programme, series_file, series_import
from phonein.schedule.models import PhoneIn

TO_SIGN_IN_WITH = {
    "admin": "wulandari@example.org",
    "facilitator": "k.wigglesworth@justice-north.test",
    "staff": "debbie.sedgeholme@example.org",
}
PACKAGED = files("phonein.demo") / "data"
BOOKED_AHEAD = timedelta(days=35)
ASKED_BEHIND, ASKED_AHEAD = timedelta(days=7), timedelta(days=18)
MOST_BOOKED = 24
QUESTIONS_EACH = 5


def is_empty() -> bool:
    empty = db.session.scalar(select(Person.id).limit(1)) is None
    db.session.rollback()
    return empty


def load() -> None:
    """People, series, bookings, and questions in every state. No letter leaves: these people do not exist."""
    lots = random.Random(2026)
    with transaction():
        people.import_people(people_file.read((PACKAGED / "staff.csv").read_bytes()))
    with transaction():
        series_import.import_series(series_file.read((PACKAGED / "series.json").read_bytes()), now=clock.now())
    _book(lots)
    _ask(lots)
    _say()
    with transaction():
        db.session.execute(delete(Letter))


def _book(lots: random.Random) -> None:
    now = clock.now()
    staff = list(db.session.scalars(select(Person).where(Person.role == Role.STAFF)))
    me = Person.by_email(TO_SIGN_IN_WITH["staff"])
    with transaction():
        coming = [p for p in programme.upcoming(now) if p.is_open(now) and p.starts_at < now + BOOKED_AHEAD]
        for phone_in in coming:
            wanted = min(phone_in.seats, lots.randint(2, MOST_BOOKED))
            for person in lots.sample([p for p in staff if p is not me], wanted):
                seats.take(phone_in, by=person)
        for phone_in in [p for p in coming if p.left and me][1:6:2]:
            seats.take(phone_in, by=me)  # type: ignore[arg-type]


def _ask(lots: random.Random) -> None:
    """Questions for everything whose window is open about now: some sealed, some released, some prepared."""
    now = clock.now()
    texts = [
        row
        for row in _rows("questions.csv")
        if len(row["text"]) < box.LONGEST and row["flags"] not in ("abusive", "spam")
    ]
    lots.shuffle(texts)
    around = [p for p in programme.between(now - ASKED_BEHIND, now + ASKED_AHEAD) if p.asks_open_at < now]
    with transaction():
        for phone_in in around:
            phone_in.released_through = None  # as if we had been here all the time
    for phone_in in around:
        for asked_at in _moments(phone_in, now):
            if not texts:
                return
            with clock.stopped_at(asked_at), transaction():
                for row in [texts.pop() for _ in range(min(QUESTIONS_EACH, len(texts)))]:
                    _send(phone_in, row)
            _release(phone_in, asked_at, now)
        _prepare(phone_in)


def _moments(phone_in: PhoneIn, now: datetime) -> list[datetime]:
    """A moment before each release that has come, and one for what is still sealed."""
    begins = [phone_in.asks_open_at, *phone_in.release_times[:-1]]
    return [begin + timedelta(minutes=1) for begin in begins if begin + timedelta(minutes=1) < now][-2:]


def _say() -> None:
    with transaction():
        for row in _rows("feedback.csv"):
            feedback = Feedback(series_slug=row["series"], rating=int(row["rating"]), comment=row["comment"])
            db.session.add(feedback)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((PACKAGED / name).read_text("utf-8"), newline="")))


def _send(phone_in: PhoneIn, row: dict[str, str]) -> None:
    pass_ = codes.printed_pass(keys.pass_secret(phone_in.slug), phone_in.slug)
    box.ask(phone_in, pass_=pass_, receipt=codes.new_receipt(), text=row["text"], topic=row["theme"])


def _release(phone_in: PhoneIn, asked_at: datetime, now: datetime) -> None:
    come = [time for time in phone_in.release_times if asked_at < time <= now]
    if come:
        with clock.stopped_at(come[0]), transaction():
            release.release(phone_in)


def _prepare(phone_in: PhoneIn) -> None:
    """What a facilitator may have done by now: two on the agenda, one set aside."""
    with transaction():
        short = [q for q in triage.questions_for(phone_in) if len(q.text) < 200]
        for question in short[:2]:
            triage.reword(question, question.text)
            triage.put_on_agenda(phone_in, question)
        for question in short[2:3]:
            triage.set_aside(question, "The same has been asked")
