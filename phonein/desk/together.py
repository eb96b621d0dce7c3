"""What is done with several questions at once. Where one of them cannot be, the others are, and it is said which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import g

from phonein.desk import agenda, notes, sorting, triage
from phonein.desk.sorting import Entry
from phonein.desk.triage_forms import REASONS, THEMES
from phonein.errors import Refused
from phonein.formats import listed
from phonein.schedule.models import PhoneIn

Typed = Mapping[str, str]


class NothingChosen(Refused):
    """Choose what it should be first, beside the button. Nothing was changed."""

    title = "Nothing was chosen"
    status = 422


class NoneOfThem(Refused):
    """This can be done only with questions that have a read-aloud wording: write that first. Nothing was changed."""

    title = "Nothing was changed"


@dataclass(frozen=True)
class Together:
    """`what` the history calls it; `act` does it inside the deed and says what was done."""

    what: str
    act: Callable[[PhoneIn, list[str], Typed], str]


def _of(phone_in: PhoneIn, ticked: list[str]) -> list[Entry]:
    """Those that are still there."""
    found = sorting.entries(phone_in, g.person)
    return [entry for key in ticked if (entry := sorting.by_key(found, key)) and not entry.carried_to]


def _set_theme(phone_in: PhoneIn, ticked: list[str], typed: Typed) -> str:
    theme = typed.get("set_theme", "")
    if theme not in THEMES or not theme:
        raise NothingChosen
    found = _of(phone_in, ticked)
    for entry in found:
        notes.sort_under(entry.question, entry.read_aloud, theme)
    return f"Theme of {_said(found)}: {THEMES[theme]}."


def _assign(phone_in: PhoneIn, ticked: list[str], typed: Typed) -> str:
    leaders = {str(person.id): person for person in phone_in.leaders}
    person = leaders.get(typed.get("assign_to", ""))
    if person is None and typed.get("assign_to") != "0":
        raise NothingChosen
    found = [entry for entry in _of(phone_in, ticked) if entry.questions]
    for entry in found:
        for question in entry.questions:
            notes.assign(question, person)
    return f"{person.name if person else 'Nobody'} sees to {_said(found)}."


def _set_aside(phone_in: PhoneIn, ticked: list[str], typed: Typed) -> str:
    reason = REASONS.get(typed.get("set_reason", ""))
    if reason is None or not reason.words:
        raise NothingChosen
    found = [entry for entry in _of(phone_in, ticked) if entry.questions]
    for entry in found:
        for question in entry.questions:
            triage.set_aside(question, reason.words, outcome=reason.outcome)
    return f"Set aside: {_said(found)}. The asker reads: {reason.words}."


def _put_on_agenda(phone_in: PhoneIn, ticked: list[str], typed: Typed) -> str:
    worded, rest = _worded(phone_in, ticked)
    for entry in worded:
        agenda.put_on(phone_in, entry.wording)
    return f"On the agenda: {_said(worded)}.{rest}"


def _in_writing(phone_in: PhoneIn, ticked: list[str], typed: Typed) -> str:
    worded, rest = _worded(phone_in, ticked)
    for entry in worded:
        triage.answer_in_writing(entry.wording)
    return f"To be answered in writing: {_said(worded)}.{rest}"


def _worded(phone_in: PhoneIn, ticked: list[str]) -> tuple[list[Entry], str]:
    found = _of(phone_in, ticked)
    worded = [entry for entry in found if entry.read_aloud]
    if not worded:
        raise NoneOfThem
    rest = [entry for entry in found if not entry.read_aloud]
    return worded, f" Not yet worded, so left as they were: {_said(rest)}." if rest else ""


def _said(found: list[Entry]) -> str:
    return listed([entry.name for entry in found]) if len(found) < 6 else f"{len(found)} questions"


DEEDS = {
    "theme": Together("gave a theme", _set_theme),
    "assign": Together("said who sees to it", _assign),
    "aside": Together("set aside", _set_aside),
    "agenda": Together("put on the agenda", _put_on_agenda),
    "writing": Together("answer in writing", _in_writing),
}
