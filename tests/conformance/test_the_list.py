"""The test list of the calendar requirements (section 10), line by line. A series is one entry for each booked date
here, so its lines are told of dates: "first instance dropped" is the first date given back.

Each story ends with all five engines showing on each day what the programme had (`story.check()`). Lines of the list
that have their tests elsewhere, by what they say:

- decline by each client's reply, forwarded, stale, spoofed: tests/replies/test_corpus.py test_reply
- accept after decline, with no seat left: tests/replies/test_answers.py
  test_a_yes_after_a_no_is_told_when_every_seat_is_taken_and_the_entry_goes
- worker stopped between database and SMTP: tests/delivery/test_faults.py
  test_a_worker_killed_between_database_and_mail_server
- name, title and address, as any engine reads them: tests/conformance/test_any_entry.py
  test_every_engine_reads_the_title_in_the_description_letter_by_letter
- feed unchanged: tests/feeds/test_reading.py test_what_has_not_changed_is_not_sent_again
- feed changed: tests/feeds/test_reading.py test_whatever_changes_is_seen_by_tag_and_by_time
- feed revoked: tests/feeds/test_reading.py test_a_new_address_kills_the_old_one_at_once
- feed by HEAD: tests/feeds/test_reading.py test_a_program_that_asks_for_the_head_gets_it
- If-None-Match, a list and "*": tests/feeds/test_reading.py test_any_of_the_tags_that_a_program_knows_will_do
- cancelled event: tests/feeds/test_reading.py test_what_is_cancelled_says_so_for_thirty_days_and_then_goes
- empty feed: tests/feeds/test_reading.py test_an_empty_feed_is_a_feed
- 500 events: tests/feeds/test_reading.py test_five_hundred_dates_cost_as_many_queries_as_one
- privacy of feeds: tests/feeds/test_contents.py test_no_feed_names_anybody_who_has_a_seat
- privacy of 500 letters: tests/conformance/test_many_people.py
  test_500_people_are_told_of_a_move_in_500_letters_that_name_nobody_else
"""

import re
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from phonein.admin import planning
from phonein.booking import answers, seats
from phonein.booking.models import Booking
from phonein.booking.outcomes import Outcome
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule import publishing, revision, splitting
from phonein.schedule.models import PhoneIn, Series
from tests.builders import make_fay, make_person, make_series
from tests.conformance import ours, test_peers_faults
from tests.conformance.story import Story, delivered
from tests.conformance.test_many_people import everything_in
from tests.delivery import an_entry
from tests.engines.diary import kept, opened
from tests.engines.readers import ENGINES, node_ical
from tests.replies import message

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).parent.parent.parent
ADDRESS = "sam@example.org"
HOUR = timedelta(hours=1)
OCTOBER = ["10-13", "10-20", "10-27", "11-03", "11-10"]  # the clocks go back on the 25th


@pytest.fixture
def series(app) -> Series:
    """Tuesdays at half past seven in London, until 30 March 2027: across both clock changes."""
    with transaction():
        make_person()
        found = make_series(first_on=date(2026, 10, 13), rule="FREQ=WEEKLY;BYDAY=TU;COUNT=25", leaders=[make_fay()])
        publishing.publish_series(found)
    return found


@pytest.fixture
def story(series) -> Story:
    """Sam has a seat on the first five Tuesdays, and has been told so."""
    story = Story()
    with story.next_day():
        for day in OCTOBER:
            seats.take(on(day), by=sam())
    return story


def sam() -> Person:
    return db.session.get(Person, 1)


def on(day: str) -> PhoneIn:
    """The phone-in that was planned for this day."""
    year = 2027 if day < "06" else 2026
    return db.session.scalars(select(PhoneIn).where(PhoneIn.slug.endswith(f"{year}-{day}"))).one()


def booking_on(day: str) -> Booking:
    found = select(Booking).where(Booking.phone_in_id == on(day).id).order_by(Booking.id.desc())
    return db.session.scalars(found).first()


def move(day: str, by: timedelta) -> None:
    one = on(day)
    planning.move(one, to=one.starts_at + by, minutes=60)


