"""Many at once at the anonymous door, each with a connection of their own, on both engines."""

from collections import Counter
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from phonein import clock
from phonein.db import db, transaction
from phonein.questions import box, codes, keys, release
from phonein.questions.models import Envelope, Question, SealKey, SpentPass
from phonein.schedule.models import PhoneIn
from tests.conftest import TUESDAY
from tests.questions import at_once, new_pass, open_phone_in, release_at, released, rows

LAST = TUESDAY + timedelta(days=6)


def send(words, pass_, receipt):
    phone_in = db.session.scalars(select(PhoneIn)).one()
    with transaction():
        box.ask(phone_in, pass_=pass_, receipt=receipt, text=words, topic="")
    return "accepted"


def test_eight_who_race_with_one_pass_are_told_no_but_for_one(app):
    pass_ = new_pass(open_phone_in())
    came = at_once(app, [partial(send, f"Number {n}", pass_, codes.new_receipt()) for n in range(8)])
    assert Counter(came) == {"accepted": 1, box.PassSpent: 7}
    assert (len(rows(SpentPass)), len(rows(Envelope))) == (1, 1)
    release_at(LAST)
    assert released() == [f"Number {came.index('accepted')}"]


def test_one_who_presses_eight_times_is_told_yes_eight_times_and_asks_once(app):
    pass_, receipt = new_pass(open_phone_in()), codes.new_receipt()
    came = at_once(app, [partial(send, "Once", pass_, receipt) for _ in range(8)])
    assert Counter(came) == {"accepted": 8}
    assert (len(rows(SpentPass)), len(rows(Envelope))) == (1, 1)
    release_at(LAST)
    assert released() == ["Once"]


def test_eight_who_are_the_first_to_ask_all_seal_with_the_same_key(app):
    phone_in = open_phone_in()
    passes = [new_pass(phone_in) for _ in range(8)]
    came = at_once(app, [partial(send, f"Number {n}", passes[n], codes.new_receipt()) for n in range(8)])
    assert Counter(came) == {"accepted": 8}
    assert len(rows(SealKey)) == 1
    release_at(LAST)
    assert released() == [f"Number {n}" for n in range(8)]


def test_no_question_is_lost_when_asking_races_a_release(app):
    phone_in = open_phone_in()
    passes = [new_pass(phone_in) for _ in range(12)]
    asking = [partial(send, f"Number {n:02}", passes[n], codes.new_receipt()) for n in range(12)]
    came = at_once(app, [*asking[:6], release.release_due, *asking[6:]])
    assert Counter(came) == {"accepted": 12, 1: 1}
    private = keys.box_private("sleep")
    sealed = [box._inside(envelope)["text"] for envelope in rows(Envelope)]
    assert (sorted(sealed + released()), len(private)) == ([f"Number {n:02}" for n in range(12)], 32)
    release_at(LAST)
    assert (released(), rows(Envelope)) == ([f"Number {n:02}" for n in range(12)], [])


def test_what_comes_in_beside_the_last_release_is_released_or_refused_and_nothing_stays_sealed(app):
    phone_in = open_phone_in()
    release_at(TUESDAY)
    passes = [new_pass(phone_in) for _ in range(8)]

    def ask_in_the_last_second(n):
        with clock.stopped_at(LAST - timedelta(seconds=1)):
            return send(f"Number {n}", passes[n], codes.new_receipt())

    asking = [partial(ask_in_the_last_second, n) for n in range(8)]
    came = at_once(app, [*asking[:4], release.release_due, *asking[4:]], at=LAST)
    accepted = [f"Number {n}" for n, what in enumerate([*came[:4], *came[5:]]) if what == "accepted"]
    assert set(came) <= {"accepted", box.AskingClosed, 1}
    assert (released(), rows(Envelope), rows(SealKey)) == (accepted, [], [])
    assert [file.name for file in app.config["SEAL_DIR"].iterdir()] == ["CACHEDIR.TAG"]


def test_changing_and_taking_back_while_a_release_runs_ends_in_one_of_the_two_ways(app):
    phone_in = open_phone_in()
    passes, receipts = [new_pass(phone_in) for _ in range(8)], [codes.new_receipt() for _ in range(8)]
    for n in range(8):
        send(f"Number {n}", passes[n], receipts[n])

    def change(n):
        with transaction():
            box.edit(db.session.scalars(select(PhoneIn)).one(), receipt=receipts[n], text=f"Changed {n}", topic="")

    def take_back(n):
        with transaction():
            box.withdraw(db.session.scalars(select(PhoneIn)).one(), receipt=receipts[n])

    acts = [partial(change, n) for n in range(4)] + [partial(take_back, n) for n in range(4, 8)]
    came = at_once(app, [*acts[:3], release.release_due, *acts[3:]])
    assert set(came) <= {None, 1, box.AlreadyReleased}
    changed = [what is None for what in [*came[:3], came[4]]]
    release_at(LAST)
    assert released() == sorted(f"Changed {n}" if done else f"Number {n}" for n, done in enumerate(changed))
    assert [len(rows(model)) for model in (Question, Envelope, SealKey)] == [4, 0, 0]
