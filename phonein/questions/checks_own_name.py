"""The asker's own name: said (“my name is …”, “… ydw i”), or put under the question."""

import re
from collections.abc import Iterator

from phonein.questions.checks_finds import Find, Flag, Reading

_NAME = r"(?:[A-Z][\w'-]*|[a-z][\w'-]+)(?: (?:ap |van |de )?(?:[A-Z][\w'-]*|[a-z][\w'-]+)){0,3}"
_SAID = re.compile(
    rf"\b(?:[Mm]y (?:full |real |first |own )?(?:name|nane|naem|nmae|nam|mame)(?: is|'s|s)|"
    rf"(?<![Hh]is )(?<![Hh]er )(?<![Tt]heir )[Nn]ame's|[Ff]y enw (?:i )?(?:yw|ydi|ydy)|"
    rf"[Mm]y name:|[Nn]ame:|[Ee]nw:) ({_NAME})"
)
_I_AM = re.compile(rf"\b(?:[Ii]'m|[Ii] am|[Ii]m|[Tt]his is|[Ii]t'?s) ({_NAME})")
_HERE = re.compile(r"(?:^|[.!?\n,] ?|\b[Hh](?:i|iya|ello) )([A-Z][a-z'-]+(?: [A-Z][\w'-]+)?) here\b")
_WELSH = re.compile(r"\b([A-Z][a-z'-]+(?: (?:ap )?[A-Z][\w'-]+)?) (?:ydw|dw|wyf|ydy|yw) (?:i\b|fy enw)")
_WELSH_FROM = re.compile(r"(?:^|[.!?\n] ?)([A-Z][a-z'-]+) (?:o'r|o|ar|yn|yng) [^.?!\n]{2,40}(?:ydw i|dw i|sydd yma)\b")
_I_AM_THE = re.compile(r"\b(?:I'm|I am|[Ii]m) the ([A-Z][a-z'-]+) (?:who|that|from)\b")
_ASK_FOR = re.compile(
    r"\b(?:ask for|signed|gofynnwch am|(?:[Hh]i|[Hh]ello|[Gg]reetings|[Hh]elo|[Ll]ove) (?:from|gan|"
    r"wrth)) ([A-Z][a-z'-]+(?: [A-Z][\w'-]+)?)\b"
)
_AFTER_NAME = re.compile(r"\s*(?:[,.!(;]|$|\n|from\b|and I\b|o'r\b|o\b|-)|\s(?:at|on|in|in the|an?|one of)\b")
_SMALL_AFTER = re.compile(r"(?P<surname> [a-z'-]{3,})? (?:from|here)\b")
_FIRST_OF_ALL = re.compile(r"\s*(?P<name>[A-Z][a-z'-]+ [A-Z][\w'-]+), (?P<role>[^.?!\n]{2,40})[.!\n]")
_TAIL = 240  # characters in which a question is signed
_DASHED = re.compile(
    r"(?:\n|[.?!] )[ \t]*(?:--?|~|"
    r"\*) ?(?P<name>[A-Z][a-z'-]+(?: (?:ap )?[A-Z][\w'-]+){0,2})(?P<role>[ ,(/][^\n]{0,120})?\s*$"
)
_LAST = re.compile(
    r"[.?!)\dx][ \t]+(?P<name>[A-Z][a-z'-]+(?: (?:ap )?[A-Z][\w'-]+){0,2})(?P<role>[,(/][^\n.?!]{0,80})?[ .x]*$"
)
# “Happy to be named – Kelvin Example, dog section.”
_NAMED = re.compile(
    r"(?:\b(?:named?|quote me|credit(?: me)?|name on it|use my name|it's me|yours|from|by|me)\b"
    r"[ ,:.-]{1,4}(?:it's |as |is )?"
    r"|[a-z.?!)] ?(?:-{1,2} ?|\()|[a-z][,:] )(?P<name>[A-Z][a-z'-]+(?: (?:ap |van |de )?[A-Z][\w'-]+){1,3})"
    r"(?P<role>[,(/-][^\n.?!]{0,80}| \([^\n.?!)]{0,80}\))?[ .!)x]*$"
)
_ALONE = re.compile(
    r"\n[ \t]*(?P<name>[A-Za-z][a-z'-]+(?: (?:ap )?[A-Z][\w'-]*){0,2})[ .x]*(?P<role>[,(/-][^\n]{0,120})?\s*$"
)


def finds(reading: Reading) -> Iterator[Find]:
    for match in _SAID.finditer(reading.plain):
        if end := _end_of_name(reading, match.start(1), match.group(1)):
            yield _own(match.start(1), end)
    for match in _I_AM.finditer(reading.plain):
        yield from _i_am(reading, match)
    for pattern in (_HERE, _WELSH, _WELSH_FROM, _I_AM_THE, _ASK_FOR):
        for match in pattern.finditer(reading.plain):
            end = _end_of_name(reading, match.start(1), match.group(1))
            first = match.group(1).split()[0]
            if (
                end
                and not reading.is_common(first)
                and (reading.is_first_name(first) or end > match.start(1) + len(first) or _is_from(reading, match))
            ):
                yield _own(match.start(1), end)
    yield from _signed(reading)
    yield from _introduced(reading)


def _is_from(reading: Reading, match: re.Match[str]) -> bool:
    """“Mags here from …”"""
    return match.re is _HERE and reading.plain.startswith((" from ", " at "), match.end())


def _own(start: int, end: int) -> Find:
    return Find(start, end, "own-name", Flag.OWN)


