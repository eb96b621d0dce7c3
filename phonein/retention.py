"""What is forgotten when. The privacy page is made from these very numbers."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.sql.dml import Delete

from phonein import clock
from phonein.booking.models import Booking
from phonein.db import after_commit, db, transaction, write_file_anew
from phonein.delivery import mailbox
from phonein.delivery.outbox import Letter
from phonein.identity import sign_in
from phonein.identity.models import Allowance, SignIn, SignInRequest
from phonein.passes.issue import CODES_EACH
from phonein.passes.models import PassIssue
from phonein.questions.models import PassKey, Question, SpentPass
from phonein.schedule.models import PhoneIn

ORIGINALS = timedelta(days=14)
PASSES = timedelta(days=14)
BOOKINGS = timedelta(days=30)
LETTERS = timedelta(days=30)
DAY = timedelta(days=1)


def facts() -> dict[str, int]:
    """How long what is kept, for the privacy page."""
    return {
        "original_days": ORIGINALS.days,
        "booking_days": BOOKINGS.days,
        "letter_days": LETTERS.days,
        "codes_each": CODES_EACH,
        "sign_in_minutes": int(sign_in.LINK_LASTS.total_seconds() // 60),
        "signed_in_hours": int(sign_in.SIGNED_IN_FOR.total_seconds() // 3600),
        "idle_minutes": int(sign_in.IDLE_FOR.total_seconds() // 60),
        "admin_idle_minutes": int(sign_in.ADMIN_IDLE_FOR.total_seconds() // 60),
        "pass_days": PASSES.days,
    }


def forget() -> dict[str, int]:
    """Delete what is past keeping; how many rows of each kind went."""
    with transaction():
        gone = {what: _count(statement) for what, statement in _past_keeping().items()}
        gone["letters in the local mailbox"] = mailbox.forget_before(clock.now() - LETTERS)
        after_commit(write_file_anew)
    return gone


def _past_keeping() -> dict[str, Delete]:
    now, today = clock.now(), clock.today()
    over = select(PhoneIn.slug).where(PhoneIn.ends_at < now - ORIGINALS)
    over_for_bookings = select(PhoneIn.id).where(PhoneIn.ends_at < now - BOOKINGS)
    over_for_passes = select(PhoneIn.id).where(PhoneIn.ends_at < now - PASSES)
    return {
        "questions": delete(Question).where(Question.phone_in_slug.in_(over)),
        "spent passes": delete(SpentPass).where(SpentPass.phone_in_slug.in_(over)),
        "pass keys": delete(PassKey).where(PassKey.phone_in_slug.in_(over)),
        "draws": delete(PassIssue).where(PassIssue.phone_in_id.in_(over_for_passes)),
        "bookings": delete(Booking).where(Booking.phone_in_id.in_(over_for_bookings)),
        "letters": delete(Letter).where(~Letter.is_unfinished(), Letter.posted_at < now - LETTERS),
        # They work for ten minutes; for as long as they are kept they say at what hour somebody was here.
        "sign-in letters": delete(Letter).where(Letter.name == "sign-in-link", Letter.posted_at < now - DAY),
        "sign-in links": delete(SignInRequest).where(SignInRequest.asked_at < now - DAY),
        "sign-ins": delete(SignIn).where(SignIn.began_on < today - DAY),
        "counts of tries": delete(Allowance).where(Allowance.hour_began_at < now - DAY),
    }


def _count(statement: Delete) -> int:
    done: Any = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)
