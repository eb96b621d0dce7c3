"""The shape of a rhythm as an admin types it: first date, how often, on which days, until when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, IntegerField, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import StopValidation

from phonein import formats
from phonein.admin.forms import WhenForm, a_number, a_year_we_plan_for
from phonein.forms import Filled, choices
from phonein.schedule import rhythm
from phonein.schedule.pattern import DAYS, LAST, LONGEST_INTERVAL, MOST_TIMES, Pattern, day_of, nth_in_month

KEEP = "keep"
REPEATS = {
    "once": "Once, on that date only",
    "weekly": "Every week, or every few weeks",
    "nth": "Monthly, on the same weekday (like the second Tuesday)",
    "last": "Monthly, on the last such weekday",
    "day": "Monthly, on the same day of the month (like the 15th)",
    "first-working": "Monthly, on the first working day (Monday to Friday)",
    "last-working": "Monthly, on the last working day (Monday to Friday)",
}
ENDS = {"never": "No end", "count": "After a number of phone-ins", "until": "On a date"}
TWO_MONTHS = 62


class NeededAtEnd:
    """Weighs a field only while the rhythm ends in this way, and then it must be filled."""

    def __init__(self, end: str, words: str) -> None:
        self.end, self.words = end, words

    def __call__(self, form: Any, field: Any) -> None:
        if form.ends.data != self.end or form.repeat.data in ("once", KEEP):
            field.errors[:] = []
            raise StopValidation
        Filled(self.words)(form, field)


@dataclass(frozen=True)
class Stored:
    """The rhythm that is there before anything is typed: a first wall-clock start, its zone and its rule."""

    first_local: datetime
    zone: ZoneInfo
    rule: str | None

    @property
    def pattern(self) -> Pattern | None:
        return Pattern.read(self.rule, self.first_local, self.zone)


class RhythmForm(WhenForm):
    """When a series takes place, put together from plain words. With `stored` there is a rhythm already, and its rule
    stays as it is while what is meant does not change."""

    repeat = RadioField("How often?", default="weekly", choices=choices(REPEATS))
    every = IntegerField(
        "Every how many weeks or months?",
        default=1,
        description="1 for each, 2 for every second, up to 12",
        validators=[Filled("Enter 1 for each, 2 for every second"), a_number(1, LONGEST_INTERVAL)],
    )
    weekdays = SelectMultipleField(
        "On which days?", description="None ticked means the day of the first date", choices=choices(DAYS)
    )
    ends = RadioField("When does it end?", default="never", choices=choices(ENDS))
    count = IntegerField(
        "How many phone-ins?",
        validators=[NeededAtEnd("count", "Enter how many phone-ins there are"), a_number(1, MOST_TIMES)],
    )
    until = DateField("Last day", validators=[NeededAtEnd("until", "Enter the last day"), a_year_we_plan_for])

    def __init__(self, stored: Stored | None = None, **values: Any) -> None:
        self.stored = stored
        super().__init__(**values)
        self.starts_on.label.text = "First date"
        if stored and stored.zone.key not in {choice.value for choice in self.zone_name.choices}:
            self.zone_name.choices = [*self.zone_name.choices, *choices({stored.zone.key: stored.zone.key})]
        if stored and not stored.pattern:
            self.repeat.choices = choices({KEEP: "Keep the rule as it is"} | REPEATS)

    def validate_starts_on(self, field: Any) -> None:
        if not self.says_when() or self.repeat.data not in {*REPEATS, KEEP}:
            return
        if self.repeat.data == KEEP:
            if self.instant not in rhythm.starts(self.starts_local, self.zone, self.rule, until=self.instant):
                raise ValidationError(f"{formats.day(field.data)} is none of the dates of its rule: choose one that is")
            return
        if self.repeat.data == "nth" and nth_in_month(field.data) > 4:
            raise ValidationError(
                f"Not every month has a fifth {field.data:%A}: choose an earlier date, or “the last such weekday”"
            )
        if not self._repeat.falls_on(field.data):
            days = (field.data + timedelta(days=ahead) for ahead in range(TWO_MONTHS))
            fitting = next(day for day in days if self._repeat.falls_on(day))
            raise ValidationError(
                f"{formats.day(field.data)} is not one of these days: the next that is, is {formats.day(fitting)}"
            )

    def validate_until(self, field: Any) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError("The last day is before the first: choose a later one")

    @property
    def _repeat(self) -> Pattern:
        first, own = self.starts_on.data, day_of(self.starts_on.data)
        chosen = tuple(day for day in DAYS if day in (self.weekdays.data or [])) or (own,)
        return {
            "once": Pattern("once"),
            "weekly": Pattern("weekly", days=chosen),
            "nth": Pattern("nth", days=(own,), nth=nth_in_month(first)),
            "last": Pattern("nth", days=(own,), nth=LAST),
            "day": Pattern("day", nth=first.day),
            "first-working": Pattern("working", nth=1),
            "last-working": Pattern("working", nth=LAST),
        }[self.repeat.data]

    @property
    def pattern(self) -> Pattern | None:
        """What is meant, or None where the rule is kept as it is."""
        if self.repeat.data == KEEP:
            return None
        if self.repeat.data == "once":
            return self._repeat
        return replace(
            self._repeat,
            interval=self.every.data,
            count=self.count.data if self.ends.data == "count" else None,
            until=self.until.data if self.ends.data == "until" else None,
        )

    @property
    def rule(self) -> str | None:
        """The RFC 5545 rule. One that is there already and means the same stays as it is, to the letter."""
        pattern = self.pattern
        if self.stored and (pattern is None or self._read(self.stored.rule) == pattern):
            return self.stored.rule
        return pattern.rule(self.starts_local, self.zone) if pattern else None

    def _read(self, rule: str | None) -> Pattern | None:
        return Pattern.read(rule, self.starts_local, self.zone)
