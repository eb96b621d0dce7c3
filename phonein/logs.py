"""Structured logs, one JSON object a line, without personal data: routes and counts, never paths, names or words."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import g, has_app_context

# What a log line may carry besides its sentence. Anything else that somebody passes is dropped.
ALLOWED = {"event", "level", "logger", "timestamp", "error", "where", "route", "letter", "count", "port", "slug"}
SERVERS = ("waitress", "werkzeug", "gunicorn")


def init_app() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _only_allowed,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(_not_at_the_anonymous_door)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("phonein").setLevel(logging.INFO)


def _not_at_the_anonymous_door(record: logging.LogRecord) -> bool:
    """Whatever it is, and whichever library says it: with its time, a line would say when somebody asked. A web server
    may speak of a request when the app knows nothing of it any more."""
    at_the_door = has_app_context() and getattr(g, "is_unknown", False)
    return not at_the_door and not (record.name.startswith(SERVERS) and "/q" in record.getMessage())


def _only_allowed(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in line.items() if name in ALLOWED}
