"""The form of one word list or text."""

from typing import Any

from wtforms import HiddenField, TextAreaField, ValidationError

from phonein.forms import Filled, Form, PlainText
from phonein.questions import word_lists
from phonein.wording import Edition

LONGEST = 30_000  # characters: a longer list would not come through the door of a form
MOST_TOLD = 10  # faults told at once


class WordsForm(Form):
    words = TextAreaField(
        "The list",
        validators=[Filled("Leave at least one line: an empty list would look as if it were lost"), PlainText(LONGEST)],
        render_kw={"rows": 24, "spellcheck": "false"},
    )
    edition = HiddenField(validators=[Filled("Open the page again")])

    def __init__(self, name: str, shipped: str, newest: Edition) -> None:
        super().__init__(data={"words": newest.words, "edition": str(newest.edition)})
        self._name, self._shipped = name, shipped
        self.faults: list[tuple[int, str]] = []

    @property
    def after(self) -> int:
        """The edition that was on the page; -1 where that was none."""
        return int(self.edition.data) if str(self.edition.data).isdecimal() else -1

    def validate_words(self, field: Any) -> None:
        self.faults = word_lists.faults(self._name, field.data, self._shipped)
        if self.faults:
            number, fault = self.faults[0]
            more = f" ({len(self.faults) - 1} more below)" if len(self.faults) > 1 else ""
            raise ValidationError(f"Line {number}: {fault}{more}")
