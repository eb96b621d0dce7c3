"""Which characters the printed pack can show: those that its own fonts have, found by trying each one.

A character without a letter in any font makes the typesetter refuse the whole document (PDF/UA wants every one of them
readable), and some rare scripts make it fall over. So it is given no character that is not in this list.
"""

import re
import unicodedata

PRINTED = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xAC),
    (0xAE, 0x2FF),  # letters of Europe, Welsh ones among them
    (0x384, 0x38A),
    (0x38E, 0x3A1),
    (0x3A3, 0x482),  # Greek and Cyrillic
    (0x48A, 0x4FF),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x2040),
    (0x2044, 0x2052),
    (0x2070, 0x2071),
    (0x2074, 0x208E),
    (0x20A0, 0x20BF),  # money
    (0x2190, 0x22FF),  # arrows, sums
    (0x2460, 0x24FF),
    (0x2500, 0x262F),
    (0x2713, 0x2718),
)
UNKNOWN = "▯"


def printable(words: str) -> str:
    """The words with each emoji as its name in brackets, and with an empty box for a letter that cannot be printed."""
    return re.sub(" {2,}", " ", "".join(map(_printed, words)))


def _printed(sign: str) -> str:
    if sign == "\n" or any(first <= ord(sign) <= last for first, last in PRINTED):
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Mn", "Me", "Sk"):  # what changes the sign before it: an accent of its own, the colour of a hand
        return ""
    if kind.startswith("Z"):
        return " "
    return f" [{unicodedata.name(sign).lower()}] " if kind.startswith("S") else UNKNOWN
