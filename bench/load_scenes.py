"""What is measured: people who look, a rush, somebody alone, feeds, letters. Each in turns, ours and the floor's."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from bench import floor
from bench.load_stage import Running, Stage, Used
from tests.load.clients import Browser, for_seconds, together
from tests.load.ways import BOOKED, Way, outcomes, storm

EIGHT = 8  # at once: as many threads as the floor has


@dataclass
class Turn:
    """One round of one side: how many there were, in how long, how long each took, and what it cost."""

    number: int
    seconds: float
    took: list[float]
    used: Used

    @property
    def speed(self) -> float:
        return self.number / self.seconds

    @property
    def cost(self) -> float:
        """Milliseconds of processor time for each, without the database's."""
        return 1000 * self.used.ours / self.number

    @property
    def full_cost(self) -> float:
        return 1000 * (self.used.ours + self.used.database) / self.number


@dataclass
class Scene:
    """`wanted`: the ratio of ours to the floor's that is asked for; of what, says `by`."""

    name: str
    wanted: float | None = None
    by: str = "speed"  # "speed", "p50" or "cost"
    ours: list[Turn] = field(default_factory=list)
    floors: list[Turn] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def figure(self, turn: Turn) -> float:
        return percentile(turn.took, 50) if self.by == "p50" else float(getattr(turn, self.by))

    def ratios(self) -> list[float]:
        return [self.figure(a) / self.figure(b) for a, b in zip(self.ours, self.floors, strict=False)]

    def is_met(self) -> bool:
        if self.faults:
            return False
        if self.wanted is None or not self.floors:
            return True
        found = statistics.median(self.ratios())
        return found >= self.wanted if self.by == "speed" else found <= self.wanted


def percentile(took: list[float], percent: int) -> float:
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


async def measured(running: Running, work: Callable[[], Awaitable[tuple[int, list[float]]]]) -> Turn:
    before, began = running.used(), time.perf_counter()
    number, took = await work()
    seconds = time.perf_counter() - began
    return Turn(number, seconds, took, running.used() - before)


# People who look.


async def look(
    stage: Stage, name: str, ours: str, floors: str, rounds: int, seconds: float, wanted: float | None
) -> Scene:
    """Pages a second, eight people at once, `ours` beside the floor's path."""
    scene = Scene(name, wanted)
    browsers = stage.product.browsers(EIGHT)
    for _ in range(rounds):
        scene.ours.append(await _looked(stage.ours, browsers, ours, seconds, scene))
        if stage.floor:
            strangers = [Browser(stage.floor.place) for _ in range(EIGHT)]
            scene.floors.append(await _looked(stage.floor, strangers, floors, seconds, scene))
    return scene


async def _looked(running: Running, browsers: list[Browser], path: str, seconds: float, scene: Scene) -> Turn:
    async def work() -> tuple[int, list[float]]:
        answers, _ = await for_seconds(seconds, len(browsers), lambda n: browsers[n].get(path))
        scene.faults += [f"{path} answered {a.status}" for a in answers if a.status != 200][:3]
        return len(answers), [a.took for a in answers]

    await asyncio.gather(*(browser.get(path) for browser in browsers))  # warm
    return await measured(running, work)


async def feeds(
    stage: Stage, name: str, path: str, floors: str, rounds: int, seconds: float, *, wanted: float | None
) -> Scene:
    """Readings of a feed a second, each with the tag of what is known, answered by 304."""
    scene = Scene(name, wanted)
    for _ in range(rounds):
        scene.ours.append(await _read(stage.ours, path, seconds, scene))
        if stage.floor:
            scene.floors.append(await _read(stage.floor, floors, seconds, scene))
    return scene


async def _read(running: Running, path: str, seconds: float, scene: Scene) -> Turn:
    programs = [Browser(running.place) for _ in range(EIGHT)]
    tag = (await programs[0].get(path, User_Agent="Google-Calendar-Importer")).header("etag")

    async def work() -> tuple[int, list[float]]:
        answers, _ = await for_seconds(
            seconds, EIGHT, lambda n: programs[n].get(path, User_Agent="Google-Calendar-Importer", If_None_Match=tag)
        )
        scene.faults += [f"{path} answered {a.status}" for a in answers if a.status != 304][:3]
        return len(answers), [a.took for a in answers]

    return await measured(running, work)


# People who book.


