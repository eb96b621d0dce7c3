"""Which old date becomes which new one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonein.schedule.pairing import pair


def days(text: str) -> list[date]:
    return [date.fromisoformat(f"2026-{day}") for day in text.split()]


@pytest.mark.parametrize(
    "old, new, becomes",
    [
        ("10-06 10-13", "10-06 10-13", "10-06 10-13"),
        ("10-06 10-13", "10-07 10-14", "10-07 10-14"),  # Tuesdays become that week's Wednesdays
        ("10-06 10-13 10-20", "10-06 10-20", "10-06 - 10-20"),  # every second one
        ("10-06 10-20", "10-06 10-13 10-20", "10-06 10-20"),  # every one
        ("10-06 10-20", "10-13 10-27", "10-13 10-27"),  # the other fortnight
        ("10-14 11-11", "10-29 11-26", "10-29 11-26"),  # second Wednesday to last Thursday
        ("10-06 10-13 10-20 10-27", "10-14", "- 10-14 - -"),  # weekly to monthly: the nearest
        ("10-01 10-04", "10-02 10-04", "10-02 10-04"),
        ("12-31", "", "-"),
    ],
)
def test_the_nearest_date_takes_over(old, new, becomes):
    found = pair(days(old), days(new))
    assert " ".join("-" if place is None else f"{days(new)[place]:%m-%d}" for place in found) == becomes


def test_a_day_that_is_left_out_goes_nowhere():
    assert pair([None, *days("10-13")], days("10-07 10-13")) == [None, 1]


some_days = st.sets(st.integers(0, 200), max_size=30).map(
    lambda numbers: [date(2026, 9, 1) + timedelta(n) for n in sorted(numbers)]
)


@given(old=some_days, new=some_days)
def test_no_new_date_is_given_out_twice_and_equal_days_stay(old, new):
    found = pair(old, new)
    places = [place for place in found if place is not None]
    assert len(places) == len(set(places))
    for day, place in zip(old, found, strict=True):
        if day in new:
            assert place is not None
            assert new[place] == day
