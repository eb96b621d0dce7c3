"""What the check before sending finds: a stretch of the text, of a kind, that may point to a person."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from phonein.questions.checks_seen import Seen
from phonein.questions.phrases import Hit
from phonein.questions.word_lists import Lists

_PRICE = re.compile(r"[£$€] ?\d|\b\d+ ?%|>>|https?://|\bwww\.")


class Flag(StrEnum):
    """What a find means for the desk, named as in the gold labels of the sample questions."""

    THEIRS = "service_user_identifier"
    OWN = "self_identifying"
    CRISIS = "risk_self_harm"


@dataclass(frozen=True)
class Find:
    """Characters `start` to before `end` of the plain text. Without a flag it is shown and counts for nothing: a
    colleague's name, another site."""

    start: int
    end: int
    kind: str
    flag: Flag | None = None


class Reading:
    """A text and the lists it is read with; what several rules look up is looked up once."""

    def __init__(self, seen: Seen, lists: Lists) -> None:
        self.seen, self.lists, self.plain = seen, lists, seen.plain
        held, staff = (lists.phrases(name).hits(seen.tokens) for name in ("held", "colleagues"))
        # “One of the officers on my landing” is no “one … on … landing”: whoever is named within is meant.
        self.held = [hit for hit in held if not any(hit.holds(other) for other in staff)]
        self.staff = [hit for hit in staff if not any(hit.holds(other) for other in held)]

    @cached_property
    def is_advert(self) -> bool:
        """Whether somebody sells something: what names the seller then names no asker."""
        selling = self.lists.phrases("adverts").hits(self.seen.tokens)
        return bool(selling) and len(selling) + len(_PRICE.findall(self.plain)) >= 2

    def is_common(self, word: str) -> bool:
        return word.lower() in self.lists.words("not-names")

    def is_first_name(self, word: str) -> bool:
        return word.lower() in self.lists.words("first-names")

    def is_surname(self, word: str) -> bool:
        return word.lower() in self.lists.words("surnames")

    def nearest(self, start: int) -> str:
        """Who was spoken of last before here: "held", "staff", or "" where nobody was."""
        before = [(hit.end, who) for who, hits in self._people() for hit in hits if hit.end <= start]
        return max(before)[1] if before else ""

    def named_last(self, start: int, end: int) -> str:
        """Who is spoken of last between here and there."""
        within = [
            (hit.end, who) for who, hits in self._people() for hit in hits if start <= hit.start and hit.end <= end
        ]
        return max(within)[1] if within else ""

    def last_before(self, start: int) -> int:
        """Where the last who was spoken of before here is named; 0 where nobody was."""
        return max((hit.start for _, hits in self._people() for hit in hits if hit.end <= start), default=0)

    def named_in(self, start: int, end: int) -> str:
        """Who is spoken of first between here and there."""
        within = [(hit.start, who) for who, hits in self._people() for hit in hits if start <= hit.start < end]
        return min(within)[1] if within else ""

    def _people(self) -> tuple[tuple[str, list[Hit]], ...]:
        return ("held", self.held), ("staff", self.staff)
