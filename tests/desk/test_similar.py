"""Questions that seem to ask the same: what holds for any texts, and how good it is on the samples."""

import csv
import json
import random
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonein.desk import similar, welsh
from phonein.questions import checks_seen

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "questions.csv"
WORDS = "supervision cancelled again night shift sleep colleague quiet since incident home visit cyfarfod é 🦉 ? \u200b"
sentences = st.lists(st.sampled_from(WORDS.split(" ")), max_size=8).map(" ".join)
anything = st.one_of(sentences, st.text(max_size=60))


def pairs(groups):
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text("AB12", min_size=1, max_size=3), anything, max_size=12), st.randoms())
def test_any_texts_in_any_order_are_grouped_alike_each_at_most_once_and_neighbours_are_so_both_ways(texts, chance):
    shuffled = list(texts.items())
    chance.shuffle(shuffled)

    found = similar.groups(texts)

    assert similar.groups(dict(shuffled)) == found
    everybody = [number for group in found for number in group]
    assert len(everybody) == len(set(everybody)) and all(len(group) > 1 for group in found)
    near = similar.likely(dict(shuffled))
    assert near == similar.likely(texts) and list(near) and near.keys() == texts.keys() if texts else near == {}
    for one, others in near.items():
        assert one not in others
        assert all(one in near[other] or len(near[other]) == 5 for other in others)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.lists(sentences, max_size=5))
def test_the_same_text_is_always_together_and_an_empty_one_always_alone(text, others):
    found = similar.groups({"one": text, "two": text, **{str(at): other for at, other in enumerate(others)}})

    together = any({"one", "two"} <= set(group) for group in found)
    assert together == bool(checks_seen.plain(text).split() and checks_seen.plain(text).strip())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_the_short_way_to_plain_letters_ends_where_the_long_one_does(text):
    assert checks_seen.plain(text) == checks_seen.seen(text).plain


def test_what_a_reader_cannot_see_makes_no_difference():
    hidden = "H\u200bow do y\u200cou sle\u2060ep af\ufeffter a run of nights"
    looks_alike = "Hоw dо yоu slееp аftеr а run оf nights?"  # with Cyrillic о, е and а

    assert similar.groups({"A": "How do you sleep after a run of nights?", "B": hidden, "C": looks_alike}) == [
        list("ABC")
    ]


@pytest.mark.parametrize(
    "odd", ["", " \n\u200b", "help", "ok??", "🦉🦉", "\u202eevil\u202c txt", "مرحبا", "\udcff", "=1+1"]
)
def test_odd_texts_break_nothing_and_join_nobody(odd):
    texts = {
        "A": "Supervision is cancelled again",
        "B": "My supervision was cancelled, again",
        "C": odd,
        "D": "x" * 3000,
    }

    assert similar.groups(texts) == [["A", "B"]]
    assert similar.likely(texts) == {"A": ["B"], "B": ["A"], "C": [], "D": []}


def test_one_word_alone_is_like_nobody():
    assert similar.likely({"A": "home", "B": "lone home visits in winter", "C": "home visits alone"})["A"] == []


def test_the_likeliest_comes_first_and_nobody_has_more_than_five():
    texts = {str(at): "How do you sleep after a run of nights?" for at in range(8)}
    texts |= {"close": "How do you sleep after nights, with children?", "far": "Is the pay award coming?"}

    near = similar.likely(texts)

    assert near["0"] == ["1", "2", "3", "4", "5"] and near["far"] == []


def test_no_text_is_kept():
    similar.groups({"A": "a secret nobody should keep", "B": "a secret nobody should have"})

    assert "secret" not in repr(similar._known)


def test_welsh_is_read_through_its_mutations():
    assert [welsh.in_english(word) for word in ("oruchwyliaeth", "nghydweithiwr", "gwsg", "phrofiad", "yn", "xyz")] == [
        "supervision",
        "colleague",
        "sleep",
        "experience",
        "",
        None,
    ]
    texts = {
        "A": "Mae'r rheolwr wedi canslo fy sesiwn oruchwylio dair gwaith. Sut mae codi hyn?",
        "B": "My manager has cancelled supervision three times. How do I raise it?",
        "C": "How do you get any sleep after nights?",
    }
    assert similar.groups(texts) == [["A", "B"]]


needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not beside this checkout")


@needs_samples
def test_suggestions_are_clearly_better_than_shared_letters_on_all_samples_and_on_halves_of_them():
    with SAMPLES.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))

    precision, recall = scored(rows)
    assert precision >= 0.79 and recall >= 0.40, (precision, recall)  # shared letters: 0.73 and 0.28
    names = sorted({row["cluster"] for row in rows})
    halves = []
    for seed in range(10):
        half = set(random.Random(seed).sample(names, len(names) // 2))
        halves.append(scored([row for row in rows if row["cluster"] in half]))
    assert sum(precision for precision, _ in halves) / 10 >= 0.79, halves
    assert sum(recall for _, recall in halves) / 10 >= 0.38, halves


def scored(rows):
    found = pairs(similar.groups({row["id"]: row["text"] for row in rows}))
    meant = pairs([[row["id"] for row in rows if row["cluster"] == name] for name in {row["cluster"] for row in rows}])
    return len(found & meant) / len(found), len(found & meant) / len(meant)


def test_try_grouping_prints_the_groups_and_needs_no_database(app, tmp_path):
    file = tmp_path / "questions.csv"
    file.write_text(
        'id,text\nD1,"Supervision is cancelled again, third month"\n'
        'D2,When is pay day\nD3,"=supervision cancelled again"\n'
    )

    answer = app.test_cli_runner().invoke(args=["try-grouping", str(file)])

    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output) == [["D1", "D3"]]
