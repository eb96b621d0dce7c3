"""Blind passes, votes, safeguarding, wording, evidence of deletion; the tables that know nobody move to a schema of
their own where the database has such a thing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

APART = ("pass_key", "seal_key", "spent_pass", "envelope", "question")
KEPT = "id, phone_in_slug, receipt_hash, text, topic, read_aloud, place, set_aside"
# Those who have drawn already can ask already: without them nothing would be opened where everybody had.
HOLDERS = """UPDATE phone_in SET holders = (
    SELECT count(*) FROM pass_issue JOIN person ON person.id = pass_issue.person_id
    WHERE pass_issue.phone_in_id = phone_in.id AND person.role = 'staff' AND NOT EXISTS (
        SELECT 1 FROM phone_in_leader AS led WHERE led.phone_in_id = phone_in.id AND led.person_id = person.id))"""


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    if op.get_bind().dialect.name == "sqlite":
        _question_anew(*_new_in_question())
    else:
        for column in _new_in_question():
            op.add_column("question", column)
            op.alter_column("question", column.name, server_default=None)
        op.execute("CREATE SCHEMA anonymous")
        for table in APART:
            op.execute(f"ALTER TABLE {table} SET SCHEMA anonymous")
        _sample_nothing()
    op.execute(HOLDERS)
    op.create_table(
        "wording",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", "language", "edition", name=op.f("pk_wording")),
    )
    op.create_table(
        "deletion",
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("how_many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("done_on", "what", name=op.f("pk_deletion")),
    )


def _columns() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "series": (sa.Column("reviewer_id", sa.Integer(), nullable=True),),
        "phone_in": (
            sa.Column("reviewer_id", sa.Integer(), nullable=True),
            sa.Column("holders", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("key_print", sa.String(), nullable=False, server_default=""),
        ),
        "pass_issue": (sa.Column("has_ballot", sa.Boolean(), nullable=False, server_default=sa.false()),),
        "pass_key": (sa.Column("public", sa.LargeBinary(), nullable=True),),
    }


def _new_in_question() -> tuple[sa.Column, ...]:
    return (
        sa.Column("votes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("is_for_reviewer", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reviewer_was_told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reviewer_reply", sa.Text(), nullable=True),
        sa.Column("reviewer_is_done", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def _sample_nothing() -> None:
    """ANALYZE keeps samples of the rows for the planner, and would keep them when the rows are long gone. To set a
    column's type, even to what it is, throws away what has been sampled."""
    for table in APART:
        for column in sa.inspect(op.get_bind()).get_columns(table, schema="anonymous"):
            kind = column["type"].compile(op.get_bind().dialect)
            op.execute(f"ALTER TABLE {table} ALTER {column['name']} SET STATISTICS 0")
            op.execute(f"ALTER TABLE {table} ALTER {column['name']} TYPE {kind}")


def _question_anew(*more: sa.Column) -> None:
    """SQLite keeps a default for ever that it needs once. Nothing refers to this table, so it can be written anew."""
    op.rename_table("question", "question_before")
    op.drop_index(op.f("ix_question_phone_in_slug"), "question_before")
    for column in more:
        column.server_default = None
    op.create_table(
        "question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("phone_in_slug", sa.String(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("read_aloud", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("set_aside", sa.Text(), nullable=True),
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_question_receipt_hash")),
        sqlite_with_rowid=False,
    )
    names = "".join(f", {column.name}" for column in more)
    usual = "".join(", NULL" if column.nullable else ", 0" for column in more)
    op.execute(f"INSERT INTO question ({KEPT}{names}) SELECT {KEPT}{usual} FROM question_before ORDER BY random()")
    op.drop_table("question_before")
    op.create_index(op.f("ix_question_phone_in_slug"), "question", ["phone_in_slug"])


def downgrade() -> None:
    # The version before knows neither: it would show the one to everybody at the desk, and the others would be in the
    # way of keys that are drawn when this version comes again.
    op.execute(sa.text("DELETE FROM question WHERE is_for_reviewer"))
    op.execute(sa.text("DELETE FROM pass_key WHERE purpose <> 'm'"))
    op.drop_table("deletion")
    op.drop_table("wording")
    if op.get_bind().dialect.name == "sqlite":
        _question_anew()
    else:
        for table in APART:
            op.execute(f"ALTER TABLE anonymous.{table} SET SCHEMA public")
        op.execute("DROP SCHEMA anonymous")
        for column in _new_in_question():
            op.drop_column("question", column.name)
    for table, columns in _columns().items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
