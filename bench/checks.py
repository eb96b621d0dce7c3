"""Precision and recall of the check before sending: on the samples, by halves, and on sentences of our own.

    .venv/bin/python bench/checks.py [questions.csv]

The halves are the odd and the even ids. The rules were first written with the odd ones in sight, and measured on the
even ones once, before those were looked at: docs/decisions.md has that figure.
"""
# ruff: noqa: T201

import csv
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from phonein.questions import checking, checks  # noqa: E402
from tests.questions.sentences import every_sentence  # noqa: E402

FLAGS = ("service_user_identifier", "self_identifying", "risk_self_harm")
LISTS = checking.shipped_lists()


def show(title: str, cases: Iterable[tuple[list[str], str]]) -> None:
    judged = [(set(meant), set(map(str, checks.flags(text, LISTS)))) for meant, text in cases]
    print(f"\n{title}: {len(judged)} texts")
    for flag in FLAGS:
        meant, found = (sum(flag in one[side] for one in judged) for side in (0, 1))
        right = sum(flag in one[0] & one[1] for one in judged)
        print(f"  {flag:<24} recall {right}/{meant}  precision {right}/{found}")


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "questions.csv"
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = [(row["id"], row["flags"].split(";"), row["text"]) for row in csv.DictReader(opened)]
    show("All samples", [(flags, text) for _, flags, text in rows])
    for title, rest in (("Odd ids", 1), ("Even ids", 0)):
        show(title, [(flags, text) for number, flags, text in rows if int(number[1:]) % 2 == rest])
    show("Sentences of our own", every_sentence())
    texts = [text for _, _, text in rows]
    started = time.perf_counter()
    for text in texts:
        checks.look(text, LISTS)
    print(f"\n{(time.perf_counter() - started) / len(texts) * 1000:.1f} ms for a question on average")


if __name__ == "__main__":
    main()
