"""What is forgotten when. The privacy page is made from these very numbers."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, String, and_, cast, delete, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.sql.dml import Delete, Update

from phonein import clock
from phonein.booking import adjustments, answer_order
from phonein.booking.models import Booking
from phonein.booking.reminder_models import Reminder
from phonein.booking.reply_models import Reply
from phonein.booking.waiting_models import Wait
from phonein.db import Model, after_commit, db, transaction, write_file_anew
from phonein.delivery import mailbox
from phonein.delivery.models import Letter
from phonein.desk import past_keeping, tally
from phonein.identity import sign_in
from phonein.identity.audit import AuditEntry
from phonein.identity.feed_addresses import Feed
from phonein.identity.models import Allowance, Person, SignIn, SignInRequest
from phonein.passes.issue import CODES_EACH, MOST_DRAWS
from phonein.passes.models import PassIssue
from phonein.questions.models import Feedback, PassKey, SpentPass
from phonein.questions.release import LEAST_BATCH
from phonein.questions.rewrite import EVERY_TABLE, rewrite, take_for_ourselves
from phonein.questions.votes import FEWEST_SAID
from phonein.schedule.models import PhoneIn

PASSES = timedelta(days=14)
BOOKINGS = timedelta(days=30)
WAITS = timedelta(days=7)
AUDIT = timedelta(days=365)
FEEDBACK = timedelta(days=365)
READ_ALOUD = FEEDBACK
RECEIPTS = timedelta(days=90)
LETTERS = timedelta(days=30)
DAY = timedelta(days=1)
WORDED = ("read_aloud", "agenda_item", "deed", "desk_note", "hour")
ANEW = (*EVERY_TABLE, "pass_key")  # last, as everybody comes to it last
# Of what was asked and drawn no small number is said, and no difference between two can be reckoned.
SAID_ROUGHLY = (
    "questions",
    "figures of questions",
    "receipts",
    "what was before a reviewer",
    "questions left to others",
    "questions named in the log of the queue",
    "spent passes",
    "draws",
    "feedback",
)
STEP = 5


class Deletion(Model):
    """That so many rows of one kind were deleted on that day because their time was over: evidence, without content."""

    __tablename__ = "deletion"
    done_on: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    how_many: Mapped[int]

    @property
    def in_words(self) -> str:
        """How many, as it may be said."""
        if self.what not in SAID_ROUGHLY:
            return str(self.how_many)
        return f"fewer than {STEP}" if self.how_many < STEP else f"{self.how_many // STEP * STEP} or more"


def facts() -> dict[str, int]:
    """How long what is kept, and how many it takes, for the privacy page: as it is set up here."""
    return {
        "original_days": originals().days,
        "booking_days": BOOKINGS.days,
        "wait_days": WAITS.days,
        "audit_days": AUDIT.days,
        "feedback_days": FEEDBACK.days,
        "read_aloud_days": READ_ALOUD.days,
        "receipt_days": max(RECEIPTS, originals()).days,
        "letter_days": LETTERS.days,
        "codes_each": CODES_EACH,
        "most_draws": MOST_DRAWS,
        "least_holders": current_app.config["LEAST_HOLDERS"],
        "least_batch": LEAST_BATCH,
        "fewest_votes_said": FEWEST_SAID,
        "sign_in_minutes": int(sign_in.LINK_LASTS.total_seconds() // 60),
        "signed_in_hours": int(sign_in.SIGNED_IN_FOR.total_seconds() // 3600),
        "idle_minutes": int(sign_in.IDLE_FOR.total_seconds() // 60),
        "admin_idle_minutes": int(sign_in.ADMIN_IDLE_FOR.total_seconds() // 60),
        "pass_days": PASSES.days,
    }


def originals() -> timedelta:
    """How long after the phone-in questions are kept in their original words."""
    return timedelta(days=current_app.config["ORIGINALS_DAYS"])


def forget() -> dict[str, int]:
    """Delete what is past keeping, and note that it was done; how many rows of each kind went.

    The anonymous tables are written anew then and there: PostgreSQL would keep the words in its files for as long as
    it likes.
    """
    with transaction():
        take_for_ourselves(*ANEW)
        tally.count(select(PhoneIn.slug).where(PhoneIn.ends_at < clock.now() - originals()))
        gone = {what: _count(statement) for what, statement in _past_keeping().items()}
        answer_order.lose_the_hours()
        gone["adjustments"] = adjustments.forget_past()
        gone["letters in the local mailbox"] = mailbox.forget_before(clock.now() - LETTERS)
        _note(gone)
        rewrite(*ANEW)
        after_commit(partial(write_file_anew, *WORDED))
    return gone


def deletions(limit: int = 500) -> list[Deletion]:
    """What was deleted on which day, the newest first."""
    newest = select(Deletion).order_by(Deletion.done_on.desc(), Deletion.what)
    return list(db.session.scalars(newest.limit(limit)))


def _note(gone: dict[str, int]) -> None:
    """Evidence of what went today, in all. A day on which nothing went has no row, so that the list can be read."""
    today = clock.today()
    for what, how_many in gone.items():
        if how_many:
            noted = db.session.get(Deletion, (today, what))
            if noted is None:
                db.session.add(Deletion(done_on=today, what=what, how_many=how_many))
            else:
                noted.how_many += how_many


def _past_keeping() -> dict[str, Delete | Update]:
    now, today = clock.now(), clock.today()
    over = select(PhoneIn.slug).where(PhoneIn.ends_at < now - originals())
    receipts_over = select(PhoneIn.slug).where(PhoneIn.ends_at < now - max(RECEIPTS, originals()))
    keys_over = select(PhoneIn.slug).where(PhoneIn.ends_at < now - PASSES)
    a_year_over = select(PhoneIn.slug).where(PhoneIn.ends_at < now - FEEDBACK)
    over_for_bookings = select(PhoneIn.id).where(PhoneIn.ends_at < now - BOOKINGS)
    over_for_passes = select(PhoneIn.id).where(PhoneIn.ends_at < now - PASSES)
    return {
        **past_keeping.with_the_originals(over),
        **past_keeping.with_the_receipts(receipts_over),
        **past_keeping.a_year_later(a_year_over),
        "feedback": delete(Feedback).where(Feedback.phone_in_slug.in_(a_year_over)),
        "spent passes": delete(SpentPass).where(SpentPass.phone_in_slug.in_(keys_over)),
        "pass keys": delete(PassKey).where(PassKey.phone_in_slug.in_(keys_over)),
        "draws": delete(PassIssue).where(PassIssue.phone_in_id.in_(over_for_passes)),
        "bookings": delete(Booking).where(Booking.phone_in_id.in_(over_for_bookings)),
        "waits": delete(Wait).where(Wait.ended_on < today - WAITS),
        "reminders": delete(Reminder).where(Reminder.starts_at < now - BOOKINGS),
        "what admins did": delete(AuditEntry).where(AuditEntry.done_at < now - AUDIT),
        "replies": delete(Reply).where(Reply.came_on < today - LETTERS),
        "feeds": delete(Feed).where(Feed.person_id.in_(select(Person.id).where(Person.left_on.is_not(None)))),
        "letters": delete(Letter).where(~Letter.is_unfinished(), Letter.posted_at < now - LETTERS, ~_is_remembered()),
        # With the booking, and at once: SQLite may give its number to the next one.
        "letters about a seat": _letters_about("seat", Booking.id),
        "letters about a wait": _letters_about("wait", Wait.id),
        # They work for ten minutes; for as long as they are kept they say at what hour somebody was here.
        "sign-in letters": delete(Letter).where(Letter.name == "sign-in-link", Letter.posted_at < now - DAY),
        "sign-in links": delete(SignInRequest).where(SignInRequest.asked_at < now - DAY),
        "sign-ins": delete(SignIn).where(SignIn.began_on < today - DAY),
        "counts of tries": delete(Allowance).where(Allowance.hour_began_at < now - DAY),
    }


def _is_remembered() -> ColumnElement[bool]:
    """Whether the next letter about the same thing is written from what this one told."""
    of_these = or_(*(Letter.about.like(f"{kind} %") for kind in ("seat", "wait")))
    return and_(Letter.telling.is_not(None), of_these)


def _letters_about(kind: str, kept: InstrumentedAttribute[int]) -> Delete:
    """Letters that say what somebody was told of their seat or wait: they are kept as long as that is."""
    name = literal(f"{kind} ").concat(cast(kept, String))
    still_kept = select(kept).where(name == Letter.about).exists()  # not NOT IN: PostgreSQL compares all with all there
    of_this_kind = Letter.telling.is_not(None) & Letter.about.like(f"{kind} %")
    return delete(Letter).where(of_this_kind, ~still_kept)


def _count(statement: Delete | Update) -> int:
    done: Any = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)