def _end_of_name(reading: Reading, start: int, said: str) -> int:
    """Where the name ends that begins here; 0, if this is none (“my name is mud”)."""
    words = said.split(" ")
    first = words[0]
    if not (reading.is_first_name(first) or (first[0].isupper() and not reading.is_common(first))):
        return 0
    end = start + len(first)
    for word in words[1:]:
        is_small = word in ("ap", "ab", "van", "de")
        if not is_small and (reading.is_common(word) and not (word[0].isupper() and reading.is_surname(word))):
            break
        if not is_small and word[0].islower() and not reading.is_surname(word):
            break
        end += 1 + len(word)
    return end


def _i_am(reading: Reading, match: re.Match[str]) -> Iterator[Find]:
    """“I'm Sam from …”: a first name we know, with a capital letter, and then nothing that makes it another word."""
    words, says_i = match.group(1).split(" "), match.group().lower().startswith(("i'm", "i am", "im "))
    first = words[0]
    if not first[0].isupper():
        small = _SMALL_AFTER.match(reading.plain, match.start(1) + len(first))
        if small and reading.is_first_name(first) and not reading.is_common(first):
            yield _own(match.start(1), small.end("surname") if small["surname"] else match.start(1) + len(first))
        return
    end = _end_of_name(reading, match.start(1), match.group(1))
    is_full = end > match.start(1) + len(first)
    if not end or not (reading.is_first_name(first) or is_full) or (reading.is_common(first) and not is_full):
        return
    after = _AFTER_NAME.match(reading.plain, end)
    if (is_full and says_i) or (after and (says_i or re.match(r" (?:from|here|o'r)\b", reading.plain[end:]))):
        yield _own(match.start(1), end)


def _introduced(reading: Reading) -> Iterator[Find]:
    """“Kelvin Example, B3 PO. How do I …”: a name and a rank before anything else."""
    match, ranks = _FIRST_OF_ALL.match(reading.plain), reading.lists.words("ranks")
    if not match or not any(word.lower() in ranks for word in re.findall(r"[A-Za-z]+", match["role"])):
        return
    if end := _end_of_name(reading, match.start("name"), match["name"]):
        yield _own(match.start("name"), end)


def _signed(reading: Reading) -> Iterator[Find]:
    plain = reading.plain.rstrip()
    for hit in reading.lists.phrases("closings").hits(reading.seen.tokens):
        if (
            hit.end >= len(plain) - _TAIL
            and _opens_a_closing(plain, hit.start)
            and (find := _after_closing(reading, plain, hit.end))
        ):
            yield find
    for pattern in (_DASHED, _ALONE, _LAST):
        match = pattern.search(plain, max(0, len(plain) - _TAIL))
        if match and _is_a_signature(reading, match):
            yield _own(match.start("name"), match.end("name"))
    named = _NAMED.search(plain, max(0, len(plain) - _TAIL))
    if named and _is_a_signature(reading, named) and not _is_of_somebody_held(reading, named):
        yield _own(named.start("name"), named.end("name"))


def _opens_a_closing(plain: str, start: int) -> bool:
    """A closing begins a line or a sentence: “many thanks, …”, not “he said thanks, Dave was …”."""
    return not plain[:start].strip() or plain[:start].rstrip(" ")[-1:] in "\n.!?,;)-x" or plain[:start].endswith("\n")


def _after_closing(reading: Reading, plain: str, end: int) -> Find | None:
    gap = re.compile(r"[\s,.!:x~*-]*").match(plain, end)
    assert gap
    name = re.compile(
        r"(?:[A-Z]\. )?(?:[A-Z][\w'-]*|[a-z'-]{2,})(?: (?:ap |van |de )?(?:[A-Z][\w'-]*|[a-z'-]{2,})){0,3}"
    ).match(plain, gap.end())
    if not name or len(name.group()) < 2:
        return None
    is_apart = bool(set(gap.group()) & set(",\n-~*:!."))
    first = name.group().split(" ")[0]
    is_addressed = not is_apart and plain[:end].lower().endswith(("thanks", "thank you", "x", "best", "love", "diolch"))
    stop = _end_of_name(reading, name.start(), name.group())
    if (
        not stop
        or is_addressed
        or (reading.is_common(first) and not (first[0].isupper() and reading.is_first_name(first) and is_apart))
    ):
        return None
    if not is_apart and not reading.is_first_name(first):
        return None
    rest = plain[stop:]
    ends_well = re.fullmatch(r"[\s.!x]*|\s*[,(/\n-].*|\s+(?:from|at|on|in|o|yn)\b.*", rest, re.DOTALL)
    is_last = first[0].isupper() and is_apart and not rest.strip(" .!x\n")
    knows = reading.is_first_name(first) or "\n" in gap.group() or stop > name.start() + len(first) or is_last
    return _own(name.start(), stop) if ends_well and knows and len(rest) < 160 else None


def _is_of_somebody_held(reading: Reading, named: re.Match[str]) -> bool:
    """“… my hardest case - Kelvin Example”"""
    start = named.start("name")
    is_of_one = re.search(
        r"\b(?:man|woman|lad|boy|girl|guy|bloke|one|him|her|lady|case)\b\W{1,4}$", reading.plain[:start][-16:]
    )
    return bool(is_of_one) or any(start - 6 <= hit.end <= start for hit in reading.held)


def _is_a_signature(reading: Reading, match: re.Match[str]) -> bool:
    """A name on a line of its own at the end, or after a dash; and not a last word like “Thoughts?”."""
    first, *others = match["name"].split(" ")
    if (
        others
        and ("-" in others[-1] or reading.is_surname(others[-1]))
        and not any(map(reading.is_common, (first, others[-1])))
    ):
        return True
    return (
        reading.is_first_name(first)
        and (first[0].isupper() or not reading.is_common(first))
        and not (reading.is_common(first) and " " not in match["name"] and not match["role"] and not first[0].isupper())
    )