async def rush(stage: Stage, rounds: int, people: int, seats: int) -> Scene:
    """So many people for so many seats, all at once. Exact, or it counts for nothing."""
    scene = Scene(f"rush: {people} people for {seats} seats, bookings/s", 0.3)
    for number in range(rounds):
        slug = stage.product.phone_in(seats)
        stage.product.draw_keys()
        ways = [Way(browser, slug, known=True) for browser in stage.product.browsers(people)]
        letters_before = stage.come()
        scene.ours.append(await measured(stage.ours, partial(_rushed, ways, scene, people, seats)))
        if stage.product.counted(slug) != (seats, seats, seats):
            scene.faults.append(f"counter, bookings, letters are {stage.product.counted(slug)}")
        stage.wait_for(letters_before + seats)
        if stage.floor:
            floors_slug = f"rush-{number}"
            floor.prepare(stage.floors_database, {floors_slug: seats})
            place = stage.floor.place
            ways = [Way(Browser(place, {"person": str(n)}), floors_slug, known=False) for n in range(people)]
            scene.floors.append(await measured(stage.floor, partial(_rushed, ways, scene, people, seats)))
    return scene


async def _rushed(ways: list[Way], scene: Scene, people: int, seats: int) -> tuple[int, list[float]]:
    await storm(ways)
    booked, full, wrong = outcomes(ways)
    if (booked, full) != (seats, people - seats):
        scene.faults.append(f"{booked} booked, {full} full, wrong: {wrong[:3]}")
    return booked, [way.took() for way in ways if way.outcome == BOOKED]


async def alone(stage: Stage, rounds: int, each: int) -> Scene:
    """One person after the other, ours and the floor's in turns, each when the letter before has gone: how long the
    three requests take together."""
    scene = Scene("a lone booking, three requests", 4.0, by="p50")
    for number in range(rounds):
        slug = stage.product.phone_in(each)
        stage.product.draw_keys()
        mine, floors = list[Turn](), list[Turn]()
        for person, browser in enumerate(stage.product.browsers(each)):
            before = stage.come()
            way = Way(browser, slug, known=True)
            mine.append(await measured(stage.ours, partial(_one_by_one, [way], scene)))
            stage.wait_for(before + 1)
            if stage.floor:
                floor.prepare(stage.floors_database, {} if person else {f"lone-{number}": each})
                way = Way(Browser(stage.floor.place, {"person": str(person)}), f"lone-{number}", known=False)
                floors.append(await measured(stage.floor, partial(_one_by_one, [way], scene)))
        scene.ours.append(sum_of(mine))
        scene.floors += [sum_of(floors)] if floors else []
    return scene


def sum_of(turns: list[Turn]) -> Turn:
    used = Used(sum(turn.used.ours for turn in turns), sum(turn.used.database for turn in turns))
    took = [each for turn in turns for each in turn.took]
    return Turn(sum(turn.number for turn in turns), sum(turn.seconds for turn in turns), took, used)


async def _one_by_one(ways: list[Way], scene: Scene, at_once: int = 1) -> tuple[int, list[float]]:
    await together([way.go for way in ways], at_once)
    booked, _, wrong = outcomes(ways)
    scene.faults += wrong[:3]
    return booked, [way.took() for way in ways]


async def with_letters(stage: Stage, rounds: int, each: int) -> Scene:
    """Bookings by eight at once, until the last of their letters, with its calendar part, has been taken."""
    scene = Scene("a booking and its letter, processor time", 5.0, by="cost")
    for number in range(rounds):
        slug = stage.product.phone_in(each)
        stage.product.draw_keys()
        ways = [Way(browser, slug, known=True) for browser in stage.product.browsers(each)]
        letters, invites = stage.come(), stage.mail.invites.value if stage.mail else 0

        async def work(ways: list[Way] = ways, letters: int = letters) -> tuple[int, list[float]]:
            booked = await _one_by_one(ways, scene, EIGHT)
            await asyncio.to_thread(stage.wait_for, letters + each)
            return booked

        scene.ours.append(await measured(stage.ours, work))
        if stage.mail and stage.mail.invites.value - invites != each:
            scene.faults.append(f"{stage.mail.invites.value - invites} letters of {each} had a part for the calendar")
        if stage.floor:
            floor.prepare(stage.floors_database, {f"cost-{number}": each})
            place = stage.floor.place
            ways = [Way(Browser(place, {"person": str(n)}), f"cost-{number}", known=False) for n in range(each)]
            scene.floors.append(await measured(stage.floor, partial(_one_by_one, ways, scene, EIGHT)))
    return scene
