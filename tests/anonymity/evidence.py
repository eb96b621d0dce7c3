"""What somebody with every right on the machine can read: rows with what the engine notes beside them, files, dumps,
the log of changes. Nothing in here uses a secret of the product.
"""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from phonein.db import db, on_sqlite

Order = list[bytes]
_RECORD = re.compile(r"rmgr: (\w+).*?len \(rec/tot\):\s*\d+/\s*(\d+), tx:\s*(\d+), lsn: (\w+)/(\w+),.*?desc: (\S+)(.*)")
_RELATION = re.compile(r"rel \d+/(\d+)/(\d+)")


def read(statement: str, **values: Any) -> list[Any]:
    """In a transaction of its own, which leaves nothing open."""
    db.session.rollback()
    found = list(db.session.execute(text(statement), values).all())
    db.session.rollback()
    return found


def database_file(app: Flask) -> Path:
    return Path(app.config["DATA"]) / "phonein.sqlite3"


def data_directory() -> Path:
    return Path(read("SHOW data_directory")[0][0])


def files_of(app: Flask, table: str) -> dict[str, Path]:
    """The files that hold a table and its indexes, by name; on SQLite there is one for everything."""
    if on_sqlite():
        db.session.rollback()
        return {"the file": database_file(app)}
    checkpoint()
    found = read(
        "SELECT c.relname, pg_relation_filepath(c.oid) FROM pg_class c WHERE c.oid = to_regclass(:name) "
        "OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = to_regclass(:name))",
        name=table,
    )
    return {name: data_directory() / path for name, path in found}


def checkpoint() -> None:
    """What is written is in the files. On SQLite it always is."""
    if not on_sqlite():
        db.session.rollback()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))


