"""The sentences of sentences.txt: (what must be found, what was typed)."""

from pathlib import Path

MARKS = {"t": "service_user_identifier", "o": "self_identifying", "c": "risk_self_harm"}


def every_sentence() -> list[tuple[list[str], str]]:
    found = []
    for line in Path(__file__).with_name("sentences.txt").read_text("utf-8").splitlines():
        marks, bar, text = line.partition("|")
        if bar and not line.startswith("#"):
            found.append(([MARKS[m] for m in "toc" if m in marks], text.strip().replace("\\n", "\n")))
    return found
