"""Numbers that stand for one person: of a prison, of probation, of the police; National Insurance; dates of birth."""

import re
from collections.abc import Iterator

from phonein.questions.checks_finds import Find, Flag, Reading
from phonein.questions.checks_words import words

_EDGE, _DONE = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_D = "[0-9OoIl]"  # as people type and misread digits
_PRISON = re.compile(rf"{_EDGE}[A-Za-z](?P<gap>[ .-]?){_D}{{4}}(?P<gap2>[ .-]?)[A-Za-z]{{2}}{_DONE}")
_CRN = re.compile(rf"{_EDGE}[A-Za-z](?P<gap>[ .-]?){_D}{{3}}(?P<gap2>[ .-]?){_D}{{3}}{_DONE}")
_PNC = re.compile(rf"{_EDGE}(?:\d{{2}}|\d{{4}}) ?[/\\] ?(?P<number>{_D}{{1,7}}) ?[A-Za-z]{_DONE}")
_NI = re.compile(rf"{_EDGE}[A-CEGHJ-TW-Za-ceghj-tw-z]{{2}}(?: ?\d\d){{3}} ?[A-Da-d]{_DONE}")
_NHS = re.compile(r"\bNHS (?:no|num|number)\b[.:# ]{0,3}(?:is )?\d{3}[ -]?\d{3}[ -]?\d{4}\b", re.I)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ion|chwe|maw|ebr|mai|meh|gorff|awst|med|hyd|tach|"
    r"rhag)[a-z]*"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: ?[/.-] ?| of | o | )?(?:\d{{1,2}}|{_MONTH})[ /.,-]*(?:19|20|')?\d\d|"
    r"\d{4}-\d\d-\d\d)\b"
)
_BIRTH = re.compile(
    rf"\b(?:d\.? ?o\.? ?b\.?|date of birth|born(?: on)?(?: the)?|birthday|dyddiad geni|(?:ganed|ganwyd|"
    rf"eni)(?: ef| fe| fo| hi)?(?: ar)?)"
    rf"[ :,.=-]*(?:is |was |yw |ydi |on |ar |the |y ){{0,2}}{_DATE}",
    re.I,
)
_STAFF_NUMBER = re.compile(
    r"\b(?:my|staff|employee|payroll|collar|shoulder|badge|warrant|force|personnel)"
    r"(?: (?:staff|employee|payroll|collar|shoulder|badge|warrant|force|personnel))? (?:no|num|number|id)\b"
    r"[.:# ]{0,3}(?:is )?[A-Za-z]{0,3}\d{3,10}\b",
    re.I,
)
# What says outright whose number it is: taken along, when the number is put into neutral words.
_LABEL = re.compile(
    r"(?:\b(?:prison(?:er)?|noms?|nomis|probation|pnc|crn|delius|police|rhif|carchar|carcharor|brawf|heddlu|"
    r"ni|case)\b"
    r"[ .:#-]*(?:(?:no|num|number|nr|id|rhif|carchar|brawf|yw|ydi|is)\b[ .:#=-]*){0,3})$",
    re.I,
)
_THING_AFTER = re.compile(r"[\s)]{0,2}([a-z]+)", re.I)
_LITTLE = words("for about on with by of from and to at in or but said says he she they who that when if as like so")
_FILLER = {
    "s",
    "no",
    "number",
    "num",
    "code",
    "id",
    "is",
    "it",
    "was",
    "the",
    "a",
    "for",
    "yw",
    "ydi",
    "rhif",
    "called",
}


def finds(reading: Reading) -> Iterator[Find]:
    yield from _shaped(reading)
    yield from _spoken(reading)
    for match in _NI.finditer(reading.plain):
        yield Find(match.start(), match.end(), "ni-number", _whose(reading, match.start()))
    for match in _NHS.finditer(reading.plain):
        yield Find(match.start(), match.end(), "ni-number", _whose(reading, match.start()))
    for match in _BIRTH.finditer(reading.plain):
        yield Find(match.start(), match.end(), "birth-date", _whose(reading, match.start()))
    for match in _STAFF_NUMBER.finditer(reading.plain):
        yield Find(match.start(), match.end(), "own-number", Flag.OWN)


def _shaped(reading: Reading) -> Iterator[Find]:
    for kind, pattern in (("prison-number", _PRISON), ("crn", _CRN), ("pnc", _PNC)):
        for match in pattern.finditer(reading.plain):
            label = _LABEL.search(reading.plain, max(0, match.start() - 40), match.start())
            if _is_of_a_person(reading, kind, match, bool(label)):
                yield Find(label.start() if label else match.start(), match.end(), kind, Flag.THEIRS)


