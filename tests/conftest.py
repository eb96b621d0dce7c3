"""The app on a fresh database, the clock stopped on a Tuesday at noon; once on SQLite, once on PostgreSQL.

The cast: Ada the admin, Fay who leads, Sam who books, Stan the stranger to whom nothing belongs.
"""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

import config
from phonein import clock, create_app
from phonein.db import db
from phonein.questions import blind
from tests import servers, stock
from tests.post_office import PostOffice

TUESDAY = datetime(2026, 3, 24, 12, tzinfo=UTC)
Flask.url_rule_class = stock.KnownRule

# Where a few tests take long, they begin first: or one worker would wait for the other at the end.
BEGIN_FIRST = [
    "conformance/test_many_people",
    "conformance/test_every_series",
    "anonymity/test_population_attack",
    "browser/test_journey",
    "browser/test_passes",
    "browser/every_page/test_pages_for_staff",
    "browser/every_page/test_pages_at_work",
    "browser/test_door",
    "browser/test_forms",
    "anonymity/test_canary",
    "delivery/test_faults",
    "test_doors",
]


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("one_database") and "database_url" in metafunc.fixturenames:
        metafunc.definition.add_marker(pytest.mark.parametrize("database_url", ["sqlite"], indirect=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        name = str(item.path.relative_to(Path(__file__).parent).with_suffix(""))
        return BEGIN_FIRST.index(name) if name in BEGIN_FIRST else len(BEGIN_FIRST)

    items.sort(key=place)  # those that are alike stay in their order


def pytest_collection_finish() -> None:
    """What was imported stays, so nobody need look through it again and again for what could be let go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory) -> Iterator[str]:
    """A server with an empty phonein database to copy, which is faster than making its tables each time."""
    with servers.postgres() as url:
        with_tables(servers.fresh_database(url, servers.TEMPLATE), tmp_path_factory.mktemp("template"))
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_server) -> Iterator[stock.OneDatabase]:
    one = stock.OneDatabase(postgres_server)
    yield one
    one.close()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory) -> Path:
    """The same on SQLite: a file with our tables."""
    file = tmp_path_factory.mktemp("template") / "phonein.sqlite3"
    with_tables(f"sqlite:///{file}", file.parent)
    return file


def with_tables(url: str, folder: Path) -> None:
    app = create_app(config.Testing({"PHONEIN_DATA": str(folder), "DATABASE_URL": url}))
    with app.app_context():
        db.create_all()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """An empty database of each kind: every test that uses the app runs on both.

    On PostgreSQL it is one for all, emptied for each, but where a test is marked `own_database`: there somebody looks
    into files or at how the database is made, and what another test left there would be in the way.
    """
    if request.param == "sqlite":
        file = tmp_path / "data" / "phonein.sqlite3"
        stock.copied_file(request.getfixturevalue("sqlite_file"), file)
        return f"sqlite:///{file}"
    if request.node.get_closest_marker("own_database"):
        return servers.copied_database(request.getfixturevalue("postgres_server"))
    return request.getfixturevalue("postgres_database").emptied()


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


@pytest.fixture
def without_tables(request, settings) -> dict[str, str]:
    """The same before anything was installed: the database has no tables yet."""
    if settings["DATABASE_URL"].startswith("sqlite"):
        Path(settings["DATABASE_URL"].removeprefix("sqlite:///")).unlink()
        return settings
    return settings | {"DATABASE_URL": servers.fresh_database(request.getfixturevalue("postgres_server"))}


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


@pytest.fixture(scope="session")
def keys_in_stock() -> stock.Keys:
    return stock.Keys(blind.new_key)


@pytest.fixture(autouse=True)
def keys_that_are_ready(request, keys_in_stock, monkeypatch) -> None:
    """A key that signs passes takes 50 ms to make, so tests get real ones that lie ready, each once. Those marked
    `own_keys` look at keys, and make theirs."""
    if not request.node.get_closest_marker("own_keys"):
        keys_in_stock.start_over()
        monkeypatch.setattr(blind, "new_key", keys_in_stock.next)


@pytest.fixture
def app(settings, compiled_templates) -> Iterator[Flask]:
    app = create_app(config.Testing(settings))
    app.jinja_env.bytecode_cache = compiled_templates
    app.test_client_class = Browser
    with app.app_context(), clock.stopped_at(TUESDAY):
        stock.speaks_as_before(db.engine)
        if not db.inspect(db.engine).has_table("person"):
            db.create_all()
        stock.settle()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app) -> Browser:
    """Somebody's browser, signed in nowhere."""
    return app.test_client()


@pytest.fixture
def office(app) -> Iterator[PostOffice]:
    """A mail server, to which the app hands its letters from now on."""
    with servers.smtp() as (office, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        yield office
