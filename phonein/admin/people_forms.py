"""The shape of what an admin types about people."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, SelectField, StringField, ValidationError

from phonein import formats
from phonein.forms import Filled, Form, OneLine, choices
from phonein.schedule.models import PhoneIn

SHORTEST = 2  # letters


class SearchForm(Form):
    words = StringField(
        "Name, e-mail address or unit",
        validators=[Filled("Type a name, an address or a unit"), OneLine(120)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def validate_words(self, field: Any) -> None:
        if max(map(len, field.data.split())) < SHORTEST:
            raise ValidationError("Type two letters or more")


class BookForm(Form):
    phone_in = SelectField("Phone-in", validators=[Filled("Choose a phone-in")])
    or_wait = BooleanField("If it is full, put them on the waiting list")

    def offer(self, phone_ins: Iterable[PhoneIn]) -> None:
        said = {one.slug: f"{_when(one)}: {one.title} ({formats.seats_left(one.left)})" for one in phone_ins}
        self.phone_in.choices = choices({"": "Choose a phone-in"} | said)


def _when(phone_in: PhoneIn) -> str:
    day, at = (
        formats.short_day(phone_in.starts_at, phone_in.zone),
        formats.clock_time(phone_in.starts_at, phone_in.zone),
    )
    return f"{day}, {at}"
