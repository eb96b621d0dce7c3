"""The form in which somebody chooses how their calendar learns of their seats."""

from wtforms import BooleanField, RadioField
from wtforms.validators import AnyOf

from phonein.forms import Form, choices
from phonein.identity.models import Calendar

WORDS = {
    Calendar.INVITATIONS: "Invitations by letter: each seat is put into my calendar, kept right and taken out again",
    Calendar.FEED: "A feed that my calendar reads, at a private address",
    Calendar.NEITHER: "Neither: I look here",
}


class ChoiceForm(Form):
    calendar = RadioField(
        "How should your calendar learn of your seats?",
        choices=choices(WORDS),
        validate_choice=False,
        validators=[AnyOf(list(Calendar), "Choose invitations, a feed, or neither")],
    )
    is_discreet = BooleanField(
        "My calendar says “Phone call” and no more",
        description="The title, the number and the PIN stay here. Your calendar has the time and a link.",
    )
