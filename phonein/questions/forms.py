"""What is typed at the anonymous door. No CSRF token: there is no cookie here that anybody could borrow."""

import secrets
from typing import Any

from flask import current_app
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from phonein.forms import Filled, choices, unsafe_in
from phonein.questions import codes, saying
from phonein.questions.topics import TOPICS
from phonein.questions.typed import LONGEST, fits, is_blank, same_bytes
from phonein.read_aloud.models import ReadAloud

OFF = {
    "autocomplete": "off",
    "spellcheck": "false",
    "autocorrect": "off",
    "autocapitalize": "off",
    "writingsuggestions": "false",
}

RATINGS = {"5": "5, very good", "4": "4", "3": "3", "2": "2", "1": "1, of no use"}


class AskForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A question, its topic, and the pass that says somebody entitled is asking."""

    text = TextAreaField(
        "Your question",
        description="No names, numbers or places, and nothing that only you could know: “someone I supervise”, not "
        "“Mr Jones in C wing”.",
        validators=[Filled("Write your question")],
        render_kw=OFF | {"rows": 8},
    )
    topic = RadioField(
        "What is it about? (you can skip this)",
        choices=choices(TOPICS),
        validators=[Optional()],
        validate_choice=False,
    )
    anyway = RadioField(
        choices=choices({"": "Keep it sealed", "1": "Send it anyway"}), validate_choice=False, default=""
    )
    pass_ = StringField(
        "One of your passes",
        name="pass",
        description="From the page of the phone-in: 25 letters and digits, or a longer one to paste. Each works once.",
        validators=[Filled("Type one of your passes")],
        render_kw=OFF,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.anyway:
            self.anyway.label.text = f"If fewer than {least_holders()} people could have asked"
            self.anyway.description = (
                "Kept sealed, nobody ever reads it. Sent anyway, those who lead the phone-in may guess who asked."
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

    def validate_anyway(self, field: Any) -> None:
        field.data = "1" if field.data == "1" else ""


class EditForm(AskForm):
    """The same question in other words; its receipt stands for the pass, and what was chosen for it stays."""

    pass_ = None
    anyway = None


def least_holders() -> int:
    """How many people must have been able to ask before questions are shown to anybody."""
    least: int = current_app.config["LEAST_HOLDERS"]
    return least


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


class SayForm(Form):  # type: ignore[misc]
    """How a phone-in was, from 1 to 5, and in words for whoever likes to write some."""

    rating = RadioField(
        "How was it for you?",
        choices=choices(RATINGS),
        validators=[Filled("Choose how it was")],
        validate_choice=False,
    )
    comment = TextAreaField(
        "Anything to add? (you can skip this)",
        name="text",
        description="No names, and nothing that could point to anybody.",
        render_kw=OFF | {"rows": 5},
    )
    once = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def validate_rating(self, field: Any) -> None:
        if field.data not in RATINGS:
            raise ValidationError("Choose how it was")

    def validate_comment(self, field: Any) -> None:
        text = field.data = same_bytes(field.data or "")
        if unsafe_in(text):
            raise ValidationError("Take out the invisible or control characters, for example by typing the words again")
        if len(text) > saying.LONGEST:
            raise ValidationError(f"Shorten it to {saying.LONGEST:,} characters: it has {len(text):,}")


class VoteForm(Form):  # type: ignore[misc]
    """Which of the questions that others asked one wants to hear too, and the pass that says somebody entitled does."""

    votes: dict[str, int]

    question = RadioField(
        "Which one do you want to hear too?",
        validators=[Filled("Choose a question")],
        validate_choice=False,
    )
    pass_ = StringField(
        "Your pass for “me too”",
        name="pass",
        id="vote-pass",
        description="From the page of the phone-in. It works once for each question.",
        validators=[Filled("Type your pass for “me too”")],
        render_kw=OFF,
    )

    @classmethod
    def of(cls, ballot: list[ReadAloud], fields: MultiDict[str, str] | None = None) -> "VoteForm":
        form = cls(fields)
        form.question.choices = choices({one.id: one.words for one in ballot})
        form.votes = {one.id: one.votes for one in ballot}
        return form
