"""Me too: one vote for each person and question, sealed like all else, and said in numbers that point to nobody."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import triage
from phonein.questions import box, release, votes
from phonein.questions.models import Envelope, Question, SpentPass
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn
from tests.conftest import TUESDAY
from tests.questions import (
    SHAPES,
    ask,
    at_once,
    content,
    new_pass,
    open_phone_in,
    post,
    release_at,
    rows,
    shown,
)

LAST = TUESDAY + timedelta(days=6)


@pytest.fixture(params=SHAPES)
def send(request):
    return SHAPES[request.param]


@pytest.fixture
def phone_in(app):
    """One release has been, and the desk has put three of five questions into words; one of those is set aside."""
    phone_in = open_phone_in()
    for n in range(5):
        ask(phone_in, f"Original {n}")
    release_at(TUESDAY)
    with transaction():
        for question in db.session.scalars(select(Question)):
            number = question.text[-1]
            if number in "012":
                triage.reword(question, f"Wording {number}")
            if number == "2":
                triage.set_aside(question, "The same has been asked")
            if number == "3":
                triage.reword(question, "Wording 3")
                triage.to_reviewer(question)
    return db.session.scalars(select(PhoneIn)).one()


def wording(number):
    return db.session.scalars(select(ReadAloud).where(ReadAloud.words == f"Wording {number}")).one().id


def sealed():
    return [box._inside(envelope) for envelope in rows(Envelope)]


def test_to_choose_from_is_what_the_desk_has_put_into_words_and_nothing_else(phone_in, client):
    page = shown(client.get("/q/sleep/"))
    assert [n for n in range(5) if f"Wording {n}" in page] == [0, 1]
    assert "Original" not in page


def test_the_order_is_another_one_for_whoever_looks(phone_in, client):
    with transaction():
        for question in db.session.scalars(select(Question)):
            question.is_for_reviewer = False
            triage.reword(question, question.text)
    orders = {tuple(question.words for question in votes.ballot(phone_in)) for _ in range(30)}
    assert len(orders) > 10
    assert {tuple(sorted(order)) for order in orders} == {tuple(f"Original {n}" for n in range(5))}


def test_a_vote_is_sealed_like_a_question_and_counts_nothing_before_a_release(phone_in, client, send):
    answer = send(client, "vote", question=wording(0), **{"pass": new_pass(phone_in, "v")})
    assert (answer.status_code, "“me too” is sealed" in content(answer)) == (200, True)
    assert sealed() == [{"do": "vote", "question": wording(0)}]
    assert {one.votes for one in rows(ReadAloud)} == {0}
    ask(phone_in)
    assert {len(envelope.blob) for envelope in rows(Envelope)} == {4096 + 16}


def test_voting_twice_for_one_question_is_quietly_voting_once(phone_in, client, send):
    pass_ = new_pass(phone_in, "v")
    first, again = (send(client, "vote", question=wording(0), **{"pass": pass_}) for _ in range(2))
    assert (first.status_code, again.status_code, content(first)) == (200, 200, content(again))
    assert len(sealed()) == 1


def test_with_one_pass_each_question_can_be_voted_for_and_nothing_kept_joins_the_votes(phone_in, client, send):
    pass_ = new_pass(phone_in, "v")
    before = {spent.hash for spent in rows(SpentPass)}
    for number in (0, 1):
        assert send(client, "vote", question=wording(number), **{"pass": pass_}).status_code == 200
    assert sorted(inside["question"] for inside in sealed()) == sorted([wording(0), wording(1)])
    kept = [spent.hash for spent in rows(SpentPass) if spent.hash not in before]
    handles = [envelope.handle for envelope in rows(Envelope)]
    assert len({*kept, *handles}) == 4


def test_from_what_is_kept_of_a_pass_nobody_finds_its_envelope(phone_in, client):
    """Or a table of used passes would say which envelopes are votes, and for which question."""
    post(client, "vote", question=wording(0), **{"pass": new_pass(phone_in, "v")})
    spent = {row.hash for row in rows(SpentPass)}
    [envelope] = rows(Envelope)
    tries = [b"vote|" + hash_ + wording(0).encode() for hash_ in spent] + [b"vote|" + hash_ for hash_ in spent]
    assert envelope.handle not in {box.hash_of("envelope", "sleep", each) for each in tries}


def test_a_pass_for_questions_is_none_for_votes_and_the_other_way_round(phone_in, client, send):
    wrong = send(client, "vote", question=wording(0), **{"pass": new_pass(phone_in)})
    asked = send(client, "ask", text="Mine", receipt="7KQ2-M4XD-90TP-AB3C", **{"pass": new_pass(phone_in, "v")})
    assert (wrong.status_code, asked.status_code, sealed()) == (422, 422, [])
    assert "That is not a pass for this" in shown(wrong)
    assert "Wording 0" in shown(wrong)  # the list is there again


def test_what_is_not_to_choose_from_cannot_be_voted_for(phone_in, client, send):
    ids = [question.id for question in rows(Question)]  # of originals, and of what was worded once and is no more
    fields = {"pass": new_pass(phone_in, "v")}
    answers = [send(client, "vote", question=each, **fields) for each in [*ids, "x", "a\x00b"]]
    assert {answer.status_code for answer in answers} <= {409, 400}
    assert (send(client, "vote", **fields).status_code, sealed()) == (422, [])


@pytest.mark.parametrize("at", [TUESDAY - timedelta(days=12), LAST, LAST + timedelta(days=1)])
def test_votes_are_taken_only_while_questions_are(phone_in, client, at):
    with clock.stopped_at(at):
        answer = post(client, "vote", question=wording(0), **{"pass": new_pass(phone_in, "v")})
        assert "Wording 0" not in client.get("/q/sleep/").text
    assert (answer.status_code, sealed()) == (409, [])


def test_before_the_first_release_there_is_nothing_to_vote_for(app, client):
    phone_in = open_phone_in()
    with transaction():
        db.session.add(ReadAloud(phone_in_slug="sleep", asked_slug="sleep", words="Old wording"))
    answer = post(client, "vote", question=rows(ReadAloud)[0].id, **{"pass": new_pass(phone_in, "v")})
    assert (answer.status_code, "Old wording" in client.get("/q/sleep/").text, sealed()) == (409, False, [])


def test_two_who_vote_at_once_with_one_pass_are_both_told_yes_and_one_vote_is_sealed(phone_in, app):
    pass_, chosen = new_pass(phone_in, "v"), wording(0)

    def vote():
        with transaction():
            box.vote(db.session.scalars(select(PhoneIn)).one(), pass_=pass_, question_id=chosen)
        return "accepted"

    assert Counter(at_once(app, [vote] * 8)) == {"accepted": 8}
    assert [inside["do"] for inside in sealed()] == ["vote"]


def test_two_people_who_vote_for_one_question_at_once_are_two_votes(phone_in, app):
    passes, chosen = [new_pass(phone_in, "v") for _ in range(2)], wording(0)

    def vote(pass_):
        with transaction():
            box.vote(db.session.scalars(select(PhoneIn)).one(), pass_=pass_, question_id=chosen)

    assert at_once(app, [partial(vote, pass_) for pass_ in passes]) == [None, None]
    assert len(sealed()) == 2


def test_a_vote_that_comes_beside_the_last_release_is_counted_or_refused_and_none_stays_sealed(phone_in, app):
    passes, chosen = [new_pass(phone_in, "v") for _ in range(8)], wording(0)

    def vote(pass_):
        with clock.stopped_at(LAST - timedelta(seconds=1)), transaction():
            box.vote(db.session.scalars(select(PhoneIn)).one(), pass_=pass_, question_id=chosen)

    acts = [partial(vote, pass_) for pass_ in passes]
    came = Counter(at_once(app, [*acts[:4], release.release_due, *acts[4:]], at=LAST))
    assert set(came) <= {None, box.AskingClosed, 1}
    assert (db.session.get_one(ReadAloud, chosen).votes, rows(Envelope)) == (came[None], [])


def test_small_numbers_are_never_said(app):
    words = {number: votes.in_words(number) for number in (0, 1, 4, 5, 12)}
    assert words == {
        0: "",
        1: "asked by several others too",
        4: "asked by several others too",
        5: "asked by 5 others too",
        12: "asked by 12 others too",
    }


def test_on_the_list_to_choose_from_four_votes_look_like_one(phone_in, client):
    pages = []
    for number in (1, 4):
        with transaction():
            db.session.get_one(ReadAloud, wording(0)).votes = number
            db.session.get_one(ReadAloud, wording(1)).votes = number
        pages.append(sorted(shown(client.get("/q/sleep/")).split()))
    assert pages[0] == pages[1]
    assert "several" in pages[0]


def test_votes_are_counted_at_the_next_release_however_few_they_are(phone_in, client):
    for voters in (["a", "b"], ["c"]):
        for _ in voters:
            post(client, "vote", question=wording(0), **{"pass": new_pass(phone_in, "v")})
    for n in range(3):
        ask(phone_in, f"Later {n}")
    release_at(LAST)
    assert sorted(one.votes for one in rows(ReadAloud)) == [0, 3]
    assert rows(Envelope) == []
