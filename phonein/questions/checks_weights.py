"""Words that weigh: each leans to a crisis or away from it; what they come to together is a hint where no phrase is.

What somebody says between the lines has no phrase of its own. The weights are a plain list that can be read and
changed; bench/weigh_words.py has made it from sentences.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from phonein.questions.phrases import Token

EMPTY = ""  # the line without a word: what a text begins with
_LINE = re.compile(r"[+-]\d\.\d\d?( [^ ]+){0,2}")


def features(tokens: Sequence[Token]) -> set[str]:
    """The words of a text and its pairs of neighbours."""
    said = [token.word for token in tokens]
    return {*said, *(f"{one} {other}" for one, other in pairwise(said))}


def fault(line: str) -> str:
    """What is wrong with a line of the list; "" for nothing."""
    return "" if _LINE.fullmatch(line) else "Write a weight with its sign, as in +0.45, a blank, and one word or two"


def read(lines: Iterable[str]) -> dict[str, float]:
    """What each word or pair weighs. Of lines without fault."""
    weights = {}
    for line in lines:
        weight, _, words = line.partition(" ")
        weights[words.strip().lower()] = float(weight)
    return weights


def lean(weights: dict[str, float], tokens: Sequence[Token]) -> float:
    """Above nought the words lean to a crisis."""
    # To the hundredth, as the list has it: a set has no order, and the last digits of a sum hang on it.
    return round(weights.get(EMPTY, 0.0) + sum(weights.get(feature, 0.0) for feature in features(tokens)), 2)
