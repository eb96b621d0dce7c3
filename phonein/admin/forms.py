"""The shape of what an admin types: a single phone-in, a new time, a reason; and what a series shares with them."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from wtforms import (
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from phonein import clock
from phonein.admin.date_lines import EARLIEST, LATEST
from phonein.delivery.dial_in import PHONE_NUMBER
from phonein.forms import Filled, Form, OneLine, PlainText, a_person, choices
from phonein.identity.models import Person
from phonein.schedule import rhythm

SHORT_CODE = 3  # digits: the least that can be dialled
PIN = re.compile(r"[0-9*# ]+")
COMMON_ZONES = ["Europe/London", "Europe/Dublin", "Europe/Jersey", "Europe/Isle_of_Man", "Europe/Gibraltar", "UTC"]


@cache
def zones() -> list[SelectChoice]:
    """Found out once: it means a look at hundreds of files."""
    every = [*COMMON_ZONES, *sorted(z for z in available_timezones() if "/" in z and z not in COMMON_ZONES)]
    return choices({name: name.replace("_", " ") for name in every})


def a_year_we_plan_for(form: Any, field: Any) -> None:
    if field.data and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(f"Choose a date between {EARLIEST.year} and {LATEST.year}")


def a_number(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, f"Enter a whole number from {low} to {high}")


def a_telephone_number(form: Any, field: Any) -> None:
    if field.data and (not PHONE_NUMBER.fullmatch(field.data) or sum(map(str.isdigit, field.data)) < SHORT_CODE):
        raise ValidationError("Enter a telephone number, like 020 7946 0111")


def a_pin(form: Any, field: Any) -> None:
    if field.data and not PIN.fullmatch(field.data):
        raise ValidationError("Enter the PIN as it is typed on a telephone: digits, * and #")


class WhoReviews(Form):
    """Who looks after what worries us, and who stands in."""

    reviewer_id = SelectField(
        "Safeguarding reviewer",
        description="Sees what askers send straight to safeguarding, and nobody else does: not the facilitators, not "
        "you. Without one, nobody can send anything that way.",
        coerce=a_person,
    )
    deputy_id = SelectField(
        "Deputy",
        description="Sees the same, on the days for which they stand on the rota, and on no other.",
        coerce=a_person,
    )

    def offer_reviewers(self, reviewers: Iterable[Person]) -> None:
        people = {person.id: person.name for person in reviewers}
        self.reviewer_id.choices = choices({"": "Nobody"} | people)
        self.deputy_id.choices = choices({"": "Nobody"} | people)

    def validate_deputy_id(self, field: Any) -> None:
        if field.data and field.data == self.reviewer_id.data:
            raise ValidationError("Choose somebody else than the reviewer, or nobody")


class FactsForm(WhoReviews):
    """What a phone-in is about, who leads it, how to call in."""

    title = StringField("Title", validators=[Filled("Enter a title"), OneLine(120)])
    summary = StringField("In one sentence", validators=[OneLine(300)])
    description = TextAreaField("What people should know", validators=[PlainText(4000)], render_kw={"rows": 5})
    leaders = SelectMultipleField("Who leads it?", validators=[Filled("Choose who leads it")], coerce=int)
    seats = IntegerField("Seats", validators=[Filled("Enter how many seats there are"), a_number(1, 5000)])
    dial_in_number = StringField(
        "Number to call",
        description="Like 020 7946 0111",
        validators=[Filled("Enter the number to call"), OneLine(40), a_telephone_number],
    )
    freephone = StringField("Free number (optional)", validators=[OneLine(40), a_telephone_number])
    pin = StringField("PIN", description="Only people with a seat see it", validators=[OneLine(20), a_pin])

    def offer(self, leaders: Iterable[Person], reviewers: Iterable[Person]) -> None:
        """Who can be chosen: to lead, and to look after what is sent straight to safeguarding."""
        self.leaders.choices = choices({person.id: person.name for person in leaders})
        self.offer_reviewers(reviewers)

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
            "reviewer_id": self.reviewer_id.data,
            "deputy_id": self.deputy_id.data,
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
    minutes = IntegerField("Length in minutes", validators=[Filled("Enter how long it lasts"), a_number(1, 1440)])

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


class EditionForm(Form):
    """Carries which edition of a row the admin saw, so that nobody writes over what somebody else has just changed."""

    edition = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def show_edition(self, edition: int) -> None:
        """From here on whoever saves has seen this one."""
        self.edition.raw_data, self.edition.data = None, edition


class MoveForm(WhenForm, EditionForm):
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
        validators=[Filled("Enter a number of days"), a_number(0, 365)],
    )
    asks_close_hours = IntegerField(
        "…until how many hours before?",
        default=24,
        validators=[Filled("Enter a number of hours"), a_number(0, 365 * 24)],
    )

    def validate_asks_close_hours(self, field: Any) -> None:
        if (
            self.asks_open_days.data is not None
            and field.data is not None
            and field.data >= self.asks_open_days.data * 24
        ):
            raise ValidationError("Asking would close before it opens: choose fewer hours")


class OneOffForm(FactsForm, WhenForm, AskingForm):
    def validate_starts_on(self, field: Any) -> None:
        if self.says_when() and self.instant <= clock.now():
            raise ValidationError("Choose a time that is still to come")


class ChangeForm(FactsForm, AskingForm, EditionForm):
    """One phone-in's facts; its time is changed by moving it."""


class CancelForm(Form):
    reason = TextAreaField(
        "Why? (people who booked read this)",
        validators=[Filled("Say why, in a sentence"), PlainText(500)],
        render_kw={"rows": 3},
    )
