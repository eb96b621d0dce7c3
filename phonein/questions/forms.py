"""What is typed at the anonymous door. No CSRF token: there is no cookie here that anybody could borrow."""

from typing import Any

from wtforms import Form, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from phonein.forms import Filled, choices, unsafe_in
from phonein.questions import codes
from phonein.questions.box import LONGEST, fits, is_blank, same_bytes
from phonein.questions.topics import TOPICS

OFF = {
    "autocomplete": "off",
    "spellcheck": "false",
    "autocorrect": "off",
    "autocapitalize": "off",
    "writingsuggestions": "false",
}


class AskForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A question, its topic, and the pass that says somebody entitled is asking."""

    text = TextAreaField(
        "Your question",
        description="No names, numbers or places that could point to anybody: say "
        "“someone I supervise” or “a colleague”.",
        validators=[Filled("Write your question")],
        render_kw=OFF | {"rows": 8},
    )
    topic = RadioField(
        "What is it about? (you can skip this)",
        choices=choices(TOPICS),
        validators=[Optional()],
        validate_choice=False,
    )
    pass_ = StringField(
        "One of your passes",
        name="pass",
        description="25 letters and digits, from the page of the phone-in. Each works once.",
        validators=[Filled("Type one of your passes")],
        render_kw=OFF,
    )

    def validate_text(self, field: Any) -> None:
        text = field.data = same_bytes(field.data)
        if is_blank(text):
            raise ValidationError("Write your question")
        if unsafe_in(text):
            raise ValidationError("Take out the invisible or control characters, for example by typing the words again")
        if len(text) > LONGEST:
            raise ValidationError(f"Shorten your question to {LONGEST:,} characters: it has {len(text):,}")
        if not fits(text):
            raise ValidationError("Shorten your question a little: accents, emoji and line ends need more room")

    def validate_topic(self, field: Any) -> None:
        if field.data not in TOPICS:
            field.data = ""


class EditForm(AskForm):
    """The same question in other words; its receipt stands for the pass."""

    pass_ = None


class ReceiptForm(Form):  # type: ignore[misc]
    """The asker's secret code."""

    receipt = StringField(
        "Your receipt",
        description="16 letters and digits, like 7KQ2-M4XD-90TP-AB3C",
        validators=[Filled("Type the receipt you were shown")],
        render_kw=OFF,
    )

    def validate_receipt(self, field: Any) -> None:
        try:
            codes.plain_receipt(field.data)
        except codes.NotACode:
            raise ValidationError("That is not a receipt: it has 16 letters and digits, in groups of four") from None
