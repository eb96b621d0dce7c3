"""What is typed at the anonymous door. No CSRF token: there is no cookie here that anybody could borrow."""

from typing import Any

from wtforms import Form, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional

from phonein.forms import unsafe_in
from phonein.questions import codes
from phonein.questions.box import LARGEST, LONGEST, same_bytes
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
        validators=[InputRequired("Write your question")],
        render_kw=OFF | {"rows": 8},
    )
    topic = RadioField(
        "What is it about? (you can skip this)",
        choices=list(TOPICS.items()),
        validators=[Optional()],
        validate_choice=False,
    )
    pass_ = StringField(
        "One of your passes",
        name="pass",
        description="25 letters and digits, from the page of the phone-in. Each works once.",
        validators=[InputRequired("Type one of your passes")],
        render_kw=OFF,
    )

    def validate_text(self, field: Any) -> None:
        text = field.data = same_bytes(field.data)
        if not text:
            raise ValidationError("Write your question")
        if unsafe_in(text):
            raise ValidationError("Take out the invisible or control characters, for example by typing the words again")
        if len(text) > LONGEST or len(text.encode()) > LARGEST:
            raise ValidationError(f"Shorten your question to {LONGEST:,} characters: it has {len(text):,}")

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
        validators=[InputRequired("Type the receipt you were shown")],
        render_kw=OFF,
    )

    def validate_receipt(self, field: Any) -> None:
        try:
            codes.plain_receipt(field.data)
        except codes.NotACode:
            raise ValidationError("That is not a receipt: it has 16 letters and digits, in groups of four") from None
