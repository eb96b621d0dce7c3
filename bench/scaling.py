"""Several web nodes and workers: what each costs, that nothing is lost or doubled between them, and one of them dies.

    .venv/bin/python -m bench.scaling [--rounds 3] [--people 400] [--seats 200]

Two `phonein web` on ports of their own behind nginx with the locations of docs/operations.md, two `phonein work` and a
`phonein sweep` beside a queue server, one PostgreSQL, and a mail server that takes every letter: all on this machine.
So the whole gets no faster by a second node; what is measured is what each part uses, from which docs/scaling.md
reckons. Then a rush while one node is killed: who got no answer presses again.
"""

# ruff: noqa: T201

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from redis import Redis

from bench.load_stage import Mail, a_folder, mail_server, memory_of, postmaster, tree, used_by
from tests import servers
from tests.anonymity.installation import documented
from tests.load.clients import Place
from tests.load.product import Product, product, settings_for
from tests.load.ways import BOOKED, WRONG, Way, outcomes, storm
from tests.prepare import find_nginx
from tests.processes import until

QUIET_SECONDS = 3  # for so long a letter that was sent twice would have time to come
NGINX = """\
daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log crit;
worker_processes 1;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder}/client;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream phonein {{
{nodes}
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
{locations}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, nodes: list[Place]) -> Iterator[tuple[Place, int]]:
    """A proxy before these nodes, with the documented lines; its place and its process."""
    port = servers.closed_port()
    listed = "\n".join(f"    server 127.0.0.1:{node.port};" for node in nodes)
    locations = documented().replace("http://127.0.0.1:8000", "http://phonein")
    user = "user root;\n" if os.geteuid() == 0 else ""
    written = NGINX.format(user=user, folder=folder, nodes=listed, port=port, locations=locations)
    (folder / "nginx.conf").write_text(written)
    command = [str(find_nginx()), "-p", str(folder), "-e", str(folder / "nginx-error.log")]
    process = subprocess.Popen([*command, "-c", str(folder / "nginx.conf")], start_new_session=True)
    try:
        until((folder / "nginx.pid").exists, "nginx does not start")
        yield Place.at(f"http://127.0.0.1:{port}"), process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def installation(server: str) -> Iterator[tuple[Product, Place, Mail, dict[str, list[int]]]]:
    """All of it, and which processes each part is."""
    with ExitStack() as stack:
        folder = stack.enter_context(a_folder())
        mail = stack.enter_context(mail_server())
        address = stack.enter_context(servers.valkey())[1]
        database = servers.fresh_database(server)
        settings = settings_for(folder, database, mail.port, REDIS_URL=address)
        one = stack.enter_context(product(settings, "work", "work", "sweep", webs=2))
        place, proxy = stack.enter_context(nginx(folder, one.places))
        parts = {
            "web 1": one.web[:1],
            "web 2": one.web[1:],
            "work 1": one.others[:1],
            "work 2": one.others[1:2],
            "sweep": one.others[2:],
            "PostgreSQL": [postmaster(database)],
            "queue server": [int(Redis.from_url(address).info("server")["process_id"])],
            "nginx": [proxy],
        }
        yield one, place, mail, {name: pids for name, pids in parts.items() if all(pids)}


def rushed(one: Product, place: Place, people: int, seats: int, *, kill: bool = False) -> tuple[list[Way], float]:
    """Everybody presses at one moment; how it went, and the seconds it took. `kill`: the second node, in the middle."""
    slug = one.phone_in(seats)
    one.draw_keys()
    ways = [Way(browser, slug, known=True) for browser in one.browsers(people, place)]

    async def all_at_once() -> None:
        killing = [kill_in_the_middle(one.web[1], ways, seats // 4)] if kill else []
        await asyncio.gather(storm(ways), *killing)

    began = time.monotonic()
    asyncio.run(all_at_once())
    return ways, time.monotonic() - began


async def kill_in_the_middle(pid: int, ways: list[Way], booked: int) -> None:
    """When so many have their seat, and the others are just pressing."""
    while sum(way.outcome == BOOKED for way in ways) < booked:
        await asyncio.sleep(0.05)
    for process in list(tree([pid])):
        os.kill(process.pid, signal.SIGKILL)


def exact(one: Product, ways: list[Way], seats: int) -> bool:
    """Whether everybody knows where they stand, and the database agrees."""
    booked, full, wrong = outcomes(ways)
    counted = one.counted(ways[0].slug)
    print(
        f"  {booked} booked, {full} told it is full, {len(wrong)} without an answer; counter, seats, letters {counted}"
    )
    return not wrong and booked == seats and counted == (seats, seats, seats)


def letters_once(mail: Mail, before: int, seats: int) -> bool:
    took = mail.wait_for(before + seats)
    time.sleep(QUIET_SECONDS)
    came = mail.letters.value - before
    print(f"  {came} letters came for {seats} seats, the last {took:.1f} s after the last answer")
    return bool(came == seats)


def measure(one: Product, place: Place, mail: Mail, parts: dict[str, list[int]], asked: argparse.Namespace) -> bool:
    """Rushes in which nothing breaks, and what each part used for each booking."""
    well, used, speeds = True, {name: list[float]() for name in parts}, []
    for _ in range(asked.rounds):
        before, letters = {name: used_by(pids) for name, pids in parts.items()}, mail.letters.value
        ways, seconds = rushed(one, place, asked.people, asked.seats)
        speeds.append(asked.seats / seconds)
        well &= exact(one, ways, asked.seats)
        well &= letters_once(mail, letters, asked.seats)
        for name, pids in parts.items():
            used[name].append(1000 * (used_by(pids) - before[name]) / asked.seats)
    print(f"\nbookings/s in a rush, with all that it takes: {statistics.median(speeds):.1f}")
    print(
        f"processor time for each booking of a rush ({asked.people} pages, {asked.people} presses, {asked.seats} seats)"
    )
    for name, found in used.items():
        said = "" if name in ("PostgreSQL", "queue server") else f", memory {memory_of(parts[name]) / 1e6:.0f} MB"
        print(f"  {name:13} {statistics.median(found):6.1f} ms ({min(found):.1f}–{max(found):.1f}){said}")
    return well


def one_dies(one: Product, place: Place, mail: Mail, asked: argparse.Namespace) -> bool:
    """A node is killed in the middle of a rush."""
    print("\none node killed in the middle of a rush")
    letters = mail.letters.value
    ways, _ = rushed(one, place, asked.people, asked.seats, kill=True)
    _, _, wrong = outcomes(ways)
    print(f"  {len(wrong)} people got no answer from a node that was no more, and press again")
    again = {way.browser.whose: Way(way.browser, way.slug, known=True) for way in ways if way.outcome == WRONG}
    asyncio.run(settle(list(again.values())))
    ways = [again.get(way.browser.whose, way) for way in ways]
    return exact(one, ways, asked.seats) & letters_once(mail, letters, asked.seats)


async def settle(ways: list[Way]) -> None:
    """They look at the page again: it says that they have a seat, or lets them press, or says that it is full."""
    for way in ways:
        await way.look_again()


def connections(server: str) -> None:
    with psycopg.connect(server) as connection:
        row = connection.execute(
            "SELECT count(*), (SELECT setting FROM pg_settings WHERE name = 'max_connections') FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row
    print(f"\nconnections to PostgreSQL at the end: {row[0]} of {row[1]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seats", type=int, default=200)
    asked = parser.parse_args()
    if not find_nginx():
        sys.exit("There is no nginx here: tests/prepare.py says how to get one.")
    with servers.postgres() as server, installation(server) as (one, place, mail, parts):
        print("two web nodes and two workers behind nginx")
        well = measure(one, place, mail, parts, asked)
        connections(server)
        well &= one_dies(one, place, mail, asked)
    sys.exit(not well)


if __name__ == "__main__":
    main()
