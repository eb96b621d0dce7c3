"""Whether this process can do its work, in words that name no secret."""

import shutil

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from phonein.db import MIGRATIONS, db
from phonein.questions import keys

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
    return _queue_away() + _key_away()


def _queue_away() -> list[str]:
    if not current_app.config["REDIS_URL"]:
        return []
    try:
        current_app.extensions["phonein.runner"].queue.connection.ping()
    except (RedisError, OSError):
        return ["The queue server does not answer: letters leave with the sweep."]
    return []


def _key_away() -> list[str]:
    try:
        away = keys.away()
    except SQLAlchemyError:  # which `faults` says already
        away = []
    db.session.rollback()
    return ["A sealing key is not in SEAL_DIR: asking and release wait for it."] if away else []


def schema_is_current() -> bool:
    heads = set(ScriptDirectory(str(MIGRATIONS)).get_heads())
    return set(MigrationContext.configure(db.session.connection()).get_current_heads()) == heads
