"""The shape of what is typed about a seat."""

from typing import Any

from wtforms import BooleanField, SelectMultipleField, TextAreaField, ValidationError

from phonein.booking.adjustments import KINDS, LONGEST
from phonein.forms import Form, PlainText, choices


class AdjustmentsForm(Form):
    kinds = SelectMultipleField("What would help you take part?", choices=choices(KINDS))
    text = TextAreaField(
        "In your own words (optional)",
        description="For example which language. Nothing about your health is needed: only what should be arranged.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 3},
    )
    is_named = BooleanField("Show my name with this, so that I can be asked about it")

    def validate_text(self, field: Any) -> None:
        if "other" in (self.kinds.data or []) and not field.data:
            raise ValidationError("Say in your own words what else would help")
