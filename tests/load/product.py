"""The product as processes of this machine, started as an operator would: `phonein up` on SQLite; on PostgreSQL one or
several `phonein web`, and `phonein sweep`, which delivers where there is no queue server, or `phonein work` where there
is one. And the same installation from inside: to set the stage, to let people in, to count what became of it.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import func, insert, select

import config
from phonein import clock, create_app
from phonein.booking.models import Booking
from phonein.db import MIGRATIONS, db, transaction
from phonein.delivery.models import Letter
from phonein.identity import feed_addresses, sign_in
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person, Role, SignIn
from phonein.questions import keys, release
from phonein.schedule.models import PhoneIn
from tests.builders import make_person, make_phone_in
from tests.load.clients import Browser, Place
from tests.processes import Started, Visitor, started, until
from tests.servers import closed_port

LATER = timedelta(weeks=8)  # past what the programme shows at first
SECRET = "b" * 40
WEB = ("-m", "phonein", "web")


@dataclass
class Product:
    """`app` is another one on the same database. `web` and `others` are processes; each web process has a place."""

    app: Flask
    places: list[Place]
    web: list[int]
    others: list[int]
    made: int = 0

    @property
    def place(self) -> Place:
        return self.places[0]

    def phone_in(self, seats: int, *, on_programme: int = 0) -> str:
        """The slug of another. `on_programme`: that many days from now; else later than the programme shows."""
        self.made += 1
        slug = f"load-{self.made}"
        with self.app.app_context(), transaction():
            now = clock.now()
            starts_at = now + (timedelta(days=on_programme, hours=2) if on_programme else LATER)
            make_phone_in(
                slug=slug, seats=seats, starts_at=starts_at, published_at=now, leaders=[self._leader()],
                asks_open_at=starts_at - timedelta(days=7), asks_close_at=starts_at - timedelta(hours=2),
            )  # fmt: skip
        return slug

    def _leader(self) -> Person:
        found = db.session.scalars(select(Person).where(Person.role == Role.FACILITATOR)).first()
        return found or make_person("Fay", Role.FACILITATOR)

    def draw_keys(self) -> None:
        """Now, and not by the sweep in the middle of a measurement: the same few for all, because nobody asks here."""
        with self.app.app_context():
            release.draw_keys_ahead()
            made = None
            for slug in keys._without_pass_keys(1000):
                made = made or {purpose: keys.blind.new_key() for purpose in keys.SIGNING}
                with transaction():
                    keys._keep_pass_keys(slug, made)
            db.session.remove()

    def browsers(self, number: int, place: Place | None = None) -> list[Browser]:
        """Of so many people who have just signed in, none of whom was here before."""
        now, today, lot = int(clock.now().timestamp()), clock.today(), secrets.token_hex(4)
        emails = [f"{lot}-{n}@example.org" for n in range(number)]
        tokens = [secrets.token_urlsafe(24) for _ in range(number)]
        with self.app.app_context():
            with transaction():
                rows = [{"name": f"Sam {n}", "email": e, "email_key": e} for n, e in enumerate(emails)]
                db.session.execute(insert(Person), rows)
                ids = {
                    person.email: person.id
                    for person in db.session.execute(select(Person.email, Person.id).where(Person.email.in_(emails)))
                }
                signed_in = [
                    {"token_hash": sign_in.hash_of(token), "person_id": ids[email], "began_on": today}
                    for token, email in zip(tokens, emails, strict=True)
                ]
                db.session.execute(insert(SignIn), signed_in)
            db.session.remove()
            signer: Any = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        name = self.app.config["SESSION_COOKIE_NAME"]
        cookies = [signer.dumps({"token": token, "began": now, "seen": now}) for token in tokens]
        return [
            Browser(place or self.place, {name: cookie}, whose=email)
            for cookie, email in zip(cookies, emails, strict=True)
        ]

    def feed(self, whose: str = "") -> str:
        """The path of somebody's feed, who has a seat; of nobody, that of the programme."""
        with self.app.app_context():
            with transaction():
                person = Person.by_email(whose) if whose else None
                purpose = Purpose.SEATS if person else Purpose.PROGRAMME
                feed_addresses.make(person, purpose)
            found = feed_addresses.of(person, purpose)
            assert found
            token = found.token
            db.session.remove()
        return f"/feeds/{token}.ics"

    def has_told_everybody(self) -> bool:
        """Whether no letter is on its way any more."""
        with self.app.app_context():
            waiting = db.session.scalar(select(func.count()).select_from(Letter).where(Letter.is_unfinished()))
            db.session.remove()
        return not waiting

    def counted(self, slug: str) -> tuple[int, int, int]:
        """Of this phone-in: what its counter says, how many seats are booked, how many letters about them there are."""
        with self.app.app_context():
            taken, id_ = db.session.execute(select(PhoneIn.taken, PhoneIn.id).where(PhoneIn.slug == slug)).one()
            booked = list(
                db.session.scalars(
                    select(Booking.id).where(Booking.phone_in_id == id_, Booking.given_back_on.is_(None))
                )
            )
            about = [f"seat {each}" for each in booked]
            letters = db.session.scalar(select(func.count()).select_from(Letter).where(Letter.about.in_(about)))
            db.session.remove()
        return int(taken), len(booked), int(letters or 0)


def settings_for(folder: Path, database: str, mail_port: int, **more: str) -> dict[str, str]:
    """`database`: an address, or "" for the embedded default."""
    settings = {
        "PHONEIN_DATA": str(folder / "data"),
        "SECRET_KEY": SECRET,
        "PORT": str(closed_port()),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
        "LIMIT_PER_PERSON": "1000000",  # counted, and never reached: a driver is one person many times over
        "MAIL_DEFAULT_SENDER": "phone-in@service.example",
    }
    production = {"DATABASE_URL": database, "PUBLIC_URL": "https://127.0.0.1", "PHONEIN_PRODUCTION": "1"}
    return settings | (production if database else {}) | more


def inside(settings: dict[str, str]) -> Flask:
    """The same installation from inside, with its tables made."""
    app = create_app(config.Testing(settings))
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        db.session.remove()
        db.engine.dispose()
    return app


@contextmanager
def product(settings: dict[str, str], *others: str, web: tuple[str, ...] = WEB, webs: int = 1) -> Iterator[Product]:
    """Phonein with these settings, ready, with nobody in it: all in one on SQLite, else so many `phonein web`, each at
    a port of its own, beside these `others`."""
    said = Path(settings["PHONEIN_DATA"]).with_name("said")
    app = inside(settings)
    ports = [settings["PORT"], *(str(closed_port()) for _ in range(webs - 1))]
    front = web if "DATABASE_URL" in settings else ("-m", "phonein", "up", "--no-demo")
    commands = [(front, port) for port in ports]
    commands += [(("-m", "phonein", name), ports[0]) for name in others]
    with ExitStack() as stack:
        all_: list[Started] = [
            stack.enter_context(started(said, settings | {"PORT": port}, *words)) for words, port in commands
        ]
        for port in ports:
            until(Visitor(f"http://127.0.0.1:{port}").is_ready, f"it does not answer: {said} may say why")
        pids = [one.process.pid for one in all_]
        places = [Place.at(f"http://127.0.0.1:{port}") for port in ports]
        yield Product(app, places, pids[: len(ports)], pids[len(ports) :])
    with app.app_context():
        db.engine.dispose()
