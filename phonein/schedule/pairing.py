"""Which old date of a series becomes which new one, when its rhythm changes. Pure arithmetic over days."""

from collections.abc import Callable, Hashable, Sequence
from datetime import date

# The closest first: on the same day, within the same week, within the same month.
NEAR: tuple[Callable[[date], Hashable], ...] = (
    lambda day: day,
    lambda day: day.isocalendar()[:2],
    lambda day: (day.year, day.month),
)


def pair(old: Sequence[date | None], new: Sequence[date]) -> list[int | None]:
    """For each old day the place of its new one in `new`; None where the series has no such date any more.

    An old day of None shall have no new one. Both are in order. Somebody who has booked the Tuesday is moved to that
    week's Wednesday, not cancelled: first come equal days, then what is left of a week in order, then what is left of a
    month. No new date is given out twice.
    """
    found: list[int | None] = [None] * len(old)
    free = list(range(len(new)))
    for near in NEAR:
        waiting: dict[Hashable, list[int]] = {}
        for place in free:
            waiting.setdefault(near(new[place]), []).append(place)
        for number, day in enumerate(old):
            if day and found[number] is None and (places := waiting.get(near(day))):
                found[number] = places.pop(0)
        free = [place for places in waiting.values() for place in places]
    return found
