"""Figures of the programme: of quarters that are over, from numbers that do not change, and never of a few."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from phonein import clock, retention
from phonein.admin import insights, insights_tables
from phonein.db import db, transaction
from phonein.desk import agenda, tally, triage
from phonein.desk.models import Hour
from phonein.quarters import Quarter
from phonein.questions.models import Question
from phonein.read_aloud.models import ANSWERED, Answer, Tally
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_phone_in, sign_in_as
from tests.conftest import TUESDAY

SUMMER = TUESDAY + timedelta(days=125)  # the quarter that begins in April is over and counted
FIRST, SECOND = TUESDAY + timedelta(days=14), TUESDAY + timedelta(days=21)


@pytest.fixture
def two(app):
    with transaction():
        make_phone_in(slug="a", starts_at=FIRST, seats=30, taken=18)
        make_phone_in(slug="b", starts_at=SECOND, seats=30, taken=4)


def tallied(slug: str, kind: str = tally.OUTCOME, **counts: int) -> None:
    with transaction():
        for word, number in counts.items():
            db.session.add(Tally(phone_in_slug=slug, kind=kind, word=word, how_many=number))


def test_what_questions_came_to_is_counted_once_when_the_originals_go(app):
    with transaction():
        phone_in = make_phone_in(starts_at=TUESDAY)
        for number in range(7):
            db.session.add(
                Question(phone_in_slug="sleep", receipt_hash=bytes([number]), text=f"{number}", topic="supervision")
            )
    with transaction():
        of = sorted(db.session.scalars(db.select(Question)), key=lambda one: one.text)
        worded = [triage.reword(one, f"In our words {one.text}") for one in of[:4]]
        triage.merge(of[4], worded[0])
        agenda.put_on(phone_in, worded[0]).came_to = ANSWERED
        db.session.add(Answer(read_aloud_id=worded[1].id, edition=1, words="So", published_on=clock.today()))
        worded[2].phone_in_slug, worded[2].theme = "coming", "lone_working"
        triage.answer_in_writing(worded[3])
        triage.set_aside(of[5], "No", outcome="out_of_scope")
        triage.to_reviewer(of[6])
    for day in (15, 16):
        with clock.stopped_at(TUESDAY + timedelta(days=day)):
            retention.forget()
    counts = {(one.kind, one.word): one.how_many for one in db.session.scalars(db.select(Tally))}
    came_to = {"answered": 2, "answer": 1, "carried_on": 1, "in_writing": 1, "out_of_scope": 1}
    assert counts == {
        **{("outcome", word): number for word, number in came_to.items()},
        ("theme", "supervision"): 5,
        ("theme", "lone_working"): 1,
    }


def test_a_quarter_is_shown_when_it_is_over_and_no_longer_than_all_of_it_is_kept(two):
    tallied("a", answered=9, carried_on=8)
    shown = []
    for at in (SUMMER - timedelta(days=40), SUMMER, FIRST + timedelta(days=360), SECOND + timedelta(days=360)):
        with clock.stopped_at(at):
            shown.append([one.asked for one in insights.over_all().quarters])
    assert shown == [[], [17], [], []]  # it begins a week before the first of them


def test_few_are_hidden_and_the_next_with_them(two):
    tallied("a", answered=9, answer=6, signpost=1)
    tallied("b", answered=4, answer=1)
    tallied("a", tally.THEME, supervision=16)
    tallied("b", tally.THEME, supervision=5)
    with transaction():
        db.session.add(Hour(phone_in_slug="a", heads=3))
        db.session.add(Hour(phone_in_slug="b", heads=1))
    with clock.stopped_at(SUMMER):
        found = insights.over_all()
    [one] = found.quarters
    assert (one.quarter, one.held, one.seats, one.taken, one.heads, one.asked) == (
        Quarter(2026, 2),
        2,
        60,
        22,
        None,
        21,
    )
    assert one.outcomes.shown == {"Answered in the hour": 13}
    assert one.outcomes.rest == 8  # one was signposted: so nobody may reckon it from those answered in writing
    assert one.themes.shown == {"Supervision": 21}
    assert found.answered_share == 62


def test_what_is_hidden_can_be_one_thing_or_the_other(two):
    """Two programmes that differ only in what few asked about look alike."""
    tallied("a", answered=20, signpost=2, one_to_one=3, carried_on=6)
    tallied("b", answered=20, signpost=3, one_to_one=2, carried_on=6)
    pages = []
    with clock.stopped_at(SUMMER):
        for gone in ("a", "b"):
            with transaction():
                db.session.execute(db.update(PhoneIn).values(published_at=TUESDAY))
                db.session.execute(db.update(PhoneIn).where(PhoneIn.slug == gone).values(published_at=None))
            found = insights.over_all().quarters[0].outcomes
            pages.append((found.shown, found.rest))
    assert insights.answered({"Not used": 9}) is None
    assert pages[0] == pages[1] == ({"Answered in the hour": 20, "Carried on to another date": 6}, 5)


def test_of_two_series_nothing_is_left_when_one_is_subtracted_from_both(two, client):
    """What the library shows of each series, and what admins read of the quarter, add up: B, of which too few asked, is
    in neither. What was asked for a date that was called off is in both."""
    with transaction():
        db.session.execute(db.update(PhoneIn).where(PhoneIn.slug == "b").values(title="B", taken=0))
        make_phone_in(slug="c", starts_at=SECOND, cancelled_at=TUESDAY)
        make_phone_in(slug="d", starts_at=SECOND, title="D")
    tallied("a", answered=9, answer=6)
    tallied("c", answered=5)
    tallied("a", tally.THEME, supervision=20)
    tallied("b", answered=2)
    tallied("b", tally.THEME, supervision=2)
    with clock.stopped_at(SUMMER):
        sign_in_as(client, _ada())
        answers = [client.get(f"/app/{path}") for path in ("library/asked/", "admin/insights/")]
        pages = [re.sub(r"<[^>]*>", " ", one.text.split("<main")[1]) for one in answers]
        files = [client.get(f"/app/admin/insights/take-away/{name}/csv").text for name in insights_tables.TABLES]
        [found] = insights.over_all().quarters
    assert (found.asked, found.outcomes.total, found.themes.total) == (20, 20, 20)
    for text in pages:
        numbers = re.findall(r"\b\d+\b", text)
        assert "20" in numbers
        assert not {"22", "16", "2"} & set(numbers)
    assert '"Questions asked",20' in files[0]
    assert not [line for one in files for line in one.splitlines() if line.endswith((",22", ",16", ",2"))]


def test_the_page_and_the_file_say_the_same(two, client):
    tallied("a", answered=9, answer=6, signpost=1)
    tallied("a", tally.THEME, supervision=16)
    with clock.stopped_at(SUMMER):
        sign_in_as(client, _ada())
        page = client.get("/app/admin/insights/").text
        answer = client.get("/app/admin/insights/take-away/figures/csv")
    assert [words in page for words in ("April to June 2026", "Supervision", "Too few")] == [True, True, True]
    lines = Counter(answer.data.decode("utf-8-sig").split("\r\n"))
    assert lines['"April to June 2026","Questions asked",16'] == 1
    assert lines['"April to June 2026","Outcome: Answered in the hour",9'] == 1
    assert not [line for line in lines if "ignpost" in line and line.endswith(",1")]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="phone-in-insights.csv"'


def _ada():
    with transaction():
        return make_ada()
