"""Names typed without capital letters, or with nothing else."""

import re
from collections.abc import Iterator

from phonein.questions.checks_finds import Reading
from phonein.questions.checks_name_parts import CUE, Name, is_like_a_surname

_ENDINGS = ("s", "ing", "ed", "ly", "er", "wards", "time", "day", "ful", "ive", "able", "ish", "ment", "tion")
_NEXT_WORD = re.compile(r" ([A-Za-z']+)")
_PREPOSITION = re.compile(r"\b(?:for|with|about|of|by|from|against|supervise|manage|met|see) $")
_LOWER_PAIR = re.compile(
    r"(?<![A-Za-z0-9@./_'-])(?=([A-Za-z]{2,}(?:-[A-Za-z]{2,})?) ([A-Za-z']{2,}(?:-[A-Za-z]{2,})?)(?![A-Za-z0-9@'_-]))"
)


def names(reading: Reading) -> Iterator[Name]:
    """“kelvin jones”, “KELVIN JONES”: known by the lists, or after “called”."""
    for match in _LOWER_PAIR.finditer(reading.plain):
        first, last = match.group(1), match.group(2)
        if not reading.is_first_name(first) or (first[0].isupper() and last[0].isupper() and not first.isupper()):
            continue
        is_cued = bool(CUE.search(reading.plain[max(0, match.start() - 16) : match.start()]))
        knows_last = is_like_a_surname(reading, last.title()) or (
            "-" in last and all(map(reading.is_surname, last.split("-")))
        )
        if (
            (is_cued or _is_set_apart(reading, match) or _is_after_preposition(reading, match))
            and not (reading.is_common(last) and not reading.is_surname(last))
        ) or (knows_last and not reading.is_common(first) and (reading.is_surname(last) or _is_double(reading, last))):
            yield Name(match.start(1), match.end(2))


def _is_set_apart(reading: Reading, match: re.Match[str]) -> bool:
    """“my lad, nathan brookshaw, is …”: between two commas, and no word that could be another."""
    is_between = reading.plain.endswith(", ", 0, match.start()) and reading.plain.startswith(",", match.end(2))
    return is_between and not reading.is_common(match.group(1)) and len(match.group(2)) > 3


def _is_after_preposition(reading: Reading, match: re.Match[str]) -> bool:
    """“… for ricky dunmore without …”: then a little word or nothing, and no ending of a verb or an adverb."""
    first, last = match.group(1), match.group(2)
    if not (first.islower() and len(last) > 4) or reading.is_common(first) or reading.is_common(last):
        return False
    follows = _NEXT_WORD.match(reading.plain, match.end(2))
    return (
        bool(_PREPOSITION.search(reading.plain[max(0, match.start() - 9) : match.start()]))
        and not last.endswith(_ENDINGS)
        and (follows is None or reading.is_common(follows.group(1)))
    )


def _is_double(reading: Reading, last: str) -> bool:
    return "-" in last and any(reading.is_surname(part) for part in last.split("-"))
