"""What each feed shows to whom, and what none of them ever does."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest

from phonein import clock
from phonein.admin import planning
from phonein.booking import seats
from phonein.db import transaction
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Role
from tests.builders import make_ada, make_fay, make_person, make_phone_in
from tests.conftest import TUESDAY
from tests.delivery import lines
from tests.engines import READERS
from tests.engines.grammar import check
from tests.feeds import address, book, events

DAY = timedelta(days=1)


@pytest.fixture
def cast(app):
    """Fay leads a phone-in with four who have a seat. Kim leads one of her own, and a draft; Sam has a seat there."""
    with transaction():
        people = {
            name: make_person(name, email=f"{name.lower()}@staff.example") for name in ("Sam", "Stan", "Una", "Vi")
        }
        people |= {"Fay": make_fay(), "Ada": make_ada(), "Kim": make_person("Kim", Role.FACILITATOR)}
        fays = make_phone_in(leaders=[people["Fay"]], seats=30, summary="About nights\nand days")
        kims = make_phone_in(
            slug="kims", title="Bearing bad news", leaders=[people["Kim"]], starts_at=TUESDAY + 9 * DAY
        )
        make_phone_in(slug="draft", title="Half an idea", leaders=[people["Fay"]], published_at=None)
    book(fays, *(people[name] for name in ("Sam", "Stan", "Una", "Vi")))
    book(kims, people["Sam"])
    return people | {"fays": fays, "kims": kims}


def test_my_feed_has_my_seats_and_no_draft_and_nothing_of_anybody_else(client, cast):
    answer = client.get(address(cast["Stan"]))
    [one] = events(answer)
    [seat] = [booking for booking in seats.live_bookings(cast["fays"]) if booking.person_id == cast["Stan"].id]
    assert (str(one["uid"]), one["sequence"], one["dtstamp"].dt) == (seat.uid, seat.sequence, seat.stamped_at)
    assert str(one["url"]) == "http://localhost/app/phone-ins/sleep/"


def test_no_feed_names_anybody_who_has_a_seat(client, cast):
    """The only names in any of them are those of the leaders, in the feeds of seats."""
    paths = {name: address(cast[name]) for name in ("Sam", "Stan", "Una", "Vi", "Ada", "Fay")}
    paths |= {"Fay leads": address(cast["Fay"], Purpose.LEADS), "programme": address(None, Purpose.PROGRAMME)}
    for whose, path in paths.items():
        # As words of their own: two letters of a name come up by lot in the entries' identifiers.
        written = " ".join(lines(client.get(path).data)).replace("\\n", " ")
        words = {word.strip(".-") for word in re.findall(r"[\w@.-]+", written)}
        found = [
            word
            for person in (one for one in cast.values() if hasattr(one, "email"))
            for word in (person.name, person.email)
            if word in words and word not in ("Fay", "Kim")
        ]
        assert found == [], whose
        assert ("Fay" in words) is (whose in ("Sam", "Stan", "Una", "Vi"))


def test_every_feed_keeps_to_the_grammar(client, cast):
    with transaction():
        planning.cancel(cast["kims"], reason="The line is down.")
    for path in (address(cast["Sam"]), address(cast["Fay"], Purpose.LEADS), address(None, Purpose.PROGRAMME)):
        check(client.get(path).data)


@pytest.mark.parametrize("purpose", [Purpose.LEADS, Purpose.PROGRAMME])
def test_what_an_admin_changes_counts_up_in_the_feeds_of_others_too(client, cast, purpose):
    path = address(cast["Fay"] if purpose == Purpose.LEADS else None, purpose)
    told = []
    for change in (
        lambda: None,
        lambda: planning.move(cast["fays"], to=TUESDAY + 8 * DAY, minutes=60),
        lambda: planning.cancel(cast["fays"], reason="The line is down."),
        lambda: planning.put_back_on(cast["fays"]),
    ):
        with transaction():
            change()
        [one] = [one for one in events(client.get(path)) if one["uid"] == cast["fays"].uid]
        told.append((one["sequence"], one["dtstamp"].dt))
    assert all(before < after for (before, _), (after, _) in pairwise(told)), told
    assert all(before < after for (_, before), (_, after) in pairwise(told)), told


def test_a_discreet_feed_says_phone_call_and_leads_to_the_rest(client, cast):
    with transaction():
        cast["Stan"].is_discreet = True
        cast["Fay"].is_discreet = True
    for path, link in (
        (address(cast["Stan"]), "http://localhost/app/bookings/"),
        (address(cast["Fay"], Purpose.LEADS), "http://localhost/app/desk/"),
    ):
        answer = client.get(path)
        [one] = events(answer)
        told = [str(one[name]) for name in ("summary", "description", "class", "url")]
        assert told == ["Phone call", f"Details:\n{link}", "PRIVATE", link]
        written = b"\n".join(line for line in answer.data.lower().splitlines() if not line.startswith(b"uid:"))
        assert [word for word in (b"phonein", b"phone-in", b"sleep", b"night", b"4821", b"fay", b"booked")
                if word in written] == []  # fmt: skip
        assert b"\r\nNAME:Phone calls\r\n" in answer.data


def test_a_cancelled_seat_is_as_discreet_as_the_others(client, cast):
    with transaction():
        cast["Stan"].is_discreet = True
        planning.cancel(cast["fays"], reason="The line is down.")
    [one] = events(client.get(address(cast["Stan"])))
    assert (one["summary"], one["description"]) == (
        "Cancelled: Phone call",
        "Details:\nhttp://localhost/app/bookings/",
    )


@pytest.mark.parametrize("read", READERS)
def test_leaders_read_the_number_booked_and_how_to_call_and_nobodys_name(client, cast, read):
    reading = read(client.get(address(cast["Fay"], Purpose.LEADS)).data)
    assert (reading.uid, reading.sequence) == (cast["fays"].uid, cast["fays"].edition)
    assert (reading.starts_at, reading.summary) == (cast["fays"].starts_at, "Leading a phone-in")
    assert reading.description == (
        "By phone: 020 7946 0111, PIN 4821#\n+442079460111,,4821#\n\n"
        "With Relay UK (text relay): dial 18001 and then the number\n18001 02079460111\n\n"
        "Sleeping better\n4 of 30 seats are taken.\n\nYour desk for it:\nhttp://localhost/app/desk/sleep/"
    )


def test_a_seat_more_is_news_for_whoever_leads(client, cast):
    path = address(cast["Fay"], Purpose.LEADS)
    before = client.get(path).headers
    book(cast["fays"], cast["Ada"])
    after = client.get(path, headers={"If-None-Match": before["ETag"], "If-Modified-Since": before["Last-Modified"]})
    assert "5 of 30 seats are taken." in str(events(after)[0]["description"])


def test_what_somebody_leads_no_longer_leaves_their_feed(client, cast):
    path = address(cast["Fay"], Purpose.LEADS)
    assert len(events(client.get(path))) == 1
    with transaction():
        cast["fays"].leaders = [cast["Kim"]]
    assert events(client.get(path)) == []


@pytest.mark.parametrize("read", READERS)
def test_the_programme_has_titles_and_no_number_to_call(client, cast, read):
    with transaction():
        planning.cancel(cast["kims"], reason="The line is down.")
    with clock.stopped_at(TUESDAY + 50 * DAY):  # one of them is off for long
        reading = read(client.get(address(None, Purpose.PROGRAMME)).data)
    assert (reading.uid, reading.summary) == (cast["fays"].uid, "Sleeping better")
    assert reading.description == (
        "About nights\nand days\n\nTo book a seat, or to ask without a name:\nhttp://localhost/app/phone-ins/sleep/"
    )


def test_the_programme_shows_what_is_published_and_what_is_off_and_takes_nobodys_time(client, cast):
    with transaction():
        planning.cancel(cast["kims"], reason="Kim is ill.")
    answer = client.get(address(None, Purpose.PROGRAMME))
    assert [(str(one["summary"]), one["status"], one["class"], one["transp"]) for one in events(answer)] == [
        ("Sleeping better", "CONFIRMED", "PUBLIC", "TRANSPARENT"),
        ("Cancelled: Bearing bad news", "CANCELLED", "PUBLIC", "TRANSPARENT"),
    ]
    secrets = (b"7946", b"4821", b"tel:", b"18001", b"CONFERENCE", b"Kim", b"Fay", b"Half an idea")
    assert [secret for secret in secrets if secret in answer.data] == []


def test_the_programme_is_read_only_while_it_is_switched_on(client, cast):
    path = address(None, Purpose.PROGRAMME)
    assert client.get(path).status_code == 200
    with transaction():
        assert feed_addresses.close(None, Purpose.PROGRAMME)
    assert client.get(path).status_code == 404
    assert client.get(address(cast["Sam"])).status_code == 200


def test_a_feed_reaches_ninety_days_back_and_four_hundred_ahead(client, cast):
    path = address(None, Purpose.PROGRAMME)
    for days, slugs in ((7 + 90, {"sleep", "kims"}), (7 + 91, {"kims"}), (7 - 400, {"sleep"}), (7 - 401, set())):
        with clock.stopped_at(TUESDAY + days * DAY):
            shown = {str(one["url"]).rsplit("/", 2)[1] for one in events(client.get(path))}
        assert shown == slugs, days


def test_a_phone_in_without_a_number_is_shown_without_one(client, cast):
    with transaction():
        cast["fays"].dial_in_number, cast["fays"].pin = "", ""
    for path in (address(cast["Stan"]), address(cast["Fay"], Purpose.LEADS)):
        [one] = events(client.get(path))
        assert (str(one["location"]), "CONFERENCE" in one) == ("By phone", False)
