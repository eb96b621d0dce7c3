"""The waiting list and its offers, reminders, adjustments, what admins did, letters that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LIVE = sa.text("ended_on IS NULL")
BACK, NOT_SENT = sa.text("bounced_on IS NOT NULL"), sa.text("sent_at IS NULL")
SOUGHT = (("phone_in", "ends_at"), ("phone_in", "reviewer_id"), ("series", "reviewer_id"), ("person", "role"))


def upgrade() -> None:
    _take_every_table()
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    for table, column in SOUGHT:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_letter_bounced_on", "letter", ["bounced_on"], sqlite_where=BACK, postgresql_where=BACK)
    op.create_index("ix_letter_next", "letter", ["urgent", "due_at"], sqlite_where=NOT_SENT, postgresql_where=NOT_SENT)
    op.drop_index("ix_letter_waiting", "letter")
    _set_feedback_apart()
    gone = sa.text("left_on IS NOT NULL")
    op.create_index("ix_person_left_on", "person", ["left_on"], sqlite_where=gone, postgresql_where=gone)
    _make_waiting_list()
    op.create_table(
        "reminder",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_reminder_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", "kind", "starts_at", name=op.f("pk_reminder")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_audit_entry_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_about"), "audit_entry", ["about"])
    op.create_index(op.f("ix_audit_entry_done_at"), "audit_entry", ["done_at"])
    op.create_table(
        "pace",
        sa.Column("relay", sa.String(), nullable=False),
        sa.Column("minute_at", sa.DateTime(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("relay", name=op.f("pk_pace")),
    )


def _take_every_table() -> None:
    """All that is changed here, before any of it is: whoever uses them then waits for us, and never we for them while
    they wait for us."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("LOCK TABLE feedback, letter, booking, person, phone_in, series IN ACCESS EXCLUSIVE MODE")


def _columns() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "booking": (
            sa.Column("needs", sa.String(), nullable=False, server_default=""),
            sa.Column("needs_text", sa.Text(), nullable=False, server_default=""),
            sa.Column("is_named_with_needs", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("confirmed_on", sa.Date(), nullable=True),
            sa.Column("moved_from_id", sa.Integer(), nullable=True),
        ),
        "person": (sa.Column("reminders", sa.String(), nullable=False, server_default="1440 60"),),
        "letter": (
            sa.Column("bounced_on", sa.Date(), nullable=True),
            sa.Column("bounce", sa.String(), nullable=True),
            sa.Column("dropped_on", sa.Date(), nullable=True),
        ),
    }


def _set_feedback_apart() -> None:
    """It comes through the anonymous door from now on, and is kept like what else does."""
    op.add_column("feedback", sa.Column("phone_in_slug", sa.String(), nullable=True))
    op.create_index(op.f("ix_feedback_phone_in_slug"), "feedback", ["phone_in_slug"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE feedback SET SCHEMA anonymous")
        for column in ("id", "series_slug", "phone_in_slug", "rating", "comment"):
            op.execute(f"ALTER TABLE anonymous.feedback ALTER {column} SET STATISTICS 0")


def _make_waiting_list() -> None:
    op.create_table(
        "wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_in_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("any_date", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["phone_in_id"], ["phone_in.id"], name=op.f("fk_wait_phone_in_id_phone_in")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wait_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wait")),
    )
    for column in ("phone_in_id", "person_id", "turn"):
        op.create_index(op.f(f"ix_wait_{column}"), "wait", [column])
    op.create_index(
        "uq_wait_live", "wait", ["phone_in_id", "person_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wait_id", sa.Integer(), nullable=False),
        sa.Column("phone_in_id", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("until_at", sa.DateTime(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["wait_id"], ["wait.id"], name=op.f("fk_offer_wait_id_wait"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["phone_in_id"], ["phone_in.id"], name=op.f("fk_offer_phone_in_id_phone_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_phone_in_id"), "offer", ["phone_in_id"])
    op.create_index(op.f("ix_offer_wait_id"), "offer", ["wait_id"])
    op.create_index("uq_offer_live", "offer", ["wait_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_offer_until_at", "offer", ["until_at"], sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade() -> None:
    # The version before knows no offers: a seat that is held for somebody would stay taken for ever.
    op.execute(
        "UPDATE phone_in SET taken = taken - (SELECT count(*) FROM offer WHERE offer.phone_in_id = phone_in.id"
        " AND offer.ended_on IS NULL)"
    )
    for table, column in SOUGHT:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE anonymous.feedback SET SCHEMA public")
    # Without its phone-in nobody would know when to forget it.
    op.execute("DELETE FROM feedback WHERE phone_in_slug IS NOT NULL")
    op.drop_index(op.f("ix_feedback_phone_in_slug"), "feedback")
    op.execute("ALTER TABLE feedback DROP COLUMN phone_in_slug")
    for table in ("pace", "audit_entry", "reminder", "offer", "wait"):
        op.drop_table(table)
    op.create_index("ix_letter_waiting", "letter", ["due_at"], sqlite_where=NOT_SENT, postgresql_where=NOT_SENT)
    for index in ("ix_letter_next", "ix_letter_bounced_on"):
        op.drop_index(index, "letter")
    op.drop_index("ix_person_left_on", "person")
    for table, columns in _columns().items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
