"""What a person's calendar is told, read back by three engines that know nothing of one another."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from phonein.delivery.invites import cancellation, next_stamp, published, request
from tests.delivery import an_entry, event, lines, utc
from tests.engines import READERS, Reading

DESCRIPTION = """\
By phone: 020 7946 0111, PIN 4821#
+442079460111,,4821#

Freephone: 0808 157 0111, PIN 4821#
+448081570111,,4821#

With Relay UK (text relay): dial 18001 and then the number
18001 02079460111
18001 08081570111

Sleep after night shifts
Led by Fay and Kim
What helps, and what does not.

If you do not get through, dial the number yourself and key in the PIN when you are asked for it.
Everything about this phone-in, and giving your seat back:
https://phonein.service.example/app/phone-ins/sleep-2026-03-31/"""


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("build", "differs"),
    [
        (request, {"method": "REQUEST"}),
        (cancellation, {"method": "CANCEL", "status": "CANCELLED", "description": None}),
        (published, {"method": None, "attendee": None, "organizer": None}),
    ],
)
def test_every_engine_reads_each_message_as_it_is_meant(read, build, differs):
    usual = {
        "uid": "5f0e6a0c-1d5b-4a53-9c55-0a6a54b1a111@service.example",
        "sequence": 3,
        "starts_at": utc("2026-03-31T18:30"),
        "ends_at": utc("2026-03-31T19:30"),
        "status": "CONFIRMED",
        "attendee": "mailto:sam@service.example",
        "organizer": "mailto:phone-in@service.example",
        "summary": "Phone-in",
        "description": DESCRIPTION,
    }
    assert read(build(an_entry(sequence=3, leaders="Fay and Kim"))) == Reading(**usual | differs)


@pytest.mark.parametrize(
    ("zone_name", "clock", "instant"),
    [
        ("Europe/London", "2026-10-24T19:30", "2026-10-24T18:30"),
        ("Europe/London", "2026-10-25T19:30", "2026-10-25T19:30"),
        ("Europe/London", "2027-03-27T19:30", "2027-03-27T19:30"),
        ("Europe/London", "2027-03-28T19:30", "2027-03-28T18:30"),
        ("Europe/Dublin", "2026-10-24T19:30", "2026-10-24T18:30"),
        ("Europe/Dublin", "2026-10-25T19:30", "2026-10-25T19:30"),
        ("America/New_York", "2026-10-31T19:30", "2026-10-31T23:30"),
        ("America/New_York", "2026-11-01T19:30", "2026-11-02T00:30"),
        ("America/New_York", "2027-03-13T19:30", "2027-03-14T00:30"),
        ("America/New_York", "2027-03-14T19:30", "2027-03-14T23:30"),
        ("Asia/Nicosia", "2026-10-24T19:30", "2026-10-24T16:30"),
        ("Asia/Nicosia", "2026-10-25T19:30", "2026-10-25T17:30"),
        ("Asia/Kolkata", "2026-07-07T19:30", "2026-07-07T14:00"),
        ("Atlantic/Stanley", "2026-07-07T19:30", "2026-07-07T22:30"),
        ("Australia/Sydney", "2026-12-08T19:30", "2026-12-08T08:30"),
    ],
)
def test_half_past_seven_is_half_past_seven_on_the_phone_ins_own_clock(zone_name, clock, instant):
    starts_at = utc(instant)
    written = request(an_entry(zone_name=zone_name, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)))
    assert f"DTSTART;TZID={zone_name}:{clock.replace('-', '').replace(':', '')}00" in lines(written)
    for read in READERS:
        reading = read(written)
        assert (reading.starts_at, reading.ends_at) == (starts_at, starts_at + timedelta(hours=1)), read.__name__


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        ("2026-10-25T00:30", "2026-10-25T00:45"),  # half past one for the first time
        ("2026-10-25T01:30", "2026-10-25T01:45"),  # half past one for the second
        ("2026-10-24T23:30", "2026-10-25T01:30"),  # ends in the second
    ],
)
def test_a_time_that_the_clock_shows_twice_is_written_in_utc(starts_at, ends_at):
    written = request(an_entry(starts_at=utc(starts_at), ends_at=utc(ends_at)))
    assert b"TZID" not in written
    for read in READERS:
        assert (read(written).starts_at, read(written).ends_at) == (utc(starts_at), utc(ends_at)), read.__name__


