"""The same population, living in the real product and in products that are broken on purpose.

The broken ones exist here only. They share the database, the people and their passes with the real one, and differ in
how a question is kept. Every world notes for the attacker what he could have noted himself: each night, before it is
written anew, a dump and the rows with their row versions; and the place of the log of changes with the time of day,
which that log has by itself wherever the clock is not a simulated one.
"""

import hmac
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from phonein import clock, sweep
from phonein.db import db, on_sqlite, transaction
from phonein.delivery.models import Letter
from phonein.identity import sign_in
from phonein.identity.models import Person
from phonein.passes import issue
from phonein.questions import box, codes, keys, release
from phonein.schedule.models import PhoneIn
from tests.anonymity import evidence
from tests.anonymity.people import MONDAY, Deed, Population, words_of
from tests.blind_client import hide
from tests.builders import make_person, make_phone_in

NIGHT = timedelta(hours=2)  # when the backup is made; a minute later the sweep's night begins


@dataclass
class Notes:
    """What the attacker has put by while it was all going on."""

    begun_at: int = 0
    ticks: list[tuple[int, datetime]] = field(default_factory=list)
    dumps: list[tuple[datetime, dict[str, list[dict[str, Any]]]]] = field(default_factory=list)
    versions: list[dict[str, list[tuple[int, str, Any]]]] = field(default_factory=list)
    files: set[int] = field(default_factory=set)  # under which numbers the table of what comes in has been stored
    copies: list[tuple[datetime, str, bytes]] = field(default_factory=list)
    log_lines: list[str] = field(default_factory=list)


