"""A desk with much to do, and what somebody else does there while a page of it is open."""

from datetime import timedelta

from playwright.sync_api import Page
from sqlalchemy import select

from phonein.db import db, transaction
from phonein.desk import deeds, merging, triage
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.schedule import programme
from tests.browser.served import FACILITATOR, TUESDAY, Served
from tests.builders import make_person, make_phone_in

SLUG = "much-to-do"
ASKED = {
    "11-a": "How do I switch off on the drive home after a late shift?",
    "12-b": "What helps to switch off on the way home after a late shift?",
    "13-c": "Mr Example (A1234BC) keeps me awake. What do others do about that?",
    "14-d": "Who looks after the night shift when somebody dies?",
    "15-e": "Can part-time staff have reflective practice too?",
    "16-f": "I do not know how to go on, and nobody listens",
    "17-g": "How do we ask for supervision without it looking weak?",
    "18-h": "Is anybody else tired of the word resilience?",
}


def set_up() -> None:
    """13 and 16 need a look; 14 and 15 are merged and on the agenda, 18 is set aside."""
    with transaction():
        me = db.session.scalars(select(Person).where(Person.email == FACILITATOR)).one()
        flo = make_person("Flo Sharing", "facilitator", email="flo.sharing@example.org")
        facts = {"starts_at": TUESDAY + timedelta(days=5), "holders": 24, "leaders": [me, flo]}
        phone_in = make_phone_in(slug=SLUG, title="After a hard shift", reviewer_id=flo.id, **facts)
        flags = {"13-c": "service_user_identifier", "16-f": "risk_self_harm"}
        for name, words in ASKED.items():
            receipt = name.encode() * 8
            known = {"phone_in_slug": SLUG, "topic": "workload_and_rest", "flags": flags.get(name, "")}
            db.session.add(Question(id=name, receipt_hash=receipt, text=words, **known))
    with transaction(), deeds.done(phone_in, by=flo, what="merged"):
        both = [db.session.get_one(Question, name) for name in ("14-d", "15-e")]
        made = merging.merge(phone_in, both, None, "Who looks after those who work at night?")
        made.content_note = "about a death at work"
        triage.put_on_agenda(phone_in, both[0])
    with transaction(), deeds.done(phone_in, by=me, what="set aside"):
        triage.set_aside(
            db.session.get_one(Question, "18-h"), "Outside what this phone-in is about", outcome="out_of_scope"
        )


def somebody_else_words_it(page: Page, served: Served) -> None:
    """The question whose page this is; Flo leads the phone-in with us."""
    question_id = page.url.rstrip("/").split("/")[-1]
    with served.inside(), transaction():
        phone_in = programme.by_slug(SLUG)
        assert phone_in
        flo = next(one for one in phone_in.leaders if one.email != FACILITATOR)
        found = triage.take_up(phone_in, question_id)
        assert found
        with deeds.done(phone_in, by=flo, what="worded"):
            triage.reword(found, "What somebody else has made of it meanwhile")
    page.locator("[name=read_aloud]").fill("What I have typed, which must not be lost")
