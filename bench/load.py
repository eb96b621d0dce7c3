"""Load, and what it costs: the product beside the floor (bench/floor.py), in turns within one run.

    .venv/bin/python -m bench.load [scene…] [--on postgresql|sqlite] [--rounds 5] [--queue] [--no-floor]

Scenes: browse, rush, lone, cost, feed, queries, memory, start; without any, all. Starts what it measures, on loopback
and on an empty database that is gone afterwards: Phonein as an operator would start it (SQLite: `phonein up`), with a
mail server that takes every letter, and the floor on the same PostgreSQL under gunicorn with 2 processes of 4 threads.
`--queue`: letters by way of a queue server and a worker. `--durable`: PostgreSQL waits for the disk, as it does unless
told otherwise; the tests' own, used here, does not, so that the disk of this machine is not what is measured.
`--at http://127.0.0.1:8000`: instead what runs there, with its settings in this environment; without the floor.

Ratios are the median of the rounds' ratios. Exits with 1 where a figure is missed or anything went wrong.
"""

# ruff: noqa: T201

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import psycopg

from bench import floor, load_scenes
from bench.load_scenes import Scene, percentile
from bench.load_stage import Stage, a_folder, already_running, mail_server, memory_of, running, the_floor, used_by
from tests import servers
from tests.load.clients import MOST_AT_ONCE
from tests.load.product import inside, product, settings_for
from tests.load.ways import FULL, Way, storm
from tests.processes import Visitor, started, until

SCENES = ("browse", "feed", "lone", "rush", "cost", "queries", "memory", "start")
BY_HTTP = ("browse", "feed", "lone", "rush", "cost", "memory")  # what `--at` can measure
PROGRAMME = 30
COUNTED = ("-m", "gunicorn", "bench.counted:app", "--workers", "1", "--threads", "4", "--worker-class", "gthread")


class Bench:
    """What was asked for on the command line, and how it came out."""

    def __init__(self, asked: argparse.Namespace, server: str) -> None:
        self.asked, self.server, self.missed = asked, server, False

    @contextmanager
    def stage(self) -> Iterator[Stage]:
        if self.asked.at:
            one = already_running(self.asked.at)
            yield Stage(one, running(one, os.environ.get("DATABASE_URL", "")), None, "", None)
            return
        with ExitStack() as stack:
            folder = stack.enter_context(a_folder())
            mail = stack.enter_context(mail_server())
            more = {"REDIS_URL": stack.enter_context(servers.valkey())[1]} if self.asked.queue else {}
            database = servers.fresh_database(self.server) if self.asked.on == "postgresql" else ""
            others = ("work", "sweep") if self.asked.queue else ("sweep",)
            settings = settings_for(folder, database, mail.port, **more)
            one = stack.enter_context(product(settings, *(others if database else ())))
            floors = servers.fresh_database(self.server)
            beneath = None if self.asked.no_floor else stack.enter_context(the_floor(floors, folder))
            yield Stage(one, running(one, database), beneath, floors, mail)

    def show(self, scene: Scene) -> None:
        self.missed |= not scene.is_met()
        print(f"\n{scene.name}")
        for who, turns in (("ours", scene.ours), ("floor", scene.floors)):
            if turns:
                took = [each for turn in turns for each in turn.took]
                speeds = [turn.speed for turn in turns]
                p50, p95, p99 = (1000 * percentile(took, each) for each in (50, 95, 99))
                print(
                    f"  {who:6} {median(speeds):7.1f}/s ({min(speeds):.1f}–{max(speeds):.1f})"
                    f"  p50 {p50:.1f}  p95 {p95:.1f}  p99 {p99:.1f} ms"
                    f"  processor {median([turn.cost for turn in turns]):.2f} ms each,"
                    f" with the database's {median([turn.full_cost for turn in turns]):.2f}"
                )
        if ratios := scene.ratios():
            wanted = ""
            if scene.wanted is not None:
                wanted = f", wanted {'≥' if scene.by == 'speed' else '≤'} {scene.wanted}: "
                wanted += "met" if scene.is_met() else "MISSED"
            print(f"  ours : floor by {scene.by} = {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}){wanted}")
            if scene.by == "cost":
                full = [a.full_cost / b.full_cost for a, b in zip(scene.ours, scene.floors, strict=True)]
                print(f"  with the database's own processor time {median(full):.2f}")
        for fault in scene.faults[:5]:
            print(f"  WRONG: {fault}")

    def number(self, what: str, found: float, unit: str, most: float | None) -> None:
        said = "" if most is None else f", wanted ≤ {most:g}: {'met' if found <= most else 'MISSED'}"
        self.missed |= most is not None and found > most
        print(f"  {what}: {found:.1f} {unit}{said}")


