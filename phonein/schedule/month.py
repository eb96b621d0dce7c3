"""A month as people hang it on a wall: whole weeks, from Monday."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str | None, *, today: date) -> "Month | None":
        """The month named like 2026-12; this month for nothing; None for what is no month."""
        if not text:
            return cls(today.year, today.month)
        found = re.fullmatch(r"(\d{4})-(\d{2})", text)
        if not found:
            return None
        month = cls(int(found[1]), int(found[2]))
        return month if FIRST_YEAR <= month.year <= LAST_YEAR and 1 <= month.number <= 12 else None

    @property
    def weeks(self) -> list[list[date]]:
        return calendar.Calendar().monthdatescalendar(self.year, self.number)

    @property
    def first_shown(self) -> date:
        return self.weeks[0][0]

    @property
    def last_shown(self) -> date:
        return self.weeks[-1][-1]

    @property
    def name(self) -> str:
        return f"{date(self.year, self.number, 1):%B %Y}"

    @property
    def before(self) -> "Month":
        return self._of(date(self.year, self.number, 1) - timedelta(days=1))

    @property
    def after(self) -> "Month":
        return self._of(date(self.year, self.number, 28) + timedelta(days=4))

    def holds(self, day: date) -> bool:
        return (day.year, day.month) == (self.year, self.number)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @classmethod
    def _of(cls, day: date) -> "Month":
        return cls(day.year, day.month)
