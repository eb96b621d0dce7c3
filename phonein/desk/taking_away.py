"""What may be taken away from a desk: wordings, never originals; published answers, never drafts; nobody's notes.

A table leaves the desk, so what it says of how many asked is what anybody may know.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import abort, make_response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from phonein import formats, suppression
from phonein.db import db
from phonein.desk import agenda, tables
from phonein.desk.feedback import Said
from phonein.desk.tables import Cell, Table
from phonein.questions.topics import TOPICS
from phonein.read_aloud.models import BREAK, CLOSE, OPENER, QUESTION, SECTION, ReadAloud
from phonein.read_aloud.wordings import IS_ASKED
from phonein.schedule.models import PhoneIn
from phonein.suppression import Band, Opinion

FEW = "fewer than five"
KINDS = {QUESTION: "Question", SECTION: "Section", OPENER: "Opening", BREAK: "Break", CLOSE: "Close"}
CAME_TO = {
    "": "",
    "answered": "Answered",
    "later": "Later",
    "in_writing": "Answer in writing",
    "carried": "Carried to a later date",
}


def answer(table: Table, form: str) -> Any:
    """The file, under a name that says neither what it is about nor who leads it."""
    kind, make = tables.FORMATS.get(form) or abort(404)
    response = make_response(make(table))
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="phone-in-{table.name}.{form}"'
    return response


def question_list(phone_in: PhoneIn) -> Table:
    rows = [
        (number, one.words, _theme(one), one.content_note, several(one.asked), several(one.votes), one.carried)
        for number, one in enumerate(_wordings(phone_in), start=1)
    ]
    columns = ("Number", "Question", "Theme", "Content note", "Asked by", "Wanted by others", "Carried so far")
    return _table("questions", "Questions", phone_in, columns, rows)


def running_order(phone_in: PhoneIn) -> Table:
    rows = [
        (
            number,
            KINDS.get(item.kind, ""),
            item.said,
            item.minutes,
            item.read_aloud.content_note if item.read_aloud else "",
            CAME_TO.get(item.came_to, ""),
        )
        for number, item in enumerate(agenda.items(phone_in), start=1)
    ]
    return _table(
        "agenda", "Agenda", phone_in, ("Place", "What", "Words", "Minutes", "Content note", "In the hour"), rows
    )


def published_answers(phone_in: PhoneIn) -> Table:
    rows = [
        (one.words, there.words, formats.day(there.published_on), there.edition, there.what_changed)
        for one in _wordings(phone_in)
        if (there := one.answer) and there.words  # else it was taken down
    ]
    return _table("answers", "Answers", phone_in, ("Question", "Answer", "Published", "Edition", "What changed"), rows)


def feedback_on(phone_in: PhoneIn, said: Said | None) -> Table:
    rows = list(_said_rows(said)) if said else [("Answers", "too few to show")]
    return _table("feedback", "Feedback", phone_in, ("What", "Said"), rows)


def feedback_of(blocks: Iterable[Said]) -> Table:
    rows = [(*_which(block), block.answers, mean_in_words(block.opinion)) for block in blocks]
    about = "Each phone-in two weeks after its end, if five or more have answered."
    return Table.of("feedback", "Feedback", ("Series", "When", "Answers", "Mean of 5"), rows, about)


def comments_of(blocks: Iterable[Said]) -> Table:
    rows = [(*_which(block), comment) for block in blocks for comment in block.comments]
    return Table.of("comments", "Comments", ("Series", "When", "Comment"), rows, "In no order.")


def several(number: int) -> Cell:
    """How many, as far as anybody may know."""
    return FEW if suppression.enough(number) is None else number


def mean_in_words(opinion: Opinion) -> str:
    return f"{opinion.low}" if opinion.low == opinion.high else f"{opinion.low} to {opinion.high}"


def _said_rows(said: Said) -> Iterator[tuple[Cell, ...]]:
    yield "Answers", said.answers
    yield "Mean of 5", mean_in_words(said.opinion)
    for band in said.opinion.bands:
        yield f"Rated {_band(band)}", band.answers
    for comment in said.comments:
        yield "Comment", comment


def _band(band: Band) -> str:
    return str(band.lowest) if band.lowest == band.highest else f"{band.lowest} to {band.highest}"


def _which(block: Said) -> tuple[str, str]:
    if block.phone_in:
        return block.title, formats.day(block.phone_in.starts_at, block.phone_in.zone)
    return block.title, f"{block.quarter}, dates with few answers" if block.quarter else "The series as a whole"


def _wordings(phone_in: PhoneIn) -> list[ReadAloud]:
    """In the order of the agenda, then the others in an order that says nothing."""
    found = db.session.scalars(
        select(ReadAloud)
        .where(ReadAloud.phone_in_slug == phone_in.slug, IS_ASKED)
        .options(selectinload(ReadAloud.items), selectinload(ReadAloud.answers))
        .order_by(ReadAloud.id)
    )
    return sorted(found, key=lambda one: (one.item is None, one.item.place if one.item else 0))


def _theme(read_aloud: ReadAloud) -> str:
    return TOPICS.get(read_aloud.theme, "Something else") if read_aloud.theme else ""


def _table(
    name: str, what: str, phone_in: PhoneIn, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]
) -> Table:
    return Table.of(name, f"{what}: {phone_in.title}", columns, rows, about=formats.when(phone_in))
