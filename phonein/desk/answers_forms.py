"""An answer in writing, while it is drafted or put right."""

from typing import Any

from wtforms import BooleanField, IntegerField, TextAreaField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from phonein.forms import Form, PlainText
from phonein.read_aloud.answers import LONGEST, LONGEST_WHY


class AnswerForm(Form):
    words = TextAreaField(
        "The answer",
        description="Everybody who could have asked can read it. Write as you would speak, and point to nobody.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 12},
    )
    what_changed = TextAreaField(
        "What is put right, and why?",
        description="Shown with the answer, with the day. It was published before, and people may have read it.",
        validators=[PlainText(LONGEST_WHY)],
        render_kw={"rows": 2},
    )
    takes_down = BooleanField("Take the answer down: only the reason above is shown")
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    is_correction = False

    def validate_words(self, field: Any) -> None:
        if not field.data and not (self.is_correction and self.takes_down.data):
            raise ValidationError("Write the answer")

    def validate_what_changed(self, field: Any) -> None:
        if self.is_correction and not field.data:
            raise ValidationError("Say what is put right, and why")

    @property
    def kept(self) -> str:
        """What is to be published: nothing, where it is taken down."""
        return "" if self.is_correction and self.takes_down.data else str(self.words.data)


class PublishForm(Form):
    alone = BooleanField(
        "Nobody else leads this phone-in. I have read every answer again, as if another had written it."
    )
