"""An attacker who sees every figure and knows the method learns of no one to four people, and of nobody's own answer.

For small blocks every possible one is tried. What the attacker knows of one is all the blocks that are shown alike: if
in all of these some count lies between one and four, or all gave one answer, then that was learnt.
"""

from collections import Counter, defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonein import suppression
from phonein.suppression import FEWEST, FEWEST_TO_BREAK_DOWN, Band, Breakdown, Opinion

NAMES = "abcd"


def spread(number: int, places: int) -> list[tuple[int, ...]]:
    return list(suppression._spread(number, places))


def learnt_from(shown_as: dict) -> list:
    """What is shown where an attacker, who thinks of every block that is shown alike, is sure of a small count."""
    return [
        (shown, place)
        for shown, alike in shown_as.items()
        for place, counts in enumerate(zip(*alike, strict=True))
        if all(0 < count < FEWEST for count in counts)
    ]


def ratings(counts: tuple[int, ...]) -> list[int]:
    return [rating for rating, number in zip(suppression.RATINGS, counts, strict=True) for _ in range(number)]


@pytest.mark.parametrize("answers", range(FEWEST, 17))
def test_nothing_is_learnt_of_any_block_of_ratings_from_all_that_is_shown_of_it(answers):
    shown_as = defaultdict(list)
    for counts in spread(answers, 5):
        shown_as[suppression.opinion(ratings(counts))].append(counts)
    assert learnt_from(shown_as) == []
    assert [shown for shown, alike in shown_as.items() if all(max(counts) == answers for counts in alike)] == []


@pytest.mark.parametrize("places, most", [(2, 24), (3, 24), (4, 20)])
def test_nothing_is_learnt_of_any_block_of_names(places, most):
    shown_as = defaultdict(list)
    for total in range(most + 1):
        for counts in spread(total, places):
            shown = suppression.broken_down(dict(zip(NAMES, counts, strict=False)))
            shown_as[shown and (shown.total, *sorted(shown.shown.items()), *shown.hidden)].append(counts)
    assert learnt_from(shown_as) == []


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5), st.data())
def test_nothing_is_learnt_by_comparing_reports_about_many_blocks(sizes, data):
    """All that is said of several is a function of what is shown of each: the hidden ones can be anything."""
    blocks = [data.draw(st.lists(st.integers(1, 5), min_size=size, max_size=size)) for size in sizes]
    others = [[6 - rating for rating in block][: FEWEST - 1] if len(block) < FEWEST else block for block in blocks]

    def reports(of: list[list[int]]) -> list:
        shown = [one for block in of if (one := suppression.opinion(block))]
        return [(len(shown[:end]), suppression.mean_of(shown[:end])) for end in range(len(shown) + 1)]

    assert reports(blocks) == reports(others)


def test_blocks_that_are_too_small_are_pooled_only_where_each_could_be_empty():
    """Each of the sizes in a pool can be none: nobody can tell which of them said anything at all."""
    for number in range(1, 5):
        alike = defaultdict(list)
        for sizes in product(range(FEWEST), repeat=number):
            if suppression.can_be_pooled(sizes):
                alike[sum(sizes)].append(sizes)
        assert learnt_from(alike) == []
        assert all(0 in seen for sizes in alike.values() for seen in zip(*sizes, strict=True))
    assert suppression.can_be_pooled([3, 2, 0])
    assert not suppression.can_be_pooled([4, 4])


@given(st.lists(st.integers(1, 5), max_size=90))
def test_what_is_shown_of_ratings_is_true(given_ratings):
    shown = suppression.opinion(given_ratings)
    if len(given_ratings) < FEWEST:
        assert shown is None
        return
    counts = Counter(given_ratings)
    assert shown.answers == len(given_ratings)
    assert shown.low - 0.051 <= sum(given_ratings) / len(given_ratings) <= shown.high + 0.051
    assert not shown.bands or len(given_ratings) >= FEWEST_TO_BREAK_DOWN
    for band in shown.bands:
        assert band.answers == sum(counts[rating] for rating in range(band.lowest, band.highest + 1)) >= FEWEST
    assert sum(band.answers for band in shown.bands) in (0, len(given_ratings))


@given(st.dictionaries(st.sampled_from("abcdefghijklm"), st.integers(0, 40)))
def test_what_is_shown_of_names_is_true_and_hides_enough(counts):
    shown = suppression.broken_down(counts)
    if shown is None:
        assert sum(counts.values()) < FEWEST_TO_BREAK_DOWN
        return
    assert shown.shown == {name: number for name, number in counts.items() if name in shown.shown}
    assert all(number >= FEWEST for number in shown.shown.values())
    assert shown.rest == 0 or shown.rest >= FEWEST
    assert (shown.total, sum(shown.shown.values()) + shown.rest) == (sum(counts.values()), sum(counts.values()))


def test_it_looks_as_one_expects():
    assert suppression.opinion([5, 4, 4, 4]) is None
    assert suppression.opinion([5, 4, 4, 4, 3]) == Opinion(5, 4.0, 4.0)
    assert suppression.opinion([5] * 9 + [4] * 6 + [2] * 2) == Opinion(17, 4.3, 4.3, (Band(5, 5, 9), Band(1, 4, 8)))
    assert suppression.opinion([5] * 12) == Opinion(12, 4.9, 5.0)
    assert suppression.broken_down({"sleep": 9, "work": 0}) is None
    assert suppression.broken_down({"sleep": 9, "work": 7, "unions": 1}) == Breakdown(
        17, {"sleep": 9}, ("work", "unions"), 8
    )
    assert suppression.broken_down({"sleep": 9, "work": 5, "unions": 5}) == Breakdown(
        19, {"sleep": 9, "work": 5, "unions": 5}, (), 0
    )
    assert (suppression.enough(4), suppression.enough(5)) == (None, 5)
