"""Where somebody works: named sites and units. The asker's own, unless the words say that it is another's."""

import re
from collections.abc import Iterator
from itertools import chain

from phonein.questions.checks_finds import Find, Flag, Reading
from phonein.questions.checks_words import words

_CAP = r"(?:Mac|Mc|O'|D')?[A-Z][a-z]+(?:-[A-Z]?[a-z]+)*"
_PREFIXED = re.compile(
    rf"(?<![A-Za-z])(?:HMP(?: ?(?:&|and|/) ?(?:HM)?YOI)?|HMYOI|HM Prison|HMP|YOI|IRC|STC|CEM|CEF|EF|"
    rf"[Hh]mp)\s(?:[Tt]he |[Yy]r? )?"
    rf"((?:{_CAP})(?: (?:{_CAP})){{0,2}})"
)
_SMALL_PREFIXED = re.compile(r"(?<![A-Za-z])(?:hmp|hm prison|hmyoi) (?:the )?([a-z]{4,})")
_WELSH = re.compile(rf"\b[Nn]?[CcGg]h?archar (?:EF |EM )?(?:[Yy]r? )?((?:{_CAP})(?: {_CAP})?)")
_WING = re.compile(
    r"(?<![A-Za-z0-9'])(?:[A-Z]\d?|[A-Z]{2}|\d[A-Z]?) ?-?(?:[Ww]ing|[Ll]anding)\b|\b[b-hj-z] wing\b|"
    r"\b(?:[Ww]ing|[Ll]anding|[Hh]ouse ?block|HB|[Aa]dain|[Ss]pur) ?"
    r"(?:[A-Z]\d?|\d{1,2})\b(?! (?:of|officer|staff))"
)
_AT = re.compile(
    rf"\b(?:[Ii]'m|[Ii] am|[Ii]m|[Ww]e're|[Ww]e are|[Ii] work(?:ed)?|[Ww]e work|working|based|stationed|"
    rf"posted|here|us|all of us|gweithio|(?:officer|sergeant|nurse|paramedic|practitioner|worker|manager|"
    r"handler|instructor|chaplain|teacher|psychologist|admin|medic|OSG|SPO|PSO|SO|CM|PO|PP)) "
    rf"(?:\w+ ){{0,2}}(?:at|yn|yng|ym) (?:the )?((?:{_CAP})(?: (?:{_CAP})){{0,2}})"
)
# “I run the bakery at …”, “I'm on the late team at …”, “the only … at …”
_I_DO_IT_AT = re.compile(
    rf"\b(?:(?:I|we|We)(?:'ve|'m|'re| am| are| have been)? (?:also |both |all )?(?:run|manage|lead|teach|cover|"
    rf"supervise|work|head|nurse|cook|clean|drive|train|on|in|with|part of|one of|an? \w+|the \w+)\b|"
    rf"\b[Oo]nly (?:one )?)"
    rf"[^.?!\n]{{0,50}}? at ((?:{_CAP})(?: (?:{_CAP})){{0,2}})"
)
_MOVED = re.compile(
    r"\b(?:took|take|taken|escort\w*|drove|drive|attend\w*|appear\w*|"
    r"transfer(?:red|ring)?|moved?|shipped|released|recalled|came|come|went|going|sent|sentenced|"
    r"remanded|ghosted|arrived|"
    r"escaped|served|spent|time|years?|months?|stint|visit\w*|left|move) (?:\w+ ){0,3}$",
    re.I,
)
_HEARD = re.compile(
    r"\b(?:used to|someone|somebody|speakers?|read|heard|saw|seen|news|documentary|article|report|inspection|riot|"
    r"telly|tv|like|such as|e\.g\.|"
    r"example|papers?|"
    r"friend|mate|husband|wife|sister|brother|partner|colleague|(?:he|she|they) (?:work|works|is|are|was)|"
    r"they|another|other|pilot|scheme)\b[^.?!]{0,40}$",
    re.I,
)
_OTHERS_AFTER = re.compile(
    r" (?:they|apparently|where they|have (?:a|got)|has (?:a|got)|did|does|do|ran|runs|run|use|uses)\b", re.I
)
_AFTER_AT = re.compile(rf"\b(at|yng?|ym|from) ((?:[Tt]he |[Yy]r? )?{_CAP}(?: {_CAP}){{0,3}})")
_KIND_FIRST = re.compile(rf"(?<![A-Za-z])([a-z]+(?: [a-z]+){{1,2}}) ({_CAP}(?: {_CAP})?)")
_WHERE_I = re.compile(r",? (?:\()?(?:(?:same|just) (?:as|like) (?:me|us)|where (?:I|we)|lle (?:dw|dwi|rydw|rydyn))\b")
_UNIT = re.compile(rf"(?<![A-Za-z0-9-])(?:{_CAP} ){{1,5}}(?=([A-Za-z]+(?: [A-Za-z]+){{0,2}}))")
_BOTH = re.compile(r"\b(?:and I|we)(?: both| all)? work(?: \w+)? (?:at|in|for) $")
# Where one goes to for others more often than one works there.
_GONE_TO = re.compile(r"(?:court|magistrates|hospital|police station|health centre)$", re.I)
_WORK_THERE = re.compile(
    r"\b(?:I|we|I'm|we're) (?:work|am|are|run|all)\b|\b(?:based|here|us|our|team|staff|from)\b", re.I
)
_SPEAKS = re.compile(r"\b(?:I|I'm|we|us|dw i|dwi|gweithio)\b")
_WORK_BEFORE = re.compile(
    r"\b(?:(?:I|we|I'm|im|we're|dw i|dwi)(?:'m|'re|'n| am| are| work| run| manage| lead| cover|) ?"
    r"(?:(?!my |his |her |their |about |lad |man |mate )\w+ ){0,4}(?:on|at|in|from|for|ar|yn|of)|"
    r"(?:my|our|here|us|fy|ein)(?: (?:wing|unit|landing|team|group|lot|staff|officers|block|house|area|patch|office))?"
    r"(?: on| at| in| from| ar| yn|,|\(|:)?|based (?:on|at|in)|from) (?:the |y |yr )?\(?$",
    re.I,
)
_NEEDS_A_NAME_INSIDE = {"unit", "hub", "prison", "hospital", "wing", "watch", "cluster", "depot", "custody block"}


