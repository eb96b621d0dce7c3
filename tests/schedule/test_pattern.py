"""What people mean by a rhythm: read from a rule, said in words, and made into a rule again."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonein.schedule import rhythm
from phonein.schedule.pattern import DAYS, LAST, Pattern

SERIES = json.loads((resources.files("phonein.demo") / "data/series.json").read_text("utf-8"))["series"]
LONDON = ZoneInfo("Europe/London")
FAR = datetime(2031, 1, 1, tzinfo=UTC)
IN_WORDS = {
    "dev-01": "Every Monday at 2pm, London time",
    "dev-02": "The last Thursday of every month at 10:30am, London time",
    "dev-03": "Every second Tuesday at 7:30pm, London time",
    "dev-04": "Every Thursday and Sunday at 11:30pm, London time",
    "dev-05": "Every second Sunday at 12:30am, London time",
    "dev-06": "The first working day of every month at 8:15am, London time",
    "dev-07": "Once, on Tuesday 27 October 2026 at 10am, New York time",
    "dev-08": "Every third Wednesday at 4pm, London time, 6 times",
    "dev-09": "Every Friday at 1:30pm, London time, until 4 December",
    "dev-10": "The second Wednesday of every third month at 11am, London time, 8 times",
    "dev-11": "Every Monday, Wednesday and Friday at 6:40am, London time, 20 times",
    "dev-12": "The first Wednesday of every month at 12:15pm, London time",
}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("series", SERIES, ids=lambda series: series["id"])
def test_every_series_is_read_said_and_made_again(series):
    first, zone, rule = local(series["start_local"]), ZoneInfo(series["timezone"]), series["rrule"]
    pattern = Pattern.read(rule, first, zone)
    assert pattern.words(first, zone) == IN_WORDS[series["id"]]
    made = pattern.rule(first, zone)
    assert Pattern.read(made, first, zone) == pattern
    assert rhythm.starts(first, zone, made, until=FAR) == rhythm.starts(first, zone, rule, until=FAR)


@pytest.mark.parametrize(
    ("first", "rule", "words"),
    [
        (
            "2026-03-31T19:00",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20260629T180000Z",
            "Every second Tuesday at 7pm, London time, until 29 June",
        ),
        (
            "2026-03-31T19:00",
            "FREQ=WEEKLY;UNTIL=20270629T180000Z",
            "Every Tuesday at 7pm, London time, until 29 June 2027",
        ),
        # by the wall clock 29 June begins at 23:00 UTC the day before; one second too early for 7pm is the day before
        ("2026-03-31T19:00", "FREQ=WEEKLY;UNTIL=20260629T175959Z", "Every Tuesday at 7pm, London time, until 28 June"),
        ("2026-03-31T12:00", "freq=daily;count=1;", "Every day at midday, London time, once"),
        ("2026-03-31T00:00", "FREQ=MONTHLY", "The 31st of every month that has one at midnight, London time"),
        (
            "2026-03-22T09:00",
            "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=22",
            "The 22nd of every second month at 9am, London time",
        ),
        (
            "2026-03-31T09:00",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "The last working day of every month at 9am, London time",
        ),
        (
            "2026-03-10T09:00",
            "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
            "The second Tuesday of every month at 9am, London time",
        ),
        (
            "2026-03-31T09:00",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
            "Every second week on Tuesday and Thursday at 9am, London time",
        ),
    ],
)
def test_rules_in_plain_words(first, rule, words):
    assert Pattern.read(rule, local(first), LONDON).words(local(first), LONDON) == words


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "FREQ=DAILY;INTERVAL=2",
        "FREQ=WEEKLY;INTERVAL=13",
        "FREQ=WEEKLY;COUNT=501",
        "FREQ=WEEKLY;BYMONTH=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
        "FREQ=MONTHLY;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=5TU",
        "FREQ=MONTHLY;BYDAY=-2TU",
        "FREQ=MONTHLY;BYDAY=1TU,-1TU",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYMONTHDAY=1,31",
        "FREQ=MONTHLY;BYDAY=TU,TH;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2",
        "FREQ=WEEKLY;BYDAY=MO",  # its first date is no Monday
        "every Tuesday",
        "FREQ=WEEKLY;UNTIL=soon",
    ],
)
def test_what_these_words_cannot_say_is_not_read(rule):
    assert Pattern.read(rule, local("2026-03-31T19:00"), LONDON) is None


ZONES = st.sampled_from(["Europe/London", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "UTC"])
FIRST = st.datetimes(local("2026-01-01"), local("2027-12-31")).map(lambda found: found.replace(second=0, microsecond=0))


@st.composite
def rhythms(draw):
    """A pattern, and a first date that is of its kind."""
    first, kind = draw(FIRST), draw(st.sampled_from(["once", "weekly", "nth", "last", "day", "working"]))
    if kind == "once":
        return first, Pattern("once")
    own = list(DAYS)[first.weekday()]
    if kind == "weekly":
        chosen = draw(st.sets(st.sampled_from(list(DAYS)))) | {own}
        found = Pattern("weekly", days=tuple(day for day in DAYS if day in chosen))
    elif kind in ("nth", "last"):
        first = first.replace(day=draw(st.integers(1, 28)))
        found = Pattern("nth", days=(list(DAYS)[first.weekday()],), nth=(first.day - 1) // 7 + 1)
        if kind == "last" and (first + timedelta(7)).month != first.month:
            found = replace(found, nth=LAST)
    elif kind == "day":
        found = Pattern("day", nth=first.day)
    else:
        found = Pattern("working", nth=draw(st.sampled_from([1, LAST])))
        first = next(day for n in range(62) if found.falls_on((day := first + timedelta(n)).date()))
    ends = draw(st.sampled_from(["never", "count", "until"]))
    return first, replace(
        found,
        interval=draw(st.integers(1, 12)),
        count=draw(st.integers(1, 60)) if ends == "count" else None,
        until=first.date() + timedelta(draw(st.integers(0, 900))) if ends == "until" else None,
    )


@given(rhythms(), ZONES)
def test_a_rhythm_is_said_and_its_rule_means_the_same_again(found, zone_name):
    (first, pattern), zone = found, ZoneInfo(zone_name)
    rule = pattern.rule(first, zone)
    assert pattern.words(first, zone)
    assert Pattern.read(rule, first, zone) == pattern
    days = [start.astimezone(zone).date() for start in rhythm.starts(first, zone, rule, until=FAR)]
    assert days[0] == first.date()
    assert all(pattern.falls_on(day) for day in days)
    assert pattern.until is None or days[-1] <= pattern.until
    assert pattern.count is None or len(days) <= pattern.count


@given(
    FIRST,
    ZONES,
    st.sampled_from(["WEEKLY", "MONTHLY", "DAILY"]),
    st.sampled_from(["", ";INTERVAL=3", ";BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ";BYDAY=-1TH", ";BYDAY=FR,TU", ";WKST=SU"]),
    st.sampled_from(["", ";COUNT=9", ";UNTIL=20280229T013000Z", ";UNTIL=20281231"]),
)
def test_whatever_rule_is_read_gives_the_very_same_instants_again(first, zone_name, freq, parts, end):
    zone, rule = ZoneInfo(zone_name), f"FREQ={freq}{parts}{end}"
    pattern = Pattern.read(rule, first, zone)
    if pattern:
        made = pattern.rule(first, zone)
        assert rhythm.starts(first, zone, made, until=FAR) == rhythm.starts(first, zone, rule, until=FAR)


def test_a_fifth_weekday_is_only_ever_the_last():
    assert Pattern("nth", days=("TU",), nth=LAST).falls_on(date(2026, 3, 31))
    assert not Pattern("nth", days=("TU",), nth=4).falls_on(date(2026, 3, 31))
