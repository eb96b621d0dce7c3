"""The form in which somebody chooses when they are reminded of a seat."""

from typing import Any

from wtforms import IntegerField, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import Optional

from phonein.booking import reminder_times
from phonein.booking.reminder_times import DAY_BEFORE, HOUR_BEFORE, MOST
from phonein.forms import Form, choices

USUAL = {str(DAY_BEFORE): "A day before", str(HOUR_BEFORE): "An hour before"}
UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}
FEWEST_MINUTES = 5


class RemindersForm(Form):
    """Nothing chosen is a choice too: no reminders."""

    usual = SelectMultipleField(
        "When should we remind you of a seat?",
        choices=choices(USUAL),
        description="By letter, and at night too if a phone-in is early. Leave it all empty for no reminders.",
    )
    number = IntegerField(
        "At another time as well",
        validators=[Optional()],
        description="How many minutes, hours or days before, up to 7 days. For example 3",
    )
    unit = RadioField("Minutes, hours or days", choices=choices({unit: unit for unit in UNITS}), default="hours")

    @classmethod
    def of(cls, reminders: str) -> "RemindersForm":
        """What is chosen already, ready to be changed."""
        minutes = reminder_times.wanted(reminders)
        own = next((one for one in minutes if str(one) not in USUAL), None)
        number, unit = reminder_times.number_and_unit(own) if own else (None, "hours")
        return cls(data={"usual": [one for one in USUAL if int(one) in minutes], "number": number, "unit": unit})

    @property
    def minutes(self) -> set[int]:
        """All that is chosen."""
        own = {self.number.data * UNITS[self.unit.data]} if self.number.data else set()
        return {int(usual) for usual in self.usual.data} | own

    def validate_number(self, field: Any) -> None:
        if field.data is None:
            if field.errors:
                field.errors[:] = []
                raise ValidationError("Write a whole number, for example 3")
            return
        most = MOST.days * 24 * 60
        if not FEWEST_MINUTES <= field.data * UNITS.get(self.unit.data, 1) <= most:
            raise ValidationError(f"Choose between {FEWEST_MINUTES} minutes and {MOST.days} days before")