def shift(series: Series, at: time, from_day: str | None = None) -> None:
    """Another time of day, for all coming dates or from one on."""
    from_start = on(from_day).planned_at if from_day else None
    part = splitting.later_part(series, from_start) if from_start else {}
    draft = revision.draft_of(series) | part | {"starts_at_time": at}
    planning.carry_out(series, draft, from_start=from_start, edition=None)


def told(story: Story, day: int = -1) -> list[tuple[str, int]]:
    """What calendars were told on this day: method and number."""
    ends = [0, *(number for number, _ in story.moments)]
    letters = delivered()[ends[day - 1] : ends[day]] if day != -1 else delivered()[ends[-2] :]
    found = [one for one in map(opened, letters) if one]
    return [(str(one.method), one_read.entries[0].sequence or 0)
            for one, one_read in zip(found, node_ical(one.written for one in found), strict=True)]  # fmt: skip


def on_the_wall(story: Story) -> list[str]:
    """Sam's calendar, by London's clock, as one engine has it."""
    zone = on("10-13").zone
    return [f"{at.astimezone(zone):%m-%d %H:%M}" for at in kept(node_ical, delivered())[ADDRESS].instants]


# One-off


def test_book(story):
    assert told(story) == [("REQUEST", 0)] * 5
    assert on_the_wall(story) == [f"{day} 19:30" for day in OCTOBER]
    story.check()


def test_move(story):
    with story.next_day():
        move("10-20", by=HOUR)
    assert told(story) == [("REQUEST", 1)]
    assert on_the_wall(story)[1] == "10-20 20:30"
    story.check()


def test_change_of_pin(story):
    with story.next_day():
        one = on("10-20")
        planning.change(one, leaders=list(one.leaders), seats=one.seats, pin="909090")
    assert told(story) == [("REQUEST", 1)]
    said = everything_in(delivered()[-1])
    assert "909090" in said
    assert "733102" not in said
    story.check()


def test_cancelled_by_the_person(story):
    with story.next_day():
        seats.give_back(on("10-20"), by=sam())
    assert told(story) == [("CANCEL", 1)]
    assert on_the_wall(story) == [f"{day} 19:30" for day in OCTOBER if day != "10-20"]
    story.check()


def test_cancelled_by_the_leader(story):
    with story.next_day():
        planning.cancel(on("10-20"), reason="Fay is ill.")
    assert told(story) == [("CANCEL", 1)]
    story.check()


@pytest.mark.parametrize(
    "client", ["outlook-desktop", "exchange-without-organizer", "google", "apple", "thunderbird", "nextcloud"]
)
def test_decline_by_each_clients_reply(story, client):
    with story.next_day():
        declined = booking_on("10-20").uid
        assert answers.receive(message(f"{client}-declined", booking_on("10-20"))) is Outcome.GIVEN_BACK
    assert told(story) == []  # the calendar has struck it out already
    diary = kept(node_ical, delivered())[ADDRESS]
    diary.strike(declined)
    assert diary.instants == story.moments[-1][1][ADDRESS]
    assert len(diary.instants) == 4


def test_book_again(story):
    before = booking_on("10-20").uid
    with story.next_day():
        seats.give_back(on("10-20"), by=sam())
    with story.next_day():
        seats.take(on("10-20"), by=sam())
    assert told(story) == [("REQUEST", 0)]
    assert booking_on("10-20").uid != before
    story.check()


def test_a_cancellation_taken_back_is_an_entry_of_another_name(story):
    before = booking_on("10-20").uid
    with story.next_day():
        planning.cancel(on("10-20"), reason="Fay is ill.")
    with story.next_day():
        planning.put_back_on(on("10-20"))
    assert told(story) == [("REQUEST", 0)]
    assert booking_on("10-20").uid != before
    story.check()


# Series


def test_across_both_clock_changes(story):
    with story.next_day():
        for day in ("03-23", "03-30"):
            seats.take(on(day), by=sam())
    assert on_the_wall(story) == [f"{day} 19:30" for day in [*OCTOBER, "03-23", "03-30"]]
    assert [f"{at:%H:%M}" for at in story.moments[-1][1][ADDRESS]] == ["18:30"] * 2 + ["19:30"] * 4 + ["18:30"]
    story.check()


