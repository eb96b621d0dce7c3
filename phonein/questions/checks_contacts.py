"""Ways to reach a person: e-mail addresses, telephone numbers, extensions, postcodes."""

import re
from collections.abc import Iterator

from phonein.questions.checks_finds import Find, Flag, Reading
from phonein.questions.checks_words import words

_TOP = r"(?:org|com|net|uk|co\.uk|gov\.uk|gov|io|info|me|eu|test|example|wales|cymru|email|police\.uk|nhs\.uk|mail)"
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
# “sam at example dot org”, “sam (at) example.org”, “sam[at]example[dot]org”
_AT = r"(?:\s?[\[({<]\s?at\s?[\])}>]\s?|\s?@\s?|\s+at\s+)"
_DOT = r"(?:\s?[\[({<]\s?dot\s?[\])}>]\s?|\s+dot\s+|\s?\.\s?)"
_HIDDEN_EMAIL = re.compile(
    rf"\b[A-Za-z0-9][\w+-]{{0,40}}(?:{_DOT}[\w+-]{{1,40}}){{0,2}}{_AT}[A-Za-z0-9-]{{1,40}}"
    rf"(?:{_DOT}[A-Za-z0-9-]{{1,40}}){{0,3}}{_DOT}{_TOP.replace(chr(92) + '.', _DOT)}\b",
    re.I,
)
_PHONE = re.compile(
    r"(?<![\w/.,£$#-])(?:\(?\+ ?44\)?(?:[ .-]?\(?0\)?)?|\(?0044\)?|"
    r"\(?[0Oo])(?:[ .()-]{0,2}[0-9OoIl]){9,10}(?![\w/])"
)
_EXTENSION = re.compile(
    r"\b(?:ext|extn|extension|est|estyniad)\b[.:]? ?(?:no\.? |number )?\d{3,6}\b|"
    r"\bx\d{4}\b",
    re.I,
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])(?P<area>[A-Za-z]{1,2})(?P<district>\d[A-Za-z0-9]?)(?P<gap>[ -]{0,2})"
    r"(?P<inward>\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})"
    r"(?![A-Za-z0-9])"
)
_AREAS = words(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC"
    " EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN"
    " LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO"
    " SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_ORDINALS = {"st", "nd", "rd", "th"}
_OFFICES = re.compile(
    r"(?:wellbeing|info|support|help|helpdesk|hr|enquir|admin|contact|no-?reply|noreply|care|team|office|"
    r"press|sales|jobs"
    r"|recruit|training|payroll|postmaster|union|eap|oh\b)",
    re.I,
)
_REACH_ME = re.compile(
    r"\b(?:my|me|mine|I'm|reach|contact|ring|call|text|phone|whatsapp|email|e-mail|mail|mob|mobile|tel|ext|"
    r"via|reply|"
    r"fi|ffoniwch|ffoniwch|ebostiwch|e-bost|fy|ffon)\b",
    re.I,
)
_THEIRS = re.compile(r"\b(?:his|her|their|he|she|they|him|ei|eu)\b", re.I)
# Lines of a letter's or a calendar's head that somebody typed to see what they do.
_HEADER = re.compile(
    r"(?:^|\n|[;:,\\n])\s?(?:bcc|cc|to|from|reply-to|organizer|attendee|"
    r"mailto)\b[^\n]{0,40}$",
    re.I,
)
_LIVES = re.compile(
    r"\b(?:I|we)(?:'m|'re)? (?:live|work|am|are|based)|\bmy (?:house|home|flat|address|postcode|office|unit|"
    r"team)|\bour\b|\bI'm\b",
    re.I,
)
_VISITED = re.compile(
    r"\b(?:his|her|their|he|she|they|him|home visits?|visit|address|lives?|man|woman|lad|ei|eu|ymweliad|dyn|"
    r"menyw)\b",
    re.I,
)
_NOT_PERSONAL = ("03", "08", "09", "0300", "116")


def finds(reading: Reading) -> Iterator[Find]:
    for pattern in (_EMAIL, _HIDDEN_EMAIL):
        for match in pattern.finditer(reading.plain):
            yield Find(match.start(), match.end(), "email", _whose_address(reading, match))
    for match in _PHONE.finditer(reading.plain):
        if sum(c.isdigit() for c in match.group()) < 8:
            continue
        yield Find(match.start(), match.end(), "phone", _whose_number(reading, match))
    for match in _EXTENSION.finditer(reading.plain):
        yield Find(match.start(), match.end(), "own-number", Flag.OWN)
    for match in _POSTCODE.finditer(reading.plain):
        if _is_postcode(reading, match):
            yield Find(match.start(), match.end(), "postcode", _whose_place(reading, match))


def _whose_address(reading: Reading, match: re.Match[str]) -> Flag | None:
    before = reading.seen.sentence_before(match.start())
    if _HEADER.search(before):
        return None
    if _OFFICES.match(match.group()):
        return Flag.OWN if re.search(r"\b(?:my|me|mine|fi|fy)\b", before[-40:], re.I) else None
    if _REACH_ME.search(before[-40:]) and not _THEIRS.search(before[-25:]):
        return Flag.OWN
    if _THEIRS.search(before[-25:]):
        return Flag.THEIRS
    return Flag.OWN


def _whose_number(reading: Reading, match: re.Match[str]) -> Flag | None:
    before = reading.seen.sentence_before(match.start())
    digits = re.sub(r"[^0-9]", "", match.group().replace("O", "0").replace("o", "0"))
    if digits.startswith(_NOT_PERSONAL):
        return None
    if _THEIRS.search(before[-25:]):
        return Flag.THEIRS if reading.nearest(match.start()) != "staff" else None
    return Flag.OWN


def _is_postcode(reading: Reading, match: re.Match[str]) -> bool:
    if match["area"].upper() not in _AREAS or match["inward"][1:].lower() in _ORDINALS:
        return False
    if (
        match["gap"] and match.group() != match.group().upper()
    ):  # “m4 2nd”, “at 5 4hr”: pieces need some sign of meaning it
        return match.group() == match.group().lower() and len(match.group()) >= 7
    before = re.findall(r"[a-z]+", reading.plain[max(0, match.start() - 30) : match.start()].lower())
    return not (before and before[-1] in reading.lists.words("references") - {"postcode", "code", "door", "room"})


def _whose_place(reading: Reading, match: re.Match[str]) -> Flag:
    before = reading.seen.sentence_before(match.start())
    if _LIVES.search(before):
        return Flag.OWN
    is_theirs = reading.named_in(match.start() - len(before), match.start()) == "held" or _VISITED.search(before)
    return Flag.THEIRS if is_theirs else Flag.OWN
