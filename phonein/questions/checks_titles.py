"""A surname after a title: “Mr Example”; and after the rank of a colleague: “Officer Example”."""

import re
from collections.abc import Iterator
from itertools import chain

from phonein.questions.checks_finds import Find, Flag, Reading
from phonein.questions.checks_name_parts import CAP, Name
from phonein.questions.checks_names import FAMILY, GREETING, goes_on, is_colleague, is_known_to_all

_FOLLOWS = re.compile(rf"\.? (?:[A-Z]\.? )?({CAP}|[a-z]{{3,}})(?![A-Za-z0-9@])")
_I_AM = re.compile(r"\b(?:I'm|I am|im|this is|my name is|my name's) $", re.I)


def finds(reading: Reading) -> Iterator[Find]:
    """“Mr Example”, “Officer Example”."""
    for list_name in ("titles", "ranks"):
        for title in reading.lists.exact(list_name):
            yield from _after_title(reading, title, is_rank=list_name == "ranks")


def _after_title(reading: Reading, title: str, *, is_rank: bool) -> Iterator[Find]:
    spellings = dict.fromkeys((title,) if is_rank else (title, title.lower()))
    for start in chain.from_iterable(_places(reading.plain, each) for each in spellings):
        if start and (reading.plain[start - 1].isalnum() or reading.plain[start - 1] in "@._-/"):
            continue
        follows = _FOLLOWS.match(reading.plain, start + len(title))
        if follows and (find := _titled(reading, start, follows, title, is_rank=is_rank)):
            yield find


def _places(text: str, words: str) -> Iterator[int]:
    start = text.find(words)
    while start != -1:
        yield start
        start = text.find(words, start + 1)


def _titled(reading: Reading, start: int, follows: re.Match[str], title: str, *, is_rank: bool) -> Find | None:
    surname, end = follows.group(1), follows.end(1)
    if surname.lower() in reading.lists.words("titles"):
        return None
    if surname[0].islower() and (is_rank or reading.is_common(surname) or not reading.is_surname(surname)):
        return None
    if reading.is_common(surname) and (is_rank or not reading.is_surname(surname)):
        return None
    if f"{title} {surname}".lower() in reading.lists.words("figures"):
        return None
    second = re.compile(rf" ({CAP})(?![A-Za-z0-9@])").match(reading.plain, end)
    if second and goes_on(reading, Name(second.start(1), second.end(1))):
        end = second.end(1)
    name = Name(start, end)
    if is_known_to_all(reading, name):
        return None
    before = reading.plain[max(0, start - 60) : start]
    if _I_AM.search(before):
        return Find(start, end, "own-name", Flag.OWN)
    if is_rank or GREETING.search(before) or is_colleague(reading, name):
        return Find(start, end, "colleague-name")
    if FAMILY.search(before):
        return Find(start, end, "somebodys-name")
    return Find(start, end, "held-title", Flag.THEIRS)
