"""The shape of the safeguarding procedure as admins write it: hours by day, support lines by row, no syntax."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms import Form as Part
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from phonein import bank_holidays
from phonein.admin.forms import a_number, zones
from phonein.forms import Filled, Form, OneLine, PlainText, choices, trimmed
from phonein.safeguarding.hours import DAYS, Hours
from phonein.safeguarding.support import MOST, SupportLine

LONGEST = 2000


class DayPart(Part):  # type: ignore[misc]  # WTForms has no types
    begin = TimeField("From", validators=[Optional()])
    end = TimeField("Until", validators=[Optional()])

    def validate(self, *args: Any, **how: Any) -> bool:
        is_valid, begin, end = super().validate(*args, **how), self.begin.data, self.end.data
        if is_valid and (begin is None) != (end is None):
            (self.begin if begin is None else self.end).errors = ["Write both times of a day, or neither"]
        elif is_valid and begin is not None and end != time() and end <= begin:
            self.end.errors = ["Write an end that is later than the begin; 00:00 is midnight"]
        return is_valid and not self.errors


class SupportPart(Part):  # type: ignore[misc]
    name = StringField("Who", filters=[trimmed], validators=[OneLine(60)])
    reach = StringField("How to reach them", filters=[trimmed], validators=[OneLine(160)])
    hours = StringField("When", filters=[trimmed], validators=[OneLine(80)])

    def validate_reach(self, field: Any) -> None:
        if bool(self.name.data) != bool(field.data):
            raise ValidationError("Write who it is and how to reach them, or leave the row empty")


class ProcedureForm(Form):
    lead_name = StringField("Who is responsible for safeguarding?", validators=[OneLine(120)])
    lead_contact = TextAreaField(
        "How can they be reached?",
        description="A number or an address that works, and who stands in when they are away. Facilitators and "
        "reviewers see this, askers do not.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 3},
    )
    escalation = TextAreaField(
        "What happens when something worries somebody?",
        description="Step by step: who is told, by when, what they can do, and what cannot be done. Nobody can find "
        "out who asked.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 6},
    )
    official_routes = TextAreaField(
        "Where are wrongdoing, harassment or a child or adult at risk reported?",
        description="Phonein is not the place. Whoever asks about it is pointed to these routes, with the words here.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 4},
    )
    days = FieldList(FormField(DayPart), min_entries=len(DAYS), max_entries=len(DAYS))
    zone_name = SelectField("On whose clock?", default="Europe/London", choices=zones)
    region = SelectField(
        "Does somebody look on bank holidays?",
        choices=choices(
            {"": "Yes"} | {name: f"Not on those of {words}" for name, words in bank_holidays.REGIONS.items()}
        ),
    )
    target_hours = IntegerField(
        "Within how many of these hours should somebody have looked?",
        description="What comes is due at the end of the day on which they have passed, so that the time tells nobody "
        "when it came.",
        default=4,
        validators=[Filled("Enter a number of hours"), a_number(1, 80)],
    )
    support = FieldList(FormField(SupportPart), min_entries=MOST, max_entries=MOST)
    is_checked = BooleanField("I have tried these numbers and addresses today, and they work")
    edition = IntegerField(widget=HiddenInput(), default=0)
    support_edition = IntegerField(widget=HiddenInput(), default=0)

    @property
    def hours(self) -> Hours:
        """What is typed, by day of the week."""
        typed = {number: (part.begin.data, part.end.data) for number, part in enumerate(self.days)}
        days = {number: (begin, end) for number, (begin, end) in typed.items() if begin is not None and end is not None}
        return Hours(ZoneInfo(self.zone_name.data), days, self.region.data or "")

    @property
    def support_lines(self) -> list[SupportLine]:
        rows = [(part.form.name.data or "", part.reach.data or "", part.hours.data or "") for part in self.support]
        return [SupportLine(*row) for row in rows if row[0]]

    def facts(self) -> dict[str, Any]:
        plain = ("lead_name", "lead_contact", "escalation", "official_routes")
        return {name: getattr(self, name).data or "" for name in plain} | {
            "hours": self.hours.text,
            "zone_name": self.zone_name.data,
            "target_hours": self.target_hours.data,
        }
