"""What people said, and that a few are not shown."""

import pytest

from phonein.db import db, transaction
from phonein.desk import feedback
from phonein.desk.feedback import Feedback, Said
from tests.builders import make_fay, make_phone_in, make_series, sign_in_as


def say(*ratings: int, series: str = "tuesdays") -> None:
    with transaction():
        for number, rating in enumerate(ratings):
            db.session.add(Feedback(series_slug=series, rating=rating, comment=f"Comment {number}" if number else ""))


@pytest.mark.parametrize("ratings", [(), (5,), (5, 4, 3, 2)])
def test_fewer_than_five_answers_look_like_none(app, ratings):
    say(*ratings)
    say(1, 1, 1, 1, 1, series="another")
    assert feedback.about("tuesdays") is None


def test_five_answers_are_shown_together(app):
    say(5, 4, 3, 2, 1)
    said = feedback.about("tuesdays")
    assert said == Said(5, 3.0, said.comments)
    assert sorted(said.comments) == ["Comment 1", "Comment 2", "Comment 3", "Comment 4"]


def test_the_desk_shows_it_to_those_who_lead(client):
    with transaction():
        fay = make_fay()
        make_phone_in(series=make_series(leaders=[fay]), leaders=[fay])
    sign_in_as(client, fay)
    say(5, 4, 4, 4)
    assert "What people said" not in client.get("/app/desk/sleep/").text
    say(3)
    page = client.get("/app/desk/sleep/").text
    assert "5 people, 4.0 of 5" in page
    assert "Comment 2" in page
