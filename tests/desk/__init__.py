"""What the tests of the desk share: a phone-in with questions that stand there already, and doing something to them."""

from typing import Any

from sqlalchemy import select

from phonein.db import db, transaction
from phonein.desk import deeds, triage
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud import wordings
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in

DESK = "/app/desk/sleep/"


def at_a_desk(names: str = "abc", flagged: str = "", **columns: Any) -> PhoneIn:
    """“sleep”, which Fay and Flo lead, with a question of each of these names; those in `flagged` need a look."""
    with transaction():
        phone_in = make_phone_in(leaders=[make_fay(), make_person("Flo", "facilitator")], **columns)
        for name in names:
            facts = {"receipt_hash": name.encode() * 32, "text": f"Original {name}", "topic": "supervision"}
            marked = {"flags": "risk_self_harm" if name in flagged else ""}
            db.session.add(Question(id=name, phone_in_slug=phone_in.slug, **facts, **marked))
    return phone_in


def person(name: str = "Fay") -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def sleep() -> PhoneIn:
    return db.session.scalars(select(PhoneIn).where(PhoneIn.slug == "sleep")).one()


def do(what: str, act: Any, *, by: str = "Fay") -> int:
    """One deed; its number."""
    with transaction():
        phone_in = sleep()
        with deeds.done(phone_in, by=person(by), what=what):
            act(phone_in)
        return deeds.newest(phone_in)


def take(name: str) -> Any:
    return triage.take_up(sleep(), name)


def worded(name: str) -> Any:
    return wordings.one("sleep", str(take(name).read_aloud_id))


def word(name: str, words: str = "") -> int:
    return do("worded", lambda _: triage.reword(take(name), words or f"Reworded {name}"))


def put_on(name: str) -> int:
    return do("put on the agenda", lambda phone_in: triage.put_on_agenda(phone_in, take(name)))


def withdraw(name: str) -> None:
    with transaction():
        found = db.session.get_one(Question, name)
        wordings.count_one_less(found.read_aloud_id)
        db.session.delete(found)
