"""Finding answers by their words, in English and Welsh: typed with accents or without, in another form, mutated, or in
the other language where the word is an everyday one. Pure; the same on every database."""

import re
from collections.abc import Sequence
from functools import lru_cache

import Stemmer
from stop_words import get_stop_words

from phonein.desk import welsh
from phonein.questions import checks_language, checks_seen

MOST_WORDS = 12  # of what is looked for
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LONG_ENOUGH_TO_BEGIN = 3  # letters: what is typed so far finds every word that begins so
_SMALL = frozenset(word.replace("'", "") for word in get_stop_words("en"))
Index = tuple[str, frozenset[str]]  # all words and what they may be forms of, with blanks around; the latter by itself


def language(text: str) -> str:
    """ "cy" or "en", for the mark that lets a screen reader speak it."""
    return checks_language.of_words(_WORD.findall(checks_seen.plain(text).lower()))


def wanted(typed: str) -> list[str]:
    """What is looked for, word by word; small words only where there are no others."""
    words = list(dict.fromkeys(_plain_words(typed)))
    return ([word for word in words if word not in _SMALL and welsh.in_english(word) != ""] or words)[:MOST_WORDS]


def score(words: Sequence[str], title: str, text: str) -> int:
    """How well it fits: 0 where a word is in neither, more where it stands in the title."""
    found = [(fits(word, index(title)), fits(word, index(text))) for word in words]
    if not all(any(one) for one in found):
        return 0
    return sum(3 * in_title + in_text for in_title, in_text in found)


def fits(word: str, there: Index) -> bool:
    said, roots = there
    is_said = f" {word}" if len(word) >= _LONG_ENOUGH_TO_BEGIN else f" {word} "
    return is_said in said or not _roots_of_one(word).isdisjoint(roots)


@lru_cache(maxsize=4096)
def index(text: str) -> Index:
    """Of published words only: they are remembered here."""
    words = _plain_words(text)
    roots = _roots(words, is_welsh=language(text) == "cy")
    return f" {' '.join({*words, *roots})} ", roots


@lru_cache(maxsize=MOST_WORDS)
def _roots_of_one(word: str) -> frozenset[str]:
    return _roots([word], is_welsh=True)


def _plain_words(text: str) -> list[str]:
    return [found.replace("'", "") for found in _WORD.findall(checks_seen.plain(text).lower())]


def _roots(words: Sequence[str], *, is_welsh: bool) -> frozenset[str]:
    stem = Stemmer.Stemmer("english", 0).stemWord
    roots = {stem(word) for word in words}
    if is_welsh:
        for word in words:
            roots |= {f"cy {radical}" for radical in welsh.unmutated(word) if len(radical) > 2}
            roots |= {stem(english) for english in (welsh.in_english(word) or "").split()}
    return frozenset(roots)