def median(numbers: list[float]) -> float:
    return statistics.median(numbers)


def browse(bench: Bench, stage: Stage) -> None:
    slugs = [stage.product.phone_in(40, on_programme=1 + n) for n in range(PROGRAMME)]
    stage.product.draw_keys()
    if stage.floor:
        floor.prepare(stage.floors_database, {"looked-at": 40} | {f"listed-{n}": 40 for n in range(PROGRAMME)})
    rounds, seconds = bench.asked.rounds, bench.asked.seconds
    one = f"/app/phone-ins/{slugs[3]}/"
    pages: tuple[tuple[str, str, str, float | None], ...] = (
        (f"the programme of {PROGRAMME}, beside the floor's page", "/app/", "/phone-ins/looked-at/", 0.5),
        (f"the programme of {PROGRAMME}, beside the floor's list of as many", "/app/", "/phone-ins/", None),
        ("a phone-in's page, beside the floor's page", one, "/phone-ins/looked-at/", 0.5),
    )
    for name, ours, floors, wanted in pages:
        bench.show(asyncio.run(load_scenes.look(stage, name, ours, floors, rounds, seconds, wanted)))


def feed(bench: Bench, stage: Stage) -> None:
    rounds, seconds = bench.asked.rounds, bench.asked.seconds
    [browser] = stage.product.browsers(1)
    asyncio.run(Way(browser, stage.product.phone_in(40), known=True).go())
    seats, programme = stage.product.feed(browser.whose), stage.product.feed()
    for name, ours, floors, wanted in (
        ("somebody's feed, 304, beside a bare view that reads nothing", seats, "/bare", 0.7),
        ("the same, beside a bare view that reads the tag from the database", seats, "/feeds/one", None),
        ("the programme's feed, 304, beside a bare view that reads nothing", programme, "/bare", None),
    ):
        bench.show(asyncio.run(load_scenes.feeds(stage, name, ours, floors, rounds, seconds, wanted=wanted)))


def rush(bench: Bench, stage: Stage) -> None:
    bench.show(asyncio.run(load_scenes.rush(stage, bench.asked.rounds, bench.asked.people, bench.asked.seats)))


def lone(bench: Bench, stage: Stage) -> None:
    bench.show(asyncio.run(load_scenes.alone(stage, bench.asked.rounds, 10)))


def cost(bench: Bench, stage: Stage) -> None:
    bench.show(asyncio.run(load_scenes.with_letters(stage, bench.asked.rounds, 100)))


def memory(bench: Bench, stage: Stage) -> None:
    """After all that came before, so that every thread has worked."""
    print("\nmemory (PSS)")
    product = stage.product
    bench.number("web and what delivers letters", memory_of([*product.web, *product.others]) / 1e6, "MB", 200)
    bench.number("of these the web", memory_of(product.web) / 1e6, "MB", None)
    bench.number("of these the rest", memory_of(product.others) / 1e6, "MB", None)


