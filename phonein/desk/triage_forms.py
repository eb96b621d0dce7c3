"""The shape of what a facilitator types about a question."""

from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError

from phonein.desk import triage
from phonein.forms import Filled, Form, OneLine, PlainText, a_person, choices
from phonein.identity.models import Person
from phonein.questions.topics import TOPICS

LONGEST = 1500


@dataclass(frozen=True)
class Reason:
    """Why a question is not read aloud: its outcome, what those who lead call it, and what its asker reads, unless
    they write something else."""

    outcome: str
    called: str
    words: str = ""


REASONS = {
    "signpost": Reason(
        "signpost",
        "Signpost only: somebody else can help better",
        "This is best talked over with somebody who can help you directly: see the people to talk to on this page",
    ),
    "one_to_one": Reason("one_to_one", "Offer a talk one to one"),
    "out_of_scope": Reason("out_of_scope", "Out of scope", "Outside what this phone-in is about"),
    "another_route": Reason(
        "another_route",
        "Redirect to an official route",
        "Another route is the right one, see the phone-in’s page",
    ),
    "too_identifying": Reason(triage.NOT_USED, "It could point to somebody", "It could point to somebody"),
    "asked_already": Reason(triage.NOT_USED, "The same has been asked", "The same has been asked"),
    "abusive": Reason(triage.NOT_USED, "It is abusive", "It is abusive"),
}
IN_BULK = {name: reason.called for name, reason in REASONS.items() if reason.words}
THEMES = {"": "No theme yet"} | TOPICS


class ReadAloudForm(Form):
    read_aloud = TextAreaField(
        "Read-aloud wording",
        description="In neutral words, without anything that could point "
        "to anybody. Everything but the desk shows only this wording.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 4},
    )
    theme = SelectField("Theme", choices=choices(THEMES), validate_choice=False)
    content_note = StringField(
        "Content note",
        description="What listeners should be prepared for, such as “about a death in custody”",
        validators=[OneLine(120)],
    )
    was = HiddenField()

    def validate_theme(self, field: Any) -> None:
        if field.data and field.data not in TOPICS:
            raise ValidationError("Choose a theme from the list")


class SetAsideForm(Form):
    reason = RadioField(
        "What becomes of it instead?",
        choices=choices({name: reason.called for name, reason in REASONS.items()}),
        validators=[Filled("Choose why it is set aside")],
    )
    words = TextAreaField(
        "What the asker reads",
        description="With the receipt. Leave it empty for our usual sentence. For a talk one to one, say how to take "
        "it up: you cannot reach them.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 3},
    )

    def validate_words(self, field: Any) -> None:
        if self.reason.data == "one_to_one" and not field.data:
            raise ValidationError("Write how the asker can take up the talk: nobody can reach them")

    @property
    def chosen(self) -> Reason:
        return REASONS[self.reason.data]

    @property
    def said(self) -> str:
        return self.words.data or self.chosen.words


class NoteForm(Form):
    note = TextAreaField(
        "Private note",
        description="For those who lead. It is deleted with the original.",
        validators=[PlainText(LONGEST)],
        render_kw={"rows": 3},
    )
    assigned_to = SelectField("Who sees to it?", coerce=a_person)

    def offer(self, leaders: list[Person]) -> None:
        self.assigned_to.choices = choices(people(leaders))


class RedactionForm(Form):
    text = TextAreaField(
        "What stays of it",
        description="Take out what points to somebody. The words that go are deleted everywhere.",
        validators=[Filled("Leave at least a few words, such as “taken out”"), PlainText(LONGEST)],
        render_kw={"rows": 8},
    )


class MergeForm(Form):
    lead = RadioField("Which wording leads?", validate_choice=False)
    words = TextAreaField("New wording", validators=[PlainText(LONGEST)], render_kw={"rows": 4})

    def offer(self, offered: dict[str, str]) -> None:
        self.lead.choices = choices(offered | {"": "A new one, which I write below"})

    def validate_lead(self, field: Any) -> None:
        if (field.data or "") not in [choice.value for choice in field.choices]:
            raise ValidationError("Choose which wording leads")

    def validate_words(self, field: Any) -> None:
        if not self.lead.data and not field.data:
            raise ValidationError("Write the wording in which all of them are read aloud")


def people(leaders: list[Person]) -> dict[Any, str]:
    return {"": "Nobody yet"} | {person.id: person.name for person in leaders}
