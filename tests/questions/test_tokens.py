"""Passes as they are handed in, printed or blind: bound to a purpose, a phone-in and a key; and spent once."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from phonein import clock
from phonein.db import db, transaction
from phonein.questions import blind, box, codes, keys, tokens
from phonein.questions.models import Envelope, PassKey, SpentPass
from phonein.schedule.models import PhoneIn
from tests import blind_client
from tests.conftest import TUESDAY
from tests.questions import ask, at_once, open_phone_in, release_at, released, rows

KINDS = ("printed", "blind")


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def phone_in(app) -> PhoneIn:
    made = open_phone_in()
    keys.draw_pass_keys_ahead()
    return made


def pass_of(kind: str, purpose: str = "q", slug: str = "sleep") -> str:
    with transaction():
        if kind == "printed":
            return codes.printed_pass(keys.pass_secret(slug), slug, purpose)
        hidden = blind_client.hide(keys.pass_keys(slug)[purpose], purpose, slug)
        [signed] = keys.sign_blindly(slug, purpose, [hidden.blinded])
        return hidden.finished(keys.pass_keys(slug)[purpose], signed)


def refuses(typed: str, purpose: str = "q", slug: str = "sleep") -> bool:
    try:
        tokens.nonce(slug, purpose, typed)
    except codes.NotACode:
        return True
    return False


def test_a_pass_is_known_again_by_its_one_of_a_kind_part(phone_in, kind):
    size, pass_ = {"printed": 9, "blind": 32}[kind], pass_of(kind)
    assert len(tokens.nonce("sleep", "q", pass_)) == size
    assert tokens.nonce("sleep", "q", pass_) == tokens.nonce("sleep", "q", pass_)
    assert tokens.nonce("sleep", "q", pass_of(kind)) != tokens.nonce("sleep", "q", pass_)


def test_a_blind_pass_has_386_letters_and_may_be_pasted_with_line_ends_in_it(phone_in):
    pass_ = pass_of("blind")
    pasted = f" {pass_[:100]}\r\n{pass_[100:300]}\n {pass_[300:]} \n"
    assert len(pass_) == 386
    assert tokens.nonce("sleep", "q", pasted) == tokens.nonce("sleep", "q", pass_)


@pytest.mark.parametrize(("made_for", "used_for"), [("q", "v"), ("v", "q")])
def test_a_pass_of_another_purpose_is_refused(phone_in, kind, made_for, used_for):
    pass_ = pass_of(kind, made_for)
    assert (refuses(pass_, made_for), refuses(pass_, used_for)) == (False, True)


def test_a_pass_of_another_phone_in_is_refused(phone_in, kind):
    open_phone_in(slug="nights")
    keys.draw_pass_keys_ahead()
    pass_ = pass_of(kind, slug="nights")
    assert (refuses(pass_, slug="nights"), refuses(pass_, slug="sleep")) == (False, True)


def test_a_pass_signed_with_another_key_is_refused(phone_in):
    private, public = blind.new_key()
    hidden = blind_client.hide(public, "q", "sleep")
    assert refuses(hidden.finished(public, blind.sign(private, hidden.blinded)))


def test_a_printed_pass_made_with_another_secret_is_refused(phone_in):
    pass_of("printed")
    assert refuses(codes.printed_pass(b"another secret of thirty-two ...", "sleep"))


def test_an_altered_pass_is_refused_wherever_it_was_altered(phone_in, kind):
    """Each letter once; of a blind pass every seventh, and the last of each part, which has bits to spare."""
    pass_ = pass_of(kind).replace("-", "") if kind == "printed" else pass_of(kind)
    places = range(25) if kind == "printed" else [*range(0, 386, 7), 42, 43, 385]
    taken = []
    for place in places:
        for letter in {"0", "1", "A", "B", "Z"} - {pass_[place]}:
            altered = pass_[:place] + letter + pass_[place + 1 :]
            taken += [] if refuses(altered) else [altered]
    assert taken == []


@pytest.mark.parametrize(
    "typed", ["", ".", "a.b", "A" * 43 + "." + "A" * 342, "é." * 20, "." * 386, "\x00" * 386 + "."]
)
def test_what_is_no_pass_at_all_is_refused(phone_in, typed):
    assert refuses(typed)


def test_before_there_are_keys_and_when_they_are_gone_no_blind_pass_is_one(app):
    phone_in = open_phone_in()
    assert keys.pass_keys("sleep") == {}
    keys.draw_pass_keys_ahead()
    pass_ = pass_of("blind")
    ask(phone_in, pass_=pass_)
    with transaction():
        for key in rows(PassKey):
            db.session.delete(key)
    assert refuses(pass_)


def test_a_pass_asks_once_and_after_closing_not_at_all(phone_in, kind):
    passes = [pass_of(kind), pass_of(kind)]
    ask(phone_in, pass_=passes[0])
    with pytest.raises(box.PassSpent):
        ask(phone_in, pass_=passes[0])
    with clock.stopped_at(phone_in.asks_close_at), pytest.raises(box.AskingClosed):
        ask(phone_in, pass_=passes[1])
    assert len(rows(SpentPass)) == 1


def test_what_is_kept_of_a_used_pass_does_not_say_which_kind_it_was(phone_in):
    for kind in KINDS:
        ask(phone_in, pass_=pass_of(kind))
    spent, envelopes = rows(SpentPass), rows(Envelope)
    assert {(len(one.hash), one.phone_in_slug) for one in spent} == {(32, "sleep")}
    assert len({(len(one.handle), len(one.public), len(one.blob)) for one in envelopes}) == 1


def test_eight_who_race_with_one_blind_pass_are_told_no_but_for_one(app, phone_in):
    pass_ = pass_of("blind")

    def send(words: str, receipt: str) -> str:
        mine = db.session.scalars(select(PhoneIn)).one()
        with transaction():
            box.ask(mine, pass_=pass_, receipt=receipt, text=words, topic="")
        return "accepted"

    came = at_once(app, [partial(send, f"Number {n}", codes.new_receipt()) for n in range(8)])
    assert Counter(came) == {"accepted": 1, box.PassSpent: 7}
    assert (len(rows(SpentPass)), len(rows(Envelope))) == (1, 1)
    release_at(TUESDAY + timedelta(days=6))
    assert released() == [f"Number {came.index('accepted')}"]
