"""Phone-ins while they run and afterwards, for the pages of the hour."""

from datetime import timedelta

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import agenda, hour, hour_notes
from phonein.read_aloud.models import CLOSE, OPENER, SECTION, ReadAloud
from tests.browser import stage
from tests.browser.served import FACILITATOR, TUESDAY
from tests.builders import make_phone_in

READ_OUT = (
    "What helps in the first hour after an incident, before we drive home?",
    "How do I support a colleague who says that nothing is wrong?",
    "How can a team speak about what it has seen without going through it all again?",
    "Who supervises those who supervise?",
)


def set_up() -> None:
    """Call it after `stage.set_up`."""
    begun = TUESDAY - timedelta(minutes=18)
    with clock.stopped_at(begun):
        make_agenda("running", begun)
        with transaction():
            hour.begin(stage.phone_in("running"))
    with clock.stopped_at(TUESDAY - timedelta(minutes=6)), transaction():
        running, leader = stage.phone_in("running"), stage.person(FACILITATOR)
        for listed in agenda.items(running)[:3]:
            hour.mark(running, listed, "answered" if listed.kind != SECTION else "", by=leader, seen=None)
        hour_notes.note(
            running, agenda.items(running)[3], "Mentioned the care team twice", seen=hour_notes.edition_of("")
        )


def make_agenda(slug: str, starts_at) -> None:
    """Four questions in two sections, an opener and a close."""
    with transaction():
        leader = stage.person(FACILITATOR)
        phone_in = make_phone_in(slug=slug, starts_at=starts_at, leaders=[leader], seats=30)
        agenda.add(phone_in, OPENER, "Welcome, and how this works", minutes=5)
        agenda.add(phone_in, SECTION, "After an incident", minutes=0)
        for number, words in enumerate(READ_OUT):
            if number == 2:
                agenda.add(phone_in, SECTION, "The team", minutes=0)
            note = "An incident is spoken of, without detail" if number == 1 else ""
            facts = {"asked": 4 if number == 1 else 1, "carried": 2 if number == 1 else 0, "content_note": note}
            made = ReadAloud(phone_in_slug=slug, asked_slug=slug, words=words, theme="work", **facts)
            db.session.add(made)
            db.session.flush()
            agenda.put_on(phone_in, made)
        agenda.add(phone_in, CLOSE, "Where help can be had, and goodbye", minutes=5)
