"""All series of the demonstration, through everything that admins and staff do with them and across both clock changes:
after each day's letters, read in order, every calendar shows what the programme has, and so does a feed."""

from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
from sqlalchemy import select

from phonein import clock
from phonein.admin import planning
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.identity import people, people_file
from phonein.identity.models import Person
from phonein.schedule import revision, series_file, series_import, splitting
from phonein.schedule.models import PhoneIn, Series
from tests.builders import make_person
from tests.conformance.story import Story
from tests.engines.readers import ENGINES
from tests.feeds import address

pytestmark = pytest.mark.one_database

DATA = resources.files("phonein.demo") / "data"
BACK, FORWARD = datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)


@pytest.fixture
def story(client) -> Story:
    with transaction():
        people.import_people(people_file.read((DATA / "staff.csv").read_bytes()))
        reading = series_file.read((DATA / "series.json").read_bytes())
        assert series_import.import_series(reading, now=clock.now(), tell=planning.tell_of).refused == []
        sam = make_person("Sam")
        make_person("Kim")
    feed = address(sam)
    return Story(read_feed=lambda: client.get(feed).data)


def person(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()


def picked(series: Series, now: datetime) -> list[str]:
    """The slugs of the next four dates, and of one on each side of each clock change."""
    coming = [one for one in series.phone_ins if one.starts_at > now + timedelta(days=20)]
    found = dict.fromkeys(coming[:4])
    for change in (BACK, FORWARD):
        found |= dict.fromkeys([one for one in coming if one.starts_at < change][-1:])
        found |= dict.fromkeys([one for one in coming if one.starts_at >= change][:1])
    return [one.slug for one in sorted(found, key=lambda one: one.starts_at)]


def the(slug: str) -> PhoneIn:
    return db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()


def earlier(series: Series, draft: dict, minutes: int) -> dict:
    """The draft with all its times of day so much earlier, those that are left out too."""
    by = timedelta(minutes=minutes)
    first = datetime.combine(draft["first_on"], draft["starts_at_time"]) - by
    return draft | {
        "starts_at_time": first.time(),
        "left_out": {at - by: why for at, why in draft["left_out"].items()},
        "extra": {at - by for at in draft["extra"]},
    }


def shift(series: Series, minutes: int, from_start: datetime | None = None) -> None:
    part = splitting.later_part(series, from_start) if from_start else {}
    draft = earlier(series, revision.draft_of(series) | part, minutes)
    planning.carry_out(series, draft, from_start=from_start, edition=None)


def change_pin(phone_in: PhoneIn, pin: str) -> None:
    planning.change(phone_in, leaders=list(phone_in.leaders), seats=phone_in.seats, pin=pin)


def test_after_all_letters_read_in_order_every_calendar_shows_what_the_programme_has(story):
    chosen = [picked(series, story.at) for series in db.session.scalars(select(Series).order_by(Series.id))]
    assert len(chosen) == 12
    assert sum(map(len, chosen)) > 50
    long = [slugs for slugs in chosen if len(slugs) > 3]

    with story.next_day():
        for slugs in chosen:
            for slug in slugs:
                seats.take(the(slug), by=person("sam"))
            seats.take(the(slugs[-1]), by=person("kim"))
    booked = story.letters_of_the_day
    assert booked == sum(map(len, chosen)) + len(chosen)

    with story.next_day():  # one moved by itself, one cancelled, one PIN changed
        for slugs in chosen:
            one = the(slugs[0])
            planning.move(one, to=one.starts_at + timedelta(hours=26), minutes=50)
        for slugs in long:
            planning.cancel(the(slugs[1]), reason="Fay is ill.")
            change_pin(the(slugs[2]), "909090")
    with story.next_day():  # this one and later
        for slugs in long:
            one = the(slugs[3])
            shift(one.series, 20, from_start=one.planned_at)
    with story.next_day():  # a cancellation taken back, and what was moved cancelled
        for slugs in long:
            planning.put_back_on(the(slugs[1]))
            planning.cancel(the(slugs[0]), reason="Too few.")
    with story.next_day():  # given back, and moved back
        for slugs in long:
            seats.give_back(the(slugs[2]), by=person("sam"))
        for slugs in chosen:
            if not the(slugs[0]).is_cancelled:
                planning.move(the(slugs[0]), to=the(slugs[0]).planned_at, minutes=45)
    with story.next_day():  # booked again, and all coming dates of every series, the split ones too
        for slugs in long:
            seats.take(the(slugs[2]), by=person("sam"))
        for series in db.session.scalars(select(Series).order_by(Series.id)).all():
            shift(series, 5)
    with story.next_day():  # there and back again on one day: nobody hears of it
        for slugs in chosen:
            one = the(slugs[-1])
            then = one.starts_at
            planning.move(one, to=then + timedelta(hours=1), minutes=50)
            planning.move(one, to=then, minutes=int((one.ends_at - one.starts_at).total_seconds() // 60))
    with story.next_day():
        for slugs in chosen:
            seats.give_back(the(slugs[-1]), by=person("kim"))

    assert len(ENGINES) >= 4
    story.check()
    story.check_feeds("sam@example.org")
    assert story.moments[-1][1].keys() == {"sam@example.org"}
