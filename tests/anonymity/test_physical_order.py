"""The order in which questions came is nowhere: not in numbers, not in pages, not in indexes, not in dumps, and not in
the log of changes either. Every order is put to a permutation test: how often would a lot be as like, or as unlike?
"""

import random
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from phonein import sweep
from phonein.db import db, on_sqlite, transaction
from phonein.questions.models import Envelope, Question
from tests.anonymity.evidence import LogOfChanges, orders, place, read, transactions
from tests.conftest import TUESDAY
from tests.questions import ask, likeness, open_phone_in, release_at, rows

pytestmark = [pytest.mark.own_database, pytest.mark.own_keys]

LAST = TUESDAY + timedelta(days=6)
MANY = 24
PERMUTATIONS = 4000
SURE = 0.01
ROUNDS = 3  # a lot is this like once in a hundred; an order that is kept is so every time


def p_value(order, came):
    """How often an order drawn by lot is as like the order of arrival as this one, or as unlike."""
    ranks = [came.index(key) for key in order]
    mine, lot = abs(likeness(ranks)), random.Random(4)
    as_like = sum(abs(likeness(lot.sample(ranks, len(ranks)))) >= mine for _ in range(PERMUTATIONS))
    return (as_like + 1) / (PERMUTATIONS + 1)


def asked(phone_in):
    """Many questions; their texts in the order in which they came."""
    texts = [f"{secrets.token_hex(4)}{' why?' * n}" for n in range(MANY)]
    for words in texts:
        ask(phone_in, words)
    return texts


def written_down(marks, since):
    """In which order the log of changes has them; one or two may be hidden by the head of a page."""
    found = LogOfChanges.read(since).order_of(marks)
    assert len(found) >= MANY - 2
    return found


def suspicious(app, came):
    found = orders(app, "question", ["id", "receipt_hash"])
    return {name for name, order in found.items() if p_value(order, came) <= SURE}


def test_physical_order_after_a_release_nothing_lies_as_it_came(app):
    texts = asked(open_phone_in())
    release_at(LAST)
    ids = {question.text: question.id.encode() for question in rows(Question)}
    came = [ids[words] for words in texts]
    found = suspicious(app, came)
    for _ in range(ROUNDS - 1):
        sweep.lose_the_order()
        found &= suspicious(app, came)
    assert found == set()


def test_physical_order_every_night_what_is_sealed_loses_it_too(app):
    phone_in, came = open_phone_in(), []
    for n in range(MANY):
        ask(phone_in, f"Number {n}")
        came += [e.handle for e in rows(Envelope) if e.handle not in came]
    found = set(orders(app, "envelope", ["handle"]))
    for _ in range(ROUNDS):
        sweep.lose_the_order()
        found &= {name for name, order in orders(app, "envelope", ["handle"]).items() if p_value(order, came) <= SURE}
    assert found == set()


def test_physical_order_is_seen_by_these_measures_where_there_is_one(app):
    """A bare table with random keys, as many have it: PostgreSQL gives the order away six times over, SQLite once."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare (id varchar PRIMARY KEY, words varchar)"))
    came = [secrets.token_urlsafe(9).encode() for _ in range(MANY)]
    for key in came:
        with transaction():
            db.session.execute(text("INSERT INTO bare VALUES (:key, 'Why?')"), {"key": key.decode()})
    seen = {name for name, order in orders(app, "bare", ["id"]).items() if p_value(order, came) <= SURE}
    expected = {"id in the file"}
    if not on_sqlite():
        expected = {"as it comes", "by ctid", "by xmin", "as dumped", "id in bare", "id in bare_pkey"}
    assert seen == expected


def test_physical_order_after_a_release_one_transaction_wrote_every_row(app):
    if on_sqlite():
        return
    asked(open_phone_in())
    asked(open_phone_in(slug="nights", starts_at=LAST + timedelta(days=2), asks_open_at=TUESDAY))
    release_at(LAST)
    assert [transactions(table) for table in ("question", "envelope", "spent_pass")] == [1, 1, 1]


def test_physical_order_is_not_in_the_log_of_changes_either(app):
    """The log dates every envelope as it comes. If a release wrote the questions down in that order, even to be
    shuffled a moment later, the log would join the time to the words."""
    if on_sqlite():
        return
    p_values = []
    for n in range(ROUNDS):
        came = [words[:8].encode() for words in asked(open_phone_in(slug=f"sleep-{n}"))]
        before = place()
        release_at(LAST)
        p_values.append(p_value(written_down(came, before), came))
    assert max(p_values) > SURE


def test_physical_order_in_the_log_of_changes_would_be_seen(app):
    if on_sqlite():
        return
    came, before = [secrets.token_hex(4) for _ in range(MANY)], place()
    for words in came:
        with transaction():
            db.session.add(Question(phone_in_slug="sleep", receipt_hash=secrets.token_bytes(32), text=words))
    assert p_value(written_down([mark.encode() for mark in came], before), [mark.encode() for mark in came]) <= SURE


@pytest.mark.parametrize("table", ["question", "envelope", "spent_pass", "seal_key", "pass_key"])
def test_physical_traces_postgresql_keeps_no_samples_of_anonymous_rows(app, table):
    """ANALYZE, which PostgreSQL runs by itself, copies values into its statistics, where they stay when rows go."""
    if on_sqlite():
        return
    asked(open_phone_in())
    release_at(LAST)
    asked(open_phone_in(slug="nights", starts_at=LAST + timedelta(days=2), asks_open_at=TUESDAY))
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    sampled = {name for [name] in read("SELECT DISTINCT tablename FROM pg_stats")}
    assert (table in sampled, "phone_in" in sampled) == (False, True)
    assert db.session.scalar(select(Question.id).limit(1))
