"""Whom people of this organisation can turn to, beside the lines for everybody: its own entries, and when somebody has
last checked them. They are a wording like the others, "name | how to reach them | when" on each line."""

from dataclasses import dataclass
from datetime import date

from phonein import wording

NAME = "support-lines"
MOST = 6  # so that a page with a long question and all of them is still of the one size


@dataclass(frozen=True)
class SupportLine:
    name: str
    reach: str
    hours: str = ""

    @property
    def text(self) -> str:
        return " | ".join(part.replace("|", "/") for part in (self.name, self.reach, self.hours) if part)


def lines(language: str = "en") -> list[SupportLine]:
    """What stands in the newest edition in this language; in English where nobody has written it in that one."""
    found = wording.newest(NAME, language)
    if not found.edition and language != "en" and wording.newest(NAME, "en").edition:
        found = wording.newest(NAME, "en")
    return read(found.words)


def shipped(language: str) -> list[SupportLine]:
    return read(wording.shipped(NAME, language).words)


def is_checked() -> bool:
    """Whether the organisation has put in its own, and not left what came with the program."""
    return wording.newest(NAME, "en").edition > 0


def checked_on() -> date | None:
    return wording.newest(NAME, "en").made_on


def keep(written: list[SupportLine], *, after: int) -> int:
    """A new edition: these are checked today. Raises wording.WordedMeanwhile."""
    return wording.keep(NAME, "en", "\n".join(line.text for line in written), after=after)


def read(text: str) -> list[SupportLine]:
    found = []
    for line in text.splitlines():
        if line.strip() and not line.strip().startswith("#"):
            name, reach, hours = [*(part.strip() for part in line.split("|", 2)), "", ""][:3]
            found.append(SupportLine(name, reach, hours))
    return found[:MOST]
