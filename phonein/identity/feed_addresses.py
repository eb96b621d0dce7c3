"""The private address of a calendar feed. Whoever has it reads it, so it is made by lot and can be made anew."""

import base64
import hashlib
import secrets
from datetime import UTC, date, datetime
from enum import StrEnum

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, and_, delete, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from phonein import clock
from phonein.db import Model, add_unless_there, db
from phonein.delivery.invites import next_stamp
from phonein.identity.models import Person
from phonein.identity.sign_in import hash_of

TOKEN_BYTES = 24  # 192 bits by lot
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
# What programs call themselves, as far as they have been seen; the first that fits.
PROGRAMS = {
    "google-calendar": "Google Calendar",
    "thunderbird": "Thunderbird",
    "outlook": "Outlook",
    "microsoft": "Outlook",
    "dataaccessd": "Apple Calendar",
    "calendaragent": "Apple Calendar",
    "calendarstore": "Apple Calendar",
}
ANOTHER_PROGRAM = "another program"


class Purpose(StrEnum):
    SEATS = "seats"
    LEADS = "leads"
    PROGRAMME = "programme"


class Feed(Model):
    """One feed that can be read: a person's seats, what a person leads, or the programme (then nobody's).

    `token_hash` finds it; `token_sealed` is the token under SECRET_KEY, so that its owner can be shown the address
    again and a copy of the database cannot. `read_on` and `read_by` say on which day, and by which programs, it was
    last read: never at what hour, because a telephone reads when its owner is awake. `contents_hash` is of what was
    last read, and `changed_at` says since when: a day, and a second more for each further change of that day.
    """

    __tablename__ = "feed"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    token_sealed: Mapped[bytes]
    made_on: Mapped[date]
    read_on: Mapped[date | None]
    read_by: Mapped[str] = mapped_column(default="")
    contents_hash: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime | None]
    person: Mapped[Person | None] = relationship()
    __table_args__ = (UniqueConstraint("person_id", "purpose"),)

    @property
    def token(self) -> str | None:
        """What its address ends with; None when SECRET_KEY is not the one under which it was sealed."""
        try:
            return _at_rest().decrypt(self.token_sealed).decode()
        except InvalidToken:
            return None

    def is_news(self, *, reader: str, contents_hash: str) -> bool:
        """Whether a reading would leave a note: once a day for each program, and when the contents are others."""
        is_known = self.read_on == clock.today() and reader in self.read_by.split(", ")
        return not is_known or self.contents_hash != contents_hash

    def note_reading(self, *, reader: str, contents_hash: str) -> None:
        """Note on which day and by which program it was read, and since when the contents are these."""
        today = clock.today()
        if self.read_on != today:
            self.read_on, self.read_by = today, reader
        elif reader not in self.read_by.split(", "):
            self.read_by = f"{self.read_by}, {reader}"
        if self.contents_hash != contents_hash:
            self.contents_hash = contents_hash
            self.changed_at = next_stamp(self.changed_at or BEFORE_ALL, clock.now())


def find(token: str) -> Feed | None:
    """The feed at this address, unless its owner has left. Found by its hash: how long that takes tells nothing."""
    is_alive = (Feed.token_hash == hash_of(token)) & Person.left_on.is_(None)
    return db.session.scalar(select(Feed).outerjoin(Feed.person).where(is_alive).options(contains_eager(Feed.person)))


def of(person: Person | None, purpose: Purpose) -> Feed | None:
    """The feed of this person for this purpose; of nobody for the programme."""
    return db.session.scalar(select(Feed).where(_is_of(person, purpose)).order_by(Feed.id).limit(1))


def make(person: Person | None, purpose: Purpose) -> None:
    """Give a feed an address. Where there is one already, it stays."""
    if person is None and of(None, purpose):  # no two NULLs are alike, so the key does not keep a second one out
        return
    token = secrets.token_urlsafe(TOKEN_BYTES)
    add_unless_there(
        Feed,
        person_id=person and person.id,
        purpose=purpose,
        token_hash=hash_of(token),
        token_sealed=_at_rest().encrypt(token.encode()),
        made_on=clock.today(),
    )


def make_anew(person: Person | None, purpose: Purpose) -> bool:
    """Give a feed another address. The one before it is dead at once, for whoever had it; whether there was one."""
    was_there = close(person, purpose)
    make(person, purpose)
    return was_there


def close(person: Person | None, purpose: Purpose) -> bool:
    """From now on nobody can read it; whether anybody could."""
    closed = delete(Feed).where(_is_of(person, purpose)).returning(Feed.id)
    return bool(db.session.scalars(closed).all())


def program(user_agent: str) -> str:
    """The program that reads, by what it calls itself; kept for its owner, who wants to see whether it works."""
    called = user_agent.lower()
    return next((name for word, name in PROGRAMS.items() if word in called), ANOTHER_PROGRAM)


def _is_of(person: Person | None, purpose: Purpose) -> ColumnElement[bool]:
    is_whose = Feed.person_id == person.id if person else Feed.person_id.is_(None)
    return and_(is_whose, Feed.purpose == purpose)


def _at_rest() -> Fernet:
    """What seals the tokens in the database: made from SECRET_KEY, so that a copy of the database is not enough."""
    digest = hashlib.sha256(b"phonein/1|feed tokens|" + current_app.config["SECRET_KEY"].encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
