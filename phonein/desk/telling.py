"""How a deed is told on the history page."""

from dataclasses import dataclass
from datetime import datetime

from phonein.desk.models import Deed
from phonein.questions import numbers


@dataclass(frozen=True)
class Line:
    number: int
    who: str
    at: datetime
    what: str
    about: list[str]


def line(deed: Deed) -> Line:
    ids = {key.partition(":")[2] for key in deed.changes if key.startswith(("question:", "desk_note:"))}
    about = [numbers.said(one) for one in sorted(ids, key=numbers.place)]
    return Line(deed.number, deed.by.name, deed.done_at, in_words(deed.what), about)


def in_words(what: str) -> str:
    """“undone: undone: merged” is merged once more."""
    while what.startswith("undone: undone: "):
        what = what.removeprefix("undone: undone: ")
    return what
