"""What people said: of few nothing is shown, of one phone-in all at once, and two pages never tell more than one."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import comment_themes, feedback
from phonein.questions.models import Feedback
from phonein.questions.saying import OPEN_FOR
from phonein.suppression import Breakdown, Opinion
from tests.builders import make_fay, make_person, make_phone_in, make_series, sign_in_as
from tests.conftest import TUESDAY
from tests.desk.test_views import without_token

MINUTE = timedelta(minutes=1)
LATER = TUESDAY + timedelta(days=30)


@pytest.fixture
def phone_in(app):
    with transaction():
        fay = make_fay()
        series = make_series(leaders=[fay])
        make_phone_in(slug="next", series=series, starts_at=clock.now() + timedelta(days=14), leaders=[fay])
        return make_phone_in(series=series, leaders=[fay])


def say(slug: str, *ratings: int, word: str = "Comment", **columns: str) -> None:
    with transaction():
        for number, rating in enumerate(ratings):
            said = columns or {"phone_in_slug": slug}
            db.session.add(Feedback(rating=rating, comment=f"{word} {number}" if number else "", **said))


@pytest.mark.parametrize("ratings", [(), (5,), (5, 4, 3, 2)])
def test_fewer_than_five_answers_look_like_none(client, phone_in, ratings):
    say("sleep", *ratings)
    say("next", 1, 1, 1, 1, 1)
    with clock.stopped_at(LATER):
        assert feedback.about(phone_in) is None
        sign_in_as(client, phone_in.leaders[0])
        assert "Too few to show" in client.get("/app/desk/sleep/feedback/").text


def test_five_answers_are_shown_together(phone_in):
    say("sleep", 5, 4, 3, 2, 1)
    with clock.stopped_at(LATER):
        said = feedback.about(phone_in)
    assert said.opinion == Opinion(5, 3.0, 3.0)
    assert sorted(said.comments) == ["Comment 1", "Comment 2", "Comment 3", "Comment 4"]


def test_what_is_said_of_a_phone_in_is_shown_when_no_more_can_come_and_not_one_by_one(client, phone_in):
    say("sleep", 5, 4, 3, 2, 1)
    pages = []
    for moment in (phone_in.ends_at - MINUTE, phone_in.ends_at + OPEN_FOR - MINUTE, phone_in.ends_at + OPEN_FOR):
        with clock.stopped_at(moment):
            sign_in_as(client, phone_in.leaders[0])
            pages.append(client.get("/app/desk/sleep/feedback/").text)
    said = ("It has not taken place yet", "Still coming in", "Comment 2")
    assert [[words in page for words in said] for page in pages] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_dates_of_which_too_few_said_something_are_taken_together_when_their_quarter_is_over(client, app):
    with transaction():
        fay = make_fay()
        series = make_series(leaders=[fay])
        for week, slug in enumerate(("a", "b", "c", "d")):
            make_phone_in(slug=slug, series=series, starts_at=TUESDAY + timedelta(days=7 * week + 14), leaders=[fay])
    say("a", 5, 4, 4)
    say("b", 3, 3)
    say("d", 5, 5, 5, 4, 4)
    shown = []
    for at in (TUESDAY + timedelta(days=60), TUESDAY + timedelta(days=120), TUESDAY + timedelta(days=366)):
        with clock.stopped_at(at):
            blocks = feedback.seen_by(fay)
            shown.append([(block.phone_in and block.phone_in.slug, block.answers) for block in blocks])
    assert shown == [[("d", 5)], [("d", 5), (None, 5)], [("d", 5), (None, 5)]]
    with clock.stopped_at(TUESDAY + timedelta(days=14 + 366)):  # of one of them nothing is kept any more
        assert [block.phone_in and block.phone_in.slug for block in feedback.seen_by(fay)] == ["d"]


def test_all_together_says_no_more_than_each_by_itself(client, phone_in):
    """With two more answers to the phone-in that is not shown, not a letter of any page is another."""
    say("sleep", 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 2)
    say("next", 1, 1)
    addresses = ("/app/desk/feedback/", "/app/desk/sleep/feedback/", "/app/desk/next/feedback/")
    with clock.stopped_at(LATER):
        sign_in_as(client, phone_in.leaders[0])
        before = [without_token(client.get(address)) for address in addresses]
        say("next", 1, 5)
        assert [without_token(client.get(address)) for address in addresses] == before
        assert "11 answers" in before[0]


def test_only_who_leads_sees_it(client, phone_in):
    say("sleep", 1, 1, 2, 2, 2, word="Rubbish")
    with transaction():
        other = make_person("Flo", "facilitator")
        make_phone_in(slug="others", leaders=[other])
    with clock.stopped_at(LATER):
        sign_in_as(client, other)
        assert client.get("/app/desk/sleep/feedback/").status_code == 404
        assert "Rubbish" not in client.get("/app/desk/feedback/").text


def test_a_comment_counts_for_one_theme_and_few_are_not_counted(app):
    themes = comment_themes.in_force()
    assert themes.of("Couldn’t get through, the line dropped") == "Sound and getting through"
    assert themes.of("Roedd y sain yn wael") == "Sound and getting through"
    assert themes.of("👏👏👏") == "Something else"
    sound, other = ["The line dropped"] * 6, ["👏"] * 7
    assert comment_themes.shown_of(sound + other[:3]) is None
    assert comment_themes.shown_of(sound + other) == Breakdown(
        13, {"Sound and getting through": 6, "Something else": 7}, tuple(themes.names[1:-1]), 0
    )
