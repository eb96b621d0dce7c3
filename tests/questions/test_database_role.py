"""The anonymous door under a database role of its own, on a real PostgreSQL: the whole door works, and the database
itself refuses everything else."""

import secrets

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

import config
from phonein import clock, create_app
from phonein.db import Model, db, on_sqlite, transaction
from phonein.desk import triage
from phonein.questions import codes, database_role, keys, trust
from phonein.questions.models import Envelope, Question
from phonein.read_aloud.models import ReadAloud
from phonein.schedule import programme
from tests import servers
from tests.builders import make_fay, make_person
from tests.conftest import TUESDAY
from tests.questions import WORDS, ask, new_pass, open_phone_in, post, release_at, released, rows, shown

MAY_READ = {
    "agenda_item",
    "alembic_version",
    "answer",
    "envelope",
    "feedback",
    "pass_key",
    "phone_in",
    "procedure",
    "question",
    "read_aloud",
    "seal_key",
    "spent_pass",
    "wording",
}


@pytest.fixture
def database_url(postgres_server):
    """Only PostgreSQL has roles."""
    return servers.copied_database(postgres_server)


@pytest.fixture
def role(app):
    """A role that can sign in, and owns and may do nothing else."""
    name = f"door_{secrets.token_hex(4)}"
    run(app, f"CREATE ROLE {name} LOGIN PASSWORD 'd'")
    yield name
    db.session.rollback()
    run(app, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


@pytest.fixture
def granted(app, role):
    with transaction():
        database_role.grant(role)
    return role


@pytest.fixture
def door(app, settings, granted):
    """The same application, on the same database, as the other role."""
    url = settings["DATABASE_URL"].replace("postgres:", f"{granted}:", 1)
    assert url != settings["DATABASE_URL"]
    other = create_app(config.Testing(settings | {"DATABASE_URL": url}))
    with other.app_context():
        assert db.session.scalar(text("SELECT current_user")) == granted
        db.session.rollback()
    yield other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def run(app, *statements):
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def as_the_door(door, act):
    with door.app_context(), clock.stopped_at(TUESDAY):
        try:
            return act()
        finally:
            db.session.remove()


def test_the_whole_door_works_under_a_role_of_its_own(app, door):
    with transaction():
        fay = make_fay()
    phone_in = open_phone_in(leaders=[fay])
    with transaction():
        secret = keys.pass_secret("sleep")
        ballot = codes.printed_pass(secret, "sleep", "v")
    keys.draw_pass_keys_ahead()
    others = [ask(phone_in, f"{WORDS} {n}") for n in range(3)]
    release_at(TUESDAY)
    with transaction():
        for question in db.session.scalars(db.select(Question)):
            triage.reword(question, "In neutral words")
    voted = rows(ReadAloud)[0].id
    pass_ = new_pass(phone_in)
    receipt = codes.new_receipt()
    client = door.test_client(use_cookies=False)
    fields = {"text": WORDS, "topic": "", "pass": pass_}

    def everything():
        page, fetched = client.get("/q/sleep/"), client.get("/q/sleep/keys")
        answers = [
            post(client, "ask", **fields),
            post(client, "ask", **fields | {"receipt": receipt}),
            post(client, "status", receipt=receipt),
            post(client, "edit", receipt=receipt),
            post(client, "edit", receipt=receipt, text="Other words", topic=""),
            post(client, "vote", question=voted, **{"pass": ballot}),
            post(client, "withdraw", receipt=receipt),
            post(client, "status", receipt=others[0]),
            post(client, "withdraw", receipt=others[0]),
            post(client, "status", receipt=receipt),
        ]
        return page, fetched, answers

    page, fetched, answers = as_the_door(door, everything)
    assert (page.status_code, fetched.status_code) == (200, 200)
    assert sorted(fetched.json["keys"]) == ["q", "v"]
    assert [answer.status_code for answer in answers] == [200] * 9 + [404]
    assert "Other words" in shown(answers[4])
    assert len(rows(Envelope)) == 2  # one was taken back, and there is a vote
    assert len(released()) == 2


def test_the_first_of_all_finds_a_box_without_a_key_and_the_door_makes_one(app, door):
    phone_in = open_phone_in()
    client = door.test_client(use_cookies=False)
    fields = {"text": WORDS, "pass": new_pass(phone_in), "receipt": codes.new_receipt()}
    assert as_the_door(door, lambda: post(client, "ask", **fields)).status_code == 200
    assert len(rows(Envelope)) == 1


def test_the_database_refuses_to_show_it_who_anybody_is_and_how_to_dial_in(app, door):
    with transaction():
        make_person()
    tables = sorted(set(Model.metadata.tables) - MAY_READ)
    columns = ["pin", "dial_in_number", "freephone", "description", "taken", "uid"]
    assert {"person", "booking", "pass_issue", "letter", "sign_in", "series", "phone_in_leader"} <= set(tables)
    asked = [f"SELECT 1 FROM {table}" for table in tables] + [f"SELECT {column} FROM phone_in" for column in columns]

    def refused(question):
        try:
            db.session.execute(text(question))
        except ProgrammingError as error:
            return "permission denied" in str(error)
        finally:
            db.session.rollback()

    assert as_the_door(door, lambda: [question for question in asked if not refused(question)]) == []


def test_no_table_is_readable_that_is_not_listed_here(app, granted):
    """Also one that comes to be later: whoever adds it decides, and until then the door cannot read it."""
    run(app, "CREATE TABLE diary (words text)")
    readable = {table for table, _ in db.session.execute(database_role._READABLE, {"role": granted})}
    assert readable | {"alembic_version"} == MAY_READ
    assert database_role.readable_besides(granted) == []
    run(app, f"GRANT SELECT (words) ON diary TO {granted}", f"GRANT SELECT (pin) ON phone_in TO {granted}")
    assert database_role.readable_besides(granted) == ["diary", "phone_in.pin"]


def test_a_right_that_the_door_needs_and_has_not_got_is_seen_before_anybody_comes_as_far_as_that(app, door, granted):
    """PostgreSQL would note each refusal, with the time."""
    assert as_the_door(door, database_role.lacking) == []
    run(
        app,
        f"REVOKE SELECT ON wording FROM {granted}",
        f"REVOKE UPDATE ON envelope FROM {granted}",
        f"REVOKE SELECT (holders) ON phone_in FROM {granted}",
    )
    door.config["DOOR"] = "q"
    assert as_the_door(door, trust.faults) == [
        "The database role of the anonymous door lacks rights on envelope, phone_in, wording: run “phonein grant-door "
        "ROLE” as the database's owner, and name that role in the door's DATABASE_URL."
    ]
    run(app, f"REVOKE USAGE ON SCHEMA anonymous FROM {granted}")
    seen = {"envelope", "feedback", "pass_key", "phone_in", "question", "seal_key", "spent_pass", "wording"}
    assert set(as_the_door(door, database_role.lacking)) == seen


def test_the_command_takes_away_whatever_was_granted_before_and_says_what_it_did(app, role):
    run(
        app,
        f"GRANT ALL ON ALL TABLES IN SCHEMA public, anonymous TO {role}",
        f"GRANT SELECT (email) ON person TO {role}",
    )
    assert "person" in database_role.readable_besides(role)
    answers = [command(app, "grant-door", role) for _ in range(2)]
    assert [answer.exit_code for answer in answers] == [0, 0]
    assert answers[0].output == answers[1].output
    assert f"GRANT SELECT, INSERT, DELETE, TRUNCATE ON question TO {role};" in answers[0].output
    assert "read nothing about anybody" in answers[0].output
    assert database_role.readable_besides(role) == []
    writable = text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
                    "AND has_table_privilege(:role, oid, 'INSERT, UPDATE, DELETE, TRUNCATE')")  # fmt: skip
    assert db.session.scalars(writable, {"role": role}).all() == []


