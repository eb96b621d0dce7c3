"""Which names of time zones we know."""

from functools import cache
from zoneinfo import available_timezones


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone, as Europe/London is. Never looks for a file of that name."""
    return name in _known()
