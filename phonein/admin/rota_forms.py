"""The shape of what admins type about reviewers, deputies and the notice on a phone-in's page."""

from typing import Any

from wtforms import DateField, SelectField, ValidationError

from phonein.admin.forms import WhoReviews, a_year_we_plan_for
from phonein.forms import Filled, Form, a_person, choices
from phonein.identity.models import Person


class ReviewersForm(WhoReviews):
    """Of one phone-in, at any time: also once it has begun."""


class CoverForm(Form):
    person_id = SelectField("Who stands in?", coerce=a_person, validators=[Filled("Choose who stands in")])
    from_on = DateField("From", validators=[Filled("Enter the first day"), a_year_we_plan_for])
    until_on = DateField("Until, that day included", validators=[Filled("Enter the last day"), a_year_we_plan_for])

    def offer(self, people: list[Person]) -> None:
        self.person_id.choices = choices({"": "Choose somebody"} | {person.id: person.name for person in people})

    def validate_until_on(self, field: Any) -> None:
        if self.from_on.data and field.data and field.data < self.from_on.data:
            raise ValidationError("Enter a last day that is not before the first")
