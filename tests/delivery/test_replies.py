"""Reading what comes to the mailbox: whatever it is, it is named, and nothing raises."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonein.delivery import replies
from phonein.delivery.replies import Kind, Reading
from phonein.delivery.reply_zones import Unclear, instant
from phonein.delivery.zones import vtimezone
from tests.replies import NAMES, message

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_google_outlook_apple_and_thunderbird_say_the_same():
    programs = ("google", "outlook-desktop", "exchange-without-organizer", "apple", "thunderbird", "nextcloud")
    said = {program: replies.read(message(f"{program}-declined")).answers for program in programs}
    assert len(set(said.values())) == 1, said


def test_a_calendar_part_without_line_ends_is_not_taken_for_the_name_of_a_file(tmp_path):
    secret = tmp_path / "secret.ics"
    secret.write_bytes(message("thunderbird-declined"))
    written = b"From: a@b.example\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" + str(secret).encode()
    assert replies.read(written).kind is Kind.BROKEN


def test_a_zone_that_a_reply_brings_along_is_forgotten_after_it():
    [own] = replies.read(message("recurrence-zone-of-its-own")).answers
    [windows] = replies.read(message("recurrence-windows-name-only")).answers
    assert (own.date_at, windows.date_at) == (NOON, NOON)


@pytest.mark.parametrize("zone_name", ["Europe/London", "Europe/Dublin", "America/New_York", "Australia/Sydney", "UTC"])
def test_a_zone_that_comes_along_says_what_the_zone_itself_says(zone_name):
    """Around both changes of a year, in a message under a name that nobody knows."""
    zone = ZoneInfo(zone_name)
    told = vtimezone(zone_name, 2026).to_ical().decode().replace(f"TZID:{zone_name}", "TZID:Ours")
    found, expected = [], []
    for day in range(0, 365, 3):
        at = (datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)).astimezone(zone)
        written = message("recurrence-utc", start_utc="X").decode()
        written = written.replace("RECURRENCE-ID:X", f"RECURRENCE-ID;TZID=Ours:{at:%Y%m%dT%H%M%S}")
        [answer] = replies.read(written.replace("BEGIN:VEVENT\r\n", f"{told}BEGIN:VEVENT\r\n").encode()).answers
        found.append(answer.date_at)
        expected.append(at.astimezone(UTC))
    assert found == expected


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=YEARLY;BYDAY=SU", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=2000000000", "FREQ="]
)
def test_a_rule_that_is_none_of_the_common_ones_is_not_run_through(rule):
    written = message("recurrence-windows-zone").replace(b"FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", rule.encode())
    [answer] = replies.read(written).answers
    assert (answer.is_of_one_date, answer.date_at) == (True, None)


@pytest.mark.parametrize("written", ["20260331", "20260331T130000", "20261331T130000Z", "", "now"])
def test_a_time_that_names_no_instant_is_unclear(written):
    with pytest.raises(Unclear):
        instant(written, None, {})


@pytest.mark.parametrize("zone", ["", "Nowhere/Else", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_a_zone_that_nobody_knows_is_unclear(zone):
    with pytest.raises(Unclear):
        instant("20260331T130000", zone, {})


def authenticated(verdict: str) -> Reading:
    head = f"Authentication-Results: {verdict}\r\n".encode()
    return replies.read(head + message("thunderbird-declined"))


@pytest.mark.parametrize(
    ("verdict", "failed"),
    [
        ("mx.example; dmarc=fail header.from=a.example", True),
        ("MX.example 1;\r\n spf=pass;\r\n dmarc = FAIL (p=none)", True),
        ("(we) mx.example (are) ; dmarc=fail", True),
        ("mx.example; dmarc=pass", False),
        ("mx.example; dmarc=none", False),
        ("mx.example; spf=pass (dmarc=fail) smtp.mailfrom=a", False),
        ("other.example; dmarc=fail", False),
        ("", False),
        (";", False),
    ],
)
def test_the_verdict_of_a_server_that_we_trust_counts(verdict, failed):
    assert authenticated(verdict).failed_check({"mx.example"}) is failed


def nested(depth: int) -> bytes:
    head = b"From: sam@example.org\r\nMessage-ID: <deep@example.org>\r\nMIME-Version: 1.0\r\n"
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return head + parts + b"Content-Type: text/plain\r\n\r\nhello\r\n"


@pytest.mark.timeout(10)
def test_a_message_nested_beyond_measure_is_broken_at_once_and_has_a_name_all_the_same():
    deep = nested(300) + b"\n" * 240_000
    assert len(deep) < replies.LARGEST
    assert (replies.read(deep).kind, replies.read(deep).key) == (Kind.BROKEN, replies.read(nested(1)).key)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe" * 500,
        b"From: " + b"(" * 20_000 + b"\r\n\r\n",
        b"From: " + b"a@b.example," * 20_000 + b"\r\n\r\n",
        b"Message-ID: =?utf-8?q?=0D=0A?=\r\nFrom: =?x?y?z?=\r\nContent-Type: text/calendar; charset*=x'y'%ff\r\n\r\n",
        b"Content-Type: multipart/mixed\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 8000,
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 20_000,
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:" + b"x" * 200_000,
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE;" + b'"' * 200_000,
        b"Content-Type: text/calendar\r\n\r\n" + b"\r\n \r\n" * 40_000,
    ],
)
@pytest.mark.timeout(5)
def test_rubbish_is_named_at_once(written):
    assert replies.read(written).kind in (Kind.NO_CALENDAR, Kind.BROKEN)


def test_two_without_a_message_id_are_two():
    first, second = message("without-message-id"), message("without-message-id", sequence="1")
    assert len({replies.read(each).key for each in (first, second, first)}) == 2


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_raises(data):
    """Every message of the corpus with pieces cut out, doubled and written over at random."""
    written = bytearray(message(data.draw(st.sampled_from(NAMES)), id="damaged"))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(written)))
        end = min(len(written), start + data.draw(st.integers(0, 40)))
        written[start:end] = data.draw(st.binary(max_size=20) | st.just(bytes(written[start:end]) * 2))
    reading = replies.read(bytes(written))
    assert reading.kind in Kind
    reading.failed_check({"mx.service.example"})
