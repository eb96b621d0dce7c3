"""Straight to the safeguarding reviewer: what shall not wait for a release. The page says what that costs."""

from sqlalchemy import select, text

from phonein.db import after_commit, db, on_sqlite
from phonein.errors import Refused
from phonein.questions import box, codes, numbers, typed
from phonein.questions.codes import hash_of
from phonein.questions.models import Envelope, Question
from phonein.questions.rewrite import write_questions_anew
from phonein.schedule.models import PhoneIn


class NoReviewer(Refused):
    """Nobody looks after such questions for this phone-in, so nothing was sent. You can send it as a question to the
    facilitators. If anyone is at risk now, call 999."""

    title = "There is no reviewer here"


def has_reviewer(phone_in: PhoneIn) -> bool:
    """Whether something can be sent straight to a reviewer."""
    return phone_in.reviewer_id is not None


def send_to_reviewer(phone_in: PhoneIn, *, pass_: str, receipt: str, text: str, topic: str) -> None:
    """Put a question before the safeguarding reviewer of this phone-in at once: it is neither sealed nor mixed with
    others. The very same again is quietly the same, so a retry is safe.

    Raises NoReviewer, AskingClosed, NotAPass, PassSpent, ReceiptTaken.
    """
    _have_the_box_to_ourselves()
    if not has_reviewer(phone_in):
        raise NoReviewer
    said, there = typed.same_bytes(text), _under(phone_in, receipt)
    if not box.spend_one(phone_in, pass_):
        if there and there.is_for_reviewer and there.text == said:
            return
        raise box.PassSpent
    if there or db.session.get(Envelope, _hash(phone_in, receipt, "envelope")):
        raise box.ReceiptTaken
    db.session.add(
        Question(
            id=numbers.new_ids(phone_in.slug, 1)[0],
            phone_in_slug=phone_in.slug,
            receipt_hash=_hash(phone_in, receipt),
            text=said,
            topic=topic,
            is_for_reviewer=True,
        )
    )
    after_commit(write_questions_anew)  # among the others at least it has no place that says when it came


def _under(phone_in: PhoneIn, receipt: str) -> Question | None:
    return db.session.scalar(select(Question).where(Question.receipt_hash == _hash(phone_in, receipt)))


def _hash(phone_in: PhoneIn, receipt: str, purpose: str = "receipt") -> bytes:
    return hash_of(purpose, phone_in.slug, codes.plain_receipt(receipt))


def _have_the_box_to_ourselves() -> None:
    """Somebody who sends the same receipt to both at one moment must not end up with two questions under it, or a
    release could not open the second. On SQLite the transaction itself sees to that."""
    if not on_sqlite():
        db.session.execute(text("LOCK TABLE envelope IN SHARE ROW EXCLUSIVE MODE"))
