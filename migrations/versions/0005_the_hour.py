"""What is read aloud gets a table of its own, with its place in the hour and its answer; the desk's notes and deeds,
the safeguarding procedure, who stands in, the queue's log.

What the version before has put into words is taken over. Its own columns stay, because it goes on using them while
both run side by side; the migration after this one takes them away.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TAKEN_OVER = "read_aloud IS NOT NULL AND set_aside IS NULL AND NOT is_for_reviewer"
# One name for both: a vote that is sealed already names the question, and is counted for its wording.
WORDINGS = f"""INSERT INTO read_aloud (id, phone_in_slug, asked_slug, words, theme, content_note, votes, asked, carried,
    outcome) SELECT id, phone_in_slug, phone_in_slug, read_aloud, topic, '', votes, 1, 0, '' FROM question
    WHERE {TAKEN_OVER}"""
JOINED = f"UPDATE question SET read_aloud_id = id WHERE {TAKEN_OVER}"
AGENDA = """INSERT INTO agenda_item (id, phone_in_slug, place, kind, words, minutes, read_aloud_id, came_to, note)
    SELECT id, phone_in_slug, place, 'question', '', 5, read_aloud_id, '', '' FROM question
    WHERE place IS NOT NULL AND read_aloud_id IS NOT NULL"""
NOT_USED = "UPDATE question SET outcome = 'not_used' WHERE set_aside IS NOT NULL AND NOT is_for_reviewer"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("LOCK TABLE question, phone_in, series IN ACCESS EXCLUSIVE MODE")
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    for table, column in (("question", "read_aloud_id"), ("phone_in", "deputy_id"), ("series", "deputy_id")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    if op.get_bind().dialect.name == "postgresql":
        for column in _columns()["question"]:
            op.execute(f"ALTER TABLE anonymous.question ALTER {column.name} SET STATISTICS 0")
    _make_what_is_read_aloud()
    for statement in (WORDINGS, JOINED, AGENDA, NOT_USED):
        op.execute(statement)
    _make_the_desk()
    _make_safeguarding()


def _columns() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "question": (
            sa.Column("read_aloud_id", sa.String(), nullable=True),
            sa.Column("outcome", sa.String(), nullable=False, server_default=""),
            sa.Column("flags", sa.String(), nullable=False, server_default=""),
            sa.Column("is_cleared", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        "phone_in": (
            sa.Column("deputy_id", sa.Integer(), nullable=True),
            sa.Column("care_notice", sa.Text(), nullable=False, server_default=""),
        ),
        "series": (sa.Column("deputy_id", sa.Integer(), nullable=True),),
    }


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _person(table: str, name: str, *, nullable: bool = True) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_{table}_{name}_person"))
    return sa.Column(name, sa.Integer(), nullable=nullable), key


def _of_read_aloud(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_read_aloud_id_read_aloud")
    return sa.ForeignKeyConstraint(["read_aloud_id"], ["read_aloud.id"], name=name, ondelete="CASCADE")


def _make_what_is_read_aloud() -> None:
    op.create_table(
        "read_aloud",
        *_words("id", "phone_in_slug", "asked_slug"),
        _text("words"),
        *_words("theme", "content_note"),
        *_numbers("votes", "asked", "carried"),
        *_words("outcome"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_aloud")),
    )
    op.create_table(
        "agenda_item",
        *_words("id", "phone_in_slug"),
        *_numbers("place"),
        *_words("kind"),
        _text("words"),
        *_numbers("minutes"),
        sa.Column("read_aloud_id", sa.String(), nullable=True),
        *_words("came_to"),
        _text("note"),
        sa.CheckConstraint("minutes BETWEEN 0 AND 600", name=op.f("ck_agenda_item_some_minutes")),
        _of_read_aloud("agenda_item"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    op.create_table(
        "answer",
        *_words("read_aloud_id"),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        _text("words"),
        _text("what_changed"),
        sa.Column("published_on", sa.Date(), nullable=False),
        _of_read_aloud("answer"),
        sa.PrimaryKeyConstraint("read_aloud_id", "edition", name=op.f("pk_answer")),
    )
    op.create_table(
        "tally",
        *_words("phone_in_slug", "kind", "word"),
        *_numbers("how_many"),
        sa.PrimaryKeyConstraint("phone_in_slug", "kind", "word", name=op.f("pk_tally")),
    )
    for table, column in (
        ("read_aloud", "phone_in_slug"),
        ("read_aloud", "asked_slug"),
        ("agenda_item", "phone_in_slug"),
        ("agenda_item", "read_aloud_id"),
        ("answer", "published_on"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _make_the_desk() -> None:
    op.create_table(
        "desk_note",
        *_words("question_id", "phone_in_slug"),
        _text("note"),
        *_words("theme"),
        *_person("desk_note", "assigned_to_id"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_desk_note")),
    )
    op.create_index(op.f("ix_desk_note_phone_in_slug"), "desk_note", ["phone_in_slug"])
    op.create_table(
        "skip",
        *_words("question_id"),
        *_person("skip", "person_id", nullable=False),
        sa.PrimaryKeyConstraint("question_id", "person_id", name=op.f("pk_skip")),
    )
    op.create_table(
        "deed",
        *_words("phone_in_slug"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_person("deed", "by_id", nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        *_words("what"),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("phone_in_slug", "number", name=op.f("pk_deed")),
    )
    op.create_table(
        "hour",
        *_words("phone_in_slug"),
        sa.Column("begun_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("item_begun_at", sa.DateTime(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=True),
        _text("notes"),
        _text("hand_over"),
        *_numbers("revision"),
        sa.PrimaryKeyConstraint("phone_in_slug", name=op.f("pk_hour")),
    )
    op.create_table(
        "draft",
        *_words("read_aloud_id"),
        _text("words"),
        _text("what_changed"),
        *_person("draft", "written_by_id", nullable=False),
        *_person("draft", "looked_over_by_id"),
        *_numbers("revision"),
        _of_read_aloud("draft"),
        sa.PrimaryKeyConstraint("read_aloud_id", name=op.f("pk_draft")),
    )


def _make_safeguarding() -> None:
    op.create_table(
        "procedure",
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        *_words("lead_name"),
        *(_text(name) for name in ("lead_contact", "escalation", "official_routes", "hours")),
        *_words("zone_name"),
        *_numbers("target_hours"),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.CheckConstraint("target_hours BETWEEN 1 AND 80", name=op.f("ck_procedure_some_hours")),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_procedure")),
    )
    op.create_table(
        "cover",
        *_numbers("id"),
        *_person("cover", "person_id", nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_cover_some_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index(op.f("ix_cover_person_id"), "cover", ["person_id"])
    op.create_table(
        "review_entry",
        *_numbers("id"),
        *_words("phone_in_slug"),
        sa.Column("question_id", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        *_person("review_entry", "acknowledged_by_id"),
        *_words("outcome"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        *_person("review_entry", "closed_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_entry")),
    )
    for column in ("phone_in_slug", "question_id"):
        op.create_index(op.f(f"ix_review_entry_{column}"), "review_entry", [column])


def downgrade() -> None:
    """The version before finds its own words and places again as they were when it was left."""
    made = ("review_entry", "cover", "procedure", "draft", "hour", "deed", "skip", "desk_note")
    for table in (*made, "tally", "answer", "agenda_item", "read_aloud"):
        op.drop_table(table)
    for table, column in (("question", "read_aloud_id"), ("phone_in", "deputy_id"), ("series", "deputy_id")):
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table, columns in _columns().items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
