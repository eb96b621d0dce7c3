"""The shape of moving somebody to another place in a waiting list."""

from collections.abc import Sequence

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange
from wtforms.widgets import HiddenInput

from phonein.booking.waiting_models import Wait
from phonein.forms import Filled, Form, PlainText, choices

LONGEST = len(str(2**31))  # digits of what the number of a wait can be


class PlaceForm(Form):
    """Who, to which place, and why. `seen` is the line as the admin saw it: the numbers of its waits, in order."""

    wait_id = SelectField("Who?", coerce=int, validate_choice=False)
    place = IntegerField("To which place?", validators=[Filled("Enter a place in the line, like 1")])
    reason = TextAreaField(
        "Why?",
        description="Every admin can read this. Name nobody, and write nothing that was told you in confidence.",
        validators=[Filled("Say why, in a sentence"), PlainText(500)],
        render_kw={"rows": 3},
    )
    seen = StringField(widget=HiddenInput())

    def show(self, line: Sequence[Wait]) -> None:
        """From here on whoever saves has seen this line."""
        names = {wait.id: f"{place}. {wait.person.name}" for place, wait in enumerate(line, start=1)}
        self.wait_id.choices = choices(names)
        self.seen.raw_data, self.seen.data = None, " ".join(str(wait.id) for wait in line)

    @property
    def seen_ids(self) -> list[int]:
        """Nothing at all where it is no line that we have shown."""
        words = (self.seen.data or "").split()
        are_numbers = all(word.isascii() and word.isdecimal() and len(word) <= LONGEST for word in words)
        return [int(word) for word in words] if are_numbers else []

    def takes_places_up_to(self, number: int) -> None:
        last = NumberRange(1, number, f"Enter a whole number from 1 to {number}")
        self.place.validators = [*self.place.validators, last]
