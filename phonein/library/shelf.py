"""What stands in the library: each question that has a published answer, with the newest edition of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, select

from phonein import suppression
from phonein.db import db
from phonein.library import finding
from phonein.questions.topics import TOPICS
from phonein.read_aloud.models import Answer, ReadAloud
from phonein.schedule.models import PhoneIn, Series

ON_A_PAGE = 20
MOST_PRINTED = 200
_newest = (
    select(Answer.read_aloud_id, func.max(Answer.edition).label("edition")).group_by(Answer.read_aloud_id).subquery()
)
_COLUMNS = (
    ReadAloud.id,
    ReadAloud.words,
    ReadAloud.theme,
    ReadAloud.content_note,
    ReadAloud.asked,
    Answer.words,
    Answer.edition,
    Answer.published_on,
    PhoneIn.slug,
    PhoneIn.title,
    PhoneIn.starts_at,
    PhoneIn.zone_name,
    Series.title,
)


@dataclass(frozen=True)
class Entry:
    """A question and its answer. `asked` is a number only where five or more asked it."""

    id: str
    words: str
    theme: str
    content_note: str
    asked_by: int
    answer: str
    edition: int
    published_on: date
    slug: str
    phone_in: str
    starts_at: datetime
    zone_name: str
    series: str | None

    @property
    def asked(self) -> int | None:
        return suppression.enough(self.asked_by)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def theme_words(self) -> str:
        return TOPICS.get(self.theme, "")

    @cached_property
    def language(self) -> str:
        return finding.language(self.words)

    @cached_property
    def answer_language(self) -> str:
        return finding.language(self.answer)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Themes and series that there are none of are left out of account."""

    typed: str = ""
    theme: str = ""
    series: str = ""

    def __bool__(self) -> bool:
        return bool(self.typed or self.theme or self.series)


def find(wanted: Wanted, *, page: int = 1, most: int = ON_A_PAGE) -> tuple[list[Entry], int]:
    """So many of what fits, and how many do: the best first, or the newest where nothing is typed."""
    statement = _entries(wanted).order_by(Answer.published_on.desc(), ReadAloud.id)
    words = finding.wanted(wanted.typed)
    begin = (page - 1) * most
    if not words:
        number = db.session.scalar(select(func.count()).select_from(_entries(wanted).subquery())) or 0
        return _read(statement.offset(begin).limit(most)), number
    scored = [(finding.score(words, entry.words, _all_of(entry)), entry) for entry in _read(statement)]
    fitting = sorted(
        (one for one in scored if one[0]), key=lambda one: -one[0]
    )  # stable: the newest first among equals
    return [entry for _, entry in fitting[begin : begin + most]], len(fitting)


def one(entry_id: str) -> Entry | None:
    return next(iter(_read(_entries(Wanted()).where(ReadAloud.id == entry_id))), None)


def editions(entry: Entry) -> list[Answer]:
    """Every edition of its answer that may be read, the newest first: nothing from before it was taken down."""
    return db.session.get_one(ReadAloud, entry.id).readable[::-1]


def choices() -> tuple[dict[str, str], list[str]]:
    """The themes, with their words, and the titles of the series that there is something of."""
    rows = _joined(select(ReadAloud.theme, Series.title)).distinct()
    there = [(theme, title) for theme, title in db.session.execute(rows)]
    themes = {theme for theme, _ in there}
    return {code: words for code, words in TOPICS.items() if code in themes}, sorted({t for _, t in there if t})


def _entries(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    statement = _joined(select(*[column.label(f"c{at}") for at, column in enumerate(_COLUMNS)]))
    if wanted.theme:
        statement = statement.where(ReadAloud.theme == wanted.theme)
    if wanted.series:
        statement = statement.where(Series.title == wanted.series)
    return statement


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    is_newest = and_(Answer.read_aloud_id == _newest.c.read_aloud_id, Answer.edition == _newest.c.edition)
    return (
        statement.select_from(ReadAloud)
        .join(Answer, Answer.read_aloud_id == ReadAloud.id)
        .join(_newest, is_newest)
        .join(PhoneIn, PhoneIn.slug == ReadAloud.phone_in_slug)
        .outerjoin(Series, Series.id == PhoneIn.series_id)
        .where(Answer.words != "", PhoneIn.published_at.is_not(None))
    )


def _read(statement: Select[*tuple[Any, ...]]) -> list[Entry]:
    return [Entry(*row) for row in db.session.execute(statement)]


def _all_of(entry: Entry) -> str:
    return f"{entry.answer}\n{entry.theme_words}\n{entry.series or entry.phone_in}"
