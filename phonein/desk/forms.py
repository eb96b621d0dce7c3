"""The shape of what a facilitator types."""

from wtforms import SelectField

from phonein.forms import Filled, Form, a_person, choices
from phonein.identity.models import Person


class HandOverForm(Form):
    to = SelectField("Who leads it instead of you?", coerce=a_person, validators=[Filled("Choose who leads it")])

    def offer(self, heirs: list[Person]) -> None:
        """Nobody is chosen beforehand: the questions of others go with it, and it cannot be taken back here."""
        self.to.choices = choices({"": "Choose somebody"} | {person.id: person.name for person in heirs})
