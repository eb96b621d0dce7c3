"""How many statements a page takes: as many for one row as for thirty, and for a booking twelve at most."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from phonein import clock
from phonein.booking import seats, telling, waiting
from phonein.booking.outcomes import Outcome
from phonein.booking.reply_models import Reply
from phonein.booking.waiting_models import Wait
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.desk import agenda
from phonein.identity import audit, feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud.models import Answer, ReadAloud, Tally
from phonein.schedule.models import PhoneIn
from tests.builders import csrf, make_ada, make_fay, make_person, make_phone_in, make_series, sign_in_as
from tests.conftest import TUESDAY

FEW, MANY = 2, 30  # one, and another where a page lists the others
MOST_PER_BOOKING = 12
PAGES = {
    "Sam": (
        "/app/", "/app/?all=1", "/app/?time=morning&left=1", "/app/calendar/", "/app/phone-ins/p0/", "/app/bookings/",
        "/app/bookings/feed", "/app/bookings/reminders", "/app/phone-ins/p0/letters", "/app/phone-ins/p0/seat/move",
        "/app/library/", "/app/library/?q=why", "/app/library/print", "/app/library/asked/", "/app/library/answer-0/",
        "/app/phone-ins/over/",
    ),
    "Fay": (
        "/app/desk/", "/app/desk/p0/", "/app/desk/p0/print", "/app/desk/p0/agenda/", "/app/desk/p0/hand-over",
        "/app/desk/p0/present/?step=2", "/app/review/", "/app/review/p0/", "/app/desk/feedback/",
        "/app/desk/p0/feedback/", "/app/desk/p0/run/", "/app/desk/p0/close/", "/app/desk/p0/answers/",
        "/app/desk/p0/take-away/", "/app/desk/p0/take-away/questions/csv",
        "/app/desk/p0/questions/?tab=all", "/app/desk/p0/history/",
    ),
    "Ada": (
        "/app/admin/", "/app/admin/series/", "/app/admin/series/s0/", "/app/admin/letters/", "/app/admin/replies/",
        "/app/admin/people/?who=nobody", "/app/admin/people/nobody-0/", "/app/admin/people/nobody-0/leaving",
        "/app/admin/phone-ins/p0/", "/app/admin/phone-ins/p0/waiting/", "/app/admin/deleted/", "/app/admin/wording/",
        "/app/admin/programme-feed/", "/app/admin/insights/", "/app/admin/insights/take-away/figures/csv",
    ),
}  # fmt: skip


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(connection, cursor, statement, *more):
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def add(begin: int, end: int, cast: dict[str, Person]) -> None:
    """So many more of everything that a page lists."""
    for n in range(begin, end):
        with transaction():
            series = make_series(slug=f"s{n}", title=f"Series {n}", published_at=TUESDAY, leaders=[cast["Fay"]])
            phone_in = make_phone_in(
                slug=f"p{n}", series=series, starts_at=TUESDAY + timedelta(days=4, minutes=30 * n), seats=3,
                leaders=[cast["Fay"]], reviewer_id=cast["Fay"].id,
            )  # fmt: skip
            somebody = make_person(f"nobody-{n}", code=f"nobody-{n}")
            seats.take(phone_in, by=cast["Sam"])
            telling.send_again(seats.live_booking(phone_in, cast["Sam"]))
            add_to_the_first(
                phone_in if n == 0 else db.session.scalars(db.select(PhoneIn).filter_by(slug="p0")).one(), n
            )
            wait_somewhere(cast["Sam"], n)
            answer_something(n)
            db.session.add(Reply(key=f"reply {n}", came_on=clock.today(), outcome=Outcome.WRITTEN.word, needs_eye=True))
            db.session.add(
                Letter(name="seat-booked", to_address=somebody.email, subject="s", text="t", html="h",
                       message_id=f"<{n}@x.example>", given_up_at=TUESDAY, about=f"seat {n}")
            )  # fmt: skip
            audit.note("moved", by=cast["Ada"], about=f"phone-in {phone_in.id}", reason="because")


def add_to_the_first(phone_in: PhoneIn, n: int) -> None:
    """Questions to the desk and to the reviewer, one in words and on the agenda, and somebody in line."""
    for for_reviewer in (False, True):
        receipt = f"{n} {for_reviewer}".encode()
        db.session.add(
            Question(phone_in_slug=phone_in.slug, receipt_hash=receipt, text="Why?", is_for_reviewer=for_reviewer)
        )
    for words in (f"On it {n}?", f"Not on it {n}?"):
        worded = ReadAloud(phone_in_slug=phone_in.slug, asked_slug=phone_in.slug, words=words)
        db.session.add(worded)
        db.session.flush()
        if words.startswith("On"):
            agenda.put_on(phone_in, worded)
    waits = make_person(f"waits-{n}")
    db.session.add(Wait(phone_in_id=phone_in.id, person_id=waits.id, turn=n + 1, joined_on=clock.today()))


def answer_something(n: int) -> None:
    """An answer in writing, and what became of the questions of a phone-in long ago."""
    if n == 0:
        make_phone_in(slug="over", starts_at=TUESDAY - timedelta(days=2))
    make_phone_in(slug=f"past{n}", starts_at=TUESDAY - timedelta(days=100, minutes=n))
    db.session.add(ReadAloud(id=f"answer-{n}", phone_in_slug="over", asked_slug="over", words=f"Why, number {n}?"))
    db.session.flush()
    for edition in (1, 2):
        db.session.add(
            Answer(read_aloud_id=f"answer-{n}", edition=edition, words="Because", published_on=clock.today())
        )
    db.session.add(Tally(phone_in_slug=f"past{n}", kind="outcome", word="answered", how_many=12))


def wait_somewhere(sam: Person, n: int) -> None:
    full = make_phone_in(slug=f"full{n}", starts_at=TUESDAY + timedelta(days=20, minutes=30 * n), seats=1)
    seats.take(full, by=make_person(f"sits-{n}"))
    waiting.join(full, by=sam)


def number_for_each_page(client, cast, feeds: dict[str, str]) -> dict[str, int]:
    found = {}
    for name, paths in PAGES.items():
        sign_in_as(client, cast[name])
        for path in paths:
            client.get(path)  # what is remembered after the first time is remembered
            with counted() as said:
                assert client.get(path).status_code == 200, path
            found[path] = len(said)
    for what, path in feeds.items():
        client.get(path)
        with counted() as said:
            assert client.get(path).status_code == 200
        found[f"feed: {what}"] = len(said)
    return found


def test_a_page_takes_as_many_statements_for_thirty_rows_as_for_few(app, client):
    with transaction():
        cast = {"Sam": make_person("Sam"), "Fay": make_fay(), "Ada": make_ada()}
        owners = {"seats": cast["Sam"], "leads": cast["Fay"], "programme": None}
        for purpose, owner in owners.items():
            feed_addresses.make(owner, Purpose(purpose))
        feeds = {what: f"/feeds/{feed_addresses.of(who, Purpose(what)).token}.ics" for what, who in owners.items()}
    add(0, FEW, cast)
    postman.deliver_due()
    for_few = number_for_each_page(client, cast, feeds)
    add(FEW, MANY, cast)
    postman.deliver_due()
    for_many = number_for_each_page(client, cast, feeds)
    assert {path: (for_few[path], n) for path, n in for_many.items() if n > for_few[path]} == {}


def test_a_booking_takes_twelve_statements_at_most(app, client):
    with transaction():
        sam, stan = make_person("Sam"), make_person("Stan")
        make_phone_in(starts_at=TUESDAY + timedelta(days=7))
        seats.take(make_phone_in(slug="before"), by=stan)
    sign_in_as(client, sam)
    token = csrf(client)
    with counted() as said:
        assert client.post("/app/phone-ins/sleep/seat", data={"csrf_token": token}).status_code == 303
    assert len(said) <= MOST_PER_BOOKING, said
