"""Enough Welsh to see that two texts are about the same thing: mutated beginnings undone, everyday words in English.

Pure. What it does not know it leaves alone.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LIST = Path(__file__).parent / "lists" / "welsh.txt"
_EMPTY = "-"  # the words of this line say nothing about what is asked

# What a word begins with, and what it may have begun with before it was mutated. The longest first.
_MUTATED = (
    ("ngh", ("c",)),
    ("mh", ("p",)),
    ("nh", ("t",)),
    ("ng", ("g",)),
    ("ch", ("c",)),
    ("ph", ("p",)),
    ("th", ("t",)),
    ("dd", ("d",)),
    ("m", ("b",)),
    ("n", ("d",)),
    ("g", ("c",)),
    ("b", ("p",)),
    ("d", ("t",)),
    ("f", ("b", "m")),
    ("l", ("ll",)),
    ("r", ("rh",)),
    ("h", ("",)),
)
_G_IS_GONE = "aeiouwylrn"  # soft mutation takes a g away altogether


def unmutated(word: str) -> Iterator[str]:
    """The word, and what it may be a mutation of, the likeliest first."""
    yield word
    for begins, befores in _MUTATED:
        if word.startswith(begins) and len(word) > len(begins) + 1:
            yield from (before + word[len(begins) :] for before in befores)
    if word[:1] in _G_IS_GONE:
        yield "g" + word


def in_english(word: str) -> str | None:
    """A Welsh word (small letters, no accents) in English; "" where it says nothing of its own; None where unknown."""
    known = _words()
    return next((known[one] for one in unmutated(word) if one in known), None)


@cache
def _words() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _LIST.read_text("utf-8").splitlines():
        english, colon, listed = line.partition(":")
        if colon and not line.startswith("#"):
            for word in listed.split(","):
                found.setdefault(word.strip(), "" if english == _EMPTY else english)
    return found
