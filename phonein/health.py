"""Whether this process can do its work, in words that name no secret."""

import shutil

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from phonein.db import MIGRATIONS, db
from phonein.delivery import runner
from phonein.questions import keys, trust

LEAST_DISK = 100 * 1024 * 1024  # bytes


def faults() -> list[str]:
    """What keeps this process from working; empty when it is ready."""
    try:
        db.session.execute(text("SELECT 1"))
        found = (
            []
            if schema_is_current()
            else ["The database schema is not the one this version needs: run “phonein db upgrade”."]
        )
        db.session.rollback()
    except SQLAlchemyError:
        db.session.rollback()
        found = ["The database does not answer."]
    if shutil.disk_usage(current_app.config["DATA"]).free < LEAST_DISK:
        found.append("Less than 100 MB of disk is free.")
    return found


def degraded() -> list[str]:
    """What is amiss though people can still book: letters or questions wait until it is mended."""
    return _queue_away() + _key_away() + _asking_unsafe()


def _queue_away() -> list[str]:
    if not current_app.config["REDIS_URL"]:
        return []
    try:  # one that answers may still take nothing: a replica, one that is full
        current_app.extensions["phonein.runner"].queue.connection.set("phonein:health", 1, ex=60)
    except runner.away():
        return ["The queue server takes nothing: letters leave with the sweep."]
    return []


def _key_away() -> list[str]:
    try:
        away = keys.away()
    except SQLAlchemyError:  # which `faults` says already
        away = []
    db.session.rollback()
    return ["A sealing key is not in SEAL_DIR: asking and release wait for it."] if away else []


def _asking_unsafe() -> list[str]:
    try:
        unsafe = trust.faults()
    except SQLAlchemyError:
        unsafe = []
    db.session.rollback()
    return ["A setting could tell who asks, so asking waits: “phonein check” names it."] if unsafe else []


def schema_is_current() -> bool:
    """Whether the tables are those that this version needs. A newer schema is: it is laid out before the version that
    needs it, so that both work on it (docs/operations.md)."""
    known = ScriptDirectory(str(MIGRATIONS))
    found = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    return bool(found) and found.isdisjoint(_older_than_ours(known))


def schema_is_newer() -> bool:
    """Whether it was made by a later version."""
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    found = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    db.session.rollback()
    return bool(found - known)


def _older_than_ours(known: ScriptDirectory) -> set[str]:
    return {script.revision for script in known.walk_revisions()} - set(known.get_heads())
