"""The app on a fresh database, the clock stopped on a Tuesday at noon; once on SQLite, once on PostgreSQL.

The cast: Ada the admin, Fay who leads, Sam who books, Stan the stranger to whom nothing belongs.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

import config
from phonein import clock, create_app
from phonein.db import db
from tests import servers

TUESDAY = datetime(2026, 3, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory) -> Iterator[str]:
    """A server with an empty phonein database to copy, which is faster than making its tables each time."""
    with servers.postgres() as url:
        template = servers.fresh_database(url, servers.TEMPLATE)
        folder = str(tmp_path_factory.mktemp("template"))
        app = create_app(config.Testing({"PHONEIN_DATA": folder, "DATABASE_URL": template}))
        with app.app_context():
            db.create_all()
            db.engine.dispose()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """An empty database of each kind: every test that uses the app runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'phonein.sqlite3'}"
    return servers.copied_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def settings(tmp_path, database_url) -> dict[str, str]:
    """What the environment would hold. A test may add to it before it asks for the app."""
    return {
        "PHONEIN_DATA": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "t" * 32,
        "PUBLIC_URL": "http://localhost",
        "MAIL_DEFAULT_SENDER": "phone-in@service.example",
    }


class Browser(FlaskClient):
    """Somebody's browser. Each request stands in a context of its own, as on a server, and not in the test's."""

    def open(self, *args, **kwargs):
        db.session.rollback()  # what the test has read must not keep the request from writing
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory) -> FileSystemBytecodeCache:
    """Each test has an application of its own; compiling every template again for each would be most of the time."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings, compiled_templates) -> Iterator[Flask]:
    app = create_app(config.Testing(settings))
    app.jinja_env.bytecode_cache = compiled_templates
    app.test_client_class = Browser
    with app.app_context(), clock.stopped_at(TUESDAY):
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app) -> Browser:
    """Somebody's browser, signed in nowhere."""
    return app.test_client()
