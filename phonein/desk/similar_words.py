"""The words of a question that say what it is about: stems, Welsh ones in English where we know them. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import Stemmer
from rapidfuzz.distance import OSA
from stop_words import get_stop_words

from phonein.desk import welsh
from phonein.questions import checks_language

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LONG_ENOUGH_TO_MISTYPE = 7  # letters: shorter words are too often other words


def same(plain: str) -> str:
    """What texts that nobody would tell apart have in common; empty, where there is nothing to read."""
    small = plain.casefold()
    return " ".join(_WORD.findall(small)) or "".join(small.split())


def stems(plain: Sequence[str]) -> list[list[str]]:
    """Of each text, in its order and as often as they stand there; none for one of small words alone."""
    stemmer = Stemmer.Stemmer("english", 0)
    every = [_words(text) for text in plain]
    meant = _mistyped(Counter(word for words in every for word in set(words)))
    return [stemmer.stemWords([meant.get(word, word) for word in words]) for words in every]


def _words(plain: str) -> list[str]:
    words = _WORD.findall(_ADDRESS.sub(" ", plain.lower()))
    is_welsh = checks_language.of_words(words) == "cy"
    words = [word.replace("'", "") for word in words]
    if is_welsh:
        words = [one for word in words for one in _in_english(word).split()]
    return [word for word in words if len(word) > 1 and word not in _small_words()]


def _in_english(word: str) -> str:
    english = welsh.in_english(word)
    return word if english is None else english


def _mistyped(texts_with: Counter[str]) -> dict[str, str]:
    """A word that only one text has, one slip away from one that several have: what was meant."""
    usual: dict[str, list[str]] = {}
    for word in sorted(texts_with, key=lambda word: (-texts_with[word], word)):
        if texts_with[word] > 1 and len(word) >= _LONG_ENOUGH_TO_MISTYPE - 1:
            usual.setdefault(word[0], []).append(word)
    meant = {}
    for word, count in texts_with.items():
        if count == 1 and len(word) >= _LONG_ENOUGH_TO_MISTYPE:
            near = (one for one in usual.get(word[0], ()) if OSA.distance(word, one, score_cutoff=1) == 1)
            if found := next(near, None):
                meant[word] = found
    return meant


@cache
def _small_words() -> frozenset[str]:
    return frozenset(word.replace("'", "") for word in get_stop_words("en"))
