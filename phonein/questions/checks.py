"""The check before sending: what in a question may identify somebody, and the same question in neutral words.

Pure rules over plain word lists: no database, no network; nothing is kept, and nothing is refused. They are
read off how people write such things, and miss what nobody wrote so before: the page says that the asker knows best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from phonein.questions import (
    checks_contacts,
    checks_crisis,
    checks_language,
    checks_names,
    checks_numbers,
    checks_own_name,
    checks_places,
    checks_seen,
    checks_titles,
)
from phonein.questions.checks_finds import Find, Flag, Reading
from phonein.questions.word_lists import Lists

# Where two overlap, the earlier one here says more.
_RULES = (checks_own_name, checks_numbers, checks_contacts, checks_titles, checks_names, checks_places)
_IN_BRACKETS = {"prison-number", "crn", "pnc", "ni-number"}  # after a noun that is neutral already: “a lad (A1234BC)”
_BETWEEN = " \n,;:()-/.&"


@dataclass(frozen=True)
class Finding:
    """Characters `start` to before `end` of a question may identify somebody. `words` say why, `rewrite` is what could
    stand there instead, both in the language of the question. `flag`: whose identity is at stake, as in the samples;
    None where it is a colleague's name or another place."""

    start: int
    end: int
    kind: str
    words: str
    rewrite: str
    flag: Flag | None


def find(text: str, lists: Lists) -> list[Finding]:
    """What may identify somebody, in the order of the text; no two overlap."""
    return _findings(Reading(checks_seen.seen(text), lists))


def look(text: str, lists: Lists) -> tuple[list[Finding], bool]:
    """What `find` finds, and whether the words hint at a crisis of the asker or of another member of staff."""
    reading = Reading(checks_seen.seen(text), lists)
    return _findings(reading), checks_crisis.is_one(reading)


def flags(text: str, lists: Lists) -> list[Flag]:
    """The flags of a question, each once, in their order in `Flag`."""
    findings, is_crisis = look(text, lists)
    found = {finding.flag for finding in findings} | ({Flag.CRISIS} if is_crisis else set())
    return [flag for flag in Flag if flag in found]


def rewritten(text: str, lists: Lists) -> str:
    """The question with every find put into neutral words."""
    return in_neutral_words(text, find(text, lists))


def in_neutral_words(text: str, findings: Sequence[Finding]) -> str:
    """“Kelvin Example (X123456)” is one person: said once, and the brackets go."""
    parts: list[str] = []
    past, last = 0, ""
    for finding in findings:
        gap = text[past : finding.start]
        if finding.kind in _IN_BRACKETS and gap.endswith(" (") and text.startswith(")", finding.end):
            parts, past = [*parts, gap[:-2]], finding.end + 1
            continue
        is_same = bool(parts) and last == finding.rewrite and not gap.strip(_BETWEEN) and len(gap) < 8
        if is_same:
            past = finding.end + (text[finding.end : finding.end + 1] == ")" and "(" in gap)
            continue
        parts += [gap, _fitting(finding.rewrite, text[: finding.start])]
        past, last = finding.end, finding.rewrite
    return "".join([*parts, text[past:]])


def _fitting(rewrite: str, before: str) -> str:
    begins = not before.strip() or before.rstrip(" \"“‘('").endswith((".", "?", "!", "\n"))
    return rewrite[:1].upper() + rewrite[1:] if begins else rewrite


def _findings(reading: Reading) -> list[Finding]:
    language = checks_language.of(reading.seen)
    findings = []
    for one in _apart(list(chain.from_iterable(rule.finds(reading) for rule in _RULES)), len(reading.plain)):
        start, end = reading.seen.span(one.start, one.end)
        words, rewrite = reading.lists.hint(one.kind, language)
        if start < end:
            flag = None if reading.is_advert and one.flag is Flag.OWN else one.flag
            findings.append(Finding(start, end, one.kind, words, rewrite, flag))
    return findings


def _apart(finds: list[Find], length: int) -> list[Find]:
    """Of those that overlap the first by rule stays."""
    taken, kept = bytearray(length), []
    for one in finds:
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
