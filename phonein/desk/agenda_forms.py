"""The shape of what is typed on the agenda's page."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import IntegerField, RadioField, TextAreaField, ValidationError
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from phonein.forms import Filled, Form, OneLine, PlainText, choices
from phonein.read_aloud.models import BREAK, CLOSE, OPENER, SECTION, AgendaItem

KINDS = {
    SECTION: "A heading for the questions after it",
    OPENER: "An opening, before everything else",
    BREAK: "A break",
    CLOSE: "The close, after everything else",
}
MOST_MINUTES = 240


def some_minutes() -> list[Any]:
    said = f"Enter the minutes as a whole number from 0 to {MOST_MINUTES}"
    return [Filled(said), NumberRange(0, MOST_MINUTES, said)]


class MoveForm(Form):
    place = IntegerField("Move to place", validators=[Optional()])


class AddForm(Form):
    kind = RadioField("What do you add?", choices=choices(KINDS), default=SECTION, validators=[Filled("Choose one")])
    words = TextAreaField(
        "Its words",
        description="For a heading, the heading. Else what you want to say, if you like to have it before you.",
        validators=[PlainText(1000)],
        render_kw={"rows": 2},
    )
    minutes = IntegerField("Minutes", description="A heading takes none", default=5, validators=some_minutes())

    def validate_words(self, field: Any) -> None:
        if self.kind.data == SECTION and not field.data:
            raise ValidationError("Write the words of the heading")
        if self.kind.data == SECTION:
            OneLine(200)(self, field)


class WordsForm(Form):
    words = TextAreaField("Its words", validators=[PlainText(1000)], render_kw={"rows": 2})


class EachForm(Form):
    each = IntegerField("Minutes for each question", default=5, validators=some_minutes())


class MinutesForm(Form):
    """One box for each item, and beside it what the box held when the page was shown; see `minutes_form`."""

    def show(self, items: Iterable[AgendaItem]) -> None:
        """From here on whoever saves has seen these minutes; what was typed stays."""
        for item in _timed(items):
            was = self[f"was-{item.id}"]
            was.raw_data, was.data = None, item.minutes

    @property
    def wanted(self) -> Mapping[str, tuple[int, int]]:
        """By the item's name: the minutes it had, and those it is to have."""
        names = [name.removeprefix("minutes-") for name in self._fields if name.startswith("minutes-")]
        boxes = {name: (self[f"was-{name}"].data, self[f"minutes-{name}"].data) for name in names}
        return {name: both for name, both in boxes.items() if None not in both}


def minutes_form(items: Iterable[AgendaItem], **kwargs: Any) -> MinutesForm:
    """For what is on the agenda now. What was sent about anything else is not looked at."""
    boxes: dict[str, Any] = {}
    for item in _timed(items):
        boxes[f"minutes-{item.id}"] = IntegerField("Minutes", default=item.minutes, validators=some_minutes())
        boxes[f"was-{item.id}"] = IntegerField(default=item.minutes, widget=HiddenInput(), validators=[Optional()])
    form: MinutesForm = type("MinutesFormOfThese", (MinutesForm,), boxes)(**kwargs)
    return form


def _timed(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """A heading takes no time."""
    return [item for item in items if item.kind != SECTION]
