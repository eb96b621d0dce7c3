"""“Looks like Q01”: which questions of a desk may ask the same. Only ever said, never acted upon."""

from phonein.desk import similar
from phonein.desk.sorting import Entry


def add_to(found: list[Entry]) -> None:
    """For each row the rows that are most like it, by the words of all their questions and wordings."""
    texts = {entry.key: _text(entry) for entry in found if not entry.carried_to and entry.tab != "aside"}
    named = {entry.key: entry for entry in found}
    for key, alike in similar.likely(texts).items():
        named[key].like = [named[other] for other in alike]


def _text(entry: Entry) -> str:
    """A wording is neutral, so its first original says more of how people put it."""
    return entry.questions[0].text if entry.questions else entry.words
