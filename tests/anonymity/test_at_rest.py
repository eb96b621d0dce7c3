"""What lies in the database and in its backups: sizes, shapes, and what an old copy is good for."""

import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import DateTime, Integer, LargeBinary, String, create_engine, inspect, select, text

from phonein import clock
from phonein.db import db, on_sqlite, transaction
from phonein.desk import triage
from phonein.questions import blind, box, codes, keys, seal
from phonein.questions.models import Envelope, Question, SealKey, SpentPass
from phonein.read_aloud.models import ReadAloud
from tests import blind_client, servers
from tests.anonymity.evidence import LogOfChanges, database_file, place, read, tool
from tests.conftest import TUESDAY
from tests.questions import ask, at_once, new_pass, open_phone_in, release_at, released, rows
from tests.questions.test_tokens import pass_of
from tests.questions.vectors import NAMES, vector

pytestmark = [pytest.mark.own_database, pytest.mark.own_keys]

LAST = TUESDAY + timedelta(days=6)
PLAIN = (String, LargeBinary)
# Numbers that a person decides on, or that are counted at releases only; and yes or no.
NUMBERS = {"question.place", "question.votes"}


# Vectors, and what a pass is bound to


@pytest.mark.parametrize("name", NAMES)
def test_vectors_of_rfc_9474_are_hidden_signed_uncovered_and_known(name):
    given = vector(name)
    private, public = blind_client.key_of(**{number: given[number] for number in ("p", "q", "n", "e", "d")})
    blinded, inverse = blind_client.blinded_of(public, given["input_msg"], salt=given["salt"], inverse=given["inv"])
    signed = blind.sign(private, blinded)
    done = blind_client.finalize(public, given["input_msg"], signed, inverse, salt_bytes=given["sLen"])
    assert (blinded, signed, done) == (given["blinded_msg"], given["blind_sig"], given["sig"])
    assert blind.is_signature(public, given["input_msg"], done, salt_bytes=given["sLen"])


@pytest.mark.parametrize("kind", ["printed", "blind"])
def test_binding_a_pass_is_good_for_one_question_of_one_phone_in_while_it_is_open(app, kind):
    phone_in, other = open_phone_in(), open_phone_in(slug="nights")
    keys.draw_pass_keys_ahead()
    mine, receipt = pass_of(kind), codes.new_receipt()
    altered = mine[:-1] + ("A" if mine[-1] != "A" else "B")
    for refused in (pass_of(kind, "v"), pass_of(kind, slug="nights"), altered):
        with pytest.raises(box.NotAPass):
            ask(phone_in, pass_=refused)
    ask(phone_in, "First", pass_=mine, receipt=receipt)
    ask(phone_in, "Second", pass_=mine, receipt=receipt)  # the same again is a change
    with pytest.raises(box.PassSpent):
        ask(phone_in, pass_=mine)
    with pytest.raises(box.NotAPass):
        ask(other, pass_=mine)
    late = pass_of(kind)
    release_at(LAST)
    with clock.stopped_at(LAST), pytest.raises(box.AskingClosed):
        ask(phone_in, pass_=late)
    assert released() == ["Second"]


def test_binding_of_eight_who_race_with_one_pass_one_is_accepted(app):
    pass_, phone_in = new_pass(open_phone_in()), "sleep"
    with transaction():
        keys.box_public(phone_in)  # as the sweep does ahead of asking: nobody waits for a file to be written

    def send():
        from tests.anonymity.worlds import phone_in as found

        with transaction():
            box.ask(found(phone_in), pass_=pass_, receipt=codes.new_receipt(), text="Why?", topic="")
        return "accepted"

    came = at_once(app, [send] * 8)
    assert (came.count("accepted"), came.count(box.PassSpent), len(rows(Envelope))) == (1, 7, 1), came


# The shape of the tables


def faults(inspector):
    """Every column, default and key by which an anonymous row could say when or who; from the database itself."""
    found = []
    anonymous = {table.name for table in (m.__table__ for m in (Envelope, Question, SpentPass, SealKey))} | {"pass_key"}
    for table in inspector.get_table_names():
        leads = {key["referred_table"] for key in inspector.get_foreign_keys(table)}
        found += [f"{table} -> {to}" for to in leads if table in anonymous or to in anonymous]
        for column in inspector.get_columns(table) if table in anonymous else ():
            name, kind = f"{table}.{column['name']}", column["type"]
            is_number = isinstance(kind, Integer) and name not in NUMBERS
            is_plain = isinstance(kind, PLAIN) or str(kind) == "BOOLEAN" or name in NUMBERS
            if isinstance(kind, DateTime) or is_number or not is_plain:
                found.append(f"{name} is a {kind}")
            if column["default"] or column.get("identity") or column.get("computed"):
                found.append(f"{name} is filled by the database")
    return found


def test_schema_lint_no_anonymous_row_can_say_when_or_who(app):
    assert faults(inspect(db.engine)) == []


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("asked_at timestamp", "question.asked_at is a "),
        ("number integer", "question.number is a INTEGER"),
        ("asked_on date", "question.asked_on is a DATE"),
        ("person_id varchar DEFAULT 'x'", "question.person_id is filled by the database"),
    ],
)
def test_schema_lint_finds_what_is_added(app, added, said):
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE question ADD COLUMN {added}"))
    [found] = faults(inspect(db.engine))
    assert found.startswith(said)


