"""What the database itself keeps about when something was written: asked of the running database, not of its files."""

import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from phonein.db import db, on_sqlite

SLOW = 1000  # milliseconds: statements that take longer may be logged, without their values
# Of SQLITE_PRAGMAS those by which words that were deleted, or their order, would stay in some file.
PRAGMAS = {"journal_mode": "truncate", "secure_delete": "1", "temp_store": "2"}
_LIBRARIES = re.compile(r"\b(pgaudit|auto_explain)\b")
# Settings as they are for us now, and as they will be for whoever connects next, as any role: a release writes too.
_IN_FORCE = text("SELECT name, setting FROM pg_settings")
_AT_THE_NEXT_CONNECTION = text(
    "SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setdatabase IN "
    "(0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


def _on(value: str) -> bool:
    return value.lower() in ("on", "true", "yes", "1")


def _milliseconds(value: str) -> float:
    """As PostgreSQL reads a time: 250, 250ms, 1s, 2min. -1 is never."""
    found = re.fullmatch(r"(-?[\d.]+) *(us|ms|s|min|h|d)?", value)
    if not found:
        return 0.0  # nobody knows, so it counts as always
    units = {None: 1.0, "us": 0.001, "ms": 1.0, "s": 1e3, "min": 6e4, "h": 3.6e6, "d": 8.64e7}
    return float(found[1]) * units[found[2]]


def _from_zero(value: str) -> bool:
    return _milliseconds(value) >= 0


# The setting, when it breaks the promise, and the sentence.
BREAKING: dict[str, tuple[Callable[[str], bool], str]] = {
    "track_commit_timestamp": (_on, "keeps when each row was written: set it to off and start PostgreSQL anew."),
    "wal_level": (
        lambda value: value == "logical",
        "is logical, so every change can be read with its time: set it to replica and start PostgreSQL anew.",
    ),
    "log_statement": (
        lambda value: value in ("mod", "all"),
        "writes changes into the log, with the time and the words: set it to ddl or none.",
    ),
    "log_min_duration_statement": (
        lambda value: 0 <= _milliseconds(value) < SLOW,
        "writes quick statements into the log, with the time and the words: set it to -1.",
    ),
    "log_min_duration_sample": (_from_zero, "writes some statements into the log, with the words: set it to -1."),
    "log_transaction_sample_rate": (
        lambda value: float(value) > 0,
        "writes some transactions into the log, with the words: set it to 0.",
    ),
    "log_duration": (_on, "writes into the log when there was a statement: set it to off."),
    "log_parameter_max_length_on_error": (
        lambda value: value.split()[0] != "0",
        "writes the words of a statement that failed into the log: set it to 0.",
    ),
    "debug_print_parse": (_on, "writes statements into the log: set it to off."),
    "debug_print_rewritten": (_on, "writes statements into the log: set it to off."),
    "debug_print_plan": (_on, "writes statements into the log: set it to off."),
} | {
    f"{which}_preload_libraries": (
        lambda value: bool(_LIBRARIES.search(value)),
        "loads pgaudit or auto_explain, which log statements with their time: take it out and connect anew.",
    )
    for which in ("shared", "session", "local")
}


def faults() -> list[str]:
    """Every setting of the running database that breaks the promise, in words."""
    return _pragmas_not_in_force() if on_sqlite() else _faults_of_postgres()


def advice() -> list[str]:
    """What does not break it, and where less would be better."""
    if on_sqlite():
        return []
    found, settings = [], _settings()
    if settings.get("archive_mode", {"off"}) - {"off"}:
        found.append(
            "PostgreSQL archives its log of changes (archive_mode), in which stands when each envelope came: keep it "
            "for seven days at most, and away from whoever can read sign-ins."
        )
    slow = {value for value in settings.get("log_min_duration_statement", ()) if _milliseconds(value) >= SLOW}
    if slow and settings.get("log_parameter_max_length", {"0"}) - {"0"}:
        found.append("PostgreSQL logs slow statements with their words: set log_parameter_max_length to 0.")
    return found


def data_folders() -> list[Path]:
    """Where PostgreSQL keeps its files, if our role may know."""
    return [Path(value) for value in _settings().get("data_directory", ())]


def _faults_of_postgres() -> list[str]:
    settings, found = _settings(), []
    for name, (breaks, words) in BREAKING.items():
        if any(breaks(value) for value in settings.get(name, ())):
            found.append(f"PostgreSQL's {name} {words}")
    # A library's own settings are there while it is loaded; the list of libraries itself only admins of it may read.
    if loaded := sorted({name.split(".")[0] for name in settings if name.startswith(("pgaudit.", "auto_explain."))}):
        found.append(f"PostgreSQL has {' and '.join(loaded)} loaded or set up, by which statements are logged with "
                     "their time: take it out of the database that Phonein uses.")  # fmt: skip
    if names := db.session.scalars(text("SELECT pubname FROM pg_publication")).all():
        found.append(f"PostgreSQL publishes changes as they come ({', '.join(names)}): drop the publication.")
    slots = text("SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'logical'")
    if names := db.session.scalars(slots).all():
        found.append(f"Somebody reads PostgreSQL's changes as they come ({', '.join(names)}): drop the logical slot.")
    return found


def _settings() -> dict[str, set[str]]:
    """Each setting's values: more than one, where a role or the next connection has another than we."""
    settings = {name: {value} for name, value in db.session.execute(_IN_FORCE)}
    for line in db.session.scalars(_AT_THE_NEXT_CONNECTION):
        name, _, value = line.partition("=")
        settings.setdefault(name, set()).add(value)
    return settings


def _pragmas_not_in_force() -> list[str]:
    return [
        f"SQLite runs with {name} = {value}, so what was deleted stays in a file: see that no other program has the "
        "database open, and start Phonein anew."
        for name, wanted in PRAGMAS.items()
        if (value := str(db.session.scalar(text(f"PRAGMA {name}")))) != wanted
    ]
