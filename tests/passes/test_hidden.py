"""Drawing blind passes as a script does: hidden, signed, finished; one address and one counter with the form."""

import html
import json
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from phonein import clock
from phonein.admin import planning
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.passes import issue
from phonein.passes.models import PassIssue
from phonein.questions import keys, tokens
from phonein.questions.models import SpentPass
from phonein.schedule.models import PhoneIn
from tests import blind_client
from tests.builders import csrf, make_ada, make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import ask, at_once, files_holding, open_phone_in, rows

PASSES = "/app/phone-ins/sleep/passes"


@pytest.fixture
def phone_in(app) -> PhoneIn:
    made = open_phone_in()
    keys.draw_pass_keys_ahead()
    return made


@pytest.fixture
def sam(app, client) -> Person:
    with transaction():
        sam = make_person("Sam")
    sign_in_as(client, sam)
    return sam


def hidden(many: int, purpose: str = "q") -> list[blind_client.Hidden]:
    return [blind_client.hide(keys.pass_keys("sleep")[purpose], purpose, "sleep") for _ in range(many)]


def letters(some: list[blind_client.Hidden]) -> list[str]:
    return [tokens.letters(one.blinded) for one in some]


def send(client: Any, sent: Any, token: str | None = None) -> Any:
    return client.post(PASSES, json=sent, headers={"X-CSRFToken": csrf(client) if token is None else token})


def finished(some: list[blind_client.Hidden], signed: list[str], purpose: str = "q") -> list[str]:
    public = keys.pass_keys("sleep")[purpose]
    return [one.finished(public, tokens.raw(each)) for one, each in zip(some, signed, strict=True)]


def drawn() -> list[tuple[int, bool]]:
    return [(issued.draws, issued.has_ballot) for issued in rows(PassIssue)]


def test_three_passes_and_one_for_votes_are_signed_and_good(app, client, phone_in, sam):
    questions, votes = hidden(3), hidden(1, "v")
    answer = send(client, {"q": letters(questions), "v": letters(votes)})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    for pass_ in finished(questions, answer.json["q"]):
        ask(phone_in, pass_=pass_)
    [ballot] = finished(votes, answer.json["v"], "v")
    assert len(tokens.nonce("sleep", "v", ballot)) == 32
    assert (len(rows(SpentPass)), drawn()) == (3, [(1, True)])


def test_the_pass_for_votes_is_given_once_to_each_person_with_whichever_draw_asks_first(client, phone_in, sam):
    answers = [send(client, {"q": letters(hidden(1)), "v": letters(hidden(votes, "v"))}) for votes in (0, 1)]
    assert [(len(a.json["q"]), len(a.json["v"])) for a in answers] == [(1, 0), (1, 1)]
    with transaction():
        sign_in_as_another = make_person("Sue")
    sign_in_as(client, sign_in_as_another)
    answers = [send(client, {"q": letters(hidden(3)), "v": letters(hidden(1, "v"))}) for _ in range(2)]
    assert [(len(a.json["q"]), len(a.json["v"])) for a in answers] == [(3, 1), (3, 0)]


@pytest.mark.parametrize("forms", [0, 1, 2])
def test_two_draws_in_all_whether_by_form_or_by_script(client, phone_in, sam, forms):
    draws = [press(client, PASSES) for _ in range(forms)]
    draws += [send(client, {"q": letters(hidden(3))}) for _ in range(3 - forms)]
    assert [answer.status_code for answer in draws] == [200, 200, 409]
    assert (draws[2].json["error"], drawn()) == ("No more passes", [(2, forms > 0)])
    assert press(client, PASSES).status_code == 409


def test_of_eight_scripts_at_once_two_get_their_passes_and_one_of_them_the_one_for_votes(app, phone_in, sam):
    def draw() -> tuple[int, int]:
        mine, me = db.session.scalars(select(PhoneIn)).one(), db.session.scalars(select(Person)).one()
        sent = {"q": [one.blinded for one in hidden(3)], "v": [one.blinded for one in hidden(1, "v")]}
        signed = issue.sign(mine, sent, by=me)
        with transaction():
            gets_ballot = issue.count_a_draw(mine, with_ballot=bool(signed.votes), by=me)
        return len(signed.questions), gets_ballot

    came = at_once(app, [draw] * 8)
    assert Counter(came) == {(3, True): 1, (3, False): 1, issue.NoMorePasses: 6}
    assert drawn() == [(2, True)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Too many passes"),
        ({"q": []}, "Too many passes"),
        ({"q": ["AAAA"] * 4}, "Too many passes"),
        ({"q": ["AAAA"], "v": ["AAAA"] * 2}, "Too many passes"),
        ({"q": ["AAAA"]}, "Nothing was drawn"),
        ({"q": ["A" * 342]}, "Nothing was drawn"),
        ({"q": ["_" * 342]}, "Nothing was drawn"),
        ({"q": ["not base64!"]}, "Nothing was drawn"),
        ({"q": ["é" * 342]}, "Nothing was drawn"),
        ({"q": "AAAA"}, "Nothing was drawn"),
        ({"q": [1, 2, 3]}, "Nothing was drawn"),
        (["q"], "Nothing was drawn"),
        ("q", "Nothing was drawn"),
    ],
)
def test_what_cannot_be_signed_is_refused_in_words_and_counts_for_nothing(client, phone_in, sam, sent, said):
    answer = send(client, sent)
    assert (answer.status_code, answer.json["error"], drawn()) == (422, said, [])
    assert answer.json["said"] and answer.json["todo"]


