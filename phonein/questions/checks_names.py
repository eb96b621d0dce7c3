"""Names of people in full. A first name alone says little and is left alone, unless it is the asker's own
(`checks_own_name`)."""

import re
from collections.abc import Iterator
from itertools import chain

from phonein.questions import checks_small_letters
from phonein.questions.checks_finds import Find, Flag, Reading
from phonein.questions.checks_name_parts import CAP, CUE, Name, is_like_a_surname

_SURNAME = re.compile(rf"\b[Ss]urname(?: is|:)? ({CAP})(?![A-Za-z0-9])")
_SMALL = r"(?:ap|ab|van|von|de|der|den|bin|ibn|al|el|la|le|ferch)"
_RUN = re.compile(rf"(?<![A-Za-z0-9@./_-]){CAP}(?: (?:{_SMALL} ){{0,2}}(?:[A-Z]\.? )?{CAP}){{1,5}}(?![A-Za-z0-9@_])")
_INITIAL = re.compile(rf"(?<![A-Za-z0-9.'])[B-HJ-Z]\.? (?P<surname>{CAP})(?![A-Za-z0-9])")
_CAPS_SURNAME = re.compile(
    r"(?<![A-Za-z0-9])(?:([A-Z][a-z]+) ([A-Z]{4,}(?:-[A-Z]{2,})?)|"
    r"([A-Z]{4,}(?:-[A-Z]{2,})?), ([A-Z][a-z]+))(?![A-Za-z0-9])"
)
_NUMBER_AFTER = re.compile(
    r"[ ,(:-]{1,3}(?:\(?[A-Za-z]\d{4}[A-Za-z]{2}\b|[A-Za-z]\d{6}\b|DOB\b|d\.o\.b|CRN\b|PNC\b|NOMS\b|"
    r"prison no)",
    re.I,
)
_PERSON_AFTER = re.compile(
    r"(?:,? (?:who|whose|has|was|is|said|says|told|keeps|kept|had|threatened|threatens|got|came|comes|went|"
    r"goes|did|does|"
    r"wrote|writes|asked|asks|rang|died|made|left|moved|hit|punched|assaulted|attacked|spat|refused|refuses|wants|wanted|"
    r"tried|started|stopped|sent|gave|turned|walked|will|would|won't|didn't|knows|tells)\b"
    r"|'s (?:got|been|case|file|licence|sentence|on)\b)"
)
_THING_AFTER = re.compile(
    r"(?:'s)? (?:book|books|quote|film|podcast|talk|talks|ted talk|song|theory|model|method|idea|work on|research|"
    r"foundation|trust|review|report|inquiry|award|centre|center|house|road|street|lane|hall|college|school|"
    r"hospital|"
    r"hotel|stadium|station|court|court house|act|law|scale|test|window|cycle|charity|campaign|memorial|suite|"
    r"ward|unit|ap)\b",
    re.I,
)
_THING_BEFORE = re.compile(
    r"(?:\b(?:book|quote|podcast|talk|song|film|poem|novel|article|paper|theory|model|lyrics|series|show|sketch)s? "
    r"(?:by|from|of|with) |\bas |\bto quote |\blike |\breading |\bread some |\bparaphrase )$",
    re.I,
)
_SOMEBODY = re.compile(
    r"\b(?:man|lad|boy|woman|girl|lady|guy|bloke|prisoner|resident|client|nominal|family of|"
    r"mum of|mother of|partner of)\b",
    re.I,
)
_THE = re.compile(r"\b(?:the|a|an|our|my|this|that|your|their|his|her|no|any|each|every|new|y|yr) $", re.I)
_WROTE = re.compile(r" (?:said|says|put it|once|wrote|writes|sang|would say)\b", re.I)
GREETING = re.compile(
    r"(?:^|\n|[.!?] )[ \t]*(?:hi|hiya|hello|dear|hey|morning|afternoon|evening|thanks|thank you|helo|annwyl|"
    r"diolch)(?: again| to)?,? $",
    re.I,
)
FAMILY = re.compile(
    r"\bmy (?:\w+ )?(?:wife|husband|partner|son|daughter|mum|mam|dad|brother|sister|fiance|fiancee|boyfriend|"
    r"girlfriend|gp|doctor|therapist|counsellor),? $",
    re.I,
)
_APPOSED = re.compile(r"[\s,:(-]*(?:(?:called|named|is|was|i\.?e\.?|o'r enw) )?$", re.I)
_APPOSED_AFTER = re.compile(r"[ ,(-]{1,3}(?:who's |who is |is )?(?:my|our|the|a|an|another|one of our)? ?", re.I)


def finds(reading: Reading) -> Iterator[Find]:
    for name in chain.from_iterable(rule(reading) for rule in _RULES):
        if not is_known_to_all(reading, name):
            yield _find(reading, name)


def _in_capitals(reading: Reading) -> Iterator[Name]:
    for run in _RUN.finditer(reading.plain):
        words = [Name(run.start() + w.start(), run.start() + w.end()) for w in re.finditer(r"\S+", run.group())]
        yield from _pairs(reading, words)


