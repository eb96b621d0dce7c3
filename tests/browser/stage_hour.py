"""Phone-ins while they run and afterwards, for the pages of the hour."""

from datetime import datetime, timedelta

from phonein import clock
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.desk import agenda, answers, closing, hour, hour_notes
from phonein.identity.models import Role
from phonein.read_aloud.models import CLOSE, OPENER, QUESTION, SECTION, ReadAloud
from tests.browser import stage
from tests.browser.served import FACILITATOR, STAFF, TUESDAY
from tests.builders import make_person, make_phone_in
from tests.replies import deliver

OTHER = "kit@example.org"  # who leads with us
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
    close_and_answer()


def make_agenda(slug: str, starts_at: datetime) -> None:
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


def close_and_answer() -> None:
    """One that has ended with things to decide, and one with answers in each state."""
    with transaction():
        make_person("Kit", Role.FACILITATOR)
    for slug, leaders in (("ended", 1), ("written", 2)):
        with clock.stopped_at(TUESDAY - timedelta(hours=3)):
            make_agenda(slug, TUESDAY - timedelta(hours=2, minutes=50))
            with transaction():
                ended = stage.phone_in(slug)
                if leaders == 2:
                    ended.leaders.append(stage.person(OTHER))
                seats.take(ended, by=stage.person(STAFF))
                hour.begin(ended)
        with transaction():
            ended, leader = stage.phone_in(slug), stage.person(FACILITATOR)
            first, second, third, fourth = [one for one in agenda.items(ended) if one.kind == QUESTION]
            hour.mark(ended, first, "answered", by=leader, seen=None)
            hour.mark(ended, second, "later", by=leader, seen=None)
            if leaders == 2:
                for one in (second, third, fourth):
                    hour.mark(ended, one, "in_writing", by=leader, seen=None)
            hour.end(ended)
    write_answers()


def write_answers() -> None:
    with transaction():
        written = stage.phone_in("written")
        me, other = stage.person(FACILITATOR), stage.person(OTHER)
        first, second, third = [one for one in answers.to_answer(written) if one.outcome]
        answers.write(written, first, "Ask once, and ask again next week.", by=other, seen=0)
        answers.look_over(written, first, by=me, seen=1)
        answers.publish(written)
    deliver()
    with transaction():
        written = stage.phone_in("written")
        me, other = stage.person(FACILITATOR), stage.person(OTHER)
        first, second, third = [one for one in answers.to_answer(written) if one.outcome]
        answers.write(written, second, "Begin with what went well.", by=other, seen=0)
        answers.write(written, third, "Those who supervise need supervision, too.", by=me, seen=0)
        answers.look_over(written, third, by=other, seen=1)
    with transaction():
        closing.hand_over(
            stage.phone_in("ended"), "Begin with supervision: many asked.", seen=hour_notes.edition_of("")
        )


def drafted() -> str:
    """The wording whose answer waits to be looked over."""
    with_drafts = answers.drafts_of(answers.to_answer(stage.phone_in("written"))).values()
    return next(draft.read_aloud_id for draft in with_drafts if not answers.is_ready(draft))


def answered() -> str:
    """The wording whose answer is published."""
    return next(one.id for one in answers.to_answer(stage.phone_in("written")) if one.answer)
