"""The one clock. Nothing else in phonein asks the computer what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _stopped.get() or datetime.now(UTC)


def today() -> date:
    """The day in UTC: all the precision we keep about what a member of staff did."""
    return now().date()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[datetime]:
    """Inside the block it is `moment` and stays so: for tests, and for commands that are told `--as-of`."""
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _stopped.reset(token)
