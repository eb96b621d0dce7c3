"""What is shown of one question and done with it."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from phonein import clock
from phonein.db import db
from phonein.desk import deeds, notes, sorting, suggestions, triage
from phonein.desk.sorting import Entry
from phonein.desk.triage_forms import NoteForm, ReadAloudForm, SetAsideForm
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.questions import numbers, safeguarding
from phonein.questions.models import Question
from phonein.read_aloud import outcomes, wordings
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn

FLAGS = {
    "service_user_identifier": "May identify somebody",
    "self_identifying": "May identify its asker",
    "risk_self_harm": "Wellbeing concern",
    "safeguarding": "Safeguarding",
    "abusive": "Abusive",
}
HISTORY_SHOWN = 6


class CarriedOn(Refused):
    """This question was carried on to another date. What becomes of it is decided at that desk."""

    title = "Carried on"


def refuse_if_carried(question: Question) -> None:
    """Raises CarriedOn."""
    if (there := db.session.get(ReadAloud, question.read_aloud_id or "")) and (
        there.phone_in_slug != question.phone_in_slug
    ):
        raise CarriedOn


def wording_of(question: Question) -> ReadAloud:
    """Raises NotReworded."""
    there = wordings.one(question.phone_in_slug, question.read_aloud_id) if question.read_aloud_id else None
    if there is None:
        raise triage.NotReworded
    return there


def keys(question: Question) -> list[str]:
    """The rows that it is made of."""
    own = [f"question:{question.id}", f"desk_note:{question.id}"]
    return own + ([f"read_aloud:{question.read_aloud_id}"] if question.read_aloud_id else [])


def word(question: Question, words: str, theme: str | None, content_note: str | None) -> None:
    """Its wording with theme and content note; None leaves those as they are."""
    worded = triage.reword(question, words)
    if worded is not None and content_note is not None:
        worded.content_note = content_note
    if theme is not None:
        notes.sort_under(question, worded, theme)


def note(question: Question, words: str, person_id: int | None, phone_in: PhoneIn) -> None:
    notes.write(question, words)
    notes.assign(question, next((one for one in phone_in.leaders if one.id == person_id), None))


@dataclass
class Shown:
    """One question, and the row of the desk in which it stands with those that were merged with it."""

    phone_in: PhoneIn
    question: Question
    entry: Entry
    person: Person

    @classmethod
    def of(cls, phone_in: PhoneIn, question_id: str, person: Person) -> "Shown | None":
        found = sorting.entries(phone_in, person)
        suggestions.add_to(found)
        for entry in found:
            for question in entry.questions:
                if question.id == question_id:
                    return cls(phone_in, question, entry, person)
        return None

    def facts(
        self,
        wording: ReadAloudForm | None = None,
        aside: SetAsideForm | None = None,
        note: NoteForm | None = None,
        meanwhile: deeds.ChangedMeanwhile | None = None,
    ) -> dict[str, Any]:
        return {
            "question": self.question,
            "entry": self.entry,
            "number": numbers.said(self.question.id),
            "merged_with": [one for one in self.entry.questions if one.id != self.question.id],
            "said_number": numbers.said,
            "flags": FLAGS,
            "outcome": outcomes.of(self.question, self.entry.read_aloud, is_over=self.phone_in.has_ended(clock.now())),
            "outcomes": outcomes.IN_WORDS,
            "wording": wording or self._wording(),
            "aside": aside or SetAsideForm(formdata=None),
            "note": self._offered(note or self._note()),
            "meanwhile": meanwhile,
            "typed": (typed := [form for form in (wording, aside, note) if form]),
            "form": next(iter(typed), None),
            "has_reviewer": safeguarding.has_reviewer(self.phone_in),
            "is_left": notes.is_left(self.question, self.person),
            "history": deeds.history(self.phone_in, *keys(self.question), most=HISTORY_SHOWN),
            "original_days": current_app.config["ORIGINALS_DAYS"],
        }

    def _wording(self) -> ReadAloudForm:
        worded = self.entry.read_aloud
        return ReadAloudForm(
            None,
            read_aloud=worded.words if worded else "",
            content_note=worded.content_note if worded else "",
            theme=self.entry.theme,
        )

    def _note(self) -> NoteForm:
        there = notes.of(self.question)
        return NoteForm(None, note=there.note if there else "", assigned_to=there.assigned_to_id if there else None)

    def _offered(self, form: NoteForm) -> NoteForm:
        form.offer(self.phone_in.leaders)
        return form
