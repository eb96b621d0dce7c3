"""The word lists of the check before sending: read from their text, and what is wrong with a line of one."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache, cached_property, lru_cache

from phonein import wording
from phonein.questions import checks_seen, checks_weights, phrases
from phonein.questions.phrases import Families, NotAPhrase, Phrases

PHRASES = {"held", "colleagues", "closings", "adverts"} | {
    f"crisis-{part}" for part in ("self", "other", "signs", "unsaid", "hints", "frames", "after", "not")
}
FAMILIES = "crisis-families"
WEIGHTS = "crisis-weights"
HINTS = "hints"
THEMES = "comment-themes"
TEXTS = {"support", "support-lines", "care-notices"}
LONGEST_LINE = 400  # characters
Raw = Mapping[tuple[str, str], str]


class Lists:
    """All lists, in every language: a question may change its language from one sentence to the next."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def words(self, name: str) -> frozenset[str]:
        """The words of a list, plain and in small letters."""
        return self._words[name]

    def phrases(self, name: str) -> Phrases:
        return self._phrases[name]

    @cached_property
    def weights(self) -> dict[str, float]:
        """How much a word, or a pair of words, leans to a crisis."""
        return checks_weights.read(line for line in self._lines(WEIGHTS) if not checks_weights.fault(line))

    def exact(self, name: str) -> tuple[str, ...]:
        """The lines of a list with their capital letters, but plain; the longest first."""
        return self._exact[name]

    @cached_property
    def before_names(self) -> tuple[str, ...]:
        """The ranks as they stand right before a name."""
        return tuple(f"{rank} " for rank in self.exact("ranks"))

    def hint(self, kind: str, language: str) -> tuple[str, str]:
        """What is said about a kind of find, and the neutral words for it."""
        return self._hints[language].get(kind) or self._hints["en"].get(kind, ("", "…"))

    def paragraphs(self, name: str, language: str) -> tuple[str, ...]:
        """A text, its heading first."""
        return tuple(lines(self._raw.get((name, language)) or self._raw[name, "en"]))

    def _lines(self, name: str) -> tuple[str, ...]:
        return tuple(
            checks_seen.plain(line)
            for (listed, _), text in sorted(self._raw.items())
            if listed == name
            for line in lines(text)
        )

    @cached_property
    def _names(self) -> set[str]:
        return {name for name, _ in self._raw}

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {
            name: frozenset(line.lower() for line in self._lines(name))
            for name in self._names - PHRASES - TEXTS - {FAMILIES, WEIGHTS, THEMES}
        }

    @cached_property
    def _exact(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(sorted(set(self._lines(name)), key=lambda line: -len(line))) for name in self._names}

    @cached_property
    def _phrases(self) -> dict[str, Phrases]:
        families = _families(self._lines(FAMILIES))
        return {
            name: Phrases([line for line in self._lines(name) if _is_fit(line, families)], families) for name in PHRASES
        }

    @cached_property
    def _hints(self) -> dict[str, dict[str, tuple[str, str]]]:
        return {
            language: {kind: (said, offered) for kind, said, offered in map(_hint, lines(text)) if said and offered}
            for (name, language), text in self._raw.items()
            if name == HINTS
        }


def lines(text: str) -> list[str]:
    """What is listed: not the empty lines, and not the remarks, which begin with #."""
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def remarks(text: str) -> list[str]:
    """What stands about the list at its top: its title first."""
    said = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        said.append(line.lstrip("# ").strip())
    return said


def read(raw: Raw) -> Lists:
    """The lists of these texts. The same texts are read once."""
    return _read(tuple(sorted(raw.items())))


@lru_cache(maxsize=4)
def _read(raw: tuple[tuple[tuple[str, str], str], ...]) -> Lists:
    return Lists(dict(raw))


def faults(name: str, text: str, shipped: str) -> list[tuple[int, str]]:
    """The number of each line that cannot be read, counted from 1, and what is wrong with it."""
    kinds = {_hint(line)[0] for line in lines(shipped)} if name == HINTS else set()
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        if fault := _fault(name, line.strip(), kinds):
            found.append((number, fault))
    if not found and not lines(text):
        found.append((1, "Leave at least one line that is not a remark"))
    return found


def _fault(name: str, line: str, kinds: set[str]) -> str:
    if name in TEXTS:
        return ""
    if len(line) > LONGEST_LINE:
        return f"Use {LONGEST_LINE} characters or fewer on a line"
    if name == HINTS:
        kind, said, offered = _hint(line)
        if kind not in kinds:
            return f"“{kind}” is no kind of find: the kinds are those of the edition that came with the program"
        return "" if said and offered else "Write three parts with “|” between them: kind | what we say | neutral words"
    if name == FAMILIES:
        return _fault_of_a_family(line)
    if name == WEIGHTS:
        return checks_weights.fault(line)
    if name == THEMES:
        theme, _, said = line.partition(":")
        return "" if theme.strip() and said.strip(" ,") else "Write a theme, a colon, and its words with commas between"
    if name in PHRASES:
        return _fault_of_a_phrase(line, _shipped_families())
    return "" if all(c.isalpha() or c in " '’-.&" for c in line) else "Write only letters, with blanks, - and ’ within"


def _fault_of_a_phrase(line: str, families: Families) -> str:
    try:
        phrases.every_phrase(checks_seen.plain(line), families)
    except NotAPhrase as fault:
        return str(fault)
    return ""


def _fault_of_a_family(line: str) -> str:
    name, colon, members = checks_seen.plain(line).partition(":")
    if not colon or name.strip() not in _shipped_families():
        return "Write the name of a family that came with the program, a colon, and its words with commas between"
    try:
        return "" if phrases.family(members) else "Leave at least one word"
    except NotAPhrase as fault:
        return str(fault)


@cache
def _shipped_families() -> Families:
    return _families(
        line
        for language in wording.LANGUAGES
        for line in lines(checks_seen.plain(wording.shipped(FAMILIES, language).words))
    )


def _families(listed: Iterable[str]) -> Families:
    """Each family by its name: what several lines say of one name is taken together."""
    members: dict[str, list[str]] = {}
    for line in listed:
        name, _, said = line.partition(":")
        members.setdefault(name.strip(), []).append(said)
    found = {}
    for name, every in members.items():
        with suppress(NotAPhrase):
            found[name] = phrases.family(",".join(every))
    return found


def _is_fit(line: str, families: Families) -> bool:
    return not _fault_of_a_phrase(line, families)


def _hint(line: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in line.split("|")]
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (parts[0], "", "")