def test_first_instance_dropped(story):
    with story.next_day():
        seats.give_back(on("10-13"), by=sam())
    assert on_the_wall(story) == [f"{day} 19:30" for day in OCTOBER[1:]]
    story.check()


def test_one_moved_and_moved_back(story):
    with story.next_day():
        move("10-27", by=timedelta(days=-3))  # to before the clocks change
    assert on_the_wall(story)[2] == "10-24 20:30"
    with story.next_day():
        move("10-27", by=timedelta(days=3))
    assert told(story) == [("REQUEST", 2)]
    assert on_the_wall(story) == [f"{day} 19:30" for day in OCTOBER]
    story.check()


def test_moved_and_moved_back_before_any_letter_left_tells_nobody(story):
    with story.next_day():
        move("10-27", by=HOUR)
        move("10-27", by=-HOUR)
    assert story.letters_of_the_day == 0


def test_one_cancelled_and_later_the_whole_series_shifted(story, series):
    with story.next_day():
        planning.cancel(on("10-20"), reason="Fay is ill.")
    with story.next_day():
        shift(series, time(18))
    assert told(story) == [("REQUEST", 1)] * 4
    assert on_the_wall(story) == [f"{day} 18:00" for day in OCTOBER if day != "10-20"]
    story.check()


def test_one_moved_by_itself_stays_when_the_whole_series_is_shifted(story, series):
    with story.next_day():
        move("10-20", by=HOUR)
    with story.next_day():
        shift(series, time(18))
    assert on_the_wall(story)[:3] == ["10-13 18:00", "10-20 20:30", "10-27 18:00"]
    story.check()


def test_moved_then_cancelled(story):
    with story.next_day():
        move("10-20", by=HOUR)
    with story.next_day():
        planning.cancel(on("10-20"), reason="Fay is ill.")
    assert told(story) == [("CANCEL", 2)]
    story.check()


def test_shortened(story, series):
    with story.next_day():
        draft = revision.draft_of(series) | {"rule": "FREQ=WEEKLY;BYDAY=TU;COUNT=3"}
        planning.carry_out(series, draft, from_start=None, edition=None)
    assert told(story) == [("CANCEL", 1)] * 2
    assert on_the_wall(story) == [f"{day} 19:30" for day in OCTOBER[:3]]
    story.check()


def test_split_from_here_on(story, series):
    with story.next_day():
        shift(series, time(18), from_day="10-27")
    assert told(story) == [("REQUEST", 1)] * 3
    assert on_the_wall(story) == ["10-13 19:30", "10-20 19:30", "10-27 18:00", "11-03 18:00", "11-10 18:00"]
    story.check()


@pytest.mark.parametrize("zone", ["utc", "london", "windows-zone"])
def test_decline_one_by_reply_in_each_way_of_writing_its_time(story, zone):
    one = booking_on("10-20")
    filled = {"start_utc": "20261020T183000Z", "end_utc": "20261020T193000Z", "start_local": "20261020T193000",
              "end_local": "20261020T203000"}  # fmt: skip
    with story.next_day():
        assert answers.receive(message(f"recurrence-{zone}", one, **filled)) is Outcome.GIVEN_BACK
    assert len(story.moments[-1][1][ADDRESS]) == 4


def test_decline_all(story):
    diary_uids = [booking_on(day).uid for day in OCTOBER]
    with story.next_day():
        for day in OCTOBER:
            assert answers.receive(message("google-declined", booking_on(day))) is Outcome.GIVEN_BACK
    diary = kept(node_ical, delivered())[ADDRESS]
    for uid in diary_uids:
        diary.strike(uid)
    assert (diary.instants, story.moments[-1][1]) == ([], {})


def test_accept_after_decline_is_a_new_seat_and_the_calendar_ends_with_one_entry(story):
    struck = booking_on("10-20").uid
    with story.next_day():
        answers.receive(message("thunderbird-declined", booking_on("10-20")))
    with story.next_day():
        assert answers.receive(message("later-accepted", booking_on("10-20"))) is Outcome.BOOKED_AGAIN
    assert booking_on("10-20").uid != struck
    assert sorted(told(story)) == [("CANCEL", 2), ("REQUEST", 0)]
    for engine in ENGINES.values():
        assert kept(engine, delivered())[ADDRESS].instants == story.moments[-1][1][ADDRESS]