class World:
    """The real product."""

    name = "the product"
    table, comes_in, slug, keys, words = "question", "envelope", "phone_in_slug", ("receipt_hash", "id"), "text"

    def __init__(self, app: Flask, people: Population) -> None:
        self.app, self.people, self.notes = app, people, Notes()
        self.ids: dict[int, int] = {}
        self.passes: dict[tuple[str, int], list[str]] = {}
        self.receipts: dict[tuple[str, int], str] = {}
        self.seen: set[bytes] = set()
        self.askers: dict[str, set[int]] = {one.slug: set() for one in people.phone_ins}
        for deed in people.deeds:
            if deed.what == "ask":
                self.askers[deed.slug].add(deed.person)

    def live(self) -> "World":
        """From the first day to the last release."""
        with clock.stopped_at(MONDAY), transaction():
            self.begin()
        self.draw_keys()
        if not on_sqlite():
            evidence.keep_the_log()
            self.notes.begun_at = evidence.place()
            self.tick(MONDAY, None)
        for at, deed in self._days():
            with clock.stopped_at(at):
                self.night() if deed is None else self.do(deed)
            self.tick(at, deed)
        return self

    def _days(self) -> Iterator[tuple[datetime, Deed | None]]:
        nights = [MONDAY + timedelta(days=n) + NIGHT for n in range(1, 40)]
        ends = max(one.asks_close_at for one in self.people.phone_ins) + timedelta(minutes=1)
        sweeps = [one.asks_close_at for one in self.people.phone_ins]
        what: list[tuple[datetime, Deed | None]] = [(deed.at, deed) for deed in self.people.deeds if deed.at < ends]
        what += [(at, None) for at in nights if at < ends]
        what += [(at, Deed(at, -1, "release")) for at in [*sweeps, ends]]
        return iter(sorted(what, key=lambda one: one[0]))

    def begin(self) -> None:
        for n in range(self.people.people):
            self.ids[n] = make_person(f"Person{n:03}").id
        for one in self.people.phone_ins:
            make_phone_in(
                slug=one.slug,
                starts_at=one.starts_at,
                asks_open_at=one.asks_open_at,
                asks_close_at=one.asks_close_at,
                published_at=MONDAY,
            )

    def draw_keys(self) -> None:
        with clock.stopped_at(MONDAY):
            keys.draw_pass_keys_ahead(len(self.people.phone_ins))

    def do(self, deed: Deed) -> None:
        {"visit": self.visit, "draw": self.draw, "ask": self.ask, "edit": self.edit, "withdraw": self.withdraw,
         "release": self.release}[deed.what](deed)  # fmt: skip

    def visit(self, deed: Deed) -> None:
        """Signing in by the letter's link, as the product does it."""
        browser = secrets.token_hex(4)
        with transaction():
            sign_in.ask(f"person{deed.person:03}@example.org", browser=browser, source="s")
        letter = db.session.scalars(
            select(Letter).where(Letter.name == "sign-in-link").order_by(Letter.posted_at.desc()).limit(1)
        ).one()
        [link] = re.findall(r"/app/sign-in/link/([\w-]+)", letter.text)
        with transaction():
            sign_in.by_link(link, browser=browser)

    def draw(self, deed: Deed) -> None:
        """Half of those who are going to ask draw blindly, as a browser does; everybody else on paper."""
        if deed.person % 2 and deed.person in self.askers[deed.slug]:
            self.passes[deed.slug, deed.person] = self.drawn_blindly(deed)
            return
        with transaction():
            person = db.session.get_one(Person, self.ids[deed.person])
            self.passes[deed.slug, deed.person] = issue.draw(phone_in(deed.slug), by=person).questions

    def drawn_blindly(self, deed: Deed) -> list[str]:
        key = keys.pass_keys(deed.slug)["q"]
        hidden = [hide(key, "q", deed.slug) for _ in range(issue.CODES_EACH)]
        sent = {"q": [one.blinded for one in hidden], "v": []}
        person, found = db.session.get_one(Person, self.ids[deed.person]), phone_in(deed.slug)
        signed = issue.sign(found, sent, by=person).questions
        with transaction():
            issue.count_a_draw(found, with_ballot=False, by=person)
        return [one.finished(key, signature) for one, signature in zip(hidden, signed, strict=True)]

    def ask(self, deed: Deed) -> None:
        self.receipts[deed.slug, deed.number] = receipt = codes.new_receipt()
        passes = self.passes[deed.slug, deed.person]
        with transaction():
            if not passes:  # a fourth question: passes can be passed on
                passes.append(next(p for (slug, _), all_ in self.passes.items() if slug == deed.slug for p in all_[1:]))
            box.ask(phone_in(deed.slug), pass_=passes.pop(0), receipt=receipt, text=self.words_for(deed), topic="")
        self.copy(deed, "handle")

    def words_for(self, deed: Deed) -> str:
        return words_of(deed.slug, deed.number)

    def edit(self, deed: Deed) -> None:
        with transaction():
            box.edit(
                phone_in(deed.slug),
                receipt=self.receipts[deed.slug, deed.number],
                text=words_of(deed.slug, deed.number),
                topic="",
            )

    def withdraw(self, deed: Deed) -> None:
        with transaction():
            box.withdraw(phone_in(deed.slug), receipt=self.receipts[deed.slug, deed.number])

    def release(self, deed: Deed) -> None:
        release.release_due()

    def night(self) -> None:
        self.back_up()
        release.release_due()  # it also draws the keys of boxes that open soon
        sweep.nightly()

    def back_up(self) -> None:
        """What a backup of this night holds; and the same with the row versions, as a copy of the files would."""
        at = clock.now()
        tables = ["envelope", "spent_pass", "question", "sign_in_request", *self.own_tables()]
        if on_sqlite():
            stored = {name: [dict(row._mapping) for row in evidence.read(f"SELECT * FROM {name}")] for name in tables}
        else:
            dumped = evidence.dump()
            stored = {name: evidence.rows_of_dump(dumped, name) for name in tables}
            self.notes.versions.append(self.row_versions())
        self.notes.dumps.append((at, stored))

    def row_versions(self) -> dict[str, list[tuple[int, str, Any]]]:
        sealed = evidence.read("SELECT xmin::text::bigint, phone_in_slug, handle FROM envelope")
        signed_in = evidence.read("SELECT xmin::text::bigint, '', person_id FROM sign_in")
        return {"envelope": [tuple(row) for row in sealed], "sign_in": [tuple(row) for row in signed_in]}

    def own_tables(self) -> list[str]:
        return []

    def copy(self, deed: Deed, key: str) -> None:
        """On SQLite there is no log of changes. What comes closest is a copy of the file after each change, as a
        replica or a snapshot by the minute has it: the rows that are new in it."""
        if on_sqlite():
            for [found] in evidence.read(
                f"SELECT {key} FROM {self.comes_in} WHERE {self.slug} = :slug", slug=deed.slug
            ):
                if evidence.raw(found) not in self.seen:
                    self.seen.add(evidence.raw(found))
                    self.notes.copies.append((deed.at, deed.slug, evidence.raw(found)))

    def tick(self, at: datetime, deed: Deed | None) -> None:
        if on_sqlite():
            return
        self.notes.ticks.append((evidence.place(), at))
        if deed is None or deed.what == "release":
            [[file]] = evidence.read("SELECT pg_relation_filenode(to_regclass(:name))", name=self.comes_in)
            self.notes.files.add(int(file))


def phone_in(slug: str) -> PhoneIn:
    return db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()


class WithoutTheLot(World):
    """The product, with everything written anew in the order in which it was."""

    name = "the product, not shuffled"

    def live(self) -> World:
        with nothing_shuffled():
            return super().live()


