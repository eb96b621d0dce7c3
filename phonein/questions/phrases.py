"""Phrases as an admin writes them, one on a line, and where they stand in a text. No regular expressions: whatever is
written, looking takes time in proportion to the text. Words that only colour others (“really”, “much”) are passed over.

    "…" or "..."   up to four words between
    "_"            any one word
    "a/b"          one or the other
    "[a]"          may be missing
    "talk*"        a word that may go on
    "."            at the end: nothing follows in this sentence
    "<no>"         any word or words of the family of that name
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product

from phonein.questions.checks_words import words

MOST_BETWEEN = 4
MOST_COLOURS = 4  # that are passed over in one place
LONGEST = 30  # parts of one phrase
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_PART = re.compile(r"\[?(?:[\w'*/]|<[\w-]+>)+\]?|\.\.\.|\.(?=\s*$)")
_FAMILY = re.compile(r"<([\w-]+)>")
_COLOURS = words(
    "really much just even honestly actually quite always ever still simply literally sometimes truly genuinely"
    " particularly currently properly fully like tbh all so very too rather kinda basically wir jest hyd"
)
# Welsh writes these together with the word before: "dwi'n", "mae'r".
_JOINED = {"n": "yn", "r": "y", "w": "w", "i": "i", "u": "u", "ch": "ch"}
_SENTENCE_ENDS = re.compile(r"(?<!\.)[.?!;]+[\"')]*\s|\n\s*\n")


class NotAPhrase(ValueError):
    """The message says what is wrong, in the words of whoever wrote the phrase."""


@dataclass(frozen=True)
class Token:
    """A word of a text in small letters without apostrophes, and which sentence it stands in."""

    word: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True)
class Hit:
    """Where a phrase stands: characters from `start` to before `end`, words from `first` to before `past`; and the
    number of its line in the list."""

    start: int
    end: int
    first: int
    past: int
    line: int = field(default=0, compare=False)

    def overlaps(self, other: "Hit") -> bool:
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Hit") -> bool:
        return self.start <= other.start and other.end <= self.end and self != other


@dataclass(frozen=True)
class _Part:
    """One place of a phrase. No words at all: any word will do."""

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    may_be_missing: bool = False
    is_gap: bool = False
    is_end: bool = False

    @property
    def is_of_words(self) -> bool:
        """Whether nothing but one of its words will do."""
        return bool(self.words) and not (self.beginnings or self.may_be_missing)

    def fits(self, word: str) -> bool:
        is_any = not self.words and not self.beginnings
        return is_any or word in self.words or word.startswith(self.beginnings)


Phrase = tuple[_Part, ...]
Families = Mapping[str, Sequence[Phrase]]


def tokens(plain: str) -> list[Token]:
    """The words of a text that `checks_seen` has made plain."""
    ends = [found.end() for found in _SENTENCE_ENDS.finditer(plain)]
    found: list[Token] = []
    sentence = 0
    for match in _WORD.finditer(plain):
        while sentence < len(ends) and ends[sentence] <= match.start():
            sentence += 1
        for word, start in _split(match.group().lower(), match.start()):
            found.append(Token(word, start, match.end(), sentence))
    return found


def _split(word: str, start: int) -> Iterator[tuple[str, int]]:
    stem, apostrophe, rest = word.rpartition("'")
    if apostrophe and rest in _JOINED:
        yield stem.replace("'", ""), start
        yield _JOINED[rest], start + len(stem) + 1
    else:
        yield word.replace("'", ""), start


def parsed(line: str) -> Phrase:
    """Of a line without families. Raises NotAPhrase."""
    (phrase,) = every_phrase(line, {})
    return phrase


def every_phrase(line: str, families: Families) -> list[Phrase]:
    """The phrases of a line: more than one, where a family has members of several words. Raises NotAPhrase."""
    line = line.lower().replace("…", "...").replace("’", "'")
    if odd := _PART.sub("", line).strip():
        raise NotAPhrase(f"“{odd[0]}” has no meaning here: use letters, … _ / [ ] * < > and a full stop at the end")
    places = [_members(word, families) for word in _PART.findall(line)]
    if len(places) > LONGEST:
        raise NotAPhrase(f"Use {LONGEST} words or fewer")
    found = [tuple(part for parts in chosen for part in parts) for chosen in product(*places)]
    for phrase in found:
        if not any(part.words or part.beginnings for part in phrase if not part.may_be_missing):
            raise NotAPhrase("At least one word must be fixed: this would be found in every question")
        if phrase[0].is_gap or phrase[-1].is_gap:
            raise NotAPhrase("“…” stands between two words")
    return found


def _members(written: str, families: Families) -> list[Phrase]:
    """What may stand at one place of a line: families, words, or both with “/” between."""
    if "<" not in written:
        return [(_part(written),)]
    if written.startswith("[") != written.endswith("]"):
        raise NotAPhrase(f"“{written}” opens or closes a bracket by itself: “[a/b]” is one word that may be missing")
    named = _FAMILY.findall(written)
    for name in named:
        if name not in families:
            raise NotAPhrase(f"There is no family “{name}”")
    others = "/".join(word for word in written.strip("[]").split("/") if not word.startswith("<"))
    members = [member for name in named for member in families[name]] + ([(_part(others),)] if others else [])
    return [*_together(members), *([()] if written.startswith("[") else [])]


def _together(members: Sequence[Phrase]) -> list[Phrase]:
    """Those of one word are one place."""
    alone = [member[0] for member in members if len(member) == 1]
    words = frozenset(word for part in alone for word in part.words)
    beginnings = tuple(beginning for part in alone for beginning in part.beginnings)
    return [*([(_Part(words, beginnings),)] if alone else []), *(member for member in members if len(member) > 1)]


def family(written: str) -> list[Phrase]:
    """The members of a family, with commas between. Raises NotAPhrase."""
    return _together([parsed(member) for member in written.split(",") if member.strip()])


def _part(written: str) -> _Part:
    if written in ("...", "_", "."):
        return _Part(is_gap=written == "...", is_end=written == ".")
    if written.startswith("[") != written.endswith("]"):
        raise NotAPhrase(f"“{written}” opens or closes a bracket by itself: “[a/b]” is one word that may be missing")
    words = [word.replace("'", "") for word in written.strip("[]").split("/")]
    if not all(word.rstrip("*") for word in words) or any("*" in word[:-1] for word in words):
        raise NotAPhrase(f"“{written}” has an empty place: write “a/b”, and a star only at the end of a word")
    return _Part(
        words=frozenset(word for word in words if not word.endswith("*")),
        beginnings=tuple(word[:-1] for word in words if word.endswith("*")),
        may_be_missing=written.startswith("["),
    )


class Phrases:
    """A whole list of phrases, by the word each may begin with."""

    def __init__(self, lines: Sequence[str], families: Families) -> None:
        self._by_word: dict[str, list[tuple[int, Phrase]]] = defaultdict(list)
        self._by_two: dict[tuple[str, str], list[tuple[int, Phrase]]] = defaultdict(list)
        self._by_beginning: dict[str, list[tuple[int, Phrase]]] = defaultdict(list)
        for number, line in enumerate(lines):
            for phrase in every_phrase(line, families):
                self._keep(number, phrase)
        self._initials = {beginning[0] for beginning in self._by_beginning}
        self._lengths = sorted({len(beginning) for beginning in self._by_beginning})

    def _keep(self, number: int, phrase: Phrase) -> None:
        for place, part in enumerate(phrase):
            rest = phrase[place:]
            for word in part.words:
                for second in rest[1].words if len(rest) > 1 and rest[1].is_of_words else ():
                    self._by_two[word, second].append((number, rest))
                if len(rest) == 1 or not rest[1].is_of_words:
                    self._by_word[word].append((number, rest))
            for beginning in part.beginnings:
                self._by_beginning[beginning].append((number, rest))
            if not part.may_be_missing:
                break

    def hits(self, said: Sequence[Token]) -> list[Hit]:
        """Each place where a phrase stands, the longest one of those that begin at the same word."""
        return [max(hits, key=lambda hit: hit.past) for hits in self._by_place(said) if hits]

    def every_hit(self, said: Sequence[Token]) -> list[Hit]:
        """Each place where a phrase stands, also where others begin at the same word."""
        return list(chain.from_iterable(self._by_place(said)))

    def _by_place(self, said: Sequence[Token]) -> Iterator[list[Hit]]:
        for first, token in enumerate(said):
            ends = ((line, self._end(phrase, said, first)) for line, phrase in self._begin_at(said, first))
            yield [Hit(token.start, said[past - 1].end, first, past, line) for line, past in ends if past > first]

    def _begin_at(self, said: Sequence[Token], first: int) -> Iterator[tuple[int, Phrase]]:
        word = said[first].word
        yield from self._by_word.get(word, ())
        for second in said[first + 1 : first + 2 + MOST_COLOURS]:
            yield from self._by_two.get((word, second.word), ())
            if second.word not in _COLOURS:
                break
        if word[0] in self._initials:
            for length in self._lengths:
                yield from self._by_beginning.get(word[:length], ())

    def _end(self, phrase: Phrase, said: Sequence[Token], first: int) -> int:
        """Past which word the phrase ends; 0, if it does not stand here. It stays within one sentence."""
        sentence, ends = said[first].sentence, {first}
        for part in phrase:
            after = set()
            for at in ends:
                if part.may_be_missing:
                    after.add(at)
                past = min(at + MOST_COLOURS, len(said))
                while first < at < past and said[at].word in _COLOURS and not part.fits(said[at].word):
                    at += 1
                if part.is_end and (at == len(said) or said[at].sentence != sentence):
                    after.add(at)
                elif part.is_gap:
                    after.update(range(at, min(at + MOST_BETWEEN, len(said)) + 1))
                elif not part.is_end and at < len(said) and said[at].sentence == sentence and part.fits(said[at].word):
                    after.add(at + 1)
            ends = after
            if not ends:
                return 0
        return max(ends)
