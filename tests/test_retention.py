"""What is past keeping goes, words and all; that it went is noted, and nothing of what it was."""

from datetime import timedelta
from threading import Event
from time import sleep

import pytest

from phonein import clock, retention
from phonein.db import transaction
from phonein.passes import issue
from phonein.passes.models import PassIssue
from phonein.questions import codes, keys
from phonein.questions.models import PassKey, Question, SpentPass
from phonein.retention import Deletion
from tests.builders import make_ada, make_fay, make_person, sign_in_as
from tests.questions import (
    ask,
    at_once,
    files_holding,
    in_tables,
    new_pass,
    open_phone_in,
    post,
    release_at,
    rows,
    shown,
)
from tests.questions.test_release import LAST
from tests.questions.test_safeguarding import send

A_DAY = timedelta(days=1)


@pytest.fixture
def phone_in(app):
    with transaction():
        fay = make_fay()
    return open_phone_in(leaders=[fay], reviewer_id=fay.id)


def forget_at(moment):
    with clock.stopped_at(moment):
        return retention.forget()


def test_originals_are_kept_as_long_as_the_setting_says_and_passes_fourteen_days(app, phone_in):
    app.config["ORIGINALS_DAYS"] = 3
    ask(phone_in)
    release_at(LAST)
    seen = []
    for days in (3, 4, 14, 15, 90, 91):
        forget_at(phone_in.ends_at + timedelta(days=days) - timedelta(hours=1))
        with_words = [question for question in rows(Question) if question.text]
        seen.append([len(with_words), *(len(rows(model)) for model in (Question, SpentPass, PassKey))])
    assert seen == [[1, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_what_was_sent_to_the_reviewer_is_forgotten_like_the_others_words_and_all(app, phone_in):
    send(phone_in, "a canary in the mine " * 20)
    ask(phone_in, "a canary on the desk " * 20)
    release_at(LAST)
    assert in_tables(files_holding("a canary ", app)) != []
    assert forget_at(phone_in.ends_at + retention.originals() + A_DAY)["questions"] == 2
    assert ([question.text for question in rows(Question)], in_tables(files_holding("a canary ", app))) == ([""], [])


def test_that_something_was_deleted_is_noted_by_day_and_kind_and_added_up(phone_in):
    for n in range(7):
        ask(phone_in, f"Number {n}")
    release_at(LAST)
    over = phone_in.ends_at + retention.originals() + A_DAY
    forget_at(over)
    assert [(d.done_on, d.what, d.how_many) for d in rows(Deletion) if "pass" not in d.what] == [
        (over.date(), "questions", 7)
    ]
    assert (forget_at(over)["questions"], forget_at(over + A_DAY)["questions"]) == (0, 0)
    assert [d.how_many for d in rows(Deletion) if d.what == "questions"] == [7]


def test_draws_go_fourteen_days_after(phone_in):
    with transaction():
        issue.draw(phone_in, by=make_person("Sam"))
    assert [forget_at(phone_in.ends_at + timedelta(days=days))["draws"] for days in (14, 15)] == [0, 1]
    assert rows(PassIssue) == []


def test_an_admin_reads_what_was_deleted_and_no_number_that_points_to_few(client, phone_in):
    for n in range(7):
        ask(phone_in, f"Number {n}")
    release_at(LAST)
    with transaction():
        ada = make_ada()
    forget_at(phone_in.ends_at + retention.originals() + A_DAY)
    sign_in_as(client, ada)
    page = shown(client.get("/app/admin/deleted/"))
    assert ["Questions" in page, "5 or more" in page, "Number" in page] == [True, True, False]
    assert [Deletion(what="draws", how_many=n).in_words for n in (1, 4, 5, 14)] == [
        *("fewer than 5", "fewer than 5"),
        *("5 or more", "10 or more"),
    ]
    assert Deletion(what="bookings", how_many=3).in_words == "3"


@pytest.mark.parametrize("what", ["looks once more", "asks", "asks the reviewer"])
def test_whoever_is_at_the_door_while_the_night_forgets_comes_first_or_waits_and_neither_stops_the_other(
    app, what, phone_in, monkeypatch
):
    """All come to the tables in one order: PostgreSQL would end one of two that wait for each other, and note it."""
    sent = {"text": "While night shift takes place, where do we sleep?", "pass": new_pass(phone_in)}
    sent |= {} if what == "looks once more" else {"receipt": codes.new_receipt()}
    sent |= {"to": "reviewer"} if what == "asks the reviewer" else {}
    has_keys, pass_secret = Event(), keys.pass_secret

    def slowly(slug):
        found = pass_secret(slug)
        has_keys.set()
        sleep(0.5)
        return found

    def forget():
        has_keys.wait()
        return sorted(retention.forget()) != []

    monkeypatch.setattr(keys, "pass_secret", slowly)
    browser = app.test_client()
    assert at_once(app, [lambda: post(browser, "ask", **sent).status_code, forget]) == [200, True]
