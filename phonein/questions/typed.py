"""What somebody has typed: how long it may be, and one shape for it however it was typed or sent."""

import json
import re
import unicodedata

LONGEST = 3000  # characters
LARGEST = 3600  # bytes, as written inside an envelope: with its wrapping it must fit
# Marks without width or use in a question; copied along from some page, they could say from which and by whom.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064]")


def same_bytes(text: str) -> str:
    """The text in one shape, however it was typed or sent, so that nothing about the browser is left in it."""
    seen = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = unicodedata.normalize("NFC", seen).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def is_blank(text: str) -> bool:
    """Whether nobody could see anything in it: only blanks, marks without width and signs that need a letter."""
    return all(unicodedata.category(letter)[0] in "ZCM" for letter in text)


def fits(text: str) -> bool:
    """Whether there is room for it in an envelope. Line ends and quotation marks count double there."""
    return len(text) <= LONGEST and len(json.dumps(text, ensure_ascii=False).encode()) <= LARGEST