# Mail


@pytest.mark.parametrize(
    "name", ["Zoë Ångström", 'Sam "Sunny" Seat', "Seat, Sam; PhD", "Sam 🌙 Seat", "Ŝ" * 200], ids=str.casefold
)
def test_a_name_with_accents_quotes_comma_emoji_or_200_characters(story, name):
    with story.next_day():
        sam().name = name
        move("10-20", by=HOUR)
    assert told(story) == [("REQUEST", 1)]
    story.check()


@pytest.mark.parametrize("address", ["SAM.Seat@EXAMPLE.org", "sam+calls@example.org"])
def test_an_address_in_capitals_or_with_plus(series, address):
    with transaction():
        sam().email = address
    story = Story()
    with story.next_day():
        seats.take(on("10-20"), by=sam())
    with story.next_day():
        move("10-20", by=HOUR)
    assert {one.to for one in map(opened, delivered()) if one} == {address}
    story.check()


def test_html_lines_over_998_octets(story, series):
    with story.next_day():
        for phone_in in series.phone_ins:
            phone_in.title = "Ŝ" * 200
            phone_in.summary = "word " * 400
        seats.take(on("11-17"), by=sam())
    assert max(len(line) for line in delivered()[-1].split(b"\n")) <= 998
    assert "word " * 399 in everything_in(delivered()[-1]).replace("\r\n", "")
    story.check()


def test_two_changes_in_one_second_are_told_in_order(story):
    with story.next_day():
        move("10-20", by=HOUR)
    story.at -= timedelta(days=1)  # and once more at the very same moment, the letter having left
    with story.next_day():
        move("10-20", by=HOUR)
    assert told(story) == [("REQUEST", 2)]
    assert on_the_wall(story)[1] == "10-20 21:30"
    story.check()


def test_two_messages_of_one_second_have_stamps_that_rise(story):
    stamps = [booking_on("10-20").stamped_at]
    for _ in range(3):
        with story.next_day():
            move("10-20", by=HOUR)
        story.at -= timedelta(days=1)
        db.session.rollback()
        stamps.append(booking_on("10-20").stamped_at)
    assert stamps == sorted(set(stamps))


# Privacy


def test_no_message_of_a_whole_story_names_anybody_else(series):
    with transaction():
        kim = make_person(name="Kim Quiet", email="kim@example.org")
        sam().name = "Sam Seat"
    story = Story()
    with story.next_day():
        for whom in (sam(), db.session.get(Person, kim.id)):
            seats.take(on("10-20"), by=whom)
    with story.next_day():
        move("10-20", by=HOUR)
    with story.next_day():
        planning.cancel(on("10-20"), reason="Fay is ill.")
    letters = [everything_in(letter) for letter in delivered()]
    assert len(letters) == 6
    for said in letters:
        assert ("Sam Seat" in said or ADDRESS in said) != ("Kim Quiet" in said or "kim@example.org" in said)
    story.check()


def test_the_list_would_notice_a_letter_that_is_not_told(story):
    """What all these stories lean on: with the last letter lost, the calendars are wrong, in every engine."""
    with story.next_day():
        move("10-20", by=HOUR)
    for engine in ENGINES.values():
        assert kept(engine, delivered()[:-1])[ADDRESS].instants != story.moments[-1][1][ADDRESS]


def test_every_engine_reads_the_worst_name_as_an_attendee_of_one():
    worst = ours(an_entry(attendee_name='Zoë "Z", jr; 🌙' + "Ŝ" * 180))
    for engine in ENGINES.values():
        [diary] = kept(engine, [worst]).values()
        assert diary.instants == [datetime.fromisoformat("2026-03-31T18:30+00:00")]


@pytest.mark.parametrize("module", [sys.modules[__name__], test_peers_faults], ids=lambda module: module.__name__)
def test_what_is_said_to_be_tested_elsewhere_is(module):
    pointers = re.findall(r"(tests/[a-z/_]+\.py)\s+(test_\w+)", module.__doc__)
    assert len(pointers) > 3
    for file, name in pointers:
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{file} has no {name}"
