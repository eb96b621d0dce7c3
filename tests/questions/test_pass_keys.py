"""The keys that sign passes: drawn ahead and for all alike, encrypted where they lie, the same for everybody."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from phonein.db import db, transaction
from phonein.questions import blind, codes, keys, tokens
from phonein.questions.models import PassKey
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import at_once, open_phone_in, rows

pytestmark = pytest.mark.own_keys

DAY = timedelta(days=1)


def phone_in_on(day: int, **columns):
    return make_phone_in(**{"slug": f"day-{day}", "starts_at": TUESDAY + day * DAY} | columns)


def with_keys() -> list[str]:
    return sorted({key.phone_in_slug for key in rows(PassKey) if key.purpose in keys.SIGNING})


def prints() -> dict[str, str]:
    return {one.slug: one.key_print for one in rows(PhoneIn)}


def test_the_nearest_get_their_keys_first_so_many_a_round(app):
    with transaction():
        for day in (30, 3, 10, 2):
            phone_in_on(day)
    assert [keys.draw_pass_keys_ahead(2), with_keys()] == [2, ["day-2", "day-3"]]
    assert [keys.draw_pass_keys_ahead(2), with_keys()] == [2, ["day-10", "day-2", "day-3", "day-30"]]
    assert keys.draw_pass_keys_ahead(2) == 0


def test_drafts_cancelled_ones_far_ones_and_those_whose_asking_is_over_get_none(app):
    with transaction():
        phone_in_on(2, published_at=None)
        phone_in_on(3, cancelled_at=TUESDAY)
        phone_in_on(61)
        phone_in_on(1, asks_close_at=TUESDAY)
        phone_in_on(59)
    assert [keys.draw_pass_keys_ahead(), with_keys()] == [1, ["day-59"]]


def test_a_phone_in_keeps_the_keys_that_it_has_got(app):
    open_phone_in()
    keys.draw_pass_keys_ahead()
    before = keys.pass_keys("sleep")
    keys.draw_pass_keys_ahead()
    assert (keys.pass_keys("sleep"), sorted(before)) == (before, ["q", "v"])


def test_several_processes_that_draw_at_once_agree_on_one_pair(app):
    open_phone_in()
    came = at_once(app, [partial(keys.draw_pass_keys_ahead, 1)] * 4)
    assert (sum(came), len(rows(PassKey))) == (1, 2)
    assert prints() == {"sleep": keys.fingerprint(keys.pass_keys("sleep"))}


def test_private_keys_are_encrypted_in_the_database_and_public_ones_are_not(app):
    open_phone_in()
    keys.draw_pass_keys_ahead()
    kept = {key.purpose: key for key in rows(PassKey)}
    for purpose in keys.SIGNING:
        private = keys._at_rest().decrypt(kept[purpose].secret)
        assert blind.sign(private, bytes(255) + b"\2")
        assert private not in kept[purpose].secret
    assert keys.pass_keys("sleep") == {purpose: kept[purpose].public for purpose in keys.SIGNING}


def test_the_fingerprint_is_of_both_keys_and_easy_to_compare(app):
    one, other = ({purpose: blind.new_key()[1] for purpose in keys.SIGNING} for _ in range(2))
    mixed = {"q": one["q"], "v": other["v"]}
    found = [keys.fingerprint(publics) for publics in (one, one, other, mixed, {})]
    assert (found[0] == found[1], len(set(found)), found[4]) == (True, 4, "")
    groups = found[0].split("-")
    assert ([len(group) for group in groups], set("".join(groups)) <= set(codes.ALPHABET)) == ([4] * 8, True)


def test_anybody_gets_the_keys_as_json_without_a_name_and_the_same_as_everybody(app, client):
    open_phone_in()
    keys.draw_pass_keys_ahead()
    answer = client.get("/q/sleep/keys")
    numbers = {purpose: blind.modulus(public).to_bytes(256) for purpose, public in keys.pass_keys("sleep").items()}
    assert answer.json == {
        "phone_in": "sleep",
        "fingerprint": prints()["sleep"],
        "keys": {purpose: {"kty": "RSA", "n": tokens.letters(n), "e": "AQAB"} for purpose, n in numbers.items()},
    }
    assert (answer.headers["Cache-Control"], "Set-Cookie" in answer.headers) == ("no-store", False)
    assert client.get("/q/sleep/keys").data == answer.data


def test_until_they_are_drawn_there_are_no_keys_to_be_had_and_looking_draws_none(app, client):
    open_phone_in()
    assert client.get("/q/sleep/keys").json == {"phone_in": "sleep", "fingerprint": "", "keys": {}}
    assert (rows(PassKey), prints()) == ([], {"sleep": ""})


def test_who_comes_for_the_keys_with_a_name_is_turned_away(app, client):
    open_phone_in()
    keys.draw_pass_keys_ahead()
    refused = [
        client.get("/q/sleep/keys", headers=brought).status_code
        for brought in ({"Authorization": "Basic c2Ft"}, {"Remote-User": "sam"})
    ]
    assert [*refused, client.get("/q/none/keys").status_code] == [400, 400, 404]


@pytest.mark.parametrize("what", ["phone-ins", "series"])
def test_right_after_publishing_the_keys_are_there(app, client, what):
    with transaction():
        ada = make_ada()
        if what == "series":
            make_series()
        else:
            phone_in_on(3, slug="tuesdays", published_at=None)
    sign_in_as(client, ada)
    answer = press(client, f"/app/admin/{what}/tuesdays/publication")
    assert answer.status_code == 303
    near = [one for one in rows(PhoneIn) if one.starts_at < TUESDAY + keys.DRAWN_AHEAD and one.asks_close_at > TUESDAY]
    assert near
    assert {bool(one.key_print) for one in near[:10]} == {True}


def test_keys_that_cannot_be_drawn_do_not_keep_anybody_from_publishing(app, client):
    """The sweep draws them in its next round."""
    with transaction():
        ada = make_ada()
        phone_in_on(3, slug="one", published_at=None)
        phone_in_on(4, slug="two")
        db.session.execute(update(PhoneIn).where(PhoneIn.slug == "two").values(key_print=""))
        db.session.add(PassKey(phone_in_slug="one", purpose="q", secret=b"left behind"))
    sign_in_as(client, ada)
    assert press(client, "/app/admin/phone-ins/one/publication").status_code == 303
    assert [one.is_published for one in rows(PhoneIn)] == [True, True]