def _is_of_a_person(reading: Reading, kind: str, match: re.Match[str], is_labelled: bool) -> bool:
    typed = match.group()
    if sum(c.isdigit() for c in typed) < 3:
        return False
    if is_labelled:
        return True
    if _is_of_a_thing(reading, match.start(), match.end()):
        return False
    if kind == "pnc":
        return len(match["number"]) >= 4
    if not match["gap"] and not match["gap2"]:
        return True
    # In pieces and without a word for it: only in capitals, and not “a 2024 HM…” or “I 150 000”.
    begins_oddly = typed[0] in "AI" and match["gap"] == " " and (kind == "crn" or typed[2:4] in ("19", "20"))
    return typed == typed.upper() and (not begins_oddly or reading.plain[max(0, match.start() - 1)] in "(:#")


def _is_of_a_thing(reading: Reading, start: int, end: int) -> bool:
    """A reference: the word before says so (“fault ref …”), or the one after (“… printer”)."""
    things = reading.lists.words("references")
    before = re.findall(r"[a-z]+", reading.plain[max(0, start - 40) : start].rpartition("\n")[2].lower())
    while before and before[-1] in _FILLER:
        before.pop()
    after = _THING_AFTER.match(reading.plain, end)
    if len(before) > 1 and before[-1] not in _LITTLE and before[-2].rstrip("s") in things:  # “printers (HP M4417QX)”
        return True
    return bool(before and (before[-1] in things or before[-1].rstrip("s") in things)) or bool(
        after and after.group(1).lower() in things - {"form", "part"}
    )


def _whose(reading: Reading, start: int) -> Flag:
    is_own = re.search(
        r"\b(?:my|mine|I was|I'm|fy|ges i)\b(?! (?:lad|man|client|prisoner|resident|case))", _near(reading, start)
    )
    return Flag.OWN if is_own else Flag.THEIRS


def _near(reading: Reading, start: int) -> str:
    return reading.plain[max(0, start - 15) : start + 6].rpartition("\n")[2]


_SPOKEN = {
    **dict.fromkeys(("zero", "oh", "nought", "naught", "sero", "dim"), "0"),
    **dict.fromkeys(("one", "un"), "1"),
    **dict.fromkeys(("two", "dau", "dwy"), "2"),
    **dict.fromkeys(("three", "tri", "tair"), "3"),
    **dict.fromkeys(("four", "pedwar", "pedair"), "4"),
    **dict.fromkeys(("five", "pump"), "5"),
    **dict.fromkeys(("six", "chwech"), "6"),
    **dict.fromkeys(("seven", "saith"), "7"),
    **dict.fromkeys(("eight", "wyth"), "8"),
    **dict.fromkeys(("nine", "naw"), "9"),
}
_LETTERS = {
    word: word[0].upper()
    for word in words(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa"
        " quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
    )
}
_TIMES = {"double": 2, "treble": 3, "triple": 3, "dwbl": 2}
_SPOKEN_SHAPES = (
    ("prison-number", re.compile(r"[A-Z]\d{4}[A-Z]{2}"), Flag.THEIRS),
    ("crn", re.compile(r"[A-Z]\d{6}"), Flag.THEIRS),
    ("phone", re.compile(r"0\d{9,10}"), Flag.OWN),
)


def _spoken(reading: Reading) -> Iterator[Find]:
    """Numbers written out: “A one two three four B C”, “oh seven seven double oh …”."""
    said, first = reading.seen.tokens, 0
    while first < len(said):
        past, times, letters = first, 1, ""
        while past < len(said) and (letter := _spoken_letter(said[past].word)):
            letters += letter * times if letter != "*" else ""
            times = _TIMES.get(said[past].word, 1) if letter == "*" else 1
            past += 1
        if sum(token.word in _SPOKEN for token in said[first:past]) >= 3:
            yield from _spoken_as(reading, first, past)
        first = max(past, first + 1)


def _spoken_letter(word: str) -> str:
    if word in _TIMES:
        return "*"
    if len(word) == 1 and word.isascii() and word.isalnum():
        return word.upper()
    return _SPOKEN.get(word) or _LETTERS.get(word) or (word if word.isdigit() and len(word) < 12 else "")


def _spoken_as(reading: Reading, first: int, past: int) -> Iterator[Find]:
    """The longest stretch of these words that reads as one of the numbers."""
    said = reading.seen.tokens
    for begin in range(first, min(past, first + 12)):
        letters, times = "", 1
        for place in range(begin, min(past, begin + 13)):
            letter = _spoken_letter(said[place].word)
            if letter == "*":
                times = _TIMES[said[place].word]
                continue
            if letter == "O" and len(letters) > 0:
                letter = "0"
            letters, times = letters + letter * times, 1
            for kind, shape, flag in _SPOKEN_SHAPES:
                goes_on = place + 1 < past and kind == "phone" and _spoken_letter(said[place + 1].word).isdigit()
                if shape.fullmatch(letters) and not goes_on:
                    yield Find(said[begin].start, said[place].end, kind, flag)
                    return
