"""The migrations: up and down with data in them, and equal to the models."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import config
from phonein import create_app
from phonein.db import MIGRATIONS, db, transaction
from phonein.health import schema_is_current
from tests import servers
from tests.builders import make_fay, make_person, make_phone_in, make_series


@pytest.fixture
def empty(tmp_path, settings, database_url, request):
    """The application on a database without any table."""
    if database_url.startswith("postgresql"):
        settings["DATABASE_URL"] = servers.fresh_database(request.getfixturevalue("postgres_server"))
    app = create_app(config.Testing(settings))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def up() -> None:
    flask_migrate.upgrade(directory=str(MIGRATIONS))


def test_the_migrations_make_what_the_models_say(empty):
    up()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    assert schema_is_current()


def test_they_run_down_and_up_again_with_data_in_them(empty):
    up()
    with transaction():
        fay = make_fay()
        make_series(leaders=[fay])
        make_phone_in(leaders=[fay])
        make_person()
    db.session.remove()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    assert not schema_is_current()
    db.session.remove()
    up()
    with transaction():
        make_person()
    assert schema_is_current()


def test_the_anonymous_tables_carry_no_row_numbers_on_sqlite(empty, database_url):
    up()
    if not database_url.startswith("sqlite"):
        assert inspect(db.engine).has_table("envelope")
        return
    with db.engine.connect() as connection:
        made = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all())
    unnumbered = {name for name, sql in made.items() if "WITHOUT ROWID" in sql}
    assert unnumbered == {"envelope", "feedback", "pass_issue", "pass_key", "question", "seal_key", "spent_pass"}
