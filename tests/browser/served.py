"""The app in this process, with the demonstration programme, at a fixed moment: the same pages on every day."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

import config
from phonein import clock, create_app, demo_programme
from phonein.db import db
from phonein.identity.models import Person
from tests.browser.product import free_port
from tests.builders import sign_in_as

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADMIN, FACILITATOR, STAFF = (demo_programme.TO_SIGN_IN_WITH[role] for role in ("admin", "facilitator", "staff"))


class Quiet(WSGIRequestHandler):
    def log(self, *args: Any) -> None:
        pass


class Served:
    """One app on loopback, and what it was asked: every request with its headers."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", questions_host: str = "") -> None:
        self.port = free_port()
        self.host, self.address = host, f"http://{host}:{self.port}"
        settings = {
            "PHONEIN_DATA": str(folder / "data"),
            "SECRET_KEY": "t" * 32,
            "PUBLIC_URL": self.address,
            "QUESTIONS_URL": f"http://{questions_host or host}:{self.port}",
            "MAIL_DEFAULT_SENDER": "phone-in@service.example",
            "LIMIT_PER_PERSON": "100000",  # one person looks at every page here
        }
        self.app: Flask = create_app(config.Testing(settings))
        self.cookies: dict[str, str] = {}
        self.moment = TUESDAY

    @classmethod
    @contextmanager
    def on(cls, folder: Path, *hosts: str, like: Path | None = None) -> Iterator["Served"]:
        """`hosts`: that of the service, and that of the anonymous door. `like`: the folder of one that was on before,
        where the demonstration is loaded already; loading it takes longer than most tests."""
        for part in ("data", "data-seal") if like else ():
            shutil.copytree(like / part, folder / part)
        one = cls(folder, *hosts)
        with one.inside():
            if not like:
                db.create_all()
                demo_programme.load()
        server = make_server("127.0.0.1", one.port, one.answer, threaded=True, request_handler=Quiet)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with one.app.app_context():
                db.engine.dispose()

    def answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Whole at once: this server leaves a file open where the browser goes on to another page in the middle."""
        with clock.stopped_at(self.moment):
            answer = self.app.wsgi_app(environ, start_response)
            try:
                return [*answer]
            finally:
                getattr(answer, "close", lambda: None)()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """To look at the database and to change it, at the moment at which the pages are shown."""
        with self.app.app_context(), clock.stopped_at(self.moment):
            yield

    def go_to(self, moment: datetime) -> None:
        """It is another time of the day now: whoever was signed in has to sign in again."""
        self.moment = moment
        self.cookies.clear()

    def at(self, address: str) -> str:
        return f"{self.address}{address}"

    def let_in(self, page: Page, email: str) -> None:
        """This browser has signed in as somebody."""
        if email not in self.cookies:
            with self.inside():
                client = self.app.test_client()
                sign_in_as(client, db.session.scalars(select(Person).where(Person.email == email)).one())
                name = self.app.config["SESSION_COOKIE_NAME"]
                self.cookies[email] = client.get_cookie(name, path="/app").value  # type: ignore[union-attr]
        page.context.clear_cookies()
        page.context.add_cookies(
            [
                {
                    "name": self.app.config["SESSION_COOKIE_NAME"],
                    "value": self.cookies[email],
                    "domain": self.host,
                    "path": "/app",
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
