"""What people said, and that a few are not shown."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import feedback
from phonein.desk.feedback import Said
from phonein.questions.models import Feedback
from phonein.questions.saying import OPEN_FOR
from tests.builders import make_fay, make_phone_in, make_series, sign_in_as

MINUTE = timedelta(minutes=1)


@pytest.fixture
def phone_in(app):
    with transaction():
        fay = make_fay()
        series = make_series(leaders=[fay])
        make_phone_in(slug="next", series=series, starts_at=clock.now() + timedelta(days=14), leaders=[fay])
        return make_phone_in(series=series, leaders=[fay])


def say(*ratings: int, **about: str) -> None:
    with transaction():
        for number, rating in enumerate(ratings):
            comment = f"Comment {number}" if number else ""
            db.session.add(Feedback(**about or {"series_slug": "tuesdays"}, rating=rating, comment=comment))


@pytest.mark.parametrize("ratings", [(), (5,), (5, 4, 3, 2)])
def test_fewer_than_five_answers_look_like_none(phone_in, ratings):
    say(*ratings)
    say(1, 1, 1, 1, 1, series_slug="another")
    assert feedback.about(phone_in) is None


def test_five_answers_are_shown_together(phone_in):
    say(5, 4, 3, 2, 1)
    said = feedback.about(phone_in)
    assert said == Said(5, 3.0, said.comments)
    assert sorted(said.comments) == ["Comment 1", "Comment 2", "Comment 3", "Comment 4"]


def test_what_is_said_of_a_phone_in_is_shown_when_no_more_can_come_and_not_one_by_one(phone_in):
    say(5, 4, 3, 2, 1, phone_in_slug="sleep")
    say(5, 5, 5, 5, phone_in_slug="next")
    shown = []
    for moment in (phone_in.ends_at + OPEN_FOR - MINUTE, phone_in.ends_at + OPEN_FOR, phone_in.ends_at + 3 * OPEN_FOR):
        with clock.stopped_at(moment):
            said = feedback.about(phone_in)
            shown.append(said and said.answers)
    assert shown == [None, 5, 5]


def test_what_is_said_of_one_without_a_series_is_shown_there(app):
    with transaction():
        alone = make_phone_in()
    say(5, 4, 3, 2, 1, phone_in_slug="sleep")
    say(1, 1, 1, 1, 1)
    with clock.stopped_at(alone.ends_at + OPEN_FOR):
        said = feedback.about(alone)
    assert (said.answers, said.mean) == (5, 3.0)


def test_the_desk_shows_it_to_those_who_lead(client, phone_in):
    sign_in_as(client, phone_in.leaders[0])
    say(5, 4, 4, 4)
    assert "What people said" not in client.get("/app/desk/sleep/").text
    say(3)
    page = client.get("/app/desk/sleep/").text
    assert "5 people, 4.0 of 5" in page
    assert "Comment 2" in page
