"""Where the processor time of one request goes: milliseconds, and the share of each library.

    .venv/bin/python -m bench.where_it_goes [requests] [--slowest 12]

The application inside this process, on PostgreSQL, without a web server: the programme of 30, a phone-in's page, a seat
taken by somebody new, a feed with 304, and a letter with its calendar part from the outbox to the mail server. First
timed by itself (processor time of this thread, so the database's and the mail server's are not in it), then profiled.
What Python's own built-in functions take counts for whoever calls them. bench/README.md has the shares.
"""

# ruff: noqa: T201

import argparse
import cProfile
import pstats
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from werkzeug.test import create_environ, run_wsgi_app

from bench.load_stage import a_folder, mail_server
from phonein.db import db
from phonein.delivery import postman
from tests import servers
from tests.load.clients import Browser, Place
from tests.load.product import Product, inside, settings_for

WARM = 10
OURS = Path(__file__).parent.parent
NOWHERE = Place("127.0.0.1", 1, "127.0.0.1")


class Asker:
    """Somebody's browser whose requests go straight into the application."""

    def __init__(self, product: Product, browser: Browser) -> None:
        self.product, self.browser = product, browser

    def ask(self, path: str, method: str = "GET", fields: dict[str, str] | None = None, **headers: str) -> Any:
        cookie = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        environ = create_environ(
            path, "https://127.0.0.1/", method=method, data=fields, headers={"Cookie": cookie} | headers
        )
        body, status, answered = run_wsgi_app(self.product.app.wsgi_app, environ, buffered=True)
        for name, _, value in (line.partition("=") for line in answered.getlist("Set-Cookie")):
            self.browser.cookies[name] = value.partition(";")[0]
        return b"".join(body).decode(), status, answered


def library(file: str) -> str:
    """Whose code this is."""
    if "<template>" in file or "/templates/" in file:
        return "templates"
    if found := re.search(r"site-packages/([^/.]+)", file):
        return {"flask_sqlalchemy": "sqlalchemy", "flask_wtf": "wtforms", "itsdangerous": "flask"}.get(
            found[1], found[1]
        )
    return "phonein" if str(OURS / "phonein") in file else "Python's own"


def shares(profile: cProfile.Profile) -> Counter[str]:
    """Seconds by library: a function's own time, and that of the built-in functions that it calls."""
    found: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if file == "~" and callers:
            for (calling, _, _), (_, _, part, _) in callers.items():
                found[library(calling)] += part
        else:
            found[library(file)] += own
    return found


def measure(name: str, number: int, slowest: int, once: Callable[[], object]) -> None:
    for _ in range(WARM):
        once()
    began = time.thread_time()
    for _ in range(number):
        once()
    each = 1000 * (time.thread_time() - began) / number
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    for _ in range(number):
        once()
    profile.disable()
    whole = shares(profile)
    total = sum(whole.values())
    said = ", ".join(f"{who} {100 * took / total:.0f} %" for who, took in whole.most_common(7))
    print(f"{name}: {each:.2f} ms\n  {said}")
    if slowest:
        pstats.Stats(profile).sort_stats("tottime").print_stats(slowest)


def holds(engine: Engine) -> list[float]:
    """Fills with the seconds for which each transaction has a phone-in's row for itself: until
    its connection is given back, so that the commit is in it."""
    found, began = list[float](), list[float]()

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if not began and statement.startswith("UPDATE phone_in"):
            began.append(time.perf_counter())

    @event.listens_for(engine.pool, "checkin")
    def end(*more: Any) -> None:
        if began:
            found.append(time.perf_counter() - began.pop())

    return found


def in_turn(askers: list[Asker], ask: Callable[[Asker], object]) -> Callable[[], object]:
    left: Iterator[Asker] = iter(askers)
    return lambda: ask(next(left))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requests", nargs="?", type=int, default=100)
    parser.add_argument("--slowest", type=int, default=0)
    asked = parser.parse_args()
    number, slowest = asked.requests, asked.slowest
    with servers.postgres() as server, a_folder() as folder, mail_server() as mail:
        app = inside(settings_for(folder, servers.fresh_database(server), mail.port))
        one = Product(app, [NOWHERE], [], [])
        slugs = [one.phone_in(40, on_programme=1 + n) for n in range(30)]
        wide = one.phone_in(5 * number)
        one.draw_keys()
        feed = one.feed()
        someone = Asker(one, one.browsers(1)[0])
        measure("the programme of 30", number, slowest, lambda: someone.ask("/app/"))
        page = f"/app/phone-ins/{slugs[3]}/"
        measure("a phone-in's page", number, slowest, lambda: someone.ask(page))
        tag = someone.ask(feed)[2]["ETag"]
        someone.browser.cookies.clear()
        measure("a feed, 304", number, slowest, lambda: someone.ask(feed, If_None_Match=tag))
        measure("health, which reads no table of ours", number, slowest, lambda: someone.ask("/health/live"))
        askers = [Asker(one, browser) for browser in one.browsers(WARM + 2 * number)]
        tokens = {asker.browser.whose: token(asker, f"/app/phone-ins/{wide}/") for asker in askers}
        seat = f"/app/phone-ins/{wide}/seat"
        with app.app_context():
            held = holds(db.engine)
        press = in_turn(askers, lambda a: a.ask(seat, "POST", {"csrf_token": tokens[a.browser.whose]}))
        measure("the POST that takes a seat", number, slowest, press)
        long = 1000 * statistics.median(held[WARM : WARM + number])
        print(f"  by the clock, the phone-in's row is held for {long:.2f} ms of it")
        with app.app_context():
            measure("a letter", number, slowest, lambda: deliver_next())
            db.session.remove()
            db.engine.dispose()


def token(asker: Asker, page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', asker.ask(page)[0])
    assert found
    return found[1]


def deliver_next() -> None:
    [letter_id] = postman.outbox.due(limit=1)
    assert postman.deliver(letter_id)


if __name__ == "__main__":
    main()
