"""What is typed while the hour runs."""

from typing import Any

from wtforms import HiddenField, IntegerField, TextAreaField, ValidationError
from wtforms.validators import Optional

from phonein.desk import hour_notes
from phonein.forms import Filled, Form, PlainText
from phonein.read_aloud.models import AgendaItem

LONGEST_NOTE, LONGEST_WORDING = 4000, 1500


class NoteForm(Form):
    """A note, and which edition of it this page has shown."""

    words = TextAreaField("Notes", validators=[PlainText(LONGEST_NOTE)], render_kw={"rows": 3})
    edition = HiddenField()

    @classmethod
    def of(cls, words: str, about: AgendaItem | None, *, based_on: str | None = None) -> "NoteForm":
        """Ready to be changed. `based_on` is what is kept, where that is another text."""
        form = cls(None, words=words, edition=hour_notes.edition_of(words if based_on is None else based_on))
        form.words.label.text = "Notes on this" if about else "Notes on the whole hour"
        form.words.id = f"note-{about.id}" if about else "notes"
        return form


class AdditionForm(Form):
    addition = TextAreaField(
        "What is asked",
        description="In neutral words, without anything that could point to anybody.",
        validators=[Filled("Write what is asked"), PlainText(LONGEST_WORDING)],
        render_kw={"rows": 3},
    )


class HeadsForm(Form):
    heads = IntegerField("How many are there?", validators=[Optional()], description="A number, and never who")
    most = 0

    @classmethod
    def up_to(cls, most: int, heads: int | None = None) -> "HeadsForm":
        form = cls(heads=heads)
        form.most = most
        return form

    def validate_heads(self, field: Any) -> None:
        if field.errors or (field.data is not None and not 0 <= field.data <= self.most):
            field.errors[:] = []
            raise ValidationError(f"Write a number from 0 to {self.most}")