def test_json_that_cannot_be_read_a_missing_token_and_a_stranger_are_answered_in_json(app, client, phone_in, sam):
    headers = {"X-CSRFToken": csrf(client), "Content-Type": "application/json"}
    broken = client.post(PASSES, data=b"{", headers=headers)
    forged = [send(client, {"q": letters(hidden(1))}, token) for token in ("", "of-somebody-else")]
    stranger = app.test_client()
    stranger.get("/app/sign-in/")
    unknown = send(stranger, {"q": letters(hidden(1))}, csrf(stranger, "/app/sign-in/"))
    elsewhere = client.post(PASSES.replace("sleep", "none"), json={"q": []}, headers={"X-CSRFToken": csrf(client)})
    answers = [broken, *forged, unknown, elsewhere]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 401, 404]
    assert {bool(answer.json["said"]) for answer in answers} == {True}
    assert drawn() == []


def test_before_the_keys_are_there_a_script_is_told_to_come_again_and_nothing_is_counted(app, client, sam):
    open_phone_in()
    answer = send(client, {"q": [tokens.letters(b"\1" * 256)]})
    assert (answer.status_code, answer.headers["Retry-After"], drawn()) == (503, "60", [])


def test_when_asking_is_over_nothing_is_signed(client, phone_in, sam):
    some, token = letters(hidden(1)), csrf(client)
    with clock.stopped_at(phone_in.asks_close_at):
        sign_in_as(client, sam)
        answer = send(client, {"q": some}, token)
    assert (answer.status_code, answer.json["error"], drawn()) == (409, "Asking is closed", [])


def test_what_was_hidden_signed_or_finished_is_in_no_file(app, client, phone_in, sam):
    questions = hidden(1)
    answer = send(client, {"q": letters(questions)})
    [pass_] = finished(questions, answer.json["q"])
    ask(phone_in, pass_=pass_)
    for secret in (*letters(questions), *answer.json["q"], *pass_.split(".")):
        assert files_holding(secret, app) == []
        assert files_holding(tokens.raw(secret).hex(), app) == []
    assert files_holding(sam.email, app) != []


def test_holders_are_the_staff_who_have_drawn_and_nobody_who_leads_or_runs_anything(app):
    with transaction():
        staff = [make_person(name) for name in ("Sam", "Sue", "Stan")]
        leads_though_staff = make_person("Lea")
        others = [make_fay(), make_ada()]
        phone_in = make_phone_in(leaders=[others[0], leads_though_staff])
    seen = []
    for person in [*staff, staff[0], *others, leads_though_staff]:
        with transaction():
            issue.draw(phone_in, by=person)
        seen.append(phone_in.holders)
    assert seen == [1, 2, 3, 3, 3, 3, 3]


def test_a_browser_is_offered_what_it_may_draw_the_nearest_first_and_how_often(client, sam):
    with transaction():
        make_phone_in(slug="later", starts_at=TUESDAY + timedelta(days=20))
        make_phone_in(slug="sleep")
        make_phone_in(slug="off", starts_at=TUESDAY + timedelta(days=30))
        make_phone_in(slug="over", starts_at=TUESDAY + timedelta(hours=30))
    keys.draw_pass_keys_ahead()
    with transaction():
        make_phone_in(slug="without-keys")
        planning.cancel(db.session.scalars(select(PhoneIn).where(PhoneIn.slug == "off")).one(), reason="Ill")
    press(client, PASSES)
    prints = {one.slug: one.key_print for one in rows(PhoneIn)}
    with clock.stopped_at(TUESDAY + timedelta(hours=7)):
        sign_in_as(client, sam)
        offered = re.search(r"data-passes='([^']*)'", client.get("/app/").text)
    assert json.loads(html.unescape(offered[1])) == [
        {"slug": "sleep", "print": prints["sleep"], "left": 1},
        {"slug": "later", "print": prints["later"], "left": 2},
        {"slug": "off", "print": prints["off"], "left": 0},
    ]


def test_signing_says_nothing_of_what_it_signs_even_when_asked_twice(client, phone_in, sam):
    some = letters(hidden(3))
    first, second = (send(client, {"q": some}).json["q"] for _ in range(2))
    assert first == second
    assert len(tokens.raw(first[0])) == 256
