"""What many tests would each make anew at a price, kept by a worker and handed from test to test as good as new."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg
from sqlalchemy import Engine, delete, insert
from sqlalchemy.event import listen
from werkzeug.routing import Rule

from phonein import clock
from phonein.db import db, transaction
from phonein.safeguarding import support
from phonein.safeguarding.models import Procedure
from phonein.wording import Wording
from tests import servers

A_MOMENT = 2.0  # seconds: as long as the threads of a test may take to let go of its database

# Everything about a database beside its rows: its tables with their rights and rules, and what is set for it.
MAKE = """
SELECT md5(string_agg(line, E'\n' ORDER BY line)) FROM (
  SELECT concat_ws(' ', 'c', oid, relname, relnamespace, relowner, relacl, reloptions, relpersistence, relhasrules,
                   relhastriggers, relrowsecurity) AS line FROM pg_class WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', 'a', attrelid, attname, attnum, atttypid, attnotnull, attstattarget, attisdropped,
                             attacl, attoptions) FROM pg_attribute WHERE attrelid >= 16384
  UNION ALL SELECT concat_ws(' ', 'k', oid, conname, convalidated) FROM pg_constraint WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', 'p', oid, proname) FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', 'n', oid, nspname, nspacl) FROM pg_namespace
  UNION ALL SELECT concat_ws(' ', 'e', oid, extname) FROM pg_extension
  UNION ALL SELECT concat_ws(' ', 'x', oid, defaclacl) FROM pg_default_acl
  UNION ALL SELECT concat_ws(' ', 'u', oid, pubname) FROM pg_publication
  UNION ALL SELECT concat_ws(' ', 'g', oid, evtname) FROM pg_event_trigger
  UNION ALL SELECT concat_ws(' ', 'd', d.datacl, d.datallowconn, s.setrole, s.setconfig)
    FROM pg_database d LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid WHERE datname = current_database()
) AS lines
"""
LARGE = 2**18  # bytes: from here on a table is made anew; to delete the rows of a small one is much quicker
USED_TABLES = """
SELECT format('%I.%I', nspname, relname), pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n
ON n.oid = relnamespace WHERE relkind = 'r' AND nspname IN ('public', 'anonymous') AND pg_relation_size(c.oid) > 0
"""
COUNT_FROM_THE_START = """
SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class OneDatabase:
    """A PostgreSQL database with our tables, empty for each test: a new one for each costs more than most tests.

    Whoever changed more of it than rows, or still holds on to it, leaves it behind and the next test gets a new one.
    """

    def __init__(self, server: str) -> None:
        self.server, self.url, self.make = server, "", ""
        self._connection: psycopg.Connection | None = None

    def emptied(self) -> str:
        if self._connection is None or not self._is_emptied(self._connection):
            self.close()
            self.url = servers.copied_database(self.server)
            self._connection = psycopg.connect(self.url, autocommit=True)
            self.make = _value(self._connection, MAKE)
        return self.url

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _is_emptied(self, connection: psycopg.Connection) -> bool:
        try:
            patience = time.monotonic() + A_MOMENT
            while _value(connection, OTHERS):
                if time.monotonic() > patience:
                    return False
                time.sleep(0.01)
            used = connection.execute(USED_TABLES).fetchall()
            if large := [name for name, size in used if size >= LARGE]:
                connection.execute(f"TRUNCATE {', '.join(large)} CASCADE")
            deletions = [f"DELETE FROM {name}" for name, size in used if size < LARGE]
            connection.execute("; ".join(["SET session_replication_role = replica", *deletions]))  # in any order
            if small := [name for name, size in used if size < LARGE]:
                connection.execute(
                    f"VACUUM (TRUNCATE, INDEX_CLEANUP) {', '.join(small)}"
                )  # rows lie as they came, again
            connection.execute(COUNT_FROM_THE_START)
            return bool(_value(connection, MAKE) == self.make)
        except psycopg.OperationalError:  # the test before has cut every connection
            return False


def _value(connection: psycopg.Connection, question: Any) -> Any:
    row = connection.execute(question).fetchone()
    return row and row[0]


def copied_file(template: Path, copy: Path) -> None:
    """The file of an SQLite database with our tables in it, where the app will look for it."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, copy)


class Keys:
    """Key pairs, handed out in one order, from the first on for each test: no test gets one pair twice."""

    def __init__(self, make: Callable[[], tuple[bytes, bytes]]) -> None:
        self._make, self._made, self._given, self._lock = make, list[tuple[bytes, bytes]](), 0, Lock()

    def start_over(self) -> None:
        self._given = 0

    def next(self) -> tuple[bytes, bytes]:
        with self._lock:
            if self._given == len(self._made):
                self._made.append(self._make())
            self._given += 1
            return self._made[self._given - 1]


class KnownRule(Rule):
    """A route that is taken apart and compiled once for all applications, and not once for each."""

    _known: dict[Any, Any] = {}

    def compile(self) -> None:
        key = (self.rule, self.host, self.subdomain, self.map and self.map.host_matching, bool(self.defaults))
        if self.defaults or key not in self._known:
            super().compile()
            self._known[key] = (self._parts, self._trace, self._converters, self.arguments, *self._builders())
        parts, trace, converters, arguments, build, build_unknown = self._known[key]
        self._parts, self._trace, self._converters, self.arguments = parts, trace, converters, arguments
        self._build, self._build_unknown = build.__get__(self, None), build_unknown.__get__(self, None)

    def _builders(self) -> tuple[Any, Any]:
        return self._build.__func__, self._build_unknown.__func__  # type: ignore[attr-defined]


def settle() -> None:
    """What an organisation settles before anything is published: a complete procedure. Somebody looks on working days
    from nine to five, London time."""
    on_working_days = "\n".join(f"{day} 09:00-17:00" for day in ("MO", "TU", "WE", "TH", "FR"))
    procedure = {
        "edition": 1,
        "lead_name": "Lena Lead",
        "lead_contact": "020 7946 0999, or through the switchboard",
        "escalation": "The reviewer calls Lena. She decides whom else to tell.",
        "official_routes": "The integrity line: 020 7946 0998.",
        "hours": on_working_days,
        "made_on": clock.today(),
    }
    line = {"words": "Care team | 020 7946 0997 | weekdays", "made_on": clock.today()}
    with transaction():
        db.session.execute(insert(Procedure).values(**procedure))
        db.session.execute(insert(Wording).values(name=support.NAME, language="en", edition=1, **line))


def unsettle() -> None:
    """As if nobody had settled anything yet."""
    with transaction():
        db.session.execute(delete(Procedure))
        db.session.execute(delete(Wording).where(Wording.name == support.NAME))


_dialects: dict[str, Any] = {}
_compiled: dict[str, dict[Any, Any]] = {}


def speaks_as_before(engine: Engine) -> None:
    """Statements are compiled for a dialect, which knows nothing of the database: once for all tests of an engine. And
    nobody waits for a disk: nobody pulls the plug on a test."""
    if engine.dialect.name == "sqlite":
        listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    with engine.connect():  # which looks at the server and so completes the dialect
        engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    engine.update_execution_options(compiled_cache=_compiled.setdefault(engine.dialect.name, {}))