@pytest.mark.parametrize(("starts_at", "ends_at"), [("2026-10-24T23:45", "2026-10-25T02:15"),
                                                    ("2027-03-28T00:30", "2027-03-28T01:30")])  # fmt: skip
def test_a_phone_in_across_the_change_keeps_its_length(starts_at, ends_at):
    written = request(an_entry(starts_at=utc(starts_at), ends_at=utc(ends_at)))
    assert b"DTEND;TZID=Europe/London" in written
    for read in READERS:
        assert (read(written).starts_at, read(written).ends_at) == (utc(starts_at), utc(ends_at)), read.__name__


@pytest.mark.parametrize("zone_name", ["Africa/Casablanca", "Asia/Jerusalem", "UTC", "Etc/UTC"])
def test_a_zone_that_no_rule_can_tell_is_written_in_utc(zone_name):
    written = request(an_entry(zone_name=zone_name))
    assert "DTSTART:20260331T183000Z" in lines(written)
    assert b"VTIMEZONE" not in written
    assert {read(written).starts_at for read in READERS} == {utc("2026-03-31T18:30")}


def test_the_engines_work_from_the_zone_in_the_message_and_not_from_its_name():
    wrong = request(an_entry()).replace(b"TZOFFSETTO:+0100", b"TZOFFSETTO:+0500")
    assert {read(wrong).starts_at for read in READERS} == {utc("2026-03-31T14:30")}


def test_others_who_see_the_calendar_learn_nothing_of_the_theme():
    seen = event(request(an_entry(title="Burnout")))
    assert (seen["summary"], seen["class"], seen["transp"]) == ("Phone-in", "PRIVATE", "OPAQUE")
    assert [name for name, value in seen.property_items() if "Burnout" in str(value)] == ["DESCRIPTION"]


def test_an_invitation_asks_its_one_reader_for_an_answer_and_for_no_other_time():
    written = lines(request(an_entry()))
    [asked] = [line for line in written if line.startswith("ATTENDEE")]
    assert asked == ("ATTENDEE;CN=\"Sam Seat\";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;"
                     "ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:sam@service.example")  # fmt: skip
    assert "ORGANIZER;CN=Phonein:mailto:phone-in@service.example" in written
    assert "X-MICROSOFT-DISALLOW-COUNTER:TRUE" in written


@pytest.mark.parametrize(
    ("answer", "partstat", "asks"),
    [("", "NEEDS-ACTION", True), ("accepted", "ACCEPTED", False), ("tentative", "TENTATIVE", True)],
)
def test_who_has_said_yes_to_this_time_is_not_asked_again(answer, partstat, asks):
    attendee = event(request(an_entry(answer=answer)))["attendee"]
    assert (attendee.params["PARTSTAT"], "RSVP" in attendee.params) == (partstat, asks)


SECRETS = ("Phonein", "Phone-in", "phone-in@", "Sleep", "helps", "7946", "7111", "0808", "4821", "Fay", "18001", "tel:")
SECRETS += ("7KQ2", "fingerprint", "key")


def test_the_fingerprint_of_the_keys_stands_last_where_there_is_one():
    seen = event(request(an_entry(leaders="Fay and Kim", key_print="7KQ2-M4XD")))
    assert seen["description"] == f"{DESCRIPTION}\n\nFingerprint of the keys for asking: 7KQ2-M4XD"


@pytest.mark.parametrize("build", [request, cancellation, published])
def test_a_discreet_entry_says_phone_call_and_nothing_that_others_could_wonder_about(build):
    entry = an_entry(
        is_discreet=True, leaders="Fay", key_print="7KQ2-M4XD", url="https://service.example/app/bookings/"
    )
    written = "\n".join(lines(build(entry))).replace("mailto:phone-in@service.example", "mailto:")
    assert [secret for secret in SECRETS if secret.lower() in written.lower()] == []
    seen = event(build(entry))
    assert (seen["summary"], seen["class"]) == ("Phone call", "PRIVATE")
    assert "LOCATION" not in seen
    assert "CONFERENCE" not in seen


def test_a_discreet_invitation_leads_to_the_rest_and_reminds_in_the_same_words():
    entry = an_entry(is_discreet=True, url="https://service.example/app/bookings/")
    seen = event(request(entry))
    assert seen["description"] == "Details:\nhttps://service.example/app/bookings/"
    assert seen["organizer"].params["CN"] == "Phone call"
    assert [alarm["description"] for alarm in seen.walk("VALARM")] == ["Phone call"]
    assert "DESCRIPTION" not in event(cancellation(entry))
    for read in READERS:
        assert (read(request(entry)).starts_at, read(request(entry)).summary) == (entry.starts_at, "Phone call")


