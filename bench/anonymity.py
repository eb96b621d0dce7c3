"""Who asked? A population lives in the product, and somebody who holds everything that the machine wrote down guesses.

    .venv/bin/python -m bench.anonymity --engine postgresql [--phone-ins 50] [--questions 8] [--seed 4]

200 people; at each phone-in 40 of them hold passes, and eight or nine questions are asked, one of which may be taken
back; 60 % ask within minutes of a visit. The product's own code does everything (signing in by letter, drawing passes,
asking, changing, taking back, the nightly rewriting, releases) on a real database, on a simulated clock. Then the same
people live in products that are broken on purpose: they show that the attack is one. tests/anonymity has the code.

The population is drawn from the seed. The product's own lot is not: it is what is being tested. So the figures of the
broken ones repeat, and those of the product differ a little from run to run.
"""

# ruff: noqa: T201

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from flask import Flask

import config
from phonein import create_app
from phonein.db import db
from tests import servers
from tests.anonymity.attack import Score
from tests.anonymity.levels import Attacker
from tests.anonymity.people import Population, population
from tests.anonymity.worlds import Naive, Pseudonyms, WithAccessLog, WithoutTheLot, WithTime, World

BROKEN = (WithAccessLog, WithTime, Naive, Pseudonyms)
AT_CHANCE = ("final database, exact times of visits", "nightly dumps, visits by the day")


@contextmanager
def installation(server: str | None) -> Iterator[Flask]:
    """An empty phonein on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="phonein-bench-") as folder:
        settings = {"PHONEIN_DATA": f"{folder}/data", "SECRET_KEY": "b" * 32, "PUBLIC_URL": "http://localhost"}
        if server:
            settings["DATABASE_URL"] = servers.fresh_database(server)
        app = create_app(config.Testing(settings))
        with app.app_context():
            db.create_all()
            yield app
            db.session.remove()
            db.engine.dispose()


def lived(kind: type[World], server: str | None, people: Population) -> Iterator[Attacker]:
    with installation(server) as app:
        began = time.monotonic()
        world = kind(app, people).live()
        print(f"  ({kind.name}: lived in {time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
        yield Attacker(world)


def line(what: str, found: Score) -> None:
    low, high = found.interval
    print(f"| {what:<62} | {found.right}/{found.total} | {found.share:.3f} | {low:.3f}–{high:.3f} | {found.p:.2g} |")


def head(what: str) -> None:
    print(f"\n| {what:<62} | right | share | 95 % | p |\n|{'-' * 64}|---|---|---|---|")


def product(kind: type[World], server: str | None, people: Population, *, every: bool) -> bool:
    """Prints all levels of the product, or of one that is not shuffled. Whether the levels that must be at chance are:
    for any of their many orders to be beyond it by luck, one in a thousand is allowed."""
    fine = True
    for attacker in lived(kind, server, people):
        head(kind.name)
        line("(p: the very moment of asking and of all visits given)", attacker.share_found_by_time())
        for level, scores in attacker.levels().items():
            worst = max(scores, key=lambda name: scores[name].share)
            first = "by ctid" if "by ctid" in scores else "as it comes"
            line(f"{level}: {first}", scores[first])
            if every:
                line(f"  the best of {len(scores)} orders: {worst}", scores[worst])
                mean = sum(found.share for found in scores.values()) / len(scores)
                print(f"| {'  the mean of all orders':<62} | | {mean:.3f} | | |")
            if level in AT_CHANCE:
                fine = fine and scores[worst].p > 0.001 / len(scores) and scores[first].p > 0.001
    return fine


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--engine", choices=["postgresql", "sqlite"], required=True)
    asked.add_argument("--phone-ins", type=int, default=50)
    asked.add_argument("--questions", type=int, default=8)
    asked.add_argument("--seed", type=int, default=4)
    wanted = asked.parse_args()
    people = population(wanted.seed, phone_ins=wanted.phone_ins, questions=wanted.questions)
    print(
        f"{wanted.engine}: {len(people.phone_ins)} phone-ins, {len(people.asked_by)} questions, "
        f"{people.people} people, {len(people.visits)} visits, seed {wanted.seed}; chance {1 / 40:.3f}"
    )
    with servers.postgres() if wanted.engine == "postgresql" else nullcontext() as server:
        fine = product(World, server, people, every=True)
        if server:  # SQLite keeps these tables by their random keys, and so has no order to lose
            product(WithoutTheLot, server, people, every=False)
        head("broken on purpose")
        for kind in BROKEN:
            for attacker in lived(kind, server, people):
                found = attacker.broken()
                line(kind.name, found)
                fine = fine and found.share >= 0.5
    print("\nAs it should be." if fine else "\nNOT as it should be.")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