def test_a_role_that_can_read_people_in_another_way_is_named_and_the_command_fails(app, role):
    run(app, f"ALTER ROLE {role} SUPERUSER")
    answer = command(app, "grant-door", role)
    assert answer.exit_code == 1
    assert f"{role} can still read" in answer.output
    assert "person" in answer.output


def test_there_must_be_such_a_role(app):
    answer = command(app, "grant-door", "no:body")
    assert (answer.exit_code, "There is no role of that name" in answer.output) == (1, True)


def command(app, *words):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(words))


def test_of_a_phone_in_the_door_can_get_nothing_but_what_it_may_see(app):
    open_phone_in()
    phone_in = programme.at_the_door("sleep")
    db.session.rollback()
    assert (phone_in.title, phone_in.takes_questions(TUESDAY)) == ("Sleeping better", True)
    for other in ("pin", "dial_in_number", "leaders", "series"):
        with pytest.raises(Exception, match="not bound to a Session"):
            getattr(phone_in, other)


def test_sqlite_has_no_roles_and_the_command_says_so(tmp_path):
    app = create_app(config.Testing({"PHONEIN_DATA": str(tmp_path)}))
    answer = app.test_cli_runner().invoke(args=["grant-door", "door"])
    assert (answer.exit_code, "SQLite has no roles" in answer.output) == (1, True)
    with app.app_context():
        assert on_sqlite()
        assert database_role.readable_besides() == []
        db.engine.dispose()
