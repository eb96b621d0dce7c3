"""Dates typed one a line, as people write them."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonein.admin import date_lines

USUAL = time(19, 30)


def read(text: str) -> list[tuple[int, str, str]]:
    lines, wrong = date_lines.read(text, usual=USUAL, example="2026-12-29 Why")
    assert wrong == []
    return [(line.number, f"{line.local:%Y-%m-%d %H:%M}", line.words) for line in lines]


@pytest.mark.parametrize(
    ("typed", "local", "words"),
    [
        ("2026-12-29 Between the years", "2026-12-29 19:30", "Between the years"),
        ("2026-12-29", "2026-12-29 19:30", ""),
        ("29/12/2026", "2026-12-29 19:30", ""),
        ("1.2.2026 Rest", "2026-02-01 19:30", "Rest"),
        ("29 December 2026: Between the years", "2026-12-29 19:30", "Between the years"),
        ("29 Dec 2026, why not", "2026-12-29 19:30", "why not"),
        ("Tue 29 Dec 2026", "2026-12-29 19:30", ""),
        ("Tuesday, 1st sept 2026", "2026-09-01 19:30", ""),
        ("2026-12-30 18:00", "2026-12-30 18:00", ""),
        ("2026-12-30T18:00:00", "2026-12-30 18:00", ""),
        ("30/12/2026 at 6pm Party", "2026-12-30 18:00", "Party"),
        ("30 Dec 2026 6.45 am", "2026-12-30 06:45", ""),
        ("30 Dec 2026 12am", "2026-12-30 00:00", ""),
        ("30 Dec 2026 12:15pm", "2026-12-30 12:15", ""),
        ("2026-12-29 24 people are away", "2026-12-29 19:30", "24 people are away"),
    ],
)
def test_a_date_is_read_as_people_write_it(typed, local, words):
    assert read(typed) == [(1, local, words)]


def test_lines_keep_their_numbers_and_empty_ones_mean_nothing():
    assert [number for number, _, _ in read("2026-12-29\n\n  \n2026-12-30")] == [1, 4]


@pytest.mark.parametrize(
    "typed",
    ["Christmas", "2026-02-30", "32/1/2026", "12/2026", "29 Foo 2026", "29 Dec", "2026-12-29-1", "30 Dec 2026 13pm"],
)
def test_what_is_no_date_is_named_with_its_line(typed):
    assert date_lines.read(f"2026-12-28\n{typed}", usual=USUAL, example="2026-12-29 Why")[1] == [
        f"Line 2: “{typed}” does not begin with a date. Write it like 2026-12-29 Why."
    ]


def test_taking_a_date_out_leaves_every_other_line_as_it_was_typed():
    typed = "29/12/2026 One\n  no date at all\n30 Dec 2026 18:00 Two"
    assert date_lines.take_out(typed, datetime(2026, 12, 29, 19, 30), USUAL) == (  # noqa: DTZ001 (wall clock)
        "no date at all\n30 Dec 2026 18:00 Two"
    )


MINUTES = st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001 (wall clock)
    lambda found: found.replace(second=0, microsecond=0)
)
REASON = st.text("abc ÄÖ’,-", max_size=20).map(str.strip).filter(lambda text: not text.startswith((",", "-")))


@given(st.dictionaries(MINUTES, REASON, max_size=5))
def test_dates_that_are_shown_are_read_again(dates):
    text = "\n".join(date_lines.said(local, USUAL, words) for local, words in dates.items())
    lines, wrong = date_lines.read(text, usual=USUAL, example="")
    assert wrong == []
    assert {line.local: line.words for line in lines} == dates
