"""What a program gets that comes to read a feed: once in full, and then only when something is new."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import event as listening

import config
from phonein import clock, create_app
from phonein.admin import planning
from phonein.booking import seats
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Feed, Purpose
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in
from tests.conftest import TUESDAY, Browser
from tests.delivery.posting import elsewhere
from tests.engines import READERS
from tests.feeds import address, book, events

DAY = timedelta(days=1)


@pytest.fixture
def cast(app):
    """Sam and Stan each have a seat next Tuesday, with Fay."""
    with transaction():
        people = {"Fay": make_fay(), "Sam": make_person(), "Stan": make_person("Stan"), "Ada": make_ada()}
        phone_in = make_phone_in(leaders=[people["Fay"]], seats=30)
    book(phone_in, people["Sam"], people["Stan"])
    return people | {"phone-in": phone_in}


@pytest.fixture
def sams(cast) -> str:
    return address(cast["Sam"])


@pytest.mark.parametrize("read", READERS)
def test_every_engine_reads_the_seat(client, cast, sams, read):
    reading = read(client.get(sams).data)
    assert (reading.starts_at, reading.ends_at) == (TUESDAY + 7 * DAY, TUESDAY + 7 * DAY + timedelta(hours=1))
    assert (reading.method, reading.attendee, reading.organizer) == (None, None, None)
    assert "+442079460111,,4821#\n" in reading.description
    assert "Led by Fay\n" in reading.description


def test_a_program_is_told_all_it_needs_and_nothing_that_follows_it(client, sams):
    answer = client.get(sams)
    told = {name: answer.headers.get(name) for name in ("Content-Type", "Content-Disposition", "X-Robots-Tag",
            "Cache-Control", "Referrer-Policy", "Last-Modified", "Set-Cookie", "Vary", "Location")}  # fmt: skip
    assert told == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "X-Robots-Tag": "noindex",
        "Cache-Control": "private, no-cache",
        "Referrer-Policy": "no-referrer",
        "Last-Modified": "Tue, 24 Mar 2026 00:00:00 GMT",
        "Set-Cookie": None,
        "Vary": None,
        "Location": None,
    }
    assert answer.get_etag()[1] is False  # strong


def test_what_has_not_changed_is_not_sent_again(client, sams):
    first = client.get(sams)
    again = client.get(sams, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    since = client.get(sams, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (since.status_code, since.data, since.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_another_machine_on_the_same_database_sends_the_same_bytes(app, client, sams, settings, tmp_path):
    here = client.get(sams)
    other = create_app(config.Testing(settings | {"PHONEIN_DATA": str(tmp_path / "another")}))
    other.test_client_class = Browser
    with clock.stopped_at(TUESDAY), other.app_context():
        there = other.test_client().get(sams)
        not_there = other.test_client().get(sams, headers={"If-None-Match": here.headers["ETag"]})
        db.engine.dispose()
    assert (there.data, there.headers["ETag"]) == (here.data, here.headers["ETag"])
    assert there.headers["Last-Modified"] == here.headers["Last-Modified"]
    assert not_there.status_code == 304


def test_the_hour_changes_nothing(client, sams):
    read = set()
    for hours in (0, 5, 11):
        with clock.stopped_at(TUESDAY + timedelta(hours=hours, minutes=7, seconds=13)):
            answer = client.get(sams)
            read.add((answer.data, answer.headers["ETag"], answer.headers["Last-Modified"]))
    assert len(read) == 1


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ("{}", 304),
        ('"of-another-day", {}', 304),
        ('W/"of-another-day" , W/{}', 304),
        ("*", 304),
        ('"of-another-day"', 200),
        ("nonsense", 200),
    ],
)
def test_any_of_the_tags_that_a_program_knows_will_do(client, sams, tags, status):
    known = client.get(sams).headers["ETag"]
    assert client.get(sams, headers={"If-None-Match": tags.format(known)}).status_code == status


def test_the_tag_counts_for_more_than_the_time(client, sams):
    first = client.get(sams).headers
    headers = {"If-None-Match": '"another"', "If-Modified-Since": first["Last-Modified"]}
    assert client.get(sams, headers=headers).status_code == 200
    headers = {"If-None-Match": first["ETag"], "If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    assert client.get(sams, headers=headers).status_code == 304


def test_a_program_that_asks_for_the_head_gets_it(client, sams):
    whole, head = client.get(sams), client.head(sams)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Content-Disposition", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]
    assert client.head(sams, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def move(cast):
    planning.move(cast["phone-in"], to=TUESDAY + 9 * DAY, minutes=60)


def change_pin(cast):
    one = cast["phone-in"]
    planning.change(one, leaders=one.leaders, seats=one.seats, title=one.title, pin="9999")


def cancel(cast):
    planning.cancel(cast["phone-in"], reason="The line is down.")


def give_back(cast):
    seats.give_back(cast["phone-in"], by=cast["Sam"])


def book_another(cast):
    seats.take(make_phone_in(slug="other", leaders=[cast["Fay"]], starts_at=TUESDAY + 3 * DAY), by=cast["Sam"])


@pytest.mark.parametrize("change", [move, change_pin, cancel, give_back, book_another])
def test_whatever_changes_is_seen_by_tag_and_by_time(client, cast, sams, change):
    before = client.get(sams).headers
    with transaction():
        change(cast)
    known = {"If-Modified-Since": before["Last-Modified"]}
    after = client.get(sams, headers=known)
    assert after.status_code == 200
    assert after.headers["ETag"] != before["ETag"]
    assert after.last_modified == TUESDAY.replace(hour=0) + timedelta(seconds=1)  # later, and still no hour
    assert client.get(sams, headers={"If-None-Match": after.headers["ETag"]}).status_code == 304


def test_what_is_cancelled_says_so_for_thirty_days_and_then_goes(client, cast, sams):
    with transaction():
        planning.move(cast["phone-in"], to=TUESDAY + 60 * DAY, minutes=60)
    sequence = events(client.get(sams))[0]["sequence"]
    with transaction():
        cancel(cast)
    [one] = events(client.get(sams))
    assert (one["summary"], one["status"]) == ("Cancelled: Phone-in", "CANCELLED")
    assert one["sequence"] > sequence
    with clock.stopped_at(TUESDAY + 30 * DAY):
        last = client.get(sams)
        assert len(events(last)) == 1
    with clock.stopped_at(TUESDAY + 31 * DAY):
        gone = client.get(sams, headers={"If-Modified-Since": last.headers["Last-Modified"]})
    assert events(gone) == []
    assert gone.last_modified > last.last_modified


def test_an_empty_feed_is_a_feed(client, cast):
    answer = client.get(address(cast["Ada"]))
    assert events(answer) == []
    assert client.get(address(cast["Ada"]), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("token", ["never-was", "x" * 2000, "..%2f..%2fetc", "%00", "ü", "a.ics"])
def test_at_a_wrong_address_there_is_nothing(client, sams, token):
    assert client.get(f"/feeds/{token}.ics").status_code == 404


def test_an_address_that_is_nearly_right_is_wrong(client, sams):
    for path in (sams.upper(), sams[:-5] + ".ics", sams.replace(".ics", "x.ics"), sams.removesuffix(".ics")):
        assert client.get(path).status_code == 404, path


def test_a_feed_is_read_and_nothing_else(client, sams):
    for method in ("POST", "PUT", "DELETE", "PROPFIND"):
        assert client.open(sams, method=method).status_code == 405


def test_a_new_address_kills_the_old_one_at_once(client, cast, sams):
    with transaction():
        assert feed_addresses.make_anew(cast["Sam"], Purpose.SEATS)
    assert client.get(sams).status_code == 404
    assert len(events(client.get(address(cast["Sam"])))) == 1


def test_the_feed_of_somebody_who_has_left_is_dead(client, cast, sams):
    with transaction():
        cast["Sam"].left_on = clock.today()
    answer = client.get(sams)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert answer.data == client.get("/feeds/never-was.ics").data
    assert client.get(address(cast["Stan"])).status_code == 200


def test_the_first_seat_brings_the_address_and_the_second_keeps_it(client, cast):
    [feed] = db.session.scalars(db.select(Feed).where(Feed.person_id == cast["Sam"].id))
    token = feed.token
    with transaction():
        book_another(cast)
    [feed] = db.session.scalars(db.select(Feed).where(Feed.person_id == cast["Sam"].id))
    assert feed.token == token


def test_two_first_seats_at_once_make_one_address(app, cast):
    ada, second = cast["Ada"].id, []

    def make_it_too():
        with transaction():
            feed_addresses.make(db.session.get_one(Person, ada), Purpose.SEATS)
            second.append(feed_addresses.of(db.session.get_one(Person, ada), Purpose.SEATS).token)

    with ExitStack() as until_both_are_done, transaction():
        feed_addresses.make(db.session.get_one(Person, ada), Purpose.SEATS)
        other = until_both_are_done.enter_context(elsewhere(app, make_it_too))
        other.join(0.2)  # as far as it gets while we have not committed
    assert second == [feed_addresses.of(db.session.get_one(Person, ada), Purpose.SEATS).token]


def test_a_copy_of_the_database_holds_no_address(app, cast, sams):
    token = sams.removeprefix("/feeds/").removesuffix(".ics")
    [row] = db.session.execute(db.select(Feed.__table__).where(Feed.person_id == cast["Sam"].id)).mappings()
    assert [column for column, value in row.items() if token in str(value)] == []
    app.config["SECRET_KEY"] = "another" * 8
    assert feed_addresses.of(cast["Sam"], Purpose.SEATS).token is None


def notes(person):
    db.session.rollback()
    feed = feed_addresses.of(person, Purpose.SEATS)
    return feed.read_on, feed.read_by


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("Google-Calendar-Importer", "Google Calendar"),
        ("Mozilla/5.0 (compatible; Google-Calendar-Importer)", "Google Calendar"),
        ("Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)", "Outlook"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", "Outlook"),
        ("iOS/18.0 (22A3354) dataaccessd/1.0", "Apple Calendar"),
        ("macOS/11.0 (20A5343i) CalendarAgent/950", "Apple Calendar"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", "Thunderbird"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36", "another program"),
        ("", "another program"),
    ],
)
def test_programs_are_known_by_what_they_call_themselves(called, name):
    assert feed_addresses.program(called) == name


def test_the_day_and_the_programs_of_a_reading_are_noted_and_not_the_hour(client, cast, sams):
    assert notes(cast["Sam"]) == (None, "")
    for called in ("Google-Calendar-Importer", "dataaccessd/1.0", "Google-Calendar-Importer"):
        client.get(sams, headers={"User-Agent": called})
    assert notes(cast["Sam"]) == (TUESDAY.date(), "Google Calendar, Apple Calendar")
    with clock.stopped_at(TUESDAY + DAY):
        client.head(sams, headers={"User-Agent": "dataaccessd/1.0"})
    assert notes(cast["Sam"]) == ((TUESDAY + DAY).date(), "Apple Calendar")


def statements(client, path, status=200, **headers) -> list[str]:
    said: list[str] = []

    def note(connection, cursor, statement, *rest):
        said.extend(word for word in statement.split()[:1] if word != "BEGIN")

    listening.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path, headers=headers).status_code == status
    finally:
        listening.remove(db.engine, "before_cursor_execute", note)
    return said


def test_a_wrong_address_and_a_dead_one_cost_the_same(client, cast, sams):
    stans = address(cast["Stan"])
    with transaction():
        cast["Stan"].left_on = clock.today()
        feed_addresses.make_anew(cast["Sam"], Purpose.SEATS)
    for path in (stans, sams, "/feeds/never-was.ics"):
        assert statements(client, path, status=404) == ["SELECT"]


def test_reading_writes_once_a_day_for_each_program(client, sams):
    readers = ["Google-Calendar-Importer", "dataaccessd/1.0"] * 2
    writes = [statements(client, sams, **{"User-Agent": called}).count("UPDATE") for called in readers]
    assert writes == [1, 1, 0, 0]


def test_a_busy_database_keeps_nobody_from_reading(app, client, cast, sams):
    @listening.listens_for(db.engine, "connect")
    def impatient(connection, record):
        sqlite = db.engine.dialect.name == "sqlite"
        connection.execute("PRAGMA busy_timeout=50" if sqlite else "SET lock_timeout = 50")
        connection.commit()

    db.session.rollback()
    db.engine.dispose()
    with db.engine.connect().execution_options(phonein_write=True) as busy:
        busy.execute(db.update(Feed).values(read_by=Feed.read_by))
        answer = client.get(sams)
        assert (answer.status_code, "Last-Modified" in answer.headers) == (200, False)
        assert client.get(sams, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        busy.rollback()
    assert client.get(sams).last_modified == TUESDAY.replace(hour=0)
    assert notes(cast["Sam"]) == (TUESDAY.date(), "another program")


def test_five_hundred_dates_cost_as_many_queries_as_one(client, cast):
    paths = [address(cast["Sam"]), address(cast["Fay"], Purpose.LEADS), address(None, Purpose.PROGRAMME)]
    costs = []
    for last in (1, 30, 501):
        with transaction():
            add_dates(db.session.scalar(db.select(db.func.count(PhoneIn.id))), last, cast)
        assert [len(events(client.get(path))) for path in paths] == [last] * 3
        costs.append([statements(client, path) for path in paths])
    assert costs == [[["SELECT", "SELECT"]] * 3] * 3


def add_dates(first: int, last: int, cast) -> None:
    usual = {column: getattr(cast["phone-in"], column) for column in ("title", "seats", "published_at", "pin")}
    for n in range(first, last):
        at = TUESDAY + timedelta(hours=12 * n)
        one = PhoneIn(slug=f"n{n}", starts_at=at, ends_at=at + timedelta(hours=1), leaders=[cast["Fay"]],
                      asks_open_at=TUESDAY, asks_close_at=at, **usual)  # fmt: skip
        db.session.add(Booking(phone_in=one, person=cast["Sam"], booked_on=clock.today(), stamped_at=clock.now()))
