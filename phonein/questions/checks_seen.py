"""A text as a reader sees it: accents, curly quotes, invisible marks and letters that only look like ours taken away,
with the way back from each of its characters to the text as it was typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from phonein.questions import phrases

# Letters of other alphabets that look like ours, with which an identifier can be hidden; and marks in many shapes.
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧοıłŁøØđĐ‘’‛ʼ`´“”„«»‐‑‒–—―−\u00a0\u2007\u202f\u2002\u2003\u2009\u3000",
    "ABESIJKMHOPCTYXaeopcyxijsdhABEZHIKMNOPTYXoilLoOdD''''''\"\"\"\"\"-------       ",
)
_NOT_TYPED_ALIKE = {at: to for at, to in _ALIKE.items() if at > 127} | {ord("\t"): ord(" "), ord("\r"): ord(" ")}
_LETTERS_AND_SPACE = re.compile(r"[\x20-\x7e\n]*")


@dataclass(frozen=True)
class Seen:
    """`plain` is what a reader sees; `at[i]` is where its character i stands in the text as typed."""

    text: str
    plain: str
    at: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same stretch in the text as typed, with the marks that belong to its last letter."""
        return self.at[start], self.at[end]

    @cached_property
    def tokens(self) -> list[phrases.Token]:
        return phrases.tokens(self.plain)

    def sentence_before(self, start: int) -> str:
        """From the beginning of the sentence to here."""
        ends = [self.plain.rfind(mark, max(0, start - 400), start) for mark in (". ", "? ", "! ", "\n")]
        return self.plain[max([start - 400, 0, *(end + 1 for end in ends)]) : start]

    def sentence_after(self, end: int) -> str:
        found = re.compile(r"[.?!]\s|\n").search(self.plain, end, end + 400)
        return self.plain[end : found.start() if found else end + 400]

    def begins_a_sentence(self, start: int) -> bool:
        return not re.search(r"[\w,;:)(\"'&/-][ \"'(]*$", self.plain[max(0, start - 6) : start])


def seen(text: str) -> Seen:
    """Whatever is in it: lone surrogates, unassigned characters and all."""
    if _LETTERS_AND_SPACE.fullmatch(text):
        return Seen(text, text, list(range(len(text) + 1)))
    letters: list[str] = []
    at: list[int] = []
    for place, typed in enumerate(text):
        for letter in _plain_letter(typed):
            letters.append(letter)
            at.append(place)
    return Seen(text, "".join(letters), [*at, len(text)])


def plain(text: str) -> str:
    """The same as `seen(text).plain`, quicker: without the way back to what was typed."""
    shape = text.translate(_NOT_TYPED_ALIKE)
    if shape.isascii():
        return shape
    return "".join(letter if letter.isascii() else _plain_letter(letter) for letter in shape)


def _plain_letter(typed: str) -> str:
    if typed.isascii():
        return " " if typed in "\t\r" else typed
    shape = typed.translate(_ALIKE)
    if shape.isascii():
        return shape
    decomposed = unicodedata.normalize("NFKD", shape).translate(_ALIKE)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) not in ("Mn", "Cf", "Cs"))
