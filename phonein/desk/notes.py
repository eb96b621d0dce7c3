"""What those who lead keep among themselves about a question: a note, its theme, who sees to it, who leaves it."""

from sqlalchemy import delete

from phonein.db import add_unless_there, db
from phonein.desk.models import DeskNote, Skip
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud.models import ReadAloud


def of(question: Question) -> DeskNote | None:
    return db.session.get(DeskNote, question.id)


def write(question: Question, words: str) -> None:
    _made(question).note = words


def assign(question: Question, person: Person | None) -> None:
    """To one of those who lead, or to nobody."""
    _made(question).assigned_to = person


def sort_under(question: Question | None, read_aloud: ReadAloud | None, theme: str) -> None:
    """The theme of the wording or, before there is one, of the question; what its asker chose stays as it is."""
    if read_aloud:
        read_aloud.theme = theme
    elif question:
        _made(question).theme = theme


def theme_of(question: Question) -> str:
    note = of(question)
    return (note and note.theme) or question.topic


def leave_to_others(question: Question, person: Person) -> None:
    """Nobody asks why, and nobody else is shown that."""
    add_unless_there(Skip, question_id=question.id, person_id=person.id)


def see_to_it_after_all(question: Question, person: Person) -> None:
    db.session.execute(delete(Skip).where(Skip.question_id == question.id, Skip.person_id == person.id))


def is_left(question: Question, person: Person) -> bool:
    return db.session.get(Skip, (question.id, person.id)) is not None


def _made(question: Question) -> DeskNote:
    there = of(question)
    if there is None:
        there = DeskNote(question_id=question.id, phone_in_slug=question.phone_in_slug, note="", theme="")
        db.session.add(there)
    return there
