"""Which suggestions of similar questions are good: candidates side by side on the samples, and what ours cost.

    .venv/bin/python -m bench.similarity [questions.csv]

Precision and recall are of pairs. Each candidate's threshold is chosen on a random half of the clusters (for F0.5: a
suggestion that is wrong costs more than one that is missing) and measured on the other half, 40 times; “at its own” is
the product's threshold. Candidates whose packages Phonein does not need are left out where those are missing.
"""
# ruff: noqa: T201

import csv
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from phonein.desk import similar, similar_groups, similar_words
from phonein.questions import checks_seen

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "questions.csv"
Rows = list[dict[str, str]]
Likeness = Callable[[list[str]], similar.Pairs]


def cosines(features: list[list[str]]) -> similar.Pairs:
    weights, found = similar._weights(features), {}
    for (a, one), (b, other) in combinations(enumerate(weights), 2):
        if how := sum(weight * other[word] for word, weight in one.items() if word in other):
            found[a, b] = how
    return found


def letters(texts: list[str]) -> similar.Pairs:
    return cosines([[text[at : at + 4] for at in range(len(text) - 3)] for text in map(str.lower, texts)])


def stems(texts: list[str]) -> similar.Pairs:
    return cosines(similar_words.stems([checks_seen.plain(text) for text in texts]))


def ours(texts: list[str]) -> similar.Pairs:
    return similar._pairs([checks_seen.plain(text[: similar.LONGEST]) for text in texts])


def with_latent_meaning(texts: list[str]) -> similar.Pairs:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    said = [" ".join(one) or "nothing" for one in similar_words.stems([checks_seen.plain(text) for text in texts])]
    weights = TfidfVectorizer(sublinear_tf=True).fit_transform(said)
    return dense(TruncatedSVD(60, random_state=0).fit_transform(weights), dict, 1.0)


def with_embeddings(texts: list[str]) -> similar.Pairs:
    import numpy
    import wordllama
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = Path(wordllama.__file__).parent
    weights = load_file(folder / "weights" / "l2_supercat_256.safetensors")["embedding.weight"].astype("f4")
    tokens = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    vectors = numpy.array([weights[tokens.encode(text or "?", add_special_tokens=False).ids].mean(0) for text in texts])
    return dense(vectors - vectors.mean(0), lambda: ours(texts), 0.15)


def dense(vectors, beside: Callable[[], similar.Pairs], share: float) -> similar.Pairs:
    import numpy

    vectors = vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    likeness, known = vectors @ vectors.T, beside()
    return {
        (a, b): share * float(likeness[a, b]) + (1 - share) * known.get((a, b), 0.0)
        for a, b in combinations(range(len(vectors)), 2)
    }


def score(rows: Rows, pairs: similar.Pairs, enough: float, is_grouped: bool) -> tuple[int, int, int]:
    """How many pairs are right, were suggested, are meant."""
    found = {pair for pair, how in pairs.items() if how >= enough}
    if is_grouped:
        found = {pair for group in similar_groups.together(len(rows), pairs, enough) for pair in combinations(group, 2)}
    places: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        places[row["cluster"]].append(at)
    meant = {pair for one in places.values() for pair in combinations(one, 2)}
    return len(found & meant), len(found), len(meant)


def rates(counts: tuple[int, int, int]) -> tuple[float, float]:
    return counts[0] / max(counts[1], 1), counts[0] / max(counts[2], 1)


def best(rows: Rows, pairs: similar.Pairs, is_grouped: bool) -> float:
    ladder = sorted(pairs.values(), reverse=True)[: len(rows) * 2]

    def f_half(enough: float) -> float:
        right, suggested, meant = score(rows, pairs, enough, is_grouped)
        return 1.25 * right / (suggested + 0.25 * meant)

    return max(ladder[:: max(1, len(ladder) // 40)], key=f_half)


def compare(rows: Rows) -> None:
    names = sorted({row["cluster"] for row in rows})
    candidates: list[tuple[str, Likeness, bool]] = [
        ("character 4-grams, TF-IDF, pairs", letters, False),
        ("character 4-grams, TF-IDF, groups", letters, True),
        ("stems, TF-IDF, pairs", stems, False),
        ("stems, TF-IDF, groups", stems, True),
        ("stems, TF-IDF and LSA (scikit-learn), groups", with_latent_meaning, True),
        ("ours (stems and the shorter in the longer), pairs", ours, False),
        ("ours, groups", ours, True),
        ("ours with wordllama's embeddings, groups", with_embeddings, True),
    ]
    for title, likeness, is_grouped in candidates:
        precisions, recalls = [], []
        try:
            for seed in range(40):
                half = set(random.Random(seed).sample(names, len(names) // 2))
                seen, kept = ([row for row in rows if (row["cluster"] in half) is side] for side in (True, False))
                enough = best(seen, likeness([row["text"] for row in seen]), is_grouped)
                counts = score(kept, likeness([row["text"] for row in kept]), enough, is_grouped)
                precisions.append(rates(counts)[0])
                recalls.append(rates(counts)[1])
        except ImportError as missing:
            print(f"{title:<52} not measured: {missing}")
            continue
        print(f"{title:<52} {statistics.mean(precisions):.2f} / {statistics.mean(recalls):.2f}")


def cost(rows: Rows) -> None:
    made, texts = random.Random(1), [row["text"] for row in rows]
    many = {row["id"]: row["text"] for row in rows}
    while len(many) < 500:
        one, other = made.sample(texts, 2)
        many[f"X{len(many)}"] = " ".join(one.split()[:40:2] + other.split()[1:40:2])
    longest = {number: (text * 60 + " é")[-3000:] for number, text in many.items()}
    for title, asked in (("500 questions", many), ("500 of 3,000 characters each", longest)):
        started = time.process_time()
        similar.groups(asked)
        print(f"{title}: {time.process_time() - started:.2f} s of processor time", end="; ")
        started = time.process_time()
        similar.likely(asked)
        print(f"asked again {(time.process_time() - started) * 1000:.1f} ms")


def main() -> None:
    with Path(sys.argv[1] if len(sys.argv) > 1 else FILE).open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    groups = similar.groups({row["id"]: row["text"] for row in rows})
    cluster = {row["id"]: row["cluster"] for row in rows}
    found = [pair for group in groups for pair in combinations(group, 2)]
    right = sum(cluster[one] == cluster[other] for one, other in found)
    meant = sum(size * (size - 1) // 2 for size in Counter(cluster.values()).values())
    print(f"At its own threshold, on all {len(rows)}: precision {right}/{len(found)}, recall {right}/{meant}\n")
    print("Precision / recall, the threshold chosen on one half and measured on the other:")
    compare(rows)
    print()
    cost(rows)


if __name__ == "__main__":
    main()
