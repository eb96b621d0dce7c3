"""Forty people, five phone-ins, and somebody who holds all that the machine ever wrote down. In the product his guesses
are as good as chance; the same attack finds who asked where something is broken. bench/anonymity.py is the same with
fifty phone-ins.
"""

import pytest

from phonein.db import on_sqlite
from tests.anonymity.attack import Score, score
from tests.anonymity.evidence import keep_the_log
from tests.anonymity.levels import Attacker
from tests.anonymity.people import population
from tests.anonymity.worlds import Naive, Pseudonyms, WithAccessLog, WithoutTheLot, WithTime, World

pytestmark = [
    pytest.mark.timeout(400),  # ten seconds or so, where nothing else is at work
    pytest.mark.own_database,
    pytest.mark.own_keys,
]
SEED, QUESTIONS = 4, 8
RARE = 1e-4  # the lot is the product's own, so nothing here may be red because of an unlucky one


@pytest.fixture(scope="module")
def people():
    return population(SEED, phone_ins=5, questions=QUESTIONS, others=0)


@pytest.fixture(autouse=True)
def log_of_changes(app):
    """What a world keeps of it is not kept for the rest of the suite."""
    yield
    keep_the_log("DEFAULT")


def as_chance(scores, chance=None):
    """The orders by which more was guessed than chance allows."""
    return {name: found for name, found in scores.items()
            if Score(found.right, found.total, chance or found.chance).p <= RARE}  # fmt: skip


def test_population_attack_on_the_product_is_as_good_as_chance(app, people):
    attacker = Attacker(World(app, people).live())
    levels = attacker.levels()
    by_lot = 1.5 * attacker.share_found_by_time().share / QUESTIONS
    assert len(attacker.words) == len(people.asked_by) == 5 * QUESTIONS
    for name in ("final database, exact times of visits", "nightly dumps, visits by the day"):
        assert as_chance(levels.pop(name)) == {}
    assert {name: as_chance(scores, by_lot) for name, scores in levels.items()} == {name: {} for name in levels}


@pytest.mark.parametrize("broken", [Naive, WithTime, Pseudonyms, WithAccessLog], ids=lambda world: world.name)
def test_population_attack_finds_who_asked_where_something_is_broken(app, people, broken):
    assert Attacker(broken(app, people).live()).broken().share >= 0.5


def test_population_attack_sees_an_order_that_was_not_shuffled(app, people):
    """With the times out of a log of changes and the rows still in order, each question has its time: so the product
    stands or falls with the lot. (SQLite keeps these tables by their random keys, and so has no order to lose.)"""
    if on_sqlite():
        return
    attacker = Attacker(WithoutTheLot(app, people).live())
    scores = attacker.levels()["log of changes, exact times of visits"]
    by_lot = 1.5 * attacker.share_found_by_time().share / QUESTIONS
    assert len(as_chance(scores, by_lot)) > 0


def test_population_attack_counts_what_is_not_guessed_as_wrong():
    found = score({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4, "d": 5}, 0.25)
    assert (found.right, found.total, found.share, found.holds_chance) == (1, 4, 0.25, True)
    assert [round(bound, 3) for bound in found.interval] == [0.046, 0.699]
    assert round(found.p, 3) == 0.684
