"""Letters that did not arrive, or may not have: what an admin sees of them, and what can be done about each.

No word of a letter is shown: there may be a PIN in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

from phonein import clock
from phonein.booking import telling
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Wait
from phonein.db import db
from phonein.delivery import news, outbox, reasons
from phonein.delivery.models import Letter
from phonein.errors import Refused
from phonein.identity import audit
from phonein.identity.models import Person, email_key
from phonein.schedule.models import PhoneIn

MOST_SHOWN = 200
SIGN_IN = "sign-in-link"  # its link has been dead for long when anybody looks here
# By the index of those that have not been sent, and by that of those that came back.
NOT_SENT = and_(Letter.sent_at.is_(None), Letter.dropped_on.is_(None))
GIVEN_UP = and_(NOT_SENT, Letter.given_up_at.is_not(None), Letter.bounced_on.is_(None))
UNSURE = and_(NOT_SENT, Letter.unknown_at.is_not(None), Letter.bounced_on.is_(None))
CAME_BACK = and_(Letter.bounced_on.is_not(None), Letter.dropped_on.is_(None))
IN_TROUBLE = or_(GIVEN_UP, UNSURE, CAME_BACK)
TRIED_IN_VAIN = and_(Letter.is_unfinished(), Letter.error.is_not(None), Letter.bounced_on.is_(None))
KINDS = {
    SIGN_IN: "Link to sign in",
    "seat": "About a seat",
    "wait": "About the waiting list",
    "seat-booked": "Invitation to a booked seat",
    "calendar-again": "Invitation, once more",
    "calendar-set-right": "Calendar set right",
    "questions-ready": "To the desk: questions are ready",
    "something-to-review": "To the reviewer: something waits",
}


class InHand(Refused):
    """This letter is being handed over at this very moment. Look again in a minute."""

    title = "This letter is on its way"


class CannotBeSentAgain(Refused):
    """Its words were wiped when it left, or it would be of no use any more. Let it rest."""

    title = "This letter cannot be sent again"


@dataclass(frozen=True)
class Trouble:
    """One letter that did not arrive so far. `name` is who has that address, "" for nobody."""

    id: str
    kind: str
    to_address: str
    name: str
    since: date
    state: str
    tint: str
    why: str
    detail: str
    is_wrong_address: bool
    phone_in: PhoneIn | None
    can_be_resent: bool


def troubled() -> list[Trouble]:
    """Given up, sent without our being sure, or come back, and nobody has let it rest; the newest first."""
    return _shown(IN_TROUBLE)


def being_tried() -> list[Trouble]:
    """Tried without success, and still tried."""
    return _shown(TRIED_IN_VAIN)


def in_trouble(letter_id: str) -> Letter | None:
    """This letter, kept to ourselves, if it is one of the troubled ones."""
    letter = outbox.held(letter_id)
    return letter if letter and _is_one(letter, IN_TROUBLE) else None


def to_be_dropped(letter_id: str) -> Letter | None:
    letter = outbox.held(letter_id)
    return letter if letter and _is_one(letter, or_(IN_TROUBLE, TRIED_IN_VAIN)) else None


def send_again(letter: Letter) -> None:
    """As it is, or where it came back and its words are wiped, a new one that says how things stand now. Raises
    InHand, CannotBeSentAgain, Overtaken."""
    if letter.token:
        raise InHand
    if not _can_be_resent(letter):
        raise CannotBeSentAgain
    if letter.sent_at is None:
        outbox.start_over(letter)
        return
    kind, number = str(letter.about).split()[:2]
    booking = db.session.get(Booking, int(number)) if kind == "seat" else None
    if booking is not None:
        telling.send_again(booking)
    else:
        news.post({str(letter.about): letter.to_address}, again=True, until=news.until(letter))
    letter.drop()


def let_rest(letter: Letter, *, by: Person) -> None:
    """Nobody tries it any more, and whoever it was for is not told: that is written down. Raises InHand."""
    if letter.token:
        raise InHand
    letter.drop()
    audit.note("Let a letter rest", by=by, about=letter.name)  # which seat it was about would point to somebody


def counts() -> dict[str, int]:
    """How many letters wait, wait although they have been tried, were given up, may have arrived, and came back."""
    is_due = Letter.unknown_at <= clock.now()
    conditions = (Letter.is_unfinished(), TRIED_IN_VAIN, GIVEN_UP, and_(UNSURE, is_due))
    numbers = db.session.execute(
        select(*[func.count().filter(one) for one in conditions]).where(Letter.sent_at.is_(None))
    ).one()
    named = dict(zip(("waiting", "tried in vain", "given up", "may have arrived"), numbers, strict=True))
    return named | {"came back": db.session.scalar(select(func.count()).where(CAME_BACK)) or 0}


def _is_one(letter: Letter, of: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(Letter.id).where(Letter.id == letter.id, of)) is not None


def _can_be_resent(letter: Letter) -> bool:
    if letter.sent_at is None:
        return letter.name != SIGN_IN
    until = news.until(letter)
    return letter.telling is not None and letter.about is not None and (until is None or until > clock.now())


def _shown(which: ColumnElement[bool]) -> list[Trouble]:
    newest = select(Letter).where(which).order_by(Letter.posted_at.desc(), Letter.id).limit(MOST_SHOWN)
    letters = list(db.session.scalars(newest))
    phone_ins, names = _phone_ins(letters), _names(letters)
    return [
        Trouble(
            id=letter.id,
            kind=KINDS.get(letter.name) or letter.name.replace("-", " ").replace("phone in", "phone-in").capitalize(),
            to_address=letter.to_address,
            name=names.get(email_key(letter.to_address), ""),
            since=_since(letter),
            state=state,
            tint=tint,
            why=reasons.in_words(letter.error, letter.bounce, may_have_arrived=bool(letter.unknown_at)),
            detail=letter.bounce or letter.error or "",
            is_wrong_address=reasons.is_about_address(letter.error, letter.bounce),
            phone_in=phone_ins.get(letter.about or ""),
            can_be_resent=_can_be_resent(letter) and not letter.is_still_tried(),
        )
        for letter in letters
        for state, tint in [_state(letter)]
    ]


def _state(letter: Letter) -> tuple[str, str]:
    if letter.bounced_on:
        return "Came back", "red"
    if letter.unknown_at:
        return "May have arrived", "yellow"
    return ("Given up", "red") if letter.given_up_at else ("Still being tried", "grey")


def _since(letter: Letter) -> date:
    ended = letter.given_up_at or letter.unknown_at
    return letter.bounced_on or (ended or letter.posted_at).date()


def _phone_ins(letters: Iterable[Letter]) -> dict[str, PhoneIn]:
    """By what the letters are about."""
    found: dict[str, PhoneIn] = {}
    for kind, table in (("seat", Booking), ("wait", Wait)):
        about = {str(letter.about) for letter in letters if str(letter.about).startswith(f"{kind} ")}
        numbers = [int(each.split()[1]) for each in about]
        rows = db.session.execute(
            select(table.id, PhoneIn).join(PhoneIn, PhoneIn.id == table.phone_in_id).where(table.id.in_(numbers))
        )
        found |= {f"{kind} {number}": phone_in for number, phone_in in rows}
    return found


def _names(letters: Iterable[Letter]) -> dict[str, str]:
    keys = {email_key(letter.to_address) for letter in letters}
    rows = db.session.execute(select(Person.email_key, Person.name, Person.left_on).where(Person.email_key.in_(keys)))
    return {key: f"{name} (has left)" if left_on else name for key, name, left_on in rows}
