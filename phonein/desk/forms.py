"""The shape of what a facilitator types."""

from wtforms import RadioField, SelectField, TextAreaField

from phonein.forms import Filled, Form, PlainText, a_person, choices
from phonein.identity.models import Person

REASONS = {
    "out_of_scope": "Outside what this phone-in is about",
    "another_route": "Another route is the right one, see the phone-in’s page",
    "too_identifying": "It could point to somebody",
    "asked_already": "The same has been asked",
    "abusive": "It is abusive",
}


class ReadAloudForm(Form):
    read_aloud = TextAreaField(
        "Read-aloud wording",
        description="In neutral words, without anything that could point "
        "to anybody. Everything but this page shows only this wording.",
        validators=[PlainText(1500)],
        render_kw={"rows": 4},
    )


class SetAsideForm(Form):
    reason = RadioField(
        "Why is it set aside?",
        description="The asker can read this with the receipt",
        choices=choices(REASONS),
        validators=[Filled("Choose why it is set aside")],
    )


class HandOverForm(Form):
    to = SelectField("Who leads it instead of you?", coerce=a_person, validators=[Filled("Choose who leads it")])

    def offer(self, heirs: list[Person]) -> None:
        """Nobody is chosen beforehand: the questions of others go with it, and it cannot be taken back here."""
        self.to.choices = choices({"": "Choose somebody"} | {person.id: person.name for person in heirs})
