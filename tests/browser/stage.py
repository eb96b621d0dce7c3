"""What the demonstration programme lacks: rare states, so that every page can be looked at in each of them."""

from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import select

from phonein import clock
from phonein.admin import planning
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery import mailbox, postman
from phonein.delivery.outbox import Letter
from phonein.desk import triage
from phonein.identity import sign_in
from phonein.identity.models import Person
from phonein.questions import box, codes, keys, release
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn
from tests.browser.served import FACILITATOR, STAFF, TUESDAY
from tests.builders import make_fay, make_person, make_phone_in, make_series

BUSY, SEALED, OPEN = (
    "last-thursday-thriving-in-critical-occupations-2026-11-26",
    "before-the-gate-2026-11-25",
    "monday-check-in-2026-11-30",
)
NEW_HERE, LEADS_NOTHING = "stan@example.org", "fay@example.org"
RECEIPTS = {state: codes.new_receipt() for state in ("sealed", "withdrawn", "agenda", "aside")}
QUESTION = "What do others do in the hour after an incident, before they drive home?"
WORDING = "What helps in the first hour afterwards?"


def set_up() -> None:
    """Call it inside the app, on the demonstration programme."""
    make_rare_phone_ins()
    ask_and_decide()
    post_every_kind_of_letter()
    lose_two_letters()


def make_rare_phone_ins() -> None:
    day = timedelta(days=1)
    with transaction():
        fay = person(FACILITATOR)
        make_person("Stan")
        make_fay()
        make_phone_in(slug="full", starts_at=TUESDAY + 3 * day, seats=1, leaders=[fay])
        make_phone_in(slug="full-soon", starts_at=TUESDAY + 3 * day, seats=1, leaders=[fay])
        make_phone_in(slug="over", starts_at=TUESDAY - 3 * day, leaders=[fay])
        make_phone_in(slug="far", starts_at=TUESDAY + 60 * day, seats=30, leaders=[fay])
        make_phone_in(slug="draft", starts_at=TUESDAY + 9 * day, published_at=None, leaders=[fay])
        make_phone_in(slug="cancelled", starts_at=TUESDAY + 4 * day, leaders=[fay])
        make_phone_in(slug="decided", starts_at=TUESDAY + 1 * day, leaders=[fay], seats=30)
        make_series(slug="draft-series", leaders=[fay])
        seats.take(phone_in("full"), by=person(NEW_HERE))


def ask_and_decide() -> None:
    """One question on the agenda and one set aside, each with a receipt we know; one that is still sealed."""
    with clock.stopped_at(TUESDAY - timedelta(days=3)), transaction():
        for state in ("agenda", "aside"):
            ask("decided", state, f"{QUESTION} ({state})")
    with transaction():
        release.release(phone_in("decided"))
        ask(OPEN, "sealed", QUESTION)
        ask(OPEN, "withdrawn", QUESTION)
    with transaction():
        questions = {found.text: found for found in triage.questions_for(phone_in("decided"))}
        triage.reword(questions[f"{QUESTION} (agenda)"], WORDING)
        triage.put_on_agenda(phone_in("decided"), questions[f"{QUESTION} (agenda)"])
        triage.set_aside(questions[f"{QUESTION} (aside)"], "The same has been asked")


def post_every_kind_of_letter() -> None:
    """Booked, changed, cancelled, given back, a sign-in link and the desk's; delivered to the local mailbox."""
    me = person(STAFF)
    with transaction():
        seats.take(phone_in("cancelled"), by=me)
        seats.take(phone_in("decided"), by=me)
        sign_in.ask(STAFF, browser="b", source="s")
    postman.deliver_due()
    with transaction():
        planning.cancel(phone_in("cancelled"), reason="The line is being repaired")
        planning.move(phone_in("decided"), to=phone_in("decided").starts_at + timedelta(hours=1), minutes=60)
    postman.deliver_due()
    with transaction():
        seats.give_back(phone_in("decided"), by=me)
    postman.deliver_due()


def lose_two_letters() -> None:
    with transaction():
        for text, ended in (("Given up", "given_up_at"), ("Unsure", "unknown_at")):
            db.session.add(
                Letter(
                    name="seat-booked",
                    to_address="a-rather-long-address-of-somebody@northfold-ambulance.test",
                    subject=f"{text}: phone-in on Tue 1 Dec 2026, 7:30pm (UK time)",
                    text=text,
                    html=text,
                    message_id=f"<{ended}@phonein.example>",
                    attempts=3,
                    error="RCPT 550",
                    **{ended: clock.now()},
                )
            )


def letters_by_kind() -> dict[str, EmailMessage]:
    """One letter of each kind in the local mailbox, by the first words of its subject."""
    return {letter["Subject"].split(":")[0]: letter for _, letter in mailbox.letters()}


def html_of_letter(kind: str) -> str:
    body = letters_by_kind()[kind].get_body(("html",))
    assert body is not None
    return str(body.get_content())


def new_pass(slug: str) -> str:
    with transaction():
        return codes.printed_pass(keys.pass_secret(slug), slug)


def sign_in_link_for(email: str) -> str:
    """Where the sign-in letter leads that has been posted and not delivered yet."""
    waits = Letter.name == "sign-in-link", Letter.to_address == email, Letter.sent_at.is_(None)
    letter = db.session.scalars(select(Letter).where(*waits)).one()
    return next(line for line in letter.text.splitlines() if "/app/sign-in/link/" in line).strip()


def person(email: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def phone_in(slug: str) -> PhoneIn:
    return programme.by_slug(slug) or db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()


def ask(slug: str, state: str, text: str) -> None:
    pass_ = codes.printed_pass(keys.pass_secret(slug), slug)
    box.ask(phone_in(slug), pass_=pass_, receipt=RECEIPTS[state], text=text, topic="work")
