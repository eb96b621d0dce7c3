"""Signing in by an e-mailed link: asked for in one browser, used once, within ten minutes, in that same browser."""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, select, update

from phonein import clock
from phonein.db import db
from phonein.delivery import letters
from phonein.errors import Refused
from phonein.identity import limits
from phonein.identity.models import Person, SignIn, SignInRequest, email_key

LINK_LASTS = timedelta(minutes=10)
SIGNED_IN_FOR = timedelta(hours=12)
IDLE_FOR = timedelta(minutes=30)
ADMIN_IDLE_FOR = timedelta(minutes=15)
CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
TRIES_PER_REQUEST = 5
LETTERS_PER_ADDRESS = 5
CODES_PER_ADDRESS = 10
# A whole prison or control room sits behind one address on the network, so this is no fence against guessing: the
# limits per address and per request are. It only keeps one machine from filling the outbox.
TRIES_PER_SOURCE = 5000
# Put together once, like everything that every page asks: that takes longer than the asking.
OWNER = (
    select(Person)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_on.is_(None))
)


class LinkUsed(Refused):
    """This link does not work any more: it lasts ten minutes and works once. Ask for a new one."""

    status = 410
    title = "That link has had its day"


class WrongCode(Refused):
    """That is not the code in the newest letter. Check it, or ask for a new letter."""

    status = 422


def ask(address: str, *, browser: str, source: str) -> None:
    """Post a sign-in letter, if somebody may sign in with this address. Nothing here tells the asker whether.

    The same work is done for everybody, the letter's writing included; only for those who may sign in is it posted.
    Raises TooManyTries.
    """
    limits.count("sign-in source", source, most=TRIES_PER_SOURCE)
    limits.count("sign-in letter", email_key(address), most=LETTERS_PER_ADDRESS)
    link, code = secrets.token_urlsafe(32), "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    person = Person.by_email(address)
    to = person.email if person else address.strip()
    now = clock.now()
    db.session.add(
        SignInRequest(
            email=to, link_hash=hash_of(link), code_hash=hash_of(code), browser_hash=hash_of(browser), asked_at=now
        )
    )
    letter = letters.sign_in_link(to, link=link, code=code, expires_at=now + LINK_LASTS)
    if person.may_sign_in() if person else _is_welcome(address):
        letters.post(letter)


def request_for(link: str) -> SignInRequest:
    """The request that this link belongs to. Raises LinkUsed if it is used, too old or never was."""
    asked = db.session.scalar(select(SignInRequest).where(SignInRequest.link_hash == hash_of(link)))
    if asked is None or not _still_counts(asked, clock.now()):
        raise LinkUsed
    return asked


def by_link(link: str, *, browser: str) -> str:
    """Sign in with the link. Returns the new cookie's token. Raises LinkUsed, also in another browser."""
    asked = request_for(link)
    if not asked_here(asked, browser):
        raise LinkUsed
    return _begin(asked)


def by_code(code: str, *, browser: str) -> str | None:
    """Sign in with the code typed in the browser that asked; None if it is wrong, so that the try is still counted.

    Raises TooManyTries.
    """
    asked = db.session.scalar(
        select(SignInRequest)
        .where(SignInRequest.browser_hash == hash_of(browser))
        .order_by(SignInRequest.id.desc())
        .limit(1)
    )
    if asked is None:
        return None
    limits.count("sign-in code", email_key(asked.email), most=CODES_PER_ADDRESS)
    asked.tries += 1
    typed = "".join(code.upper().split()).replace("-", "")
    right = secrets.compare_digest(hash_of(typed), asked.code_hash) and asked.tries <= TRIES_PER_REQUEST
    return _begin(asked) if right and _still_counts(asked, clock.now()) and _known_or_welcome(asked) else None


def asked_here(asked: SignInRequest, browser: str) -> bool:
    return secrets.compare_digest(asked.browser_hash, hash_of(browser))


def person_signed_in(token: str) -> Person | None:
    """Whose browser this is, if they may still sign in. Every page asks, so it is one query."""
    person: Person | None = db.session.scalar(OWNER, {"token_hash": hash_of(token)})
    return person if person and person.may_sign_in() else None


def idle_limit(person: Person) -> timedelta:
    return ADMIN_IDLE_FOR if person.is_admin else IDLE_FOR


def sign_out(token: str) -> None:
    db.session.execute(update(SignIn).where(SignIn.token_hash == hash_of(token)).values(ended_on=clock.today()))


def sign_out_everywhere(person: Person) -> None:
    db.session.execute(
        update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_on.is_(None)).values(ended_on=clock.today())
    )


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _begin(asked: SignInRequest) -> str:
    used = db.session.execute(
        update(SignInRequest)
        .where(SignInRequest.id == asked.id, SignInRequest.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(SignInRequest.id)
    ).first()
    person = Person.by_email(asked.email) or _newcomer(asked.email)
    if used is None or person is None or not person.may_sign_in():
        raise LinkUsed
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(token_hash=hash_of(token), person=person, began_on=clock.today()))
    return token


def _newcomer(address: str) -> Person | None:
    """Somebody of a welcome domain signs in for the first time: they are staff from now on."""
    if not _is_welcome(address):
        return None
    person = Person(email=address, name=address.split("@")[0].replace(".", " ").title())
    db.session.add(person)
    db.session.flush()
    return person


def _is_welcome(address: str) -> bool:
    return address.strip().lower().rpartition("@")[2] in current_app.config["SIGN_IN_DOMAINS"]


def _known_or_welcome(asked: SignInRequest) -> bool:
    person = Person.by_email(asked.email)
    return person.may_sign_in() if person else _is_welcome(asked.email)


def _still_counts(asked: SignInRequest, now: datetime) -> bool:
    return asked.used_at is None and now < asked.asked_at + LINK_LASTS
