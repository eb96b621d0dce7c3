"""The ground: people, series and phone-ins, bookings, letters, and the anonymous tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("hour_began_at", sa.DateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowance")),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowance_hour_began_at"), ["hour_began_at"], unique=False)

    op.create_table(
        "chore",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chore")),
    )
    op.create_table(
        "envelope",
        sa.Column("handle", sa.LargeBinary(), nullable=False),
        sa.Column("phone_in_slug", sa.String(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_envelope")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_envelope_phone_in_slug"), ["phone_in_slug"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("series_slug", sa.String(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_feedback_one_to_five")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_series_slug"), ["series_slug"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("invite", sa.Text(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("handing_at", sa.DateTime(), nullable=True),
        sa.Column("maybe_sent", sa.Boolean(), nullable=False),
        sa.Column("nudged_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("given_up_at", sa.DateTime(), nullable=True),
        sa.Column("unknown_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index("ix_letter_about", ["about", "turn"], unique=False)
        batch_op.create_index(
            "ix_letter_waiting",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "pass_key",
        sa.Column("phone_in_slug", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("phone_in_slug", "purpose", name=op.f("pk_pass_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("zone_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
        sa.UniqueConstraint("email_key", name=op.f("uq_person_email_key")),
    )
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_question_receipt_hash")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_phone_in_slug"), ["phone_in_slug"], unique=False)

    op.create_table(
        "seal_key",
        sa.Column("phone_in_slug", sa.String(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("phone_in_slug", name=op.f("pk_seal_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("zone_name", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("starts_at_time", sa.Time(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("asks_open_days", sa.Integer(), nullable=False),
        sa.Column("asks_close_hours", sa.Integer(), nullable=False),
        sa.Column("dial_in_number", sa.String(), nullable=False),
        sa.Column("freephone", sa.String(), nullable=True),
        sa.Column("pin", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_series_some_time")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_series_some_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
    )
    op.create_table(
        "sign_in_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_request")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_sign_in_request_link_hash")),
    )
    with op.batch_alter_table("sign_in_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_request_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_request_browser_hash"), ["browser_hash"], unique=False)

    op.create_table(
        "spent_pass",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_in_slug", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_spent_pass")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("spent_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_pass_phone_in_slug"), ["phone_in_slug"], unique=False)

    op.create_table(
        "left_out",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("starts_text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_left_out_series_id_series"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "starts_text", name=op.f("pk_left_out")),
    )
    op.create_table(
        "phone_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("planned_at", sa.DateTime(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("zone_name", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("asks_open_at", sa.DateTime(), nullable=False),
        sa.Column("asks_close_at", sa.DateTime(), nullable=False),
        sa.Column("released_through", sa.DateTime(), nullable=True),
        sa.Column("dial_in_number", sa.String(), nullable=False),
        sa.Column("freephone", sa.String(), nullable=True),
        sa.Column("pin", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_phone_in_ends_after_start")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_phone_in_taken_within_seats")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_phone_in_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_in")),
        sa.UniqueConstraint("series_id", "planned_at", name=op.f("uq_phone_in_series_id_planned_at")),
        sa.UniqueConstraint("slug", name=op.f("uq_phone_in_slug")),
    )
    with op.batch_alter_table("phone_in", schema=None) as batch_op:
        batch_op.create_index("ix_phone_in_asks_close_at", ["asks_close_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_phone_in_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "series_leader",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_series_leader_person_id_person")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_leader_series_id_series"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "person_id", name=op.f("pk_series_leader")),
    )
    with op.batch_alter_table("series_leader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_leader_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_began_on"), ["began_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_in_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("given_back_on", sa.Date(), nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booking_person_id_person")),
        sa.ForeignKeyConstraint(["phone_in_id"], ["phone_in.id"], name=op.f("fk_booking_phone_in_id_phone_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("uid", name=op.f("uq_booking_uid")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_phone_in_id"), ["phone_in_id"], unique=False)
        batch_op.create_index(
            "uq_booking_live",
            ["phone_in_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("given_back_on IS NULL"),
            postgresql_where=sa.text("given_back_on IS NULL"),
        )

    op.create_table(
        "pass_issue",
        sa.Column("phone_in_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.CheckConstraint("draws BETWEEN 1 AND 2", name=op.f("ck_pass_issue_two_draws")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pass_issue_person_id_person")),
        sa.ForeignKeyConstraint(["phone_in_id"], ["phone_in.id"], name=op.f("fk_pass_issue_phone_in_id_phone_in")),
        sa.PrimaryKeyConstraint("phone_in_id", "person_id", name=op.f("pk_pass_issue")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "phone_in_leader",
        sa.Column("phone_in_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phone_in_leader_person_id_person")),
        sa.ForeignKeyConstraint(
            ["phone_in_id"], ["phone_in.id"], name=op.f("fk_phone_in_leader_phone_in_id_phone_in"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("phone_in_id", "person_id", name=op.f("pk_phone_in_leader")),
    )
    with op.batch_alter_table("phone_in_leader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_in_leader_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("phone_in_leader", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_in_leader_person_id"))

    op.drop_table("phone_in_leader")
    op.drop_table("pass_issue")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_live",
            sqlite_where=sa.text("given_back_on IS NULL"),
            postgresql_where=sa.text("given_back_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_booking_phone_in_id"))
        batch_op.drop_index(batch_op.f("ix_booking_person_id"))

    op.drop_table("booking")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_began_on"))

    op.drop_table("sign_in")
    with op.batch_alter_table("series_leader", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_leader_person_id"))

    op.drop_table("series_leader")
    with op.batch_alter_table("phone_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_in_starts_at"))
        batch_op.drop_index("ix_phone_in_asks_close_at")

    op.drop_table("phone_in")
    op.drop_table("left_out")
    with op.batch_alter_table("spent_pass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_pass_phone_in_slug"))

    op.drop_table("spent_pass")
    with op.batch_alter_table("sign_in_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_request_browser_hash"))
        batch_op.drop_index(batch_op.f("ix_sign_in_request_asked_at"))

    op.drop_table("sign_in_request")
    op.drop_table("series")
    op.drop_table("seal_key")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_phone_in_slug"))

    op.drop_table("question")
    op.drop_table("person")
    op.drop_table("pass_key")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_letter_waiting", sqlite_where=sa.text("sent_at IS NULL"), postgresql_where=sa.text("sent_at IS NULL")
        )
        batch_op.drop_index("ix_letter_about")

    op.drop_table("letter")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_series_slug"))

    op.drop_table("feedback")
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_envelope_phone_in_slug"))

    op.drop_table("envelope")
    op.drop_table("chore")
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allowance_hour_began_at"))

    op.drop_table("allowance")
