"""The database role of the anonymous door, where it runs as a process of its own on PostgreSQL: it can read and write
what is anonymous, read what a phone-in is called and when it is, and nothing else at all."""

from sqlalchemy import inspect, text

from phonein.db import db, on_sqlite
from phonein.engine import ANONYMOUS
from phonein.errors import Refused
from phonein.questions.models import Envelope, Feedback, PassKey, Question, SealKey, SpentPass
from phonein.read_aloud.models import AgendaItem, Answer, ReadAloud
from phonein.safeguarding.models import Procedure
from phonein.schedule.models import PhoneIn
from phonein.schedule.programme import SEEN_AT_THE_DOOR
from phonein.wording import Wording

SCHEMAS = ("public", ANONYMOUS)
# TRUNCATE: a question that is taken back is written out of the table's file at once.
NEEDED: dict[str, str] = {
    str(model.__table__.name): verbs  # type: ignore[attr-defined]
    for model, verbs in {
        PassKey: "SELECT, INSERT",
        SealKey: "SELECT, INSERT",
        SpentPass: "SELECT, INSERT",
        Envelope: "SELECT, INSERT, UPDATE",
        Question: "SELECT, INSERT, DELETE, TRUNCATE",
        Feedback: "SELECT, INSERT",
        Wording: "SELECT",
        ReadAloud: "SELECT, UPDATE (asked)",  # one less asks it, when a question is taken back
        AgendaItem: "SELECT",
        Answer: "SELECT",
        Procedure: "SELECT",
        PhoneIn: f"SELECT ({', '.join(column.key for column in SEEN_AT_THE_DOOR)})",
    }.items()
} | {"alembic_version": "SELECT"}
_TABLES = """SELECT c.relname AS name, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')"""
_READABLE = text(f"""SELECT t.name, a.attname AS "column" FROM ({_TABLES}) t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE has_column_privilege(:role, t.oid, a.attnum, 'SELECT') ORDER BY t.name, a.attname""")

_LACKING = text("""SELECT DISTINCT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN unnest(CAST(:tables AS text[]), CAST(:verbs AS text[]), CAST(:columns AS text[])) AS needed(name, verb, col)
    ON needed.name = c.relname WHERE n.nspname = ANY(:schemas) AND NOT (has_schema_privilege(n.oid, 'USAGE') AND CASE
    WHEN col = '' THEN has_table_privilege(c.oid, verb) ELSE has_column_privilege(c.oid, col, verb) END) ORDER BY 1""")


class NoRoles(Refused):
    """SQLite has no roles: whoever can read its file reads all of it. Roles are for PostgreSQL."""


class NoSuchRole(Refused):
    """There is no role of that name in this database. Make it first: CREATE ROLE … LOGIN PASSWORD '…'."""


def grant(role: str) -> list[str]:
    """Give the role exactly what the door needs and take everything else away; the statements that did it, in order.

    Doing it twice is doing it once. What the role has not got from us it keeps: what everybody may do (PUBLIC), and
    what it can do as a member of another role. `readable_besides` finds that. Raises NoRoles, NoSuchRole.
    """
    if on_sqlite():
        raise NoRoles
    if not db.session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise NoSuchRole
    who, schemas = db.engine.dialect.identifier_preparer.quote(role), ", ".join(SCHEMAS)
    tables = inspect(db.session.connection())
    there = {name for schema in SCHEMAS for name in tables.get_table_names(schema=schema)}
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schemas} FROM {who}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schemas} FROM {who}",
        f"REVOKE ALL ON SCHEMA {schemas} FROM {who}",
        f"GRANT USAGE ON SCHEMA {schemas} TO {who}",
        *(f"GRANT {verbs} ON {table} TO {who}" for table, verbs in NEEDED.items() if table in there),
    ]
    for statement in statements:
        db.session.connection().exec_driver_sql(statement)
    return statements


def readable_besides(role: str | None = None) -> list[str]:
    """Every table that this role (None: our own) can read although the door does not need it; and "phone_in.pin" for a
    column of one that it needs. Empty on SQLite, which has no roles."""
    if on_sqlite():
        return []
    who = role or db.session.scalar(text("SELECT current_user"))
    seen = {column.key for column in SEEN_AT_THE_DOOR}
    besides: dict[str, None] = {}
    for table, column in db.session.execute(_READABLE, {"role": who}):
        if table not in NEEDED:
            besides[table] = None
        elif table == "phone_in" and column not in seen:
            besides[f"{table}.{column}"] = None
    return list(besides)


def lacking() -> list[str]:
    """Every table with which our own role cannot do what the door needs: PostgreSQL would note each time that somebody
    comes as far as that. Empty on SQLite, which has no roles."""
    if on_sqlite():
        return []
    whole = {table: verbs for table, verbs in NEEDED.items() if table != "phone_in"}
    named = [(table, verb.partition(" (")) for table, verbs in whole.items() for verb in verbs.split(", ")]
    needed = [(table, verb, column.rstrip(")")) for table, (verb, _, column) in named]
    needed += [("phone_in", "SELECT", column.key) for column in SEEN_AT_THE_DOOR]
    tables, verbs, columns = (list(each) for each in zip(*needed, strict=True))
    asked = {"tables": tables, "verbs": verbs, "columns": columns, "schemas": list(SCHEMAS)}
    return list(db.session.scalars(_LACKING, asked))
