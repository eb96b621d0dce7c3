"""The demonstration programme: the packaged people, series and questions, and a life for them around today."""

import csv
import io
import random
from datetime import datetime, timedelta
from importlib.resources import files

from sqlalchemy import delete, select

from phonein import clock
from phonein.admin import planning
from phonein.booking import seats, telling, waiting
from phonein.db import db, transaction
from phonein.delivery import news
from phonein.delivery.models import Letter
from phonein.demo import desk, past, said, settled
from phonein.desk import review_log
from phonein.identity import people, people_file
from phonein.identity.models import Person, Role
from phonein.passes import issue
from phonein.questions import box, codes, keys, release, safeguarding, typed
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
FULL_AHEAD = timedelta(days=5)
MOST_BOOKED = 24
WAITING = 4
QUESTIONS_EACH = 5
WORRYING = "A colleague has stopped eating with us and gives his things away. I do not know whom to tell."
DRAW_PASSES = 14  # people at least, for each phone-in about now: enough to open what is asked


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
        settled.settle()
        reading = series_file.read((PACKAGED / "series.json").read_bytes())
        series_import.import_series(reading, now=clock.now(), tell=planning.tell_of)
    keys.draw_pass_keys_ahead()
    _book(lots)
    _wait(lots)
    _ask(lots)
    _send_to_reviewer()
    past.remember(lots)
    said.say(_rows("feedback.csv"), lots)
    _count_letters_as_sent()


def _count_letters_as_sent() -> None:
    """These people do not exist, and yet what happens to their seats from now on is news to them."""
    with transaction():
        db.session.execute(delete(Letter).where(Letter.telling.is_(None)))
        for letter in db.session.scalars(select(Letter)).all():
            if str(letter.about).startswith("seat "):
                telling.count_as_told(letter)
            elif news.write(letter):
                letter.mark_sent()
            else:
                db.session.delete(letter)


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


def _wait(lots: random.Random) -> None:
    """Two that are full, with people waiting: in the one I am in line, in the other a seat is held for me."""
    now, me = clock.now(), Person.by_email(TO_SIGN_IN_WITH["staff"])
    assert me is not None
    staff = list(db.session.scalars(select(Person).where(Person.role == Role.STAFF, Person.id != me.id)))
    coming = [
        p for p in programme.upcoming(now) if p.is_open(now) and now + FULL_AHEAD < p.starts_at < now + BOOKED_AHEAD
    ]
    wanted = sorted((p for p in coming if not seats.live_booking(p, me)), key=lambda p: (p.left, p.starts_at))[:2]
    for phone_in, is_mine in zip(wanted, (False, True), strict=False):
        with transaction():
            booked = {booking.person_id for booking in seats.live_bookings(phone_in)}
            others = lots.sample([p for p in staff if p.id not in booked], phone_in.left + WAITING)
            for person in others[WAITING:]:
                seats.take(phone_in, by=person)
            for person in [me, *others[:WAITING]] if is_mine else [*others[:2], me, *others[2:WAITING]]:
                waiting.join(phone_in, by=person)
            if is_mine:
                seats.give_back(phone_in, by=seats.live_bookings(phone_in)[0].person)


def _ask(lots: random.Random) -> None:
    """Questions for everything whose window is open about now: some sealed, some released, some prepared."""
    now = clock.now()
    texts = [
        row
        for row in _rows("questions.csv")
        if len(row["text"]) < typed.LONGEST and row["flags"] not in ("abusive", "spam")
    ]
    lots.shuffle(texts)
    around = [p for p in programme.between(now - ASKED_BEHIND, now + ASKED_AHEAD) if p.asks_open_at < now]
    with transaction():
        for phone_in in around:
            phone_in.released_through = None  # as if we had been here all the time
    _draw_passes(lots, around)
    for phone_in in around:
        for asked_at in _moments(phone_in, now):
            if not texts:
                return
            with clock.stopped_at(asked_at), transaction():
                for row in [texts.pop() for _ in range(min(QUESTIONS_EACH, len(texts)))]:
                    _send(phone_in, row)
            _release(phone_in, asked_at, now)
        desk.prepare(phone_in)


def _draw_passes(lots: random.Random, around: list[PhoneIn]) -> None:
    """As many as sign in while asking is open. Who asks is none of them: those passes are made of thin air."""
    staff = list(db.session.scalars(select(Person).where(Person.role == Role.STAFF).order_by(Person.id)))
    for phone_in in around:
        with clock.stopped_at(phone_in.asks_open_at), transaction():
            for person in lots.sample(staff, lots.randint(DRAW_PASSES, 2 * DRAW_PASSES)):
                issue.count_a_draw(phone_in, with_ballot=True, by=person)


def _send_to_reviewer() -> None:
    """The facilitator is safeguarding reviewer of one series, and somebody has sent them something."""
    now, me = clock.now(), Person.by_email(TO_SIGN_IN_WITH["facilitator"])
    assert me is not None
    with transaction():
        settled.name_reviewers(me)
    for phone_in in [one for one in programme.upcoming(now) if one.series and one.takes_questions(now)][:1]:
        with transaction():
            assert phone_in.series is not None
            phone_in.series.reviewer_id, phone_in.series.deputy_id = me.id, None
            for one in phone_in.series.phone_ins:
                one.reviewer_id, one.deputy_id = me.id, None
            pass_ = codes.printed_pass(keys.pass_secret(phone_in.slug), phone_in.slug)
            receipt = codes.new_receipt()
            safeguarding.send_to_reviewer(phone_in, pass_=pass_, receipt=receipt, text=WORRYING, topic="off_topic")
    review_log.tell_reviewers()


def _moments(phone_in: PhoneIn, now: datetime) -> list[datetime]:
    """A moment before each release that has come, and one for what is still sealed."""
    begins = [phone_in.asks_open_at, *phone_in.release_times[:-1]]
    return [begin + timedelta(minutes=1) for begin in begins if begin + timedelta(minutes=1) < now][-2:]


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