def finds(reading: Reading) -> Iterator[Find]:
    for pattern in (_PREFIXED, _WELSH):
        for match in pattern.finditer(reading.plain):
            end = _named_until(reading, match.start(1), match.group(1))
            if end:
                yield _site(reading, match.start(), end)
    for match in _SMALL_PREFIXED.finditer(reading.plain):
        if not reading.is_common(match.group(1)):
            yield _site(reading, match.start(), match.end())
    for match in chain(_AT.finditer(reading.plain), _I_DO_IT_AT.finditer(reading.plain)):
        end = _named_until(reading, match.start(1), match.group(1))
        if end and len(match.group(1)) > 3:
            yield Find(match.start(1), end, "own-site", Flag.OWN)
    yield from _listed(reading)
    yield from _units(reading)
    yield from _welsh_units(reading)
    for match in _WING.finditer(reading.plain):
        is_own = _is_own_unit(reading, match.start())
        yield Find(match.start(), match.end(), "own-unit" if is_own else "unit", Flag.OWN if is_own else None)


def _named_until(reading: Reading, start: int, said: str) -> int:
    """Where the name ends: “Thistlebeck Officers” has a word too many. 0, if it is none (“HMP Service”)."""
    end = 0
    for word in re.finditer(r"\S+", said):
        if reading.is_common(word.group()) and not (word.start() and word.group().lower() in _PLACE_WORDS):
            if word.start() == 0 and said.lower() in reading.lists.words("sites"):
                return start + len(said)
            break
        end = start + word.end()
    return end