def orders(app: Flask, table: str, keys: list[str], *, where: str = "true") -> dict[str, Order]:
    """Every order in which a table's rows lie or come somewhere, each as the first of `keys` in that order.

    By number, by each key, as the engine hands them out, as they are dumped, and by where the bytes of a key stand in
    each file: in the pages of the table and in those of its indexes. Both engines fill a page from its end.
    """
    first = keys[0]
    named = ", ".join(keys)
    found = {"as it comes": [raw(row[0]) for row in read(f"SELECT {first} FROM {table} WHERE {where}")]}
    rows = [dict(zip(keys, map(raw, row), strict=True)) for row in read(f"SELECT {named} FROM {table} WHERE {where}")]
    for key in keys:
        found[f"by {key}"] = [row[first] for row in sorted(rows, key=lambda row: row[key])]
    if not on_sqlite():
        found["by ctid"] = [raw(row[0]) for row in read(f"SELECT {first} FROM {table} WHERE {where} ORDER BY ctid")]
        found["by xmin"] = [
            raw(row[0]) for row in read(f"SELECT {first} FROM {table} WHERE {where} ORDER BY xmin::text::bigint, ctid")
        ]
        dumped = rows_of_dump(dump(), table)
        found["as dumped"] = [raw(row[first]) for row in dumped if raw(row[first]) in {r[first] for r in rows}]
    page = 4096 if on_sqlite() else 8192
    for name, file in files_of(app, table).items():
        stored = file.read_bytes()
        for key in keys:
            at = {row[first]: stored.rfind(row[key]) for row in rows}
            if rows and min(at.values()) >= 0:
                found[f"{key} in {name}"] = sorted(at, key=lambda k: (at[k] // page, -at[k]))
    return found


def raw(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def transactions(table: str) -> int:
    """By how many transactions PostgreSQL remembers the rows of this table."""
    return int(read(f"SELECT count(DISTINCT xmin::text) FROM {table}")[0][0])


def tool(name: str) -> str:
    """A program that came with the server that runs."""
    running = Path(f"/proc/{(data_directory() / 'postmaster.pid').read_text().split()[0]}/exe").resolve()
    return str(running.with_name(name))


def dump() -> str:
    """What `pg_dump` writes of the rows: what lies in the backup of a night."""
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    db.session.rollback()
    done = subprocess.run([tool("pg_dump"), "--data-only", url], capture_output=True, text=True, check=True)
    return done.stdout


def rows_of_dump(dumped: str, table: str) -> list[dict[str, Any]]:
    """The rows of one table in the order in which they stand in a dump; bytes as bytes."""
    found = re.search(rf"^COPY \w+\.{table} \((.*?)\) FROM stdin;\n(.*?)^\\\.$", dumped, re.M | re.S)
    if not found:
        return []
    names = found[1].replace('"', "").split(", ")
    lines = found[2].splitlines()
    return [dict(zip(names, map(_value, line.split("\t")), strict=True)) for line in lines]


def _value(copied: str) -> Any:
    return bytes.fromhex(copied[3:]) if copied.startswith("\\\\x") else copied


@dataclass(frozen=True)
class Change:
    """A record of PostgreSQL's log of changes: `at` is its place in the log, which only grows."""

    kind: str
    transaction: int
    at: int
    file: int
    size: int


@dataclass
class LogOfChanges:
    """What `pg_waldump` says of the log from `since` on, and the log's own bytes for what it does not say."""

    folder: Path
    since: int
    changes: list[Change] = field(default_factory=list)
    committed: dict[int, int] = field(default_factory=dict)  # transaction: the place in the log of its end

    @classmethod
    def read(cls, since: int) -> "LogOfChanges":
        checkpoint()  # it also ends the page that was being written
        log = cls(data_directory() / "pg_wal", since)
        [[mine]] = read("SELECT oid FROM pg_database WHERE datname = current_database()")
        said = subprocess.run(
            [tool("pg_waldump"), "--path", str(log.folder), "--start", f"{since >> 32:X}/{since & 0xFFFFFFFF:X}",
             "--end", "{:X}/{:X}".format(*divmod(place(), 1 << 32))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        for found in map(_RECORD.match, said.stdout.splitlines()):
            if found:
                log._take(int(mine), *found.groups())
        return log

    def _take(self, mine: int, manager: str, size: str, xid: str, high: str, low: str, kind: str, rest: str) -> None:
        at = (int(high, 16) << 32) + int(low, 16)
        relation = _RELATION.search(rest)
        if manager == "Transaction" and kind == "COMMIT":
            self.committed[int(xid)] = at
        elif manager in ("Heap", "Heap2") and relation and int(relation[1]) == mine:
            self.changes.append(Change(kind.partition("+")[0], int(xid), at, int(relation[2]), int(size)))

    def words_of(self, change: Change) -> bytes:
        """The bytes of a record; a page's head may stand between them."""
        return self.between(change.at, change.at + change.size + 64)

    def between(self, begin: int, end: int) -> bytes:
        size, found = 1 << 24, b""
        while begin < end:
            number, offset = divmod(begin, size)
            file = self.folder / f"{1:08X}{number >> 8:08X}{number & 0xFF:08X}"
            part = file.read_bytes()[offset : min(size, offset + end - begin)] if file.exists() else b""
            found, begin = found + part, (number + 1) * size
        return found

    def order_of(self, marks: Iterable[bytes]) -> Order:
        """In which order these bytes first come in the log, without those that a page's head stands in."""
        log = self.between(self.since, place())
        at = {mark: log.find(mark) for mark in marks}
        return sorted((mark for mark in at if at[mark] >= 0), key=lambda mark: at[mark])


def keep_the_log(how_much: str = "'8GB'") -> None:
    """As somebody does who archives PostgreSQL's log of changes, or runs a replica."""
    if not on_sqlite():
        db.session.rollback()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ALTER SYSTEM SET wal_keep_size = {how_much}"))
            connection.execute(text("SELECT pg_reload_conf()"))


def place() -> int:
    """Where PostgreSQL's log of changes is just now."""
    high, low = str(read("SELECT pg_current_wal_insert_lsn()")[0][0]).split("/")
    return (int(high, 16) << 32) + int(low, 16)
