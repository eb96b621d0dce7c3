"""An original's words are at the desk, with its reviewer and in its asker's hand, and nowhere else: every page, file,
letter and log line is searched for them, of whoever asks, in every state that a question can be in.

A page that may show them is named here. One that is new and shows them is found, without being named.
"""

import io
import zipfile
from datetime import timedelta

import pytest
from pypdf import PdfReader

from phonein import clock, retention, sweep
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.desk import agenda, deeds, triage
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud.models import ANSWERED, AgendaItem, Answer, ReadAloud
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series, sign_in_as
from tests.conftest import TUESDAY

WORD = "Quarzbirne"  # in every original, in no wording
MAY_SHOW = {"triage.questions", "question.question", "marking.redaction_page", "review.one_phone_in"}
STATES = ("new", "worded", "on-agenda", "merged", "in-writing", "answered", "aside", "flagged", "cleared", "reviewer")


@pytest.fixture
def cast(app):
    with transaction():
        fay, ada = make_fay(), make_ada()
        series = make_series(leaders=[fay], published_at=TUESDAY)
        now = clock.now()
        phone_in = make_phone_in(
            series=series, leaders=[fay], reviewer_id=fay.id, released_through=now, starts_at=TUESDAY
        )
        make_phone_in(slug="coming", series=series, leaders=[fay], seats=20)
        for state in STATES:
            db.session.add(
                Question(
                    phone_in_slug="sleep", receipt_hash=state.encode(), text=f"{WORD} {state}", topic="supervision"
                )
            )
    with transaction(), deeds.done(phone_in, by=fay, what="prepared"):
        put_in_every_state(phone_in)
    return {"staff": make_and_keep("Sam"), "facilitator": fay, "admin": ada, "nobody": None}


def make_and_keep(name: str) -> Person:
    with transaction():
        return make_person(name)


def put_in_every_state(phone_in) -> None:
    of = {question.text.split()[1]: question for question in db.session.scalars(db.select(Question))}
    wordings = {
        state: triage.reword(of[state], f"In our words: {state}")
        for state in ("worded", "on-agenda", "in-writing", "answered")
    }
    triage.merge(of["merged"], wordings["on-agenda"])
    agenda.put_on(phone_in, wordings["on-agenda"])
    agenda.put_on(phone_in, wordings["answered"]).came_to = ANSWERED
    triage.answer_in_writing(wordings["in-writing"])
    db.session.add(Answer(read_aloud_id=wordings["in-writing"].id, edition=1, words="Ask.", published_on=clock.today()))
    triage.set_aside(of["aside"], "Outside what this is about", outcome="out_of_scope")
    triage.flag(of["flagged"], "safeguarding")
    triage.flag(of["cleared"], "abusive")
    triage.clear(of["cleared"])
    triage.to_reviewer(of["reviewer"])


def addresses(app) -> list[tuple[str, str]]:
    """Every address that a browser can ask for, filled with what there is; files in every form."""
    new = db.session.scalars(db.select(Question.id).where(Question.text == f"{WORD} new")).one()
    first = {name: db.session.scalars(db.select(model.id)).first() for name, model in
             {"read_aloud_id": ReadAloud, "item_id": AgendaItem}.items()}  # fmt: skip
    first["question_id"] = new
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in rule.methods:
            continue
        path = rule.rule
        for name, value in ({"slug": "sleep"} | first).items():
            path = path.replace(f"<{name}>", str(value))
        for number in ("<int:number>", "<int:edition>"):
            path = path.replace(number, "1")
        wants = [
            path.replace("<what>", what)
            for what in ("questions", "agenda", "answers", "feedback", "comments", "figures")
        ]
        for want in dict.fromkeys(wants):
            found += [
                (rule.endpoint, one) for one in dict.fromkeys(want.replace("<form>", f) for f in ("csv", "xlsx", "pdf"))
            ]
    return found


def words_of(content: bytes, kind: str) -> str:
    """What can be read in it, in whatever it is packed."""
    if kind == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return content.decode("utf-8", "replace")


def test_an_originals_words_are_nowhere_but_at_the_desk(app, client, cast, capfd):
    shown, answered = {}, set()
    for who, person in cast.items():
        with client.session_transaction(base_url="http://localhost/app/") as cookie:
            cookie.clear()
        if person:
            sign_in_as(client, person)
        for endpoint, address in addresses(app):
            answer = client.get(address)
            answered |= {endpoint} if answer.status_code == 200 else set()
            if WORD in words_of(answer.data, answer.mimetype) or WORD in str(answer.headers):
                shown.setdefault(endpoint, set()).add(who)
    for days in (0, 8, 13):
        with clock.stopped_at(TUESDAY.replace(hour=13) + timedelta(days=days)):
            sweep.round_once()
    letters = [
        f"{one.subject} {one.text} {one.html} {one.telling} {one.error}"
        for one in db.session.scalars(db.select(Letter))
    ]
    said = capfd.readouterr()
    assert shown == {endpoint: {"facilitator"} for endpoint in MAY_SHOW}
    assert {"taking_away.take_away", "insights.take_away", "pack.printed", "pack.as_pdf", "pack.as_docx"} <= answered
    assert [letter for letter in letters if WORD in letter] == []
    assert WORD not in said.out + said.err


def test_when_the_originals_have_gone_their_words_are_in_no_table(app, cast):
    with clock.stopped_at(TUESDAY + timedelta(days=30)):
        retention.forget()
    db.session.rollback()
    held = [
        table.name
        for table in db.metadata.sorted_tables
        for row in db.session.execute(table.select())
        if WORD in str(tuple(row))
    ]
    assert held == []
