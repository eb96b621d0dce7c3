"""What the tests of the desk share: a phone-in with questions in words, and those who lead it."""

from datetime import timedelta
from typing import Any

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import agenda, triage
from phonein.identity import sign_in
from phonein.questions import codes
from phonein.questions.codes import hash_of
from phonein.questions.models import Question
from phonein.read_aloud.models import AgendaItem, ReadAloud
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in, make_series
from tests.conftest import TUESDAY

STARTS = TUESDAY + timedelta(days=7)
ENDS = STARTS + timedelta(hours=1)


def set_up(**columns: Any) -> PhoneIn:
    """A phone-in that Fay and Kim lead, the first of a series of two: "sleep", and "sleep-2" a week later."""
    with transaction():
        leaders = [make_fay(), make_person("Kim", "facilitator")]
        series = make_series(leaders=leaders, published_at=TUESDAY)
        make_phone_in(slug="sleep-2", series=series, leaders=leaders, starts_at=STARTS + timedelta(days=7))
        return make_phone_in(**{"series": series, "leaders": leaders} | columns)


def ask(name: str, *, slug: str = "sleep") -> str:
    """A released question, "Original a"; its receipt."""
    receipt = codes.new_receipt()
    known = hash_of("receipt", slug, codes.plain_receipt(receipt))
    with transaction():
        db.session.add(Question(id=name, phone_in_slug=slug, receipt_hash=known, text=f"Original {name}"))
    return receipt


def on_agenda(*names: str, slug: str = "sleep") -> dict[str, str]:
    """Each asked, worded and on the agenda for five minutes; their receipts."""
    receipts = {name: ask(name, slug=slug) for name in names}
    for name in names:
        with transaction():
            found = phone_in(slug)
            question = triage.take_up(found, name)
            triage.reword(question, f"Wording {name}")
            triage.put_on_agenda(found, question)
    return receipts


def phone_in(slug: str = "sleep") -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one()


def item(name: str, slug: str = "sleep") -> AgendaItem:
    db.session.rollback()
    return next(one for one in agenda.items(phone_in(slug)) if one.said == f"Wording {name}")


def wording(name: str) -> ReadAloud:
    db.session.rollback()
    return db.session.scalars(db.select(ReadAloud).where(ReadAloud.words == f"Wording {name}")).one()


def came_to(slug: str = "sleep") -> dict[str, str]:
    db.session.rollback()
    return {one.said: one.came_to for one in agenda.items(phone_in(slug))}


def stay_signed_in(monkeypatch: Any) -> None:
    """A sign-in lasts hours, and these tests jump through weeks."""
    for name in ("SIGNED_IN_FOR", "IDLE_FOR"):
        monkeypatch.setattr(sign_in, name, timedelta(days=100))


def at(minutes: int):
    """So many minutes after the phone-in starts."""
    return clock.stopped_at(STARTS + timedelta(minutes=minutes))
