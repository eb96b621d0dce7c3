"""Series that can be changed, letters that know what was told before, feeds and replies.

Columns are added and taken away one by one: on SQLite a new table in place of an old one would break what refers to it.
"""

import json
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

EDITED = "title summary description seats dial_in_number freephone pin leaders"
NO_LONGER = "The series does not take place on this date any more."


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    _name_what_was_changed_by_hand()
    _remember_what_was_told()
    op.create_index(op.f("ix_phone_in_uid"), "phone_in", ["uid"], unique=True)
    op.execute("ALTER TABLE phone_in DROP COLUMN edited_at")
    op.create_table(
        "extra_date",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("starts_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_extra_date_series_id_series"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "starts_text", name=op.f("pk_extra_date")),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.Column("contents_hash", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("person_id", "purpose", name=op.f("uq_feed_person_id_purpose")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_token_hash")),
    )
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("needs_eye", sa.Boolean(), nullable=False),
        sa.Column("from_address", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_reply_booking_id_booking"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("key", name=op.f("uq_reply_key")),
    )
    op.create_index(op.f("ix_reply_came_on"), "reply", ["came_on"])


def _columns() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "series": (
            sa.Column("bank_holidays", sa.String(), nullable=False, server_default=""),
            sa.Column("skips_bank_holidays", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("changes_pin", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("continues_id", sa.Integer(), nullable=True),
            sa.Column("edition", sa.Integer(), nullable=False, server_default="0"),
        ),
        "phone_in": (
            sa.Column("own_facts", sa.String(), nullable=False, server_default=""),
            sa.Column("uid", sa.String(), nullable=False, server_default=""),
            sa.Column("edition", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("stamped_at", sa.DateTime(), nullable=False, server_default="2026-01-01 00:00:00"),
        ),
        "person": (
            sa.Column("calendar", sa.String(), nullable=False, server_default="invitations"),
            sa.Column("is_discreet", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        "booking": (
            sa.Column("answer", sa.String(), nullable=False, server_default=""),
            sa.Column("answer_sequence", sa.Integer(), nullable=True),
            sa.Column("answer_stamped_at", sa.DateTime(), nullable=True),
        ),
        "letter": (
            sa.Column("telling", sa.Text(), nullable=True),
            sa.Column("sequence", sa.Integer(), nullable=True),
        ),
        "chore": (sa.Column("busy_until", sa.DateTime(), nullable=True),),
    }


def _name_what_was_changed_by_hand() -> None:
    names = ("id", "uid", "own_facts", "edited_at", "starts_at", "planned_at", "cancelled_at", "cancel_reason")
    dates = sa.table("phone_in", *(sa.column(name) for name in names))
    connection = op.get_bind()
    for row in connection.execute(sa.select(dates)).all():
        own = [
            EDITED if row.edited_at else "",
            "time" if row.planned_at and row.planned_at != row.starts_at else "",
            "cancelled" if row.cancelled_at and row.cancel_reason != NO_LONGER else "",
        ]
        changed = sa.update(dates).where(dates.c.id == row.id)
        connection.execute(changed.values(uid=str(uuid.uuid4()), own_facts=" ".join(filter(None, own))))


TOLD = """
SELECT letter.id, letter.method, letter.sent_at, letter.unknown_at, booking.id AS booking_id, booking.uid,
  booking.sequence, phone_in.id AS phone_in_id, phone_in.starts_at, phone_in.ends_at, phone_in.zone_name,
  phone_in.title, phone_in.dial_in_number, phone_in.freephone, phone_in.pin
FROM letter JOIN booking ON letter.about = booking.uid JOIN phone_in ON booking.phone_in_id = phone_in.id"""
LEADERS = """
SELECT phone_in_leader.phone_in_id, person.name FROM phone_in_leader
JOIN person ON person.id = phone_in_leader.person_id ORDER BY person.name"""


def _remember_what_was_told() -> None:
    """From now on a letter is written from what was told last. Every change had a letter of its own so far, so what was
    told last is how things stand."""
    connection = op.get_bind()
    leaders: dict[int, list[str]] = {}
    for phone_in_id, name in connection.execute(sa.text(LEADERS)):
        leaders.setdefault(phone_in_id, []).append(name)
    letters = sa.table("letter", *(sa.column(name) for name in ("id", "about", "telling", "sequence")))
    for row in connection.execute(sa.text(TOLD)).mappings().all():
        *most, last = leaders.get(row["phone_in_id"]) or [""]
        names = f"{', '.join(most)} and {last}" if most else last
        copied = ("uid", "zone_name", "title", "dial_in_number", "pin")
        told = {name: row[name] for name in copied} | {
            "has_seat": row["method"] == "REQUEST",
            "in_calendar": True,
            "is_discreet": False,
            "starts_at": f"{row['starts_at']}+00:00",
            "ends_at": f"{row['ends_at']}+00:00",
            "leaders": names,
            "freephone": row["freephone"] or "",
        }
        has_gone = row["sent_at"] or row["unknown_at"]
        known = {"telling": json.dumps(told), "sequence": row["sequence"]} if has_gone else {}
        moved = sa.update(letters).where(letters.c.id == row["id"])
        connection.execute(moved.values(about=f"seat {row['booking_id']}", **known))


def downgrade() -> None:
    op.drop_index(op.f("ix_reply_came_on"), table_name="reply")
    for table in ("reply", "feed", "extra_date"):
        op.drop_table(table)
    op.add_column("phone_in", sa.Column("edited_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE phone_in SET edited_at = stamped_at WHERE own_facts <> ''")
    op.drop_index(op.f("ix_phone_in_uid"), table_name="phone_in")
    for table, columns in _columns().items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
