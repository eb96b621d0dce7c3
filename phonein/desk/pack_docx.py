"""The facilitator's pack for those who edit it in Word: real headings, lists and tables, the language set, nobody named
in the properties of the file and no hour in them."""

import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from phonein.desk.briefing import CLOSE, OPENER, QUESTION, SECTION, Briefing, Part, in_short, spelled_out

if TYPE_CHECKING:
    from docx.document import Document

LINES, ENDS_OF_LINES = 4, 2
NAMES = {OPENER: "Opening", "break": "Break", CLOSE: "Close"}


def docx(briefing: Briefing, *, made_on: date, is_large: bool = False) -> bytes:
    """The whole pack; `is_large` for 18 point type."""
    import docx as libdocx  # it takes a fifth of a second, and no other page needs it

    from phonein.desk import pack_word as word

    told = spelled_out(briefing)
    document = libdocx.Document()
    word.set_up(document, size=18 if is_large else 11)
    word.state_properties(document, told["title"], datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC))
    word.head_and_foot(document, told["marking"], told["title"])
    document.add_heading(told["title"] or "Phone-in", 0)
    document.add_paragraph(f"Facilitator’s pack. {told['when']}")
    _facts(document, told)
    parts = [Part(**part) for part in told["parts"]]
    _at_a_glance(document, parts, told["planned"], told["time"])
    for part in parts:
        _part(document, part)
    _before_closing(document, told["support"])
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _facts(document: "Document", told: dict[str, Any]) -> None:
    from phonein.desk import pack_word as word

    facts = [("Who leads it", told["leaders"]), ("Seats", told["seats"]), ("Time", told["time"])]
    word.rows(document, [*facts, ("Fingerprint", told["fingerprint"])])
    if told["has_content_notes"]:
        word.caution(document, "some questions here touch what can be hard to read. They are marked.")


def _at_a_glance(document: "Document", parts: list[Part], planned: int, time: str) -> None:
    from phonein.desk import pack_word as word

    document.add_heading("The hour at a glance" if parts else "The agenda is empty", 1)
    if parts:
        lines = [("" if part.kind == SECTION else part.at, _in_short(part), str(part.minutes or "")) for part in parts]
        word.table(document, ("From", "What", "Minutes"), [*lines, ("", "Together", str(planned))])
        document.add_paragraph(time)


def _in_short(part: Part) -> str:
    words = in_short(part.words)
    if part.kind == QUESTION:
        return f"{part.number}. {words}"
    return ": ".join(filter(None, [NAMES.get(part.kind, ""), words]))


def _part(document: "Document", part: Part) -> None:
    from phonein.desk import pack_word as word

    if part.kind == SECTION:
        document.add_heading(part.words, 1)
        return
    is_question = part.kind == QUESTION
    if part.content_note:
        word.caution(document, part.content_note)
    document.add_heading(f"{part.number}. {' '.join(part.words.split())}" if is_question else NAMES[part.kind], 2)
    if part.words and not is_question:
        document.add_paragraph(part.words)
    about = [f"from {part.at}" if part.at else "", _minutes(part.minutes), part.topic, part.also]
    if any(about):
        word.small(document, " · ".join(filter(None, about)))
    if part.kind != "break":
        word.room_for_notes(document, LINES if is_question else ENDS_OF_LINES)


def _minutes(minutes: int) -> str:
    return f"{minutes} minute{'' if minutes == 1 else 's'}" if minutes else ""


def _before_closing(document: "Document", support: list[str]) -> None:
    from phonein.desk import pack_word as word

    document.add_heading("Before you close", 1)
    document.add_paragraph("How many were on the call (a number only, no names): ______")
    document.add_paragraph("What we said we would answer in writing:")
    word.room_for_notes(document, ENDS_OF_LINES)
    if support:
        document.add_paragraph("Say where there is help, to everybody:")
        for line in support:
            document.add_paragraph(line, style="List Bullet")
