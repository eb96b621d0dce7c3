"""Whether the promise holds on this machine as it runs now: every setting by which somebody could learn who asked.

While there is one, nothing is taken. docs/operations.md has the right set-up; `phonein check` says all of it at once.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from flask import current_app

from config import is_on, promise_breakers
from phonein.db import db, on_sqlite
from phonein.errors import Refused
from phonein.questions import database_role, database_settings

FRESH_FOR = 300  # seconds: so long may a setting be changed before asking notices
LEAST_HOLDERS = 5
# What reports errors or traces to somebody else, with the time, the address and sometimes the words.
REPORTERS = {
    "sentry_sdk": "Sentry",
    "opentelemetry.sdk": "OpenTelemetry",
    "ddtrace": "Datadog",
    "newrelic.agent": "New Relic",
    "elasticapm": "Elastic APM",
    "rollbar": "Rollbar",
    "bugsnag": "Bugsnag",
    "honeybadger": "Honeybadger",
    "scout_apm": "Scout",
    "appsignal": "AppSignal",
}
REPORTING = ("SENTRY_DSN", "OTEL_", "DD_TRACE_", "DD_AGENT_", "NEW_RELIC_", "ELASTIC_APM_", "APPLICATIONINSIGHTS_")


class AskingUnsafe(Refused):
    """Something in how this service runs just now could tell who asks, so no question is taken until it is mended.
    Nothing is wrong with you or your pass, which has not been used. Copy your words, or send them again later."""

    status = 503
    title = "Asking is not safe just now"


def refuse_if_unsafe() -> None:
    """Raises AskingUnsafe."""
    if faults():
        raise AskingUnsafe


def why_unsafe() -> str:
    """The words for whoever wants to ask; "" while it is safe."""
    return str(AskingUnsafe()) if faults() else ""


def faults() -> list[str]:
    """What `look` has found, at most five minutes ago."""
    kept: tuple[float, list[str]] | None = current_app.extensions.get("phonein.trust")
    if kept is None or time.monotonic() > kept[0] + FRESH_FOR:
        kept = time.monotonic(), look()
        current_app.extensions["phonein.trust"] = kept
    return kept[1]


def look() -> list[str]:
    """Everything that breaks the promise just now, each as a sentence that says what to do."""
    return [
        *promise_breakers(current_app.config),
        *_too_few(),
        *_keys_beside_the_database(),
        *database_settings.faults(),
        *_role_is_unfit(),
        *_reporters(),
    ]


def advice() -> list[str]:
    """What keeps the promise and could keep it better."""
    return database_settings.advice()


def _too_few() -> Iterator[str]:
    if current_app.config["LEAST_HOLDERS"] < LEAST_HOLDERS:
        yield f"LEAST_HOLDERS is below {LEAST_HOLDERS}, so too few could have asked: raise it, to 10 if you can."


def _keys_beside_the_database() -> Iterator[str]:
    seal: Path = current_app.config["SEAL_DIR"]
    for folder in _folders_of_the_database():
        if seal == folder or folder in seal.parents:
            yield "SEAL_DIR lies in the database's own folder, so a copy of that would hold the keys: move it out."


def _folders_of_the_database() -> list[Path]:
    if on_sqlite():
        # Its own data folder is looked at with the other settings.
        file = Path(db.engine.url.database or "").resolve()
        return [] if current_app.config["DATA"] in file.parents else [file.parent]
    return database_settings.data_folders()


def _role_is_unfit() -> Iterator[str]:
    if current_app.config["DOOR"] != "q":
        return
    again = "run “phonein grant-door ROLE” as the database's owner, and name that role in the door's DATABASE_URL."
    if besides := database_role.readable_besides():
        yield f"The database role of the anonymous door can read {', '.join(besides)}: {again}"
    if lacking := database_role.lacking():
        yield f"The database role of the anonymous door lacks rights on {', '.join(lacking)}: {again}"


def _reporters() -> Iterator[str]:
    for module, name in REPORTERS.items():
        if module in sys.modules:
            yield f"{name} is loaded, and may report who asked when: take it out of every process that serves /q."
    if is_on(os.environ.get("OTEL_SDK_DISABLED")):
        return
    for name in sorted(os.environ):
        if name.startswith(REPORTING):
            yield f"{name} is set, by which requests may be reported: take it from every process that serves /q."
