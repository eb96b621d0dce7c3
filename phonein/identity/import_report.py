"""What reading a file gave, and what an import did with it, in words that can be printed."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Entry = TypeVar("Entry")
WHOLE_FILE = 0
NAMED_UP_TO = 20
SHOWN = 80
JOINERS = {"\u200c", "\u200d"}  # invisible, and part of how some names are written


class Unusable(ValueError):
    """Why something in a file cannot be taken: a sentence for whoever brought the file."""


@dataclass(frozen=True, order=True)
class Remark:
    """A sentence about one place in a file. `number` is the place's number, 0 for the whole file."""

    number: int
    where: str
    words: str

    def __str__(self) -> str:
        return f"{self.where}: {self.words}"


@dataclass
class Reading(Generic[Entry]):
    """What a file holds: entries that can be taken, and remarks on what was mended and what cannot be taken."""

    entries: list[Entry] = field(default_factory=list)
    warned: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)

    def refuse_whole(self, reason: Exception) -> None:
        self.refused.append(Remark(WHOLE_FILE, "The file", str(reason)))


@dataclass
class Report:
    """What an import did. `changed` says for each name what is different now, `dates` when it will be,
    `told` how many letters that means for people with a seat."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    warned: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    dates: dict[str, list[str]] = field(default_factory=dict, compare=False)
    told: int = field(default=0, compare=False)

    def lines(self, *, dry_run: bool = False) -> list[str]:
        """The whole report. Long lists of what went well are only counted."""
        changes = [f"{name}: {', '.join(facts)}" for name, facts in self.changed.items()]
        return [
            *(["Dry run: nothing was written."] if dry_run else []),
            *_listed("Added", self.added if len(self.added) <= NAMED_UP_TO else [], len(self.added)),
            *_listed("Changed", changes, len(changes)),
            *_listed("Left as they were", [], len(self.left)),
            *_listed("Warnings", [str(remark) for remark in sorted(self.warned)], len(self.warned)),
            *_listed("Refused", [str(remark) for remark in sorted(self.refused)], len(self.refused)),
            *(self._date_lines() if dry_run else []),
        ]

    def _date_lines(self) -> Iterator[str]:
        if self.told:
            yield f"Letters to people with a seat: {self.told}"
        for name, dates in self.dates.items():
            yield from _listed(f"Dates of {name}", dates, len(dates))


def _listed(heading: str, names: list[str], number: int) -> Iterator[str]:
    yield f"{heading}: {number}"
    yield from (f"  {name}" for name in names)


def shown(text: str) -> str:
    """Somebody's text, safe to repeat in a sentence: short, and without anything that steers a terminal."""
    plain = "".join("�" if is_unprintable(char) else char for char in text)
    return f"“{plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + '…'}”"


def is_unprintable(char: str) -> bool:
    """Whether this is a control character, half a character, or an invisible one that turns or hides text."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in JOINERS


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
