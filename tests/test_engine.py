"""What each database engine needs: connections that the server has closed, and reads that become writes."""

import psycopg
import pytest
from sqlalchemy import text

from phonein.db import db, transaction
from phonein.identity.models import Person
from tests.builders import make_person


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_has_closed_is_not_given_out_again(app):
    db.session.execute(text("SELECT 1"))
    db.session.remove()  # it is back in the pool, and will be taken from there next
    with psycopg.connect(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                      " WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
    assert db.session.scalar(text("SELECT 2")) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_was_read_before_a_transaction_is_read_again_in_it(app):
    with transaction():
        make_person("Sam")
    sam = db.session.scalars(db.select(Person)).one()
    db.session.commit()
    assert sam.name == "Sam"  # a read has begun
    with db.engine.connect() as another_process:
        another_process.execute(text("UPDATE person SET name = 'Samira'"))
        another_process.commit()
    with transaction():
        assert sam.name == "Samira"
