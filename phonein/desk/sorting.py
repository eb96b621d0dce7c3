"""The questions of one desk as they are looked at: which tab each is in, what is looked for, what is next."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from phonein import clock
from phonein.db import db
from phonein.desk import triage
from phonein.desk.models import DeskNote, Skip
from phonein.identity.models import Person
from phonein.questions import numbers
from phonein.questions.models import Question
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes, wordings
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn

TABS = {
    "new": "New",
    "look": "Needs a look",
    "worded": "Worded",
    "agenda": "On the agenda",
    "writing": "In writing",
    "aside": "Set aside",
    "all": "All",
}
MINE, NOBODYS = "mine", "nobody"
_TAB_OF = {
    outcomes.PREPARING: "worded",
    outcomes.ON_AGENDA: "agenda",
    outcomes.NOT_REACHED: "agenda",
    outcomes.ANSWERED_IN_THE_HOUR: "agenda",
    outcomes.CARRIED_ON: "agenda",  # where its line says so: for this desk there is nothing more to do
    outcomes.TO_BE_WRITTEN: "writing",
    outcomes.ANSWER: "writing",
    outcomes.TAKEN_DOWN: "writing",
}


@dataclass
class Entry:
    """One row: a question without a wording, or a wording with all that are asked in it here.

    A wording that was carried on to another date is in `carried_to`, the slug there; it is not this desk's any more.
    """

    questions: list[Question]
    read_aloud: ReadAloud | None
    notes: list[DeskNote]
    outcome: str
    is_left_to_others: bool = False
    carried_to: str = ""
    unnumbered: str = ""
    like: list["Entry"] = field(default_factory=list)

    @property
    def question(self) -> Question | None:
        return self.questions[0] if self.questions else None

    @property
    def wording(self) -> ReadAloud:
        """Of one that has a wording."""
        assert self.read_aloud
        return self.read_aloud

    @property
    def key(self) -> str:
        """Of the row that stands for it, as a deed names it."""
        if self.read_aloud:
            return f"read_aloud:{self.read_aloud.id}"
        return f"question:{self.questions[0].id}"

    @property
    def keys(self) -> list[str]:
        """All rows of the database that it is made of."""
        wording = [f"read_aloud:{self.read_aloud.id}"] if self.read_aloud else []
        return wording + [f"{name}:{one.id}" for one in self.questions for name in ("question", "desk_note")]

    @cached_property
    def number(self) -> str:
        return numbers.said(self.questions[0].id) if self.questions else ""

    @property
    def others(self) -> list[str]:
        """The numbers of those that were merged into it."""
        return [numbers.said(one.id) for one in self.questions[1:]]

    @property
    def name(self) -> str:
        return self.number or self.unnumbered

    @property
    def needs_a_look(self) -> bool:
        return self.read_aloud is None and self.questions[0].needs_a_look and not self.questions[0].is_set_aside

    @cached_property
    def tab(self) -> str:
        if self.read_aloud:
            return _TAB_OF.get(self.outcome, "worded")
        if self.questions[0].is_set_aside:
            return "aside"
        return "look" if self.needs_a_look else "new"

    @property
    def theme(self) -> str:
        if self.read_aloud:
            return self.read_aloud.theme
        return next((note.theme for note in self.notes if note.theme), self.questions[0].topic)

    @property
    def words(self) -> str:
        """What stands for it in a list: its wording or, where it has none, the original."""
        return self.read_aloud.words if self.read_aloud else self.questions[0].text

    @property
    def assigned(self) -> list[Person]:
        return list(dict.fromkeys(note.assigned_to for note in self.notes if note.assigned_to))

    @property
    def note(self) -> str:
        return " ".join(note.note for note in self.notes if note.note)

    def is_found_by(self, words: str) -> bool:
        """Every word of these is somewhere in it: wording, original, theme, note or number."""
        texts = [self.words, *(one.text for one in self.questions), TOPICS.get(self.theme, ""), self.note, self.number]
        said = " ".join([*texts, *self.others]).casefold()
        return all(word in said for word in words.casefold().split())


def entries(phone_in: PhoneIn, person: Person) -> list[Entry]:
    """All of this desk, in the order of the numbers; what was carried on to it comes last."""
    questions = sorted(triage.questions_for(phone_in), key=lambda one: numbers.place(one.id))
    named = {one.read_aloud_id for one in questions if one.read_aloud_id}
    theirs = {one.id: one for one in _wordings(phone_in.slug, named)}
    of_these = select(DeskNote).where(DeskNote.phone_in_slug == phone_in.slug)
    notes = {note.question_id: note for note in db.session.scalars(of_these)}
    left = set(db.session.scalars(select(Skip.question_id).where(Skip.person_id == person.id)))
    is_over = phone_in.has_ended(clock.now())
    made: dict[str, Entry] = {}
    for question in questions:
        read_aloud = theirs.get(question.read_aloud_id or "")
        outcome = outcomes.of(question, read_aloud, is_over=is_over)
        entry = made.setdefault(read_aloud.id if read_aloud else question.id, Entry([], read_aloud, [], outcome))
        entry.questions.append(question)
        entry.notes += [notes[question.id]] if question.id in notes else []
        entry.is_left_to_others = question.id in left
    for read_aloud in theirs.values():
        if read_aloud.id not in made:
            outcome = outcomes.of_wording(read_aloud, phone_in.slug, is_over=is_over)
            made[read_aloud.id] = Entry([], read_aloud, [], outcome, unnumbered=_unnumbered(phone_in, read_aloud))
        if read_aloud.phone_in_slug != phone_in.slug:
            made[read_aloud.id].carried_to = read_aloud.phone_in_slug
    return list(made.values())


def _unnumbered(phone_in: PhoneIn, read_aloud: ReadAloud) -> str:
    """What a wording is called of which there is no original at this desk."""
    if read_aloud.asked_slug != phone_in.slug:
        return "Carried on here"
    kept_until = phone_in.ends_at + timedelta(days=current_app.config["ORIGINALS_DAYS"])
    return "Asked in the hour" if clock.now() < kept_until else "Asked here"


def counts(found: Iterable[Entry]) -> dict[str, int]:
    listed = list(found)
    counted = Counter(entry.tab for entry in listed)
    return {tab: counted[tab] for tab in TABS} | {"all": len(listed)}


def chosen(found: list[Entry], *, tab: str, theme: str, words: str, whose: str, person: Person) -> list[Entry]:
    """Those that are in this tab and fit all that is looked for."""
    return [
        entry
        for entry in found
        if tab in ("all", entry.tab)
        and theme in ("", entry.theme)
        and (whose != MINE or person in entry.assigned)
        and (whose != NOBODYS or not entry.assigned)
        and entry.is_found_by(words)
    ]


def by_key(found: list[Entry], key: str) -> Entry | None:
    return next((entry for entry in found if entry.key == key), None)


def _wordings(slug: str, named: set[str]) -> list[ReadAloud]:
    """Those of this desk, and those of its questions that are somewhere else now."""
    these = select(ReadAloud).where(or_(ReadAloud.id.in_(named), ReadAloud.phone_in_slug == slug), wordings.IS_ASKED)
    with_all = these.options(selectinload(ReadAloud.items), selectinload(ReadAloud.answers))
    return list(db.session.scalars(with_all.order_by(ReadAloud.id)))
