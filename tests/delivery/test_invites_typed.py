"""What people type into a title, a name or a number stays words, and never becomes calendar grammar."""

import pytest

from phonein.delivery.dial_in import international
from phonein.delivery.invites import UnfitEntry, request
from tests.delivery import an_entry, event, lines, utc
from tests.engines import READERS, read_with_icalendar, read_with_icaljs

EVIL = "X\nATTENDEE:mailto:evil@x"


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("020 7946 0111", "+442079460111"),
        ("0808 157 0111", "+448081570111"),
        ("(01632) 960-111", "+441632960111"),
        ("+44 20 7946 0111", "+442079460111"),
        ("+44 (0)20 7946 0111", "+442079460111"),
        ("0044 20 7946 0111", "+442079460111"),
        ("+353 1 496 0111", "+35314960111"),
        ("119", None),
        ("7946 0111", None),
        ("+4930123;123#", None),
        ("020 7946 0111\nATTENDEE:x", None),
        ("٠٢٠ ٧٩٤٦ ٠١١١", None),
        ("+12345678901234567", None),
        ("", None),
    ],
)
def test_a_number_is_dialled_from_anywhere_or_not_made_tappable(written, dialled):
    assert international(written) == dialled


@pytest.mark.parametrize(
    "name",
    ["Zoë Ångström", 'Sam "Sunny" Seat', "Seat, Sam; PhD: x", "Sam 🌙 Seat", "S" * 200, "Ŝ" * 200, "^'^n\\n", "’"],
)
def test_any_name_is_read_back_as_it_was_written(name):
    written = request(an_entry(attendee_name=name))
    assert event(written)["attendee"].params["CN"] == name
    assert read_with_icaljs(written).attendee == "mailto:sam@service.example"


@pytest.mark.parametrize(
    "text",
    [EVIL, "X\r\nEND:VEVENT\r\nBEGIN:VEVENT", "END:VEVENT", "a; b, c\\ d\\n : \"e\"", "X\u2028ATTENDEE:mailto:evil@x",
     "X\x85END:VEVENT", "X\x0bY\x00Z", "+49301234567;123#"],
)  # fmt: skip
@pytest.mark.parametrize(
    "field", ["title", "summary", "leaders", "dial_in_number", "freephone", "pin", "attendee_name"]
)
def test_nothing_that_people_type_becomes_calendar_grammar(field, text):
    written = request(an_entry(**{field: text}))
    reading = read_with_icalendar(written)
    assert (reading.attendee, reading.summary) == ("mailto:sam@service.example", "Phone-in")
    assert [line.split(":")[0] for line in lines(written) if line.startswith(("BEGIN:VE", "END:VE"))] == [
        "BEGIN",
        "END",
    ]
    if field in {"title", "summary", "leaders"}:
        kept = text.replace("\x00", "").split()
        assert [word for word in kept if word not in reading.description] == []


@pytest.mark.parametrize("read", READERS)
def test_every_engine_survives_the_worst_title(read):
    reading = read(request(an_entry(title=EVIL + "\r\nEND:VEVENT;,\\", pin="1\nSTATUS:X", attendee_name=EVIL)))
    assert (reading.status, reading.attendee) == ("CONFIRMED", "mailto:sam@service.example")
    assert "X ATTENDEE:mailto:evil@x END:VEVENT;,\\" in reading.description.split("\n")


@pytest.mark.parametrize("offset", range(4))
def test_a_line_is_folded_at_75_octets_and_never_inside_a_character(offset):
    title = "x" * offset + "😀" * 60
    written = request(an_entry(title=title))
    folded = written.split(b"\r\n")
    assert max(map(len, folded)) <= 75
    assert "".join(line.decode() for line in folded)  # each on its own
    assert b"\n" not in written.replace(b"\r\n", b"")
    for read in READERS:
        assert title in read(written).description.split("\n"), read.__name__


@pytest.mark.parametrize(
    "fact",
    [
        {"uid": "a\r\nATTENDEE:mailto:evil@x"},
        {"uid": ""},
        {"url": "https://x.example/\r\nATTENDEE:mailto:evil@x"},
        {"url": "javascript:alert(1)"},
        {"attendee": "Sam <sam@service.example>"},
        {"attendee": "sam@service.example\nX:y"},
        {"attendee": "sam@a.example,eve@b.example"},
        {"organizer": ""},
        {"starts_at": utc("2026-03-31T18:30").replace(tzinfo=None)},
        {"stamped_at": utc("2026-03-24T00:00").replace(tzinfo=None)},
    ],
)
def test_what_could_only_be_guessed_at_is_refused(fact):
    with pytest.raises(UnfitEntry):
        an_entry(**fact)
