"""Whatever is in an entry, five readers that know nothing of one another and the zone database agree on it.

Many entries are one batch, because Node starts slowly.
"""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from phonein.delivery import invites
from phonein.delivery.dial_in import one_line
from tests.conformance import ours
from tests.delivery import an_entry
from tests.engines.diary import kept, opened
from tests.engines.grammar import check
from tests.engines.readers import ENGINES, Object

ZONES = ["Europe/London", "Europe/Dublin", "Europe/Warsaw", "Asia/Nicosia", "America/New_York", "America/Havana",
         "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Asia/Kolkata", "Atlantic/Stanley",
         "Africa/Casablanca", "Asia/Jerusalem", "Africa/Cairo", "UTC", "Etc/UTC"]  # fmt: skip
FIRST, LAST = datetime(2026, 1, 1), datetime(2031, 12, 31)  # noqa: DTZ001 (wall clock)
# The Sundays on which the clocks change in London and in New York, where most mistakes are made.
CHANGES = [datetime(*day) for day in [(2026, 10, 25), (2027, 3, 28), (2026, 11, 1), (2027, 3, 14)]]  # noqa: DTZ001

METHODS = ("REQUEST", "CANCEL")

wall_clocks = st.one_of(
    st.datetimes(FIRST, LAST),
    st.builds(lambda day, minutes: day + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-120, 1560)),
).map(lambda local: local.replace(second=0, microsecond=0))
titles = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200),
    st.sampled_from(
        ["Zoë’s “night”, again; 🌙", 'Say "no"', "Ŝ" * 200, "a, b; c\\n d : e", "👩🏽‍🚒 " * 40, "=?utf-8?q?x?="]
    ),
)
addresses = st.sampled_from(["Sam.Seat@Service.Example", "sam+calls@service.example", "SAM@SERVICE.EXAMPLE",
                             "s.o'neil@service.example", f"{'s' * 64}@service.example"])  # fmt: skip


@st.composite
def entries(draw: Any) -> invites.Entry:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    starts_at = draw(wall_clocks).replace(tzinfo=zone, fold=draw(st.integers(0, 1))).astimezone(UTC)
    return an_entry(
        uid=f"{uuid.UUID(int=draw(st.integers(0, 2**128 - 1)), version=4)}@service.example",
        zone_name=zone.key,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=draw(st.integers(1, 1440))),
        title=draw(titles),
        summary=draw(titles),
        attendee=draw(addresses),
        attendee_name=draw(titles),
        sequence=draw(st.integers(0, 2**31 - 1)),
    )


batches = st.lists(entries(), min_size=15, max_size=15, unique_by=lambda entry: entry.uid)
# Without shrinking: with Node in every step it would take minutes, and the entry that failed says enough.
a_few = settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate)
)


def facts(read: Object) -> Any:
    [entry] = read.entries
    return (read.method, entry.uid, entry.sequence, entry.starts_at, entry.ends_at, entry.status, entry.attendees)


def meant(method: str, entry: invites.Entry) -> Any:
    status = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
    whom = (f"mailto:{entry.attendee}",)
    return (method, entry.uid, entry.sequence, entry.starts_at, entry.ends_at, status, whom)


@pytest.mark.parametrize("engine", ENGINES)
@a_few
@given(batches)
def test_every_engine_reads_every_entry_as_it_is_meant(engine, batch):
    read = ENGINES[engine]([*map(invites.request, batch), *map(invites.cancellation, batch)])
    assert [facts(one) for one in read] == [meant(method, entry) for method in METHODS for entry in batch]


@pytest.mark.parametrize("engine", ENGINES)
@a_few
@given(batches)
def test_every_engine_reads_the_title_in_the_description_letter_by_letter(engine, batch):
    if engine == "node-ical":  # it takes an escaped backslash before an n for a line end
        batch = [replace(entry, title=entry.title.replace("\\", "/")) for entry in batch]
    for read, entry in zip(ENGINES[engine](map(invites.request, batch)), batch, strict=True):
        title = one_line(entry.title)
        assert title in str(read.entries[0].description).split("\n")


@settings(max_examples=60, deadline=None)
@given(entries())
def test_nothing_that_is_written_breaks_the_grammar(entry):
    for build in (invites.request, invites.cancellation, invites.published):
        check(build(entry))


@settings(max_examples=40, deadline=None)
@given(entries())
def test_every_letter_can_be_opened_and_is_addressed_to_whom_it_invites(entry):
    found = opened(ours(entry))
    assert found is not None
    assert (found.to, found.method) == (entry.attendee, "REQUEST")


@pytest.mark.parametrize("engine", ENGINES)
@a_few
@given(st.lists(st.tuples(wall_clocks, st.sampled_from(ZONES)), min_size=1, max_size=12))
def test_a_diary_that_is_told_of_many_moves_shows_the_last(engine, moves):
    letters = []
    for number, (local, zone_name) in enumerate(moves):
        starts_at = local.replace(tzinfo=ZoneInfo(zone_name)).astimezone(UTC)
        stamp = datetime(2026, 3, 24, 0, 0, number, tzinfo=UTC)
        ends_at = starts_at + timedelta(hours=1)
        letters.append(ours(an_entry(sequence=number, stamped_at=stamp, starts_at=starts_at, ends_at=ends_at,
                                     zone_name=zone_name)))  # fmt: skip
    [diary] = kept(ENGINES[engine], letters).values()
    assert diary.instants == [starts_at]
