"""What goes with the originals, and what a year later: the desk's part of what is forgotten when."""

from typing import Any

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.sql.dml import Delete, Update

from phonein.db import db
from phonein.desk.models import Deed, DeskNote, Hour, Skip
from phonein.questions.models import Question
from phonein.read_aloud.models import AgendaItem, ReadAloud, Tally
from phonein.safeguarding.models import ReviewEntry


def with_the_originals(over: Select[Any]) -> dict[str, Update | Delete]:
    """`over` selects the slugs of the phone-ins whose originals have been kept long enough.

    Of a question for the desk the words go and the receipt stays, so that its asker can still read the answer; what was
    before a reviewer goes whole. What those who lead noted and did goes as well: their notes may repeat an original.
    """
    is_over = Question.phone_in_slug.in_(over)
    return {
        "questions": update(Question).where(is_over, Question.text != "").values(text="", reviewer_reply=None),
        "what was before a reviewer": delete(Question).where(is_over, Question.is_for_reviewer),
        "what was done at the desk": delete(Deed).where(Deed.phone_in_slug.in_(over)),
        "notes of those who lead": delete(DeskNote).where(DeskNote.phone_in_slug.in_(over)),
        "questions left to others": delete(Skip).where(
            or_(Skip.question_id.not_in(select(Question.id)), Skip.question_id.in_(_ids(over)))
        ),
        "notes of the hour": update(Hour).where(Hour.phone_in_slug.in_(over), Hour.notes != "").values(notes=""),
        "notes on the agenda": update(AgendaItem)
        .where(AgendaItem.phone_in_slug.in_(over), AgendaItem.note != "")
        .values(note=""),
        "questions named in the log of the queue": update(ReviewEntry)
        .where(ReviewEntry.phone_in_slug.in_(over), ReviewEntry.question_id.is_not(None))
        .values(question_id=None),
    }


def with_what_is_taken_back() -> None:
    """What those who lead noted about a question goes when its asker has taken it back: from their notes, from who
    leaves it to others, and from what is written down of each deed. Such a note cannot be undone any more."""
    there = select(Question.id)
    db.session.execute(delete(DeskNote).where(DeskNote.question_id.not_in(there)))
    db.session.execute(delete(Skip).where(Skip.question_id.not_in(there)))
    ids = set(db.session.scalars(there))
    for deed in db.session.scalars(select(Deed)):
        kept = {key: change for key, change in deed.changes.items() if not _is_note_of_none(key, ids)}
        if len(kept) < len(deed.changes):
            deed.changes = kept


def _is_note_of_none(key: str, ids: set[str]) -> bool:
    table, _, row_id = key.partition(":")
    return table == DeskNote.__tablename__ and row_id not in ids


def with_the_receipts(over: Select[Any]) -> dict[str, Update | Delete]:
    """What is handed over stays as long as these: the next date may be a month away."""
    return {
        "receipts": delete(Question).where(Question.phone_in_slug.in_(over)),
        "notes for whoever leads next": update(Hour)
        .where(Hour.phone_in_slug.in_(over), Hour.hand_over != "")
        .values(hand_over=""),
    }


def a_year_later(over: Select[Any]) -> dict[str, Update | Delete]:
    """Agenda and answers go with what they belong to."""
    return {
        "read-aloud wordings": delete(ReadAloud).where(ReadAloud.phone_in_slug.in_(over)),
        "agendas": delete(AgendaItem).where(AgendaItem.phone_in_slug.in_(over)),
        "hours": delete(Hour).where(Hour.phone_in_slug.in_(over)),
        "figures of questions": delete(Tally).where(Tally.phone_in_slug.in_(over)),
        "log of the queue": delete(ReviewEntry).where(ReviewEntry.phone_in_slug.in_(over)),
    }


def _ids(over: Select[Any]) -> Select[Any]:
    return select(Question.id).where(Question.phone_in_slug.in_(over))
