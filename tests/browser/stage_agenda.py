"""A phone-in whose agenda is filled, one whose agenda is long and takes too long, and a second person to lead both."""

from datetime import timedelta

from phonein.db import db, transaction
from phonein.desk import agenda, deeds
from phonein.desk.models import Deed
from phonein.identity.models import Person, Role
from phonein.read_aloud.models import BREAK, CLOSE, OPENER, SECTION, AgendaItem, ReadAloud
from phonein.schedule.models import PhoneIn
from tests.browser.served import FACILITATOR, TUESDAY
from tests.builders import make_person, make_phone_in

PLANNED, LONG, KIM = "planned", "long", "kim@example.org"
WORDS = (
    "How can I tell that a colleague is struggling, when everybody says that they are fine?",
    "After a death in custody our team went straight back to the landing. What should the first two days look like?",
    "Sut alla i ddweud fod y llwyth gwaith yn ormod, heb ymddangos yn wan?",
    "What helps you to keep going?",
)
WAITING = "How do I say no to overtime without letting the others down?"
PRIVATE = "Welcome. Say who you are, and that nobody is called on."


def set_up() -> None:
    """Call it inside the app, on the demonstration programme."""
    with transaction():
        fay = db.session.scalars(db.select(Person).where(Person.email == FACILITATOR)).one()
        kim = make_person("Kim Second", Role.FACILITATOR, email=KIM)
        for slug in (PLANNED, LONG):
            make_phone_in(
                slug=slug, title="Coping after an incident", starts_at=TUESDAY + timedelta(days=1), leaders=[fay, kim]
            )
            fill_one(slug)


def start_again() -> None:
    """What both agendas were at first."""
    with transaction():
        for slug in (PLANNED, LONG):
            db.session.execute(db.delete(ReadAloud).where(ReadAloud.phone_in_slug == slug))
            db.session.execute(db.delete(AgendaItem).where(AgendaItem.phone_in_slug == slug))
            db.session.execute(db.delete(Deed).where(Deed.phone_in_slug == slug))
            fill_one(slug)


def kim_moves_something(slug: str) -> None:
    """The first to the second place, in another browser."""
    with transaction():
        kim = db.session.scalars(db.select(Person).where(Person.email == KIM)).one()
        phone_in = db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one()
        with deeds.done(phone_in, by=kim, what="moved on the agenda"):
            agenda.move(phone_in, agenda.items(phone_in)[0], by=1)


def fill_one(slug: str) -> None:
    phone_in = db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one()
    fill(phone_in, WORDS if slug == PLANNED else [f"Question of many, number {n}?" for n in range(1, 14)])


def fill(phone_in: PhoneIn, words: tuple[str, ...] | list[str]) -> None:
    agenda.add(phone_in, OPENER, PRIVATE, minutes=4)
    agenda.add(phone_in, CLOSE, "Three things to take away, and where help is.", minutes=5)
    agenda.add(phone_in, SECTION, "Supporting one another", minutes=0)
    for number, one in enumerate(words):
        asked = make_read_aloud(phone_in, one, asked=(1, 3, 1, 9)[number % 4], votes=(0, 0, 2, 0)[number % 4])
        asked.theme = ("supporting_colleagues", "trauma_safeguards", "workload_and_rest", "")[number % 4]
        asked.content_note = "a death in custody" if number == 1 else ""
        agenda.put_on(phone_in, asked).minutes = 7
        if number == 1:
            agenda.add(phone_in, BREAK, minutes=2)
            agenda.add(phone_in, SECTION, "Working in a large organisation", minutes=0)
    make_read_aloud(phone_in, WAITING)


def make_read_aloud(phone_in: PhoneIn, words: str, **columns: int) -> ReadAloud:
    made = ReadAloud(phone_in_slug=phone_in.slug, asked_slug=phone_in.slug, words=words, **columns)
    db.session.add(made)
    db.session.flush()
    return made
