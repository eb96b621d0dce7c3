"""The shape of what an admin types: a series, a single phone-in, a new time, a reason."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from phonein import clock
from phonein.forms import Filled, Form, OneLine, PlainText, choices
from phonein.schedule import rhythm

DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
REPEATS = {
    "1": "Every week",
    "2": "Every 2 weeks",
    "3": "Every 3 weeks",
    "month": "Every month on the same weekday (like the second Tuesday)",
    "last": "Every month on the last such weekday",
}
ENDS = {"never": "No end", "count": "After a number of phone-ins", "until": "On a date"}
EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)
COMMON_ZONES = ["Europe/London", "Europe/Dublin", "Europe/Jersey", "Europe/Isle_of_Man", "Europe/Gibraltar", "UTC"]


def zones() -> list[SelectChoice]:
    every = [*COMMON_ZONES, *sorted(z for z in available_timezones() if "/" in z and z not in COMMON_ZONES)]
    return choices({name: name.replace("_", " ") for name in every})


def a_year_we_plan_for(form: Any, field: Any) -> None:
    if field.data and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(f"Choose a date between {EARLIEST.year} and {LATEST.year}")


def a_number(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, f"Enter a whole number from {low} to {high}")


class FactsForm(Form):
    """What a phone-in is about, who leads it, how to call in."""

    title = StringField("Title", validators=[Filled("Enter a title"), OneLine(120)])
    summary = StringField("In one sentence", validators=[OneLine(300)])
    description = TextAreaField("What people should know", validators=[PlainText(4000)], render_kw={"rows": 5})
    leaders = SelectMultipleField("Who leads it?", validators=[Filled("Choose who leads it")], coerce=int)
    seats = IntegerField("Seats", validators=[Filled("Enter how many seats there are"), a_number(1, 5000)])
    dial_in_number = StringField(
        "Number to call",
        description="Like 020 7946 0111",
        validators=[Filled("Enter the number to call"), OneLine(40)],
    )
    freephone = StringField("Free number (optional)", validators=[OneLine(40)])
    pin = StringField("PIN", description="Only people with a seat see it", validators=[OneLine(20)])

    def facts(self) -> dict[str, Any]:
        """The columns of a series or phone-in that this form fills."""
        return {
            "title": self.title.data,
            "summary": self.summary.data or "",
            "description": self.description.data or "",
            "dial_in_number": self.dial_in_number.data or "",
            "freephone": self.freephone.data or None,
            "pin": self.pin.data or "",
            "seats": self.seats.data,
        }


class WhenForm(Form):
    """A date, a time on the wall clock of a place, and a length."""

    zone_name = SelectField("Whose clock?", default="Europe/London", choices=zones)
    starts_on = DateField("Date", validators=[Filled("Enter a date"), a_year_we_plan_for])
    starts_at = TimeField(
        "Start time",
        description="24-hour clock, like 19:30",
        validators=[Filled("Enter a start time, like 19:30")],
    )
    minutes = IntegerField("Length in minutes", validators=[Filled("Enter how long it lasts"), a_number(5, 480)])

    def validate_starts_at(self, field: Any) -> None:
        if self.says_when() and rhythm.is_skipped(self.starts_local, self.zone):
            raise ValidationError("The clocks go forward that night and jump over this time: choose another")

    def says_when(self) -> bool:
        """Whether date, time and place are there and can be; until then nothing can be reckoned with them."""
        asked = [self.starts_on, self.starts_at, *([self.zone_name] if self.zone_name else [])]
        return all(field.data and not field.errors for field in asked)

    @property
    def starts_local(self) -> datetime:
        return datetime.combine(self.starts_on.data, self.starts_at.data)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name.data)

    @property
    def instant(self) -> datetime:
        return rhythm.instant(self.starts_local, self.zone)


class MoveForm(WhenForm):
    """A new time for one phone-in, on the clock of its own zone."""

    zone_name = None

    def __init__(self, zone: ZoneInfo, **values: Any) -> None:
        self.own_zone = zone
        super().__init__(**values)

    def validate_starts_on(self, field: Any) -> None:
        if self.says_when() and self.instant <= clock.now():
            raise ValidationError("Choose a time that is still to come")

    @property
    def zone(self) -> ZoneInfo:
        return self.own_zone


class AskingForm(Form):
    asks_open_days = IntegerField(
        "Questions can be asked from how many days before?",
        default=7,
        validators=[Filled("Enter a number of days"), a_number(1, 60)],
    )
    asks_close_hours = IntegerField(
        "…until how many hours before?",
        default=24,
        validators=[Filled("Enter a number of hours"), a_number(0, 240)],
    )

    def validate_asks_close_hours(self, field: Any) -> None:
        if self.asks_open_days.data and field.data is not None and field.data >= self.asks_open_days.data * 24:
            raise ValidationError("Asking would close before it opens: choose fewer hours")


class OneOffForm(FactsForm, WhenForm, AskingForm):
    def validate_starts_on(self, field: Any) -> None:
        if self.says_when() and self.instant <= clock.now():
            raise ValidationError("Choose a time that is still to come")


class SeriesForm(FactsForm, WhenForm, AskingForm):
    """A series: the facts, and a rhythm put together from plain words."""

    repeat = RadioField("How often?", default="1", choices=choices(REPEATS))
    weekdays = SelectMultipleField("On which days?", choices=choices(DAYS), validators=[Optional()])
    ends = RadioField("When does it end?", default="never", choices=choices(ENDS))
    count = IntegerField("How many phone-ins?", validators=[Optional(), a_number(1, 500)])
    until = DateField("Last day", validators=[Optional(), a_year_we_plan_for])

    def validate_ends(self, field: Any) -> None:
        if field.data == "count" and not self.count.data:
            self.count.errors = [*self.count.errors, "Enter how many phone-ins there are"]
            raise ValidationError("Enter how many phone-ins there are")
        if field.data == "until" and not self.until.data:
            raise ValidationError("Enter the last day")
        if field.data == "until" and self.starts_on.data and self.until.data < self.starts_on.data:
            raise ValidationError("The last day is before the first: choose a later one")

    @property
    def rule(self) -> str:
        """The rhythm as an RFC 5545 rule. UNTIL is an instant in UTC: the end of the last day in its own zone."""
        day = list(DAYS)[self.starts_on.data.weekday()]
        if self.repeat.data == "month":
            parts = ["FREQ=MONTHLY", f"BYDAY={(self.starts_on.data.day - 1) // 7 + 1}{day}"]
        elif self.repeat.data == "last":
            parts = ["FREQ=MONTHLY", f"BYDAY=-1{day}"]
        else:
            chosen = [d for d in DAYS if d in (self.weekdays.data or [])] or [day]
            every = [f"INTERVAL={self.repeat.data}"] if self.repeat.data != "1" else []
            parts = ["FREQ=WEEKLY", *every, f"BYDAY={','.join(chosen)}"]
        if self.ends.data == "count":
            parts.append(f"COUNT={self.count.data}")
        elif self.ends.data == "until":
            last = datetime.combine(self.until.data, time(23, 59, 59), self.zone)
            parts.append(f"UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        return ";".join(parts)


class ChangeForm(FactsForm):
    """One phone-in's facts; its time is changed by moving it."""


class CancelForm(Form):
    reason = TextAreaField(
        "Why? (people who booked read this)",
        validators=[Filled("Say why, in a sentence"), PlainText(500)],
        render_kw={"rows": 3},
    )
