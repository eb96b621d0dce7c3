"""What the people file itself tells, row by row."""

import json
from importlib import resources
from pathlib import Path

import pytest

from phonein.identity.import_report import Remark
from phonein.identity.models import Role
from phonein.identity.people_file import NOT_ADDED, Entry, read

STAFF = (resources.files("phonein.demo") / "data/staff.csv").read_bytes()
MALFORMED = json.loads((Path(__file__).parent / "staff-malformed.json").read_text("utf-8"))
HEADER = "email,name,unit,region,timezone,role"
MUST_BE = f"The first row must be {HEADER}. Nothing was read."
NOT_UTF_8 = "It is not in UTF-8 (from line {} on). Save it as “CSV UTF-8” and bring it again. Nothing was read."
WITH_COMMAS = "Its cells are separated by {}. Save it with commas between them. Nothing was read."
UNMATCHED = "The quotation marks do not match up, or a cell is far too long. Nothing was read from line {} to line {}."
NO_ZONE = "“{}” is not a time zone; write it like Europe/London."
UNSEEN = "has an invisible or control character in it."
FORMULA = "The {0} starts with “{1}”, so a spreadsheet would run it as a formula."
SAM = "sam@example.org,Sam Seat,Night desk,Wales,Europe/London,staff"


def rows(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines, ""]).encode()


def refusals(content: bytes) -> list[str]:
    return [str(remark) for remark in read(content).refused]


def entry(row: int = 2, **facts) -> Entry:
    sam = {"email": "sam@example.org", "name": "Sam Seat", "unit": "Night desk", "region": "Wales"}
    return Entry(row=row, **sam | {"zone_name": "Europe/London", "role": Role.STAFF} | facts)


def test_a_row_that_is_fine_is_an_entry():
    reading = read(rows(SAM))
    assert (reading.entries, reading.warned, reading.refused) == ([entry()], [], [])


def test_the_staff_file_gives_402_people_and_refuses_11_rows():
    reading = read(STAFF)
    assert (len(reading.entries), len(reading.refused), reading.warned) == (402, 11, [])


def test_each_malformed_row_of_the_staff_file_is_refused_in_the_expected_words():
    expected = [row["message"] for row in MALFORMED["rows"] if row["action"] == "reject"]
    assert refusals(STAFF) == expected


def test_rows_with_a_line_break_or_a_byte_order_mark_inside_are_mended_and_say_so():
    mended = {row["sheet_row"]: row for row in MALFORMED["rows"] if row["action"] == "accept_with_warning"}
    found = {entry.row: entry for entry in read(STAFF).entries if entry.warnings}
    assert {row: f"{entry.where}: {entry.warnings[0]} {entry.name} was added." for row, entry in found.items()} == {
        row: expected["message"] for row, expected in mended.items()
    }
    assert [{name: getattr(found[row], name) for name in expected["cleaned"]} for row, expected in mended.items()] == [
        expected["cleaned"] for expected in mended.values()
    ]


def test_names_are_kept_composed_and_trimmed():
    [found] = read(rows("sam@example.org, Zoe\u0308 Seat\u00a0,Night desk,Wales,Europe/London,staff")).entries
    assert found == entry(name="Zoë Seat")


def test_columns_may_stand_in_any_order_and_case_and_roles_in_capitals():
    content = rows(
        "Staff,Sam Seat,sam@example.org,Europe/London,Night desk,Wales", header="Role,NAME,Email ,timezone,unit,region"
    )
    assert read(content).entries == [entry()]


def test_an_unknown_column_is_left_out_with_a_warning():
    reading = read(rows(f"{SAM},0808", header=f"{HEADER},phone"))
    words = "The column “phone” is not one that we know. It was left out."
    assert (reading.entries, reading.warned) == ([entry()], [Remark(0, "The file", words)])


