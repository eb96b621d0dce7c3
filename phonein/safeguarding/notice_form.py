"""The shape of a notice on a phone-in's page, as reviewers and admins choose it."""

from typing import Any

from wtforms import RadioField, TextAreaField, ValidationError

from phonein.forms import Form, PlainText, choices
from phonein.safeguarding import notices

OWN = "own"
LONGEST_NOTICE = 300


class NoticeForm(Form):
    """What everybody reads who looks at the phone-in: one of the ready wordings, or own words, or nothing."""

    notice = RadioField("What should stand there?")
    own = TextAreaField(
        "Own words",
        description="They must say nothing of what was written: neither what it is about, nor when it came.",
        validators=[PlainText(LONGEST_NOTICE)],
        render_kw={"rows": 3},
    )

    def offer(self, now: str) -> None:
        ready = [words for words, _ in notices.ready()]
        self.notice.choices = choices({"": "Nothing"} | {words: words for words in ready} | {OWN: "Own words, below"})
        if self.notice.raw_data is None and not self.is_submitted():
            self.notice.data = now if now in ready or not now else OWN
            self.own.data = now if self.notice.data == OWN else ""

    @property
    def words(self) -> str:
        return str(self.own.data if self.notice.data == OWN else self.notice.data)

    def validate_own(self, field: Any) -> None:
        if self.notice.data == OWN and not field.data:
            raise ValidationError("Write the notice, or choose another")

    def may_stand(self, repeats: bool) -> bool:
        """Not, where own words repeat something that was written: then the form says so."""
        if self.notice.data == OWN and repeats:
            self.own.errors = ["These words are in what somebody wrote: say it without them"]
            return False
        return True
