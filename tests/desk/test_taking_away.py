"""What leaves the desk as a file: wordings and published answers of one's own phone-ins, and of few no number."""

import csv
import io
from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import agenda
from phonein.identity.models import Person
from phonein.questions.models import Feedback
from phonein.read_aloud.models import SECTION, Answer, ReadAloud
from tests.builders import make_fay, make_person, make_phone_in, sign_in_as
from tests.conftest import TUESDAY


@pytest.fixture
def desk(app, client):
    with transaction():
        fay = make_fay()
        phone_in = make_phone_in(leaders=[fay], title="=Sleeping better", starts_at=TUESDAY)
        many, few = (
            ReadAloud(phone_in_slug="sleep", asked_slug="sleep", words=words, theme="supervision", asked=n, votes=votes)
            for words, n, votes in (("=How do we rest?", 6, 0), ("What helps at night?", 1, 5))
        )  # fmt: skip
        gone = ReadAloud(phone_in_slug="sleep", asked_slug="sleep", words="Taken back by all", asked=0)
        db.session.add_all([many, few, gone])
        db.session.flush()
        agenda.add(phone_in, SECTION, "Nights", minutes=0)
        agenda.put_on(phone_in, many).note = "A note for us alone"
        for edition, words in enumerate(("At first", "+ put right"), start=1):
            changed = "The number" if edition > 1 else ""
            db.session.add(Answer(read_aloud_id=few.id, edition=edition, words=words, what_changed=changed,
                                  published_on=TUESDAY.date()))  # fmt: skip
        for rating in (5, 4, 4, 3, 3):
            db.session.add(Feedback(phone_in_slug="sleep", rating=rating, comment="=1+1" if rating == 5 else ""))
    return sign_in_as(client, fay)


def rows(desk, what: str) -> list[list[str]]:
    with clock.stopped_at(TUESDAY + timedelta(days=16)):
        sign_in_as(desk, Person.by_email("fay@example.org"))
        answer = desk.get(f"/app/desk/sleep/take-away/{what}/csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="phone-in-{what}.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    return [*csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))][1:]


def test_each_file_holds_what_may_be_known_and_computes_nothing(desk):
    few = "fewer than five"
    assert rows(desk, "questions") == [
        ["1", "'=How do we rest?", "Supervision", "", "6", few, "0"],
        ["2", "What helps at night?", "Supervision", "", few, "5", "0"],
    ]
    assert rows(desk, "agenda") == [
        ["1", "Section", "Nights", "0", "", ""],
        ["2", "Question", "'=How do we rest?", "5", "", ""],
    ]
    assert rows(desk, "answers") == [
        ["What helps at night?", "'+ put right", "Tuesday 24 March 2026", "2", "The number"]
    ]
    assert rows(desk, "feedback") == [["Answers", "5"], ["Mean of 5", "3.8"], ["Comment", "'=1+1"]]


def test_nobody_takes_away_what_they_do_not_lead(desk):
    with transaction():
        flo = make_person("Flo", "facilitator")
    sign_in_as(desk, flo)
    wanted = [f"/app/desk/sleep/take-away/{rest}" for rest in ("", "questions/csv", "agenda/xlsx", "answers/pdf")]
    assert [desk.get(address).status_code for address in wanted] == [404] * 4
    assert "=How" not in desk.get("/app/desk/feedback/take-away/comments/csv").text


@pytest.mark.parametrize("address", ["questions/exe", "everything/csv", "originals/csv"])
def test_there_is_nothing_else_to_take_away(desk, address):
    assert desk.get(f"/app/desk/sleep/take-away/{address}").status_code == 404
