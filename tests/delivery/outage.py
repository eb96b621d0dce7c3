"""A database that is away for a moment: locked by a stranger (SQLite), or throwing everybody out (PostgreSQL)."""

import sqlite3
from threading import Timer

import psycopg
from sqlalchemy import event

from phonein.db import db
from phonein.engine import BUSY_SECONDS

SECONDS = 1.0
IMPATIENT_SECONDS = 0.1  # whoever finds it locked fails at once


class Outage:
    def __init__(self, url: str) -> None:
        self.url = url
        if url.startswith("sqlite"):
            event.listen(db.engine, "checkout", self._set_patience)
        self.timer: Timer | None = None
        self.locked: sqlite3.Connection | None = None

    def __enter__(self) -> "Outage":
        return self

    def __exit__(self, *_: object) -> None:
        if self.timer:
            self.timer.join()

    def goes_away(self) -> None:
        if self.timer:
            return
        if self.url.startswith("sqlite"):
            self.locked = sqlite3.connect(
                self.url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
            )
            self.locked.execute("BEGIN EXCLUSIVE")
        else:
            self._say("ALTER DATABASE {} ALLOW_CONNECTIONS false")
            self._say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'")
        self.timer = Timer(SECONDS, self._comes_back)
        self.timer.start()

    def was_missed(self) -> bool:
        """Whether it was away, and is back by now."""
        return self.timer is not None and self.timer.finished.is_set()

    def _set_patience(self, connection: sqlite3.Connection, *_: object) -> None:
        """Only while it is away: a slow disk alone must not look like an outage."""
        seconds = IMPATIENT_SECONDS if self.locked else BUSY_SECONDS
        connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")

    def _comes_back(self) -> None:
        if self.locked:
            self.locked.close()
            self.locked = None
        else:
            self._say("ALTER DATABASE {} ALLOW_CONNECTIONS true")

    def _say(self, statement: str) -> None:
        name = self.url.split("?")[0].rpartition("/")[2]
        with psycopg.connect(self.url.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
            connection.execute(statement.format(name))