@pytest.mark.parametrize(
    ("facts", "relayed"),
    [
        ({}, ["18001 02079460111", "18001 08081570111"]),
        ({"dial_in_number": "+44 (0)20 7946 0111", "freephone": None}, ["18001 02079460111"]),
        ({"dial_in_number": "+353 1 496 0111"}, ["18001 08081570111"]),
        ({"dial_in_number": "+353 1 496 0111", "freephone": None}, []),
        ({"dial_in_number": "ask at the desk", "freephone": ""}, []),
    ],
)
def test_text_relay_is_dialled_for_british_numbers(facts, relayed):
    said = str(event(request(an_entry(**facts)))["description"]).split("\n")
    assert [line for line in said if line.startswith("18001 ")] == relayed
    assert ("With Relay UK (text relay): dial 18001 and then the number" in said) == bool(relayed)


def test_an_invitation_reminds_a_quarter_of_an_hour_before_and_nothing_else_does():
    assert "TRIGGER:-PT15M" in lines(request(an_entry()))
    assert b"VALARM" not in cancellation(an_entry())
    assert b"VALARM" not in published(an_entry())


def test_a_cancellation_frees_the_time_and_holds_no_way_in():
    written = cancellation(an_entry())
    assert event(written)["transp"] == "TRANSPARENT"
    assert not [secret for secret in (b"4821", b"7946", b"tel:", b"Sleep", b"RSVP") if secret in written]


def test_the_number_can_be_tapped_wherever_a_program_looks_for_it():
    written = lines(request(an_entry()))
    assert 'CONFERENCE;FEATURE=PHONE;LABEL="Dial-in, PIN 4821";VALUE=URI:tel:+442079460111,,4821%23' in written
    assert 'CONFERENCE;FEATURE=PHONE;LABEL="Freephone, PIN 4821";VALUE=URI:tel:+448081570111,,4821%23' in written
    assert r"LOCATION:By phone: 020 7946 0111\, PIN 4821#" in written


@pytest.mark.parametrize(
    ("facts", "location", "second_line"),
    [
        ({"pin": ""}, "By phone: 020 7946 0111", "+442079460111"),
        ({"pin": "48 21#"}, "By phone: 020 7946 0111, PIN 48 21#", "+442079460111,,4821#"),
        ({"dial_in_number": ""}, "Freephone: 0808 157 0111, PIN 4821#", "+448081570111,,4821#"),
        ({"dial_in_number": "", "freephone": None}, "By phone", "What helps, and what does not."),
        ({"dial_in_number": "ask at the desk"}, "By phone: ask at the desk, PIN 4821#", ""),
    ],
)
def test_what_is_not_known_is_left_out(facts, location, second_line):
    seen = event(request(an_entry(**facts)))
    assert str(seen["location"]) == location
    assert str(seen["description"]).split("\n")[1] == second_line


@pytest.mark.parametrize("build", [request, cancellation, published])
def test_the_same_entry_is_the_same_bytes(build):
    assert build(an_entry()) == build(an_entry())
    assert build(an_entry()).count(b"\r\nUID:") == 1


@pytest.mark.parametrize("build", [request, cancellation, published])
def test_nothing_is_said_twice(build):
    seen = event(build(an_entry(sequence=4)))
    assert [name for name, value in seen.items() if isinstance(value, list)] in ([], ["CONFERENCE"])
    assert build(an_entry()).count(b"\r\nMETHOD:") == (build is not published)


def test_stamps_rise_with_every_message_and_never_tell_the_hour():
    first = utc("2026-03-24T00:00")
    second = next_stamp(first, utc("2026-03-24T16:42:07"))
    third = next_stamp(second, utc("2026-03-24T16:42:07"))
    assert (second, third) == (utc("2026-03-24T00:00:01"), utc("2026-03-24T00:00:02"))
    assert next_stamp(third, utc("2026-03-26T09:10:11")) == utc("2026-03-26T00:00")


def test_a_stamps_day_is_the_day_in_utc():
    late_in_new_york = datetime(2026, 3, 24, 22, 30, tzinfo=ZoneInfo("America/New_York"))
    assert next_stamp(utc("2026-03-20T00:00"), late_in_new_york) == utc("2026-03-25T00:00")