@contextmanager
def nothing_shuffled() -> Iterator[None]:
    import random

    kept = random.SystemRandom.shuffle
    random.SystemRandom.shuffle = lambda self, what: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        random.SystemRandom.shuffle = kept  # type: ignore[method-assign]


class Naive(World):
    """Questions in a table of their own, as they come, under a random key; visits with their time. Nothing is sealed,
    and nothing is ever written anew."""

    name = "bare random key"
    table, comes_in, slug, keys, words = "bare", "bare", "slug", ("id",), "words"
    columns = ""

    def begin(self) -> None:
        super().begin()
        db.session.execute(
            text(f"CREATE TABLE bare (id varchar PRIMARY KEY, slug varchar, words varchar{self.columns})")
        )
        db.session.execute(text("CREATE TABLE visited (person integer, at timestamp)"))

    def visit(self, deed: Deed) -> None:
        with transaction():
            self.insert("visited", person=self.ids[deed.person], at=deed.at.replace(tzinfo=None))

    def draw_keys(self) -> None:
        """No passes, no keys."""

    def draw(self, deed: Deed) -> None:
        """Who may ask is known to the attacker anyway."""

    def ask(self, deed: Deed) -> None:
        with transaction():
            self.insert("bare", id=str(uuid.uuid4()), slug=deed.slug, words=self.words_for(deed), **self.besides(deed))
        self.copy(deed, "id")

    def besides(self, deed: Deed) -> dict[str, Any]:
        return {}

    def edit(self, deed: Deed) -> None:
        """Left out: it would only make the rows move, and the attack on these is about what is the least."""

    def withdraw(self, deed: Deed) -> None:
        with transaction():
            gone = text("DELETE FROM bare WHERE words = :words")
            db.session.execute(gone, {"words": words_of(deed.slug, deed.number)})

    def release(self, deed: Deed) -> None:
        """There is none: it stands there."""

    def night(self) -> None:
        self.back_up()

    def row_versions(self) -> dict[str, list[tuple[int, str, Any]]]:
        return {}

    def own_tables(self) -> list[str]:
        return ["bare"]

    @staticmethod
    def insert(table: str, **values: Any) -> None:
        names = ", ".join(values)
        db.session.execute(
            text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"), values
        )


class WithTime(Naive):
    name = "a column with the time"
    columns = ", asked_at timestamp"

    def besides(self, deed: Deed) -> dict[str, Any]:
        return {"asked_at": deed.at.replace(tzinfo=None)}


class Pseudonyms(Naive):
    """Whoever asks is an HMAC of their number. The key of each phone-in is destroyed when asking closes."""

    name = "HMAC pseudonym"
    columns = ", author varchar"

    def begin(self) -> None:
        super().begin()
        db.session.execute(text("CREATE TABLE pseudonym_key (slug varchar, secret varchar)"))
        for one in self.people.phone_ins:
            self.insert("pseudonym_key", slug=one.slug, secret=secrets.token_hex(32))

    def besides(self, deed: Deed) -> dict[str, Any]:
        [[secret]] = evidence.read("SELECT secret FROM pseudonym_key WHERE slug = :slug", slug=deed.slug)
        return {"author": pseudonym(secret, self.ids[deed.person])}

    def ask(self, deed: Deed) -> None:
        besides = self.besides(deed)
        with transaction():
            self.insert("bare", id=str(uuid.uuid4()), slug=deed.slug, words=self.words_for(deed), **besides)

    def release(self, deed: Deed) -> None:
        over = [one.slug for one in self.people.phone_ins if one.asks_close_at <= deed.at]
        with transaction():
            for slug in over:
                db.session.execute(text("DELETE FROM pseudonym_key WHERE slug = :slug"), {"slug": slug})

    def own_tables(self) -> list[str]:
        return ["bare", "pseudonym_key"]


def pseudonym(secret: str, person: int) -> str:
    return hmac.digest(secret.encode(), str(person).encode(), "sha256").hex()


class WithAccessLog(Naive):
    """A table as above, and a proxy that logs every request with the address it came from."""

    name = "an access log"

    def visit(self, deed: Deed) -> None:
        super().visit(deed)
        self.note(deed, "/app/", f"person{deed.person:03}")

    def ask(self, deed: Deed) -> None:
        super().ask(deed)
        self.note(deed, "/q/", "-")

    def note(self, deed: Deed, path: str, who: str) -> None:
        address = self.people.address(deed.person)
        self.notes.log_lines.append(f'{address} - {who} [{deed.at.isoformat()}] "POST {path} HTTP/1.1" 200')
