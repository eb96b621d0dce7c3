"""Quarters of a year: the stretch of time over which figures are shown, once it is over and nothing in it changes."""

from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = ("January to March", "April to June", "July to September", "October to December")


@dataclass(frozen=True, order=True)
class Quarter:
    """October to December 2026"""

    year: int
    number: int  # from 1 to 4

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @property
    def begins_on(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        return Quarter.of(self.begins_on - timedelta(days=1))

    def is_over(self, today: date, after: timedelta) -> bool:
        """Whether everything that began in it has been over for so long; what begins on its last evening ends a day
        later, and by another clock yet another day later."""
        return today >= self.next.begins_on + after + timedelta(days=2)

    def __str__(self) -> str:
        return f"{MONTHS[self.number - 1]} {self.year}"
