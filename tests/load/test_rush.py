"""The morning on which everybody presses the same button: each in a browser of their own, over HTTP, at one moment."""

import asyncio

import pytest

from tests import servers
from tests.load.clients import form_to
from tests.load.product import product, settings_for
from tests.load.ways import BOOKED, FULL, Way, outcomes, storm
from tests.processes import until


def told_of_the_waiting_list(way: Way) -> bool:
    """Whether the page that said no has the form by which to get in line, and says why."""
    last = way.answers[-1]
    return last.status == 409 and "full" in last.text and form_to(last, f"{way.page}waiting") is not None


def rush(one, *, people: int, seats: int) -> list[Way]:
    slug = one.phone_in(seats)
    one.draw_keys()
    ways = [Way(browser, slug, known=True) for browser in one.browsers(people)]
    asyncio.run(storm(ways))
    return ways


def check(one, ways: list[Way], *, seats: int) -> None:
    """Exactly so many booked, each with one letter; everybody else was told, and nobody was left without an answer."""
    assert outcomes(ways) == (seats, len(ways) - seats, [])
    assert one.counted(ways[0].slug) == (seats, seats, seats)
    told = [way for way in ways if way.outcome == FULL]
    assert [way.browser for way in told if not told_of_the_waiting_list(way)] == []
    assert len({way.browser.whose for way in ways}) == len(ways)


@pytest.mark.timeout(600)  # half a minute, where nothing else is at work
def test_2000_people_press_for_500_seats_at_one_moment_on_postgresql_with_two_web_processes(tmp_path, postgres_server):
    settings = settings_for(tmp_path, servers.fresh_database(postgres_server), servers.closed_port())
    with product(settings) as one:
        check(one, rush(one, people=2000, seats=500), seats=500)


@pytest.mark.timeout(120)
def test_200_people_press_for_50_seats_at_one_moment_on_the_embedded_default(tmp_path):
    with servers.smtp() as (office, port), product(settings_for(tmp_path, "", port)) as one:
        ways = rush(one, people=200, seats=50)
        check(one, ways, seats=50)
        until(lambda: len(office.taken) >= 50, "not every letter came")
    assert {letter["To"] for letter in office.letters} == {way.browser.whose for way in ways if way.outcome == BOOKED}
    assert office.methods() == ["REQUEST"] * 50
