"""What stands on the stage while load is measured: the product, the floor, a mail server, and what each has used."""

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import func, select

import config
from bench import floor
from bench.letters import Somewhere
from phonein import create_app
from phonein.db import db
from phonein.identity.models import Person
from tests.load.clients import Place
from tests.load.product import Product
from tests.processes import Visitor, started, until
from tests.servers import closed_port

FLOORS_GUNICORN = ("--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "warning",
                   "--no-control-socket")  # fmt: skip


@dataclass
class Used:
    """Seconds of processor time."""

    ours: float
    database: float

    def __sub__(self, before: "Used") -> "Used":
        return Used(self.ours - before.ours, self.database - before.database)


def tree(pids: Iterable[int]) -> Iterator[psutil.Process]:
    for pid in pids:
        process = psutil.Process(pid)
        yield process
        yield from process.children(recursive=True)


def used_by(pids: Iterable[int]) -> float:
    """By these processes and all that they have started, those included that have ended and been missed."""
    total = 0.0
    for process in tree(pids):
        try:
            total += sum(process.cpu_times()[:4])  # its own, and that of its children who are no more
        except psutil.NoSuchProcess:
            continue
    return total


def memory_of(pids: Iterable[int]) -> int:
    """Bytes, what processes share counted once (PSS). Only Linux says so."""
    total = 0
    for process in tree(pids):
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def postmaster(url: str) -> int:
    """The process of the database server; 0 for SQLite, which is part of ours."""
    if not url.startswith("postgresql"):
        return 0
    with psycopg.connect(url) as connection:
        [folder] = connection.execute("SHOW data_directory").fetchone() or ("",)
    return int(Path(folder, "postmaster.pid").read_text().split("\n")[0])


@dataclass
class Running:
    """Something that answers, and the processes that it is."""

    place: Place
    pids: list[int]
    database: int = 0

    def used(self) -> Used:
        return Used(used_by(self.pids), used_by([self.database] if self.database else []))


@dataclass
class Stage:
    product: Product
    ours: Running
    floor: Running | None
    floors_database: str
    mail: "Mail | None"  # None where the product that is measured was started by somebody else

    def come(self) -> int:
        """How many letters have come."""
        return int(self.mail.letters.value) if self.mail else 0

    def wait_for(self, letters: int) -> None:
        if self.mail:
            self.mail.wait_for(letters)
        else:
            until(self.product.has_told_everybody, "letters do not leave", 120)


def already_running(address: str) -> Product:
    """What somebody else has started at this address of this machine, with the settings that are in the environment.

    It fills the database with people and phone-ins, so that must be one to throw away: nobody in it but @example.org.
    """
    place = Place.at(address)
    app = create_app(config.Testing(os.environ))
    with app.app_context():
        strangers = db.session.scalar(
            select(func.count()).select_from(Person).where(~Person.email.like("%@example.org"))
        )
        db.session.remove()
    if strangers:
        sys.exit("There are people in this database whose addresses are not @example.org, so it is left alone.")
    listening = {c.pid for c in psutil.net_connections("tcp") if c.laddr.port == place.port and c.status == "LISTEN"}
    pids = [pid for pid in listening if pid and psutil.Process(pid).ppid() not in listening]
    return Product(app, [place], pids, [])


def running(product: Product, database: str) -> Running:
    return Running(product.place, [*product.web, *product.others], postmaster(database))


@contextmanager
def the_floor(database: str, folder: Path) -> Iterator[Running]:
    """The floor on this database, under gunicorn with two processes of four threads."""
    floor.prepare(database, {})
    port = closed_port()
    words = ("-m", "gunicorn", "bench.floor:app", "--bind", f"127.0.0.1:{port}", *FLOORS_GUNICORN)
    with started(folder / "floor-said", {"DATABASE_URL": database}, *words) as it:
        visitor = Visitor(f"http://127.0.0.1:{port}")

        def answers() -> bool:
            try:
                return bool(visitor.get("/bare"))
            except OSError:
                return False

        until(answers, "the floor does not answer")
        yield Running(Place("127.0.0.1", port, f"127.0.0.1:{port}"), [it.process.pid], postmaster(database))


class Sink:
    """Takes every letter and counts: all of them, and those with a part for the calendar."""

    def __init__(self, letters: Any, invites: Any) -> None:
        self.letters, self.invites = letters, invites

    async def handle_DATA(self, server: object, talk: object, envelope: Any) -> str:  # noqa: N802
        self.letters.value += 1
        self.invites.value += b"text/calendar" in envelope.content
        return "250 OK"


@dataclass
class Mail:
    port: int
    letters: Any
    invites: Any

    def wait_for(self, number: int, seconds: float = 120) -> float:
        """Until so many letters have come; how long that took."""
        began = time.monotonic()
        until(lambda: self.letters.value >= number, f"{self.letters.value} of {number} letters came", seconds)
        return time.monotonic() - began


@contextmanager
def mail_server() -> Iterator[Mail]:
    """In a process of its own, whose work counts as nobody's."""
    ours, theirs = multiprocessing.Pipe()
    letters, invites = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    process = multiprocessing.Process(target=_take_letters, args=(theirs, letters, invites), daemon=True)
    process.start()
    try:
        yield Mail(ours.recv(), letters, invites)
    finally:
        ours.send("stop")
        process.join()


def _take_letters(to_parent: Any, letters: Any, invites: Any) -> None:
    sink = Somewhere(Sink(letters, invites), hostname="127.0.0.1", port=0, server_hostname="sink.example")
    sink.start()
    to_parent.send(sink.port)
    to_parent.recv()
    sink.stop()


@contextmanager
def a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="phonein-load-") as made:
        yield Path(made)
