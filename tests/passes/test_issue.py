"""Drawing passes: three, twice at most; who drew is counted, what was drawn is kept nowhere."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.passes import issue
from phonein.passes.models import PassIssue
from phonein.questions import box, tokens
from phonein.questions.models import Envelope, SpentPass
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import ask, at_once, files_holding, new_pass, open_phone_in, rows

PRINTED = re.compile(r"<b>([0-9A-Z]{5}(?:-[0-9A-Z]{5}){4})</b>")
PASSES = "/app/phone-ins/sleep/passes"


@pytest.fixture
def sam(app):
    with transaction():
        return make_person("Sam")


def draw(phone_in, person):
    with transaction():
        return issue.draw(phone_in, by=person).questions


def drawn():
    return [(issued.person_id, issued.draws) for issued in rows(PassIssue)]


def test_a_person_draws_three_passes_and_each_is_good_for_one_question(app, sam):
    phone_in = open_phone_in()
    passes = draw(phone_in, sam)
    for n, pass_ in enumerate(passes):
        ask(phone_in, f"Number {n}", pass_=pass_)
    assert (len(set(passes)), len(rows(Envelope))) == (3, 3)


def test_passes_can_be_drawn_twice_and_not_a_third_time_and_all_six_work(app, sam):
    phone_in = open_phone_in()
    passes = draw(phone_in, sam) + draw(phone_in, sam)
    with pytest.raises(issue.NoMorePasses):
        draw(phone_in, sam)
    for pass_ in passes:
        ask(phone_in, pass_=pass_)
    assert (drawn(), len(rows(SpentPass))) == ([(sam.id, 2)], 6)


def test_everybody_who_can_sign_in_may_draw_whether_or_not_they_booked(app, sam):
    phone_in = open_phone_in()
    with transaction():
        people = [sam, make_fay(), make_ada()]
    assert [len(draw(phone_in, person)) for person in people] == [3, 3, 3]


def test_of_eight_draws_at_once_by_one_person_two_are_given(app, sam):
    phone_in = open_phone_in()
    new_pass(phone_in)

    def draw_mine():
        mine, me = db.session.scalars(db.select(PhoneIn)).one(), db.session.scalars(db.select(Person)).one()
        return len(draw(mine, me))

    assert Counter(at_once(app, [draw_mine] * 8)) == {3: 2, issue.NoMorePasses: 6}
    assert drawn() == [(sam.id, 2)]


def test_passes_can_be_drawn_from_publication_on_before_asking_opens_so_that_drawing_says_nothing(app, sam):
    phone_in = open_phone_in(asks_open_at=TUESDAY + timedelta(days=5))
    assert len(draw(phone_in, sam)) == 3


@pytest.mark.parametrize(
    ("columns", "days"), [({}, 6), ({}, 30), ({"cancelled_at": TUESDAY}, 0), ({"published_at": None}, 0)]
)
def test_nothing_is_drawn_for_a_phone_in_that_takes_no_questions_any_more(app, sam, columns, days):
    phone_in = open_phone_in(**columns)
    with clock.stopped_at(TUESDAY + timedelta(days=days)), pytest.raises(issue.AskingOver):
        draw(phone_in, sam)
    assert drawn() == []


def test_what_was_drawn_is_in_no_file(app, sam):
    """Only how often; the search is shown to work by something that is kept."""
    passes = draw(open_phone_in(summary="The canary is kept"), sam)
    looked_for = [shape for pass_ in passes for shape in (pass_, pass_.replace("-", ""), pass_.lower())]
    assert [files_holding(each, app) for each in looked_for] == [[]] * 9
    assert files_holding("The canary is kept", app) != []


def test_a_used_pass_and_who_drew_it_have_nothing_in_common_in_the_database(app, sam):
    phone_in = open_phone_in()
    ask(phone_in, pass_=draw(phone_in, sam)[0])
    assert drawn() == [(sam.id, 1)]
    [envelope], [spent] = rows(Envelope), rows(SpentPass)
    assert {type(part) for part in (envelope.handle, envelope.public, envelope.blob, spent.hash)} == {bytes}


def test_the_page_shows_three_passes_and_once_the_one_for_votes_and_may_not_be_kept(app, client, sam):
    open_phone_in()
    sign_in_as(client, sam)
    answers = [press(client, PASSES) for _ in range(3)]
    assert [(a.status_code, len(PRINTED.findall(a.text))) for a in answers] == [(200, 4), (200, 3), (409, 0)]
    assert {a.headers["Cache-Control"] for a in answers} == {"no-store"}
    assert client.get(PASSES).status_code == 405


def test_what_the_page_shows_works_at_the_anonymous_door(app, client, sam):
    phone_in = open_phone_in()
    sign_in_as(client, sam)
    *questions, votes = PRINTED.findall(press(client, PASSES).text)
    for pass_ in questions:
        ask(phone_in, pass_=pass_.lower().replace("-", " "))
    with pytest.raises(box.NotAPass):
        ask(phone_in, pass_=votes)
    assert (len(rows(SpentPass)), len(tokens.nonce("sleep", "v", votes))) == (3, 9)


def test_strangers_and_forged_forms_draw_nothing(app, client, sam):
    with transaction():
        make_phone_in()
        make_phone_in(slug="draft", published_at=None)
    stranger = client.post(PASSES)
    sign_in_as(client, sam)
    answers = [
        client.post(PASSES),
        press(client, PASSES.replace("sleep", "draft")),
        press(client, "/app/phone-ins/x/passes"),
    ]
    assert [stranger.status_code, *(a.status_code for a in answers)] == [400, 400, 404, 404]
    assert drawn() == []