def _pairs(reading: Reading, words: list[Name]) -> Iterator[Name]:
    """The name within a run of words with capital letters: “Yesterday Kelvin Marchbanks” has one word too many."""
    place = 0
    while place < len(words) - 1:
        past = place + 2
        while past < len(words) and reading.plain[words[past - 1].start].islower():  # “Dafydd ap Gwilym”
            past += 1
        middle = words[past - 1]
        if (
            past < len(words) and middle.end - middle.start <= 2 and "A" <= reading.plain[middle.start] <= "Z"
        ):  # “Kelvin J. M…”
            past += 1
        if _is_name(reading, words[place:past]):
            if past < len(words) and goes_on(reading, words[past]):
                past += 1
            yield Name(words[place].start, words[past - 1].end)
            place = past
        else:
            place += 1


def goes_on(reading: Reading, word: Name) -> bool:
    text = reading.plain[word.start : word.end]
    return text[0].isupper() and (reading.is_surname(text) or "-" in text or not reading.is_common(text))


def _is_name(reading: Reading, words: list[Name]) -> bool:
    first, last = (reading.plain[word.start : word.end] for word in (words[0], words[-1]))
    if not (first[0].isupper() and last[0].isupper()) or len(first) < 2:
        return False
    is_cued = bool(CUE.search(reading.plain[max(0, words[0].start - 16) : words[0].start]))
    knows_first, knows_last = reading.is_first_name(first), is_like_a_surname(reading, last)
    if reading.is_common(last) and not reading.is_surname(last):
        return False
    if is_cued or _NUMBER_AFTER.match(reading.plain, words[-1].end):
        return knows_first or not reading.is_common(first)
    is_inside = not reading.seen.begins_a_sentence(words[0].start)
    if reading.is_common(first):  # “Mark Hartley-Price”, but not “Will Officers”, “May Bank”
        return knows_first and not reading.is_common(last) and (knows_last or is_inside)
    if knows_first or knows_last:
        return True
    start = words[0].start
    if not is_inside or reading.is_common(last) or _is_of_a_heading(reading, start):
        return False
    is_spoken_of = _PERSON_AFTER.match(reading.plain, words[-1].end)
    return bool(is_spoken_of or _SOMEBODY.search(reading.plain, max(0, start - 60), start))


def _is_of_a_heading(reading: Reading, start: int) -> bool:
    """“the … …”, and “Prison Operational Response”: capital letters of a thing."""
    before = reading.plain[max(0, start - 24) : start]
    word = re.search(r"([A-Z][a-z]+) $", before)
    return bool(_THE.search(before)) or bool(word and not reading.seen.begins_a_sentence(start - len(word.group())))


def _with_initial(reading: Reading) -> Iterator[Name]:
    for match in _INITIAL.finditer(reading.plain):
        if is_like_a_surname(reading, match["surname"]):
            yield Name(match.start(), match.end())


def _loud(reading: Reading) -> Iterator[Name]:
    """“Kelvin MARCHBANKS” and “MARCHBANKS, Kelvin”, as in lists; and all of it in capitals."""
    for match in _CAPS_SURNAME.finditer(reading.plain):
        first, last = match.group(1) or match.group(4), match.group(2) or match.group(3)
        if reading.is_first_name(first) and not reading.is_common(last) and not reading.is_common(first):
            yield Name(match.start(), match.end())


def _as_surname(reading: Reading) -> Iterator[Name]:
    """“surname Example”"""
    for match in _SURNAME.finditer(reading.plain):
        if not reading.is_common(match.group(1)):
            yield Name(match.start(1), match.end(1))


def is_known_to_all(reading: Reading, name: Name) -> bool:
    """A figure of history, film or books; or the name of a thing: “the … Foundation”, “a book by …”."""
    said = reading.plain[name.start : name.end].lower().split()
    figures = reading.lists.words("figures")
    if any(" ".join(said[a:b]) in figures for a in range(len(said)) for b in range(a + 2, len(said) + 1)):
        return True
    after, before = reading.plain[name.end : name.end + 24], reading.plain[max(0, name.start - 24) : name.start]
    if _THING_AFTER.match(after):
        return True
    thing = _THING_BEFORE.search(before)
    return thing is not None and (thing.group().strip().lower() not in ("as", "like") or bool(_WROTE.match(after)))


def _find(reading: Reading, name: Name) -> Find:
    before = reading.plain[max(0, name.start - 60) : name.start]
    if GREETING.search(before) or is_colleague(reading, name):
        return Find(name.start, name.end, "colleague-name")
    if FAMILY.search(before):
        return Find(name.start, name.end, "somebodys-name")
    return Find(name.start, name.end, "held-name", Flag.THEIRS)


def is_colleague(reading: Reading, name: Name) -> bool:
    """A word for a colleague stands right before or right after it: “our SO, …”, “… , my line manager”."""
    if reading.plain.endswith(reading.lists.before_names, 0, name.start):
        return True
    after = _APPOSED_AFTER.match(reading.plain, name.end)
    for hit in reading.staff:
        if hit.end <= name.start and _APPOSED.fullmatch(reading.plain, hit.end, name.start):
            return True
        if after and hit.start <= after.end() < hit.end and hit.start >= name.end:
            return True
    return False


_RULES = (_in_capitals, _with_initial, _loud, _as_surname, checks_small_letters.names)