def test_empty_rows_are_passed_over_and_counted():
    assert read(rows("", ",,,,,", SAM)).entries == [entry(row=4)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is empty."),
        (b"\xef\xbb\xbf \r\n", "It is empty."),
        (rows(SAM).decode().encode("utf-16"), NOT_UTF_8.format(1)),
        (rows(SAM, "zo\xeb@example.org").decode().encode("latin-1"), NOT_UTF_8.format(3)),
        (SAM.encode(), f"It has no header. {MUST_BE}"),
        (b"\x00\x01\x02", f"It has no header. {MUST_BE}"),
        (rows(SAM).replace(b",", b";"), WITH_COMMAS.format("semicolons")),
        (rows(SAM).replace(b",", b"\t"), WITH_COMMAS.format("tabs")),
        (
            b"email,name,unit,region\r\n",
            f"The column “timezone” is not there; the column “role” is not there. {MUST_BE}",
        ),
        (rows(SAM, header=f"{HEADER},Email"), f"The column “email” is there twice. {MUST_BE}"),
        (b'"email,name', UNMATCHED.format(1, 1)),
    ],
)
def test_a_file_that_cannot_be_read_is_one_refusal_that_says_why(content, words):
    reading = read(content)
    assert (reading.entries, reading.refused) == ([], [Remark(0, "The file", words)])


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("sam.example.org", "it has no @ sign"),
        ("a@b@example.org", "it has two @ signs"),
        ("a@@@example.org", "it has more than one @ sign"),
        ("sam seat@example.org", "it has a space in it"),
        ("sam@example,org", "there is a comma where a full stop is needed"),
        ("@example.org", "there is nothing before the @ sign"),
        ("sam@", "there is nothing after the @ sign"),
        ("sam..seat@example.org", "it has two full stops in a row"),
        ("sam@example.org.", "it starts or ends with a full stop"),
        ("sam@example", "there is no full stop after the @ sign"),
        ("a@example.org;b@example.org", "there must be one plain address and nothing else"),
        ("Sam <sam@example.org>", "it has a space in it"),
        ("sam@night.local", "no post could be sent to it"),
        ("sam@exam_ple.org", "no post could be sent to it"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(address, fault):
    quoted = f'"{address}"'
    assert refusals(rows(f"{quoted},Sam Seat,Night desk,Wales,Europe/London,staff")) == [
        f"Row 2: “{address}” is not an e-mail address: {fault}. This person was not added."
    ]


def test_an_address_longer_than_254_characters_is_refused():
    [refused] = refusals(rows(f"{'s' * 250}@example.org,Sam Seat,Night desk,Wales,Europe/London,staff"))
    assert refused == (
        f"Row 2: “{'s' * 79}…” is not an e-mail address: it is longer than 254 characters. This person was not added."
    )


@pytest.mark.parametrize("address", ["sam@night.test", "a.b+phonein@example.org", "zoë@münchen.example.com"])
def test_addresses_of_every_kind_that_post_reaches_are_taken_as_they_are_spelled(address):
    [found] = read(rows(f"{address},Sam Seat,Night desk,Wales,Europe/London,staff")).entries
    assert found == entry(email=address)


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("role", "boss", "“boss” is not a role; write staff, facilitator or admin."),
        ("role", "", "There is no role for sam@example.org."),
        ("timezone", "../../etc", NO_ZONE.format("../../etc")),
        ("timezone", "/etc/passwd", NO_ZONE.format("/etc/passwd")),
        ("timezone", "", "There is no time zone for sam@example.org."),
        ("name", "S" * 201, "The name is longer than 200 characters."),
        ("unit", "Night\x00desk", "The unit “Night�desk” " + UNSEEN),
        ("region", "\u202eselaW", "The region “�selaW” " + UNSEEN),
        ("name", "+Sam", FORMULA.format("name", "+")),
        ("unit", "\t=1+1", FORMULA.format("unit", "=")),
    ],
)
def test_what_is_wrong_with_a_cell_is_said(column, cell, words):
    end = f"This person was not added; type the {column} as plain text." if "formula" in words else NOT_ADDED
    cells = dict(zip(HEADER.split(","), SAM.split(","), strict=True)) | {column: cell}
    assert refusals(rows(",".join(cells.values()))) == [f"Row 2: {words} {end}"]


def test_a_row_with_too_few_cells_is_refused_and_the_next_is_taken():
    reading = read(rows("stan@example.org,Stan", SAM))
    words = "There are 2 cells in this row and 6 columns in the header. It was not read."
    assert (reading.entries, reading.refused) == ([entry(row=3)], [Remark(2, "Row 2", words)])


def test_an_unclosed_quotation_mark_says_what_it_swallowed():
    reading = read(rows(SAM, '"stan@example.org,Stan', "ada@example.org,Ada"))
    words = UNMATCHED.format(3, 4)
    assert (reading.entries, reading.refused) == ([entry()], [Remark(3, "Row 3", words)])


@pytest.mark.parametrize(
    ("again", "words"),
    [
        (SAM, "“sam@example.org” is already in this file at row 2. The first row was kept and this one was not added."),
        (
            SAM.replace("Sam", "Stan"),
            "“sam@example.org” is already in this file at row 2, under another name. "
            "The first row was kept; check which name is right.",
        ),
    ],
)
def test_an_address_that_comes_twice_is_refused_the_second_time(again, words):
    reading = read(rows(SAM, again))
    assert (reading.entries, reading.refused) == ([entry()], [Remark(3, "Row 3", words)])


def test_a_refused_row_does_not_stand_in_the_way_of_a_good_one_with_its_address():
    reading = read(rows(SAM.replace("Sam Seat", "=Sam"), SAM))
    assert (reading.entries, [remark.number for remark in reading.refused]) == ([entry(row=3)], [2])
