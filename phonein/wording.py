"""What an organisation words by itself: lists and texts that can be changed without a new version of the program.

The program ships a text of each name in each language, which counts as edition 0; the newest edition here wins over it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import Text, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from phonein import clock
from phonein.db import Model, db, on_sqlite
from phonein.errors import Refused

SHIPPED = Path(__file__).parent / "questions" / "lists"
LANGUAGES = {"en": "English", "cy": "Welsh"}


class WordedMeanwhile(Refused):
    """Somebody else has saved another edition since you opened this page."""

    title = "Changed meanwhile"


class Wording(Model):
    """One edition of a list or a text in one language. The newest counts; the older ones stay, so that it can be told
    what was in force when. `language` is a BCP 47 tag: "en" or "cy"."""

    __tablename__ = "wording"
    name: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text)
    made_on: Mapped[date]


@dataclass(frozen=True)
class Edition:
    """The words of one edition. Edition 0 came with the program, on no day of ours."""

    name: str
    language: str
    edition: int
    words: str
    made_on: date | None = None


def names() -> list[tuple[str, str]]:
    """The name and the language of everything that is shipped, in order."""
    return sorted(_all_shipped())


def shipped(name: str, language: str) -> Edition:
    """Raises KeyError, where nothing of that name is shipped in that language."""
    return Edition(name, language, 0, _all_shipped()[name, language])


def newest(name: str, language: str) -> Edition:
    """What is in force. Raises KeyError, where there is no such wording."""
    return editions(name, language)[0]


def in_force() -> dict[tuple[str, str], str]:
    """The words in force of everything that there is, by name and language; in one query."""
    latest = select(Wording.name, Wording.language, func.max(Wording.edition)).group_by(Wording.name, Wording.language)
    rows = db.session.execute(
        select(Wording.name, Wording.language, Wording.words).where(
            db.tuple_(Wording.name, Wording.language, Wording.edition).in_(latest)
        )
    )
    return _all_shipped() | {(name, language): words for name, language, words in rows}


def latest_editions() -> dict[tuple[str, str], int]:
    """The number of the newest edition of each that has been changed here, by name and language."""
    latest = select(Wording.name, Wording.language, func.max(Wording.edition)).group_by(Wording.name, Wording.language)
    return {(name, language): edition for name, language, edition in db.session.execute(latest)}


def editions(name: str, language: str) -> Sequence[Edition]:
    """Every edition, the newest first, the shipped one last. Raises KeyError, where there is no such wording."""
    kept = db.session.scalars(
        select(Wording).where(Wording.name == name, Wording.language == language).order_by(Wording.edition.desc())
    )
    made = [Edition(row.name, row.language, row.edition, row.words, row.made_on) for row in kept]
    return [*made, shipped(name, language)]


def keep(name: str, language: str, words: str, *, after: int) -> int:
    """Make `words` the newest edition, following edition number `after`, and say its number.

    Raises WordedMeanwhile where that is no longer the newest, also where two do it at one moment; KeyError, where there
    is no such wording.
    """
    if newest(name, language).edition != after:
        raise WordedMeanwhile
    insert = sqlite.insert(Wording) if on_sqlite() else postgresql.insert(Wording)
    row = {"name": name, "language": language, "edition": after + 1, "words": words, "made_on": clock.today()}
    made = db.session.scalar(insert.values(row).on_conflict_do_nothing().returning(Wording.edition))
    if made is None:
        raise WordedMeanwhile
    return after + 1


@cache
def _all_shipped() -> dict[tuple[str, str], str]:
    """Files called NAME.LANGUAGE.txt."""
    return {
        (file.name.split(".")[0], file.name.split(".")[1]): file.read_text("utf-8")
        for file in sorted(SHIPPED.glob("*.*.txt"))
    }