def queries(bench: Bench) -> None:
    """Statements of each of the three requests, counted in the application, which is another one for this."""
    with ExitStack() as stack:
        folder = stack.enter_context(a_folder())
        mail = stack.enter_context(mail_server())
        settings = settings_for(folder, servers.fresh_database(bench.server), mail.port)
        web = (*COUNTED, "--bind", f"127.0.0.1:{settings['PORT']}")
        one = stack.enter_context(product(settings, "sweep", web=web))
        slugs = [one.phone_in(40, on_programme=1 + n) for n in range(PROGRAMME)]
        one.draw_keys()
        first, second = (Way(browser, slugs[0], known=True) for browser in one.browsers(2))
        asyncio.run(first.go())
        asyncio.run(second.go())
        asyncio.run(second.browser.get("/app/"))
        page, post, after, programme = second.browser.statements
        last_seat = one.phone_in(1)
        one.draw_keys()
        late = [Way(browser, last_seat, known=True) for browser in one.browsers(2)]
        asyncio.run(storm(late))
        refused = next(way.browser.statements[1] for way in late if way.outcome == FULL)
        print("\nstatements, as the application sends them")
        bench.number("a booking: the POST that takes the seat", post, "", 12)
        bench.number("  the page before", page, "", None)
        bench.number("  the page after", after, "", None)
        bench.number("the POST that comes too late, with the page of the waiting list", refused, "", None)
        bench.number(f"the programme of {PROGRAMME}", programme, "", None)


def start(bench: Bench) -> None:
    """From the command to the first answer of /health/ready."""
    print("\ncold start, to ready")
    with a_folder() as folder, mail_server() as mail:
        ways = [("phonein up, SQLite, an empty folder", "", ("-m", "phonein", "up", "--no-demo"))]
        ways += [("phonein up, SQLite, once more", "", ("-m", "phonein", "up", "--no-demo"))]
        ways += [("phonein web, PostgreSQL", servers.fresh_database(bench.server), ("-m", "phonein", "web"))]
        for name, database, words in ways:
            settings = settings_for(folder, database, mail.port)
            if database:
                inside(settings)
            found = [_started(folder, settings, words) for _ in range(1 if "empty" in name else bench.asked.rounds)]
            bench.number(name, median([clock for clock, _ in found]), "s", 2.5)
            bench.number("  of this its own processor time", median([own for _, own in found]), "s", None)


def _started(folder: Path, settings: dict[str, str], words: tuple[str, ...]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time: on a machine that is at work on other things the two differ."""
    began = time.perf_counter()
    with started(folder / "said", settings, *words) as it:
        visitor = Visitor(f"http://127.0.0.1:{settings['PORT']}")
        until(visitor.is_ready, f"it does not answer: {folder / 'said'} may say why")
        return time.perf_counter() - began, used_by([it.process.pid])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", nargs="*", metavar="scene")
    parser.add_argument("--on", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--at", metavar="URL")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seats", type=int, default=200)
    for flag in ("--queue", "--no-floor", "--durable"):
        parser.add_argument(flag, action="store_true")
    asked = parser.parse_args()
    chosen = asked.scenes or [name for name in SCENES if not asked.at or name in BY_HTTP]
    if unknown := set(chosen) - set(SCENES):
        parser.error(f"no such scene: {', '.join(sorted(unknown))}")
    if asked.people > MOST_AT_ONCE:
        parser.error(f"at most {MOST_AT_ONCE} people at once")
    with nullcontext("") if asked.at else servers.postgres() as server:
        if asked.durable:
            durable(server)
        bench = Bench(asked, server)
        staged = {"browse": browse, "feed": feed, "lone": lone, "rush": rush, "cost": cost, "memory": memory}
        if wanted := [name for name in SCENES if name in chosen and name in staged]:
            with bench.stage() as stage:
                for name in wanted:
                    staged[name](bench, stage)
        for name, scene in {"queries": queries, "start": start}.items():
            if name in chosen:
                scene(bench)
    sys.exit(bench.missed)


def durable(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    main()
