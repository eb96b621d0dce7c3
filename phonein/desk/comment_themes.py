"""What comments are about: read from a plain list of words that an admin can change. Nothing is kept of it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from phonein import suppression, wording
from phonein.desk.feedback import Group
from phonein.questions import word_lists
from phonein.suppression import Breakdown

OTHER = "Something else"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class Themes:
    """The themes in their order, each with the words that speak for it, in every language at once."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._members: dict[str, list[str]] = {}
        for line in (line for text in texts for line in word_lists.lines(text)):
            name, _, said = line.partition(":")
            self._members.setdefault(name.strip(), []).extend(filter(None, map(_plain, said.split(","))))

    @property
    def names(self) -> list[str]:
        return [*self._members, OTHER]

    def of(self, comment: str) -> str:
        """The one theme that has most words in the comment: the first of those that have as many."""
        said = f" {_plain(comment)} "
        weights = {name: sum(_speaks(member, said) for member in members) for name, members in self._members.items()}
        best = max(weights, key=lambda name: weights[name], default=OTHER)
        return best if weights.get(best) else OTHER

    def counts(self, comments: Sequence[str]) -> dict[str, int]:
        """How many comments are about each theme."""
        found = Counter(map(self.of, comments))
        return {name: found[name] for name in self.names}


@dataclass(frozen=True)
class OverTime:
    """For each quarter how many comments were about each theme, as far as it may be shown, and over them all."""

    quarters: list[tuple[str, Breakdown | None]]
    names: list[str]
    total: dict[str, int]
    rest: int


def shown_of(comments: Sequence[str]) -> Breakdown | None:
    """What these comments are about, as far as it may be shown."""
    return suppression.broken_down(in_force().counts(comments))


def over_time(quarters: Sequence[Group]) -> OverTime:
    """By quarter, the latest first. Over them all it is what is shown of each, and no more."""
    themes = in_force()
    shown = [(group.title, suppression.broken_down(themes.counts(group.comments))) for group in quarters]
    counted = [breakdown for _, breakdown in shown if breakdown]
    total = {name: number for name in themes.names if (number := sum(one.shown.get(name, 0) for one in counted))}
    return OverTime(shown, list(total), total, sum(one.rest for one in counted))


def in_force() -> Themes:
    every = wording.in_force()
    return Themes(every[word_lists.THEMES, language] for language in wording.LANGUAGES)


def _plain(text: str) -> str:
    """Small letters and single blanks, and a star where one stands at the end of a word."""
    text = text.replace("’", "'").casefold()
    return " ".join(_WORD.findall(text)) + ("*" if text.rstrip().endswith("*") else "")


def _speaks(member: str, said: str) -> bool:
    return f" {member[:-1]}" in said if member.endswith("*") else f" {member} " in said
