"""The privacy page says what is set up here: no number and no promise on it is written by hand."""

import pytest

import config
from phonein import create_app, retention
from phonein.db import on_sqlite
from tests.questions import shown


def page(client):
    return " ".join(shown(client.get("/privacy/")).split())


def test_its_numbers_are_those_in_force(app, client):
    app.config.update(LEAST_HOLDERS=17, ORIGINALS_DAYS=3)
    said = page(client)
    for words in (
        "at least 17 people could have asked",
        "fewer than 17 people could have asked, your question is destroyed unread",
        "at least 3 are waiting",
        "3 days after the phone-in",
        f"{retention.PASSES.days} days after the phone-in",
        "may have 3 for each phone-in",
        "Fewer than 5 are said to be “several”",
    ):
        assert words in said, words


@pytest.mark.parametrize("gone", ["not in use", "not built", "at present", "None"])
def test_it_says_nothing_that_is_no_longer_so(client, gone):
    assert gone not in page(client)


def test_it_says_what_the_database_keeps_on_its_own(client):
    assert ("log of changes" in page(client)) is not on_sqlite()


def test_it_tells_the_cost_of_going_straight_to_safeguarding_and_of_printed_codes(client):
    said = page(client)
    for words in (
        "it is not sealed, and not mixed with others",
        "they know about when you wrote",
        "there you trust us, and with a blind pass you need not",
    ):
        assert words in said, words


def test_a_host_of_its_own_for_questions_is_named_where_there_is_one(settings, client):
    with create_app(config.Testing(settings | {"QUESTIONS_URL": "https://ask.example"})).app_context() as context:
        apart = page(context.app.test_client())
    assert ("you go to an address of its own, ask.example" in apart, "ask.example" in page(client)) == (True, False)