# Sizes


def acts(phone_in):
    """Every kind of thing that can be done at the door while a box is open, as short and as long as it goes."""
    short, long, gone = (codes.new_receipt() for _ in range(3))
    passes, ballot = [new_pass(phone_in) for _ in range(3)], new_pass(phone_in, "v")
    question = db.session.scalars(select(ReadAloud.id).limit(1)).one()
    return {
        "ask, short": lambda: box.ask(phone_in, pass_=passes[0], receipt=short, text="Why", topic=""),
        "ask, long": lambda: box.ask(phone_in, pass_=passes[1], receipt=long, text="Why " * 740, topic="lone_working"),
        "ask, to be taken back": lambda: box.ask(phone_in, pass_=passes[2], receipt=gone, text="No", topic=""),
        "vote": lambda: box.vote(phone_in, pass_=ballot, question_id=question),
        "edit, longer": lambda: box.edit(phone_in, receipt=short, text="Because " * 370, topic=""),
        "edit, shorter": lambda: box.edit(phone_in, receipt=long, text="Oh", topic=""),
        "withdraw": lambda: box.withdraw(phone_in, receipt=gone),
    }


@pytest.fixture
def voted(app):
    """A phone-in with a question that can be voted for."""
    phone_in = open_phone_in()
    for n in range(3):
        ask(phone_in, f"Number {n}")
    release_at(TUESDAY)
    with transaction():
        for question in db.session.scalars(select(Question)):
            triage.reword(question, "Said neutrally")
    return phone_in


def test_same_size_every_envelope_is_as_large_whatever_was_done(voted):
    sizes = set()
    for act in acts(voted).values():
        with transaction():
            act()
        sizes |= {(len(row.handle), len(row.public), len(row.blob)) for row in rows(Envelope)}
    assert sizes == {(32, 32, seal.INSIDE + 16)}
    if not on_sqlite():
        assert read("SELECT count(DISTINCT pg_column_size(envelope)), count(DISTINCT pg_column_size(blob)) "
                    "FROM envelope") == [(1, 1)]  # fmt: skip


def test_same_size_the_log_of_changes_cannot_tell_a_vote_from_a_question_nor_short_from_long(voted):
    """Changing and taking back write over a row and so look different from sending; they look like each other."""
    if on_sqlite():
        return
    sizes = {}
    for name, act in acts(voted).items():
        before = place()
        with transaction():
            act()
        changes = LogOfChanges.read(before).changes
        sizes[name] = [(change.kind, change.size) for change in changes if change.kind in ("INSERT", "UPDATE")]
    print(sizes)
    assert sizes["ask, short"] == sizes["ask, long"] == sizes["vote"] != []
    assert sizes["edit, longer"] == sizes["edit, shorter"] == sizes["withdraw"] != []


# Backups


def restored(app, tmp_path, request):
    """A database made of a dump (PostgreSQL) or a copy (SQLite), as an operator takes them; and its bytes."""
    if on_sqlite():
        db.session.rollback()
        copy = tmp_path / "copy.sqlite3"
        copy.write_bytes(database_file(app).read_bytes())
        return f"sqlite:///{copy}", copy.read_bytes()
    url = db.engine.url.set(drivername="postgresql")
    dumped = tmp_path / "night.dump"
    subprocess.run([tool("pg_dump"), "-Fc", "-Z0", "-f", dumped, url.render_as_string(False)], check=True)
    fresh = servers.fresh_database(request.getfixturevalue("postgres_server"))
    subprocess.run([tool("pg_restore"), "--no-owner", "-d", fresh, dumped], check=True)
    return fresh.replace("postgresql://", "postgresql+psycopg://"), dumped.read_bytes()


def opened(url, folder):
    """What somebody gets out of a copy who also holds every key that lies in this folder."""
    engine, found = create_engine(url, connect_args={} if "sqlite" in url else {"options": SEARCH_PATH}), []
    with engine.connect() as connection:
        sealed = connection.execute(text("SELECT handle, public, blob FROM envelope")).all()
    engine.dispose()
    for file in folder.glob("*.*"):
        for handle, public, blob in sealed:
            try:
                inside = seal.unseal(file.read_bytes()[:32], seal.Sealed(public, blob), handle=bytes(handle))
            except (seal.CannotOpen, ValueError):
                continue
            found.append(inside["text"])
    return len(sealed), sorted(found)


SEARCH_PATH = "-c search_path=public,anonymous"


def test_backup_from_while_it_was_open_opens_nothing_once_the_key_is_destroyed(app, tmp_path, request):
    phone_in = open_phone_in()
    for n in range(8):
        ask(phone_in, f"canary {n}")
    copy, stored = restored(app, tmp_path, request)
    with_key = opened(copy, app.config["SEAL_DIR"])
    release_at(TUESDAY)  # not the last: there is another key from now on
    between = opened(copy, app.config["SEAL_DIR"])
    release_at(LAST)
    assert with_key == (8, [f"canary {n}" for n in range(8)])  # so the attack works, as long as there is a key
    assert (between, opened(copy, app.config["SEAL_DIR"]), b"canary" in stored) == ((8, []), (8, []), False)
