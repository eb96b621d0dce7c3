"""Weighs words for the check before sending: which of them stand where somebody at work may be at risk.

`python -m bench.weigh_words en` (or `cy`) writes the list that is kept as
`phonein/questions/lists/crisis-weights.en.txt`, made from the sentences of the tests and the samples; `try`
measures instead, on texts that were left out. It is logistic regression over the presence of words and pairs of words,
with a ridge: plain Python, always in the same order.
"""

import csv
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from phonein.questions import checks_language, checks_seen, checks_weights
from tests.questions.sentences import MARKS, every_sentence

HERE = Path(__file__).parent.parent
UNSEEN = HERE / "tests" / "questions" / "unseen.csv"
SAMPLES = HERE.parent / "shared" / "data" / "questions.csv"
CRISIS = MARKS["c"]
RIDGE, ROUNDS, STEP = 3.3, 250, 0.2
LEAST = 0.1  # lighter words are left out
DOUBT = 0.3  # so much more than even: about one text in eight that is not of a crisis is taken for one all the same
Texts = list[tuple[bool, set[str]]]


def weigh(texts: Texts) -> dict[str, float]:
    """The weight of each word and pair that stands in two texts or more; "" is what a text without any begins with."""
    often = Counter(feature for _, features in texts for feature in features)
    rows = [(at_risk, sorted(f for f in features if often[f] > 1)) for at_risk, features in texts]
    share = {at_risk: len(rows) / 2 / sum(risk is at_risk for risk, _ in rows) for at_risk in (True, False)}
    weights: dict[str, float] = {"": 0.0}
    seen: dict[str, float] = {}
    for _ in range(ROUNDS):
        slopes = {feature: RIDGE * weight for feature, weight in weights.items() if feature}
        for at_risk, features in rows:
            said = sum((weights.get(feature, 0.0) for feature in features), weights[""])
            miss = share[at_risk] * (1 / (1 + math.exp(-max(-30.0, min(30.0, said)))) - at_risk)
            for feature in ("", *features):
                slopes[feature] = slopes.get(feature, 0.0) + miss
        for feature, slope in slopes.items():
            seen[feature] = seen.get(feature, 0.0) + slope * slope
            weights[feature] = weights.get(feature, 0.0) - STEP * slope / math.sqrt(seen[feature] + 1e-9)
    weights[""] -= DOUBT
    return {feature: weight for feature, weight in weights.items() if abs(weight) >= LEAST or not feature}


def own() -> Texts:
    return [(CRISIS in flags, features(text)) for flags, text in every_sentence()]


def of_file(path: Path, part: str = "") -> Texts:
    with path.open(newline="", encoding="utf-8-sig") as rows:
        return [
            (CRISIS in row["flags"].split(";"), features(row["text"]))
            for row in csv.DictReader(rows)
            if row["id"].startswith(part)
        ]


def features(text: str) -> set[str]:
    return checks_weights.features(checks_seen.seen(text).tokens)


def measured(weights: dict[str, float], texts: Texts) -> str:
    found = Counter((at_risk, sum((weights.get(f, 0.0) for f in said), weights[""]) > 0) for at_risk, said in texts)
    return (
        f"found {found[True, True]} of {found[True, True] + found[True, False]}, "
        f"wrongly {found[False, True]} of {found[False, True] + found[False, False]}"
    )


def try_out(first: Texts, second: Texts, samples: Texts) -> Iterator[str]:
    for name, left_out, others in (
        ("the second lot", second, first + samples),
        ("the first lot", first, second + samples),
        ("the samples", samples, first + second),
    ):
        yield f"{name}, weighed without it: {measured(weigh(own() + others), left_out)}"


def listed(texts: Texts, language: str) -> Iterator[str]:
    """The lines of the list. A word is Welsh if most of the texts in which it stands are."""
    stands: Counter[str] = Counter()
    for _, said in texts:
        is_welsh = len(said & checks_language._WELSH) * 5 > len([feature for feature in said if " " not in feature])
        stands.update(dict.fromkeys(said, 1 if is_welsh else -1))
    for feature, weight in sorted(weigh(texts).items(), key=lambda item: (item[0] != "", -item[1], item[0])):
        if (stands[feature] > 0) == (language == "cy"):
            yield f"{weight:+.2f} {feature}".rstrip()


def main(wanted: str) -> None:
    first, second = of_file(UNSEEN, "L"), of_file(UNSEEN, "M")
    samples = of_file(SAMPLES) if SAMPLES.exists() else []
    found = try_out(first, second, samples) if wanted == "try" else listed(own() + first + second + samples, wanted)
    sys.stdout.writelines(f"{line}\n" for line in found)


if __name__ == "__main__":
    main(sys.argv[1])
