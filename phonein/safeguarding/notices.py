"""The ready wordings for a notice on a phone-in's page, as the organisation words them."""

from phonein import wording

NAME = "care-notices"


def ready() -> list[tuple[str, str]]:
    """Each with its language."""
    found = []
    for language in wording.LANGUAGES:
        lines = (line.strip() for line in wording.newest(NAME, language).words.splitlines())
        found += [(line, language) for line in lines if line and not line.startswith("#")]
    return found


def language_of(words: str) -> str:
    """For those who hear the page read."""
    return dict(ready()).get(words, "en")
