"""What names are made of, for all the rules that look for one."""

import re
from dataclasses import dataclass

from phonein.questions.checks_finds import Reading
from phonein.questions.checks_words import words

CAP = r"(?:Mac|Mc|O'|D')?[A-Z][a-z]+(?:-[A-Z][a-z]+)*"
# “called”, “named”, “name is”: what follows is a name, whatever it looks like.
CUE = re.compile(
    r"(?:\b(?:called|named|name is|name's|name of|names? (?:are|were)|o'r enw|enw (?:yw|ydi))|\bname:) $", re.I
)
_JARGON_BEGINS = words("post pre anti non co self multi inter re ex mid cross trauma")
_JARGON_ENDS = words("informed based led term line wide free up off out in time service incident")


@dataclass(frozen=True)
class Name:
    start: int
    end: int


def is_like_a_surname(reading: Reading, word: str) -> bool:
    parts = word.split("-")
    if len(parts) > 1:
        return (
            all(part[0].isupper() for part in parts)
            and not all(reading.is_common(part) for part in parts)
            and not _is_jargon(parts)
        )
    return reading.is_surname(word) and not reading.is_common(word)


def _is_jargon(parts: list[str]) -> bool:
    """“Trauma-Informed”, “Post-Incident”, “Anti-Racism”: capital letters of a heading."""
    return parts[0].lower() in _JARGON_BEGINS or parts[-1].lower() in _JARGON_ENDS