_PLACE_WORDS = words(
    "hall park wood hill grange house farms end lodge green road street bay mount lane court bank"
    " moor camp wells way heath cross"
)


def _site(reading: Reading, start: int, end: int) -> Find:
    is_own = _is_own_site(reading, start, end)
    return Find(start, end, "own-site" if is_own else "other-site", Flag.OWN if is_own else None)


def _is_own_site(reading: Reading, start: int, end: int) -> bool:
    before = reading.seen.sentence_before(start)
    if _WHERE_I.match(reading.plain, end) or _BOTH.search(before):
        return True
    if _GONE_TO.search(reading.plain, start, end) and not _WORK_THERE.search(before):
        return False
    without_preposition = re.sub(r"\b(?:at|from|to|in|of|yn|yng|o|i) $", "", before)
    if _MOVED.search(without_preposition) or _OTHERS_AFTER.match(reading.plain, end):
        return False
    return not _HEARD.search(without_preposition)


def _listed(reading: Reading) -> Iterator[Find]:
    """Names that people use without “HMP”, after “at”: many of them are towns as well."""
    sites = reading.lists.words("sites")
    for match in _AFTER_AT.finditer(reading.plain):
        words = match.group(2).split(" ")
        known = [n for n in range(len(words), 0, -1) if " ".join(words[:n]).lower() in sites]
        before = reading.seen.sentence_before(match.start())
        if known and (match.group(1).lower() == "at" or _SPEAKS.search(before)):
            yield _site(reading, match.start(2), match.start(2) + len(" ".join(words[: known[0]])))


def _units(reading: Reading) -> Iterator[Find]:
    """“Marlpit Street probation office”, “Oakmoor AP”."""
    kinds = reading.lists.words("units")
    for match in _UNIT.finditer(reading.plain):
        words = list(re.finditer(r"[A-Za-z'-]+", match.group() + match.group(1)))
        for place, length in ((p, n) for p in range(1, len(words)) for n in (3, 2, 1)):
            kind = words[place : place + length]
            if " ".join(word.group() for word in kind).lower() in kinds and len(kind) == length:
                if find := _unit(reading, match.start(), words[:place], kind):
                    yield find
                break


def _unit(reading: Reading, begins: int, named: list[re.Match[str]], kind: list[re.Match[str]]) -> Find | None:
    while named and reading.is_common(named[0].group()):
        named = named[1:]
    if not named or any(reading.is_common(w.group()) and w.group().lower() not in _PLACE_WORDS for w in named):
        return None
    start, end = begins + named[0].start(), begins + kind[-1].end()
    is_plain = " ".join(word.group() for word in kind).lower() in _NEEDS_A_NAME_INSIDE
    return None if is_plain and reading.seen.begins_a_sentence(start) else _site(reading, start, end)


def _welsh_units(reading: Reading) -> Iterator[Find]:
    """“swyddfa brawf Treforfa”: the kind comes first."""
    sites = reading.lists.words("units")
    for match in _KIND_FIRST.finditer(reading.plain):
        words = match.group(1).lower().split(" ")
        if any(" ".join(words[n:]) in sites for n in range(len(words))) and not reading.is_common(match.group(2)):
            yield _site(reading, match.start(2), match.end(2))


def _is_own_unit(reading: Reading, start: int) -> bool:
    before = reading.seen.sentence_before(start)
    if _WORK_BEFORE.search(before) and not re.search(
        r"\b(?:he|she|they|man|lad|prisoner|resident|someone|somebody)\b", before, re.I
    ):
        return True
    rest = reading.plain[start:]
    is_last_line = "\n" not in rest.strip() and len(rest) < 120 and reading.plain[:start].count("\n") > 0
    return is_last_line and bool(re.search(r"(?:^|\n)[^\n.?!]{0,60}$", reading.plain[:start]))
