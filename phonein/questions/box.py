"""Where questions go: sealed until release, by whoever holds a pass, known again only by a receipt."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, text

from phonein import clock
from phonein.db import add_unless_there, after_commit, db, on_sqlite
from phonein.errors import Refused
from phonein.questions import codes, keys, seal, tokens, trust, votes
from phonein.questions.codes import hash_of
from phonein.questions.models import Envelope, Question, SpentPass
from phonein.questions.rewrite import come_first, write_questions_anew
from phonein.questions.typed import same_bytes
from phonein.read_aloud import wordings
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn


class AskingClosed(Refused):
    """Questions for this phone-in are not taken now: the page of the phone-in says when they are."""

    title = "Asking is closed"


class NotAPass(Refused):
    """That is not a pass for this. A printed one has 25 letters and digits: check it letter by letter. A longer one has
    to be pasted whole. Each works for one phone-in only, and the pass for “me too” for nothing else."""

    status = 422
    title = "That pass does not work"


class PassSpent(Refused):
    """That pass has been used. Use another of yours; with the receipt you can change the question you sent with it."""

    status = 422
    title = "That pass has been used"


class ReceiptTaken(Refused):
    """That receipt stands for another question. Send this one from the asking page: it gets one of its own there."""

    status = 422
    title = "That receipt is taken"


class NotKnown(Refused):
    """Nothing is known under that receipt. It may be mistyped, or the question was withdrawn, has been
    deleted, or was never opened because too few people could have asked."""

    status = 404
    title = "Nothing found"


class AlreadyReleased(Refused):
    """This question has been opened already, so it can no longer be changed. You can still take it back."""


@dataclass(frozen=True)
class Standing:
    """What has become of a question: still sealed in the box, or released to the desk (then `question` is set), and
    there perhaps put into words to be read aloud."""

    text: str
    topic: str
    question: Question | None = None
    read_aloud: ReadAloud | None = None

    @property
    def is_sealed(self) -> bool:
        return self.question is None


def ask(phone_in: PhoneIn, *, pass_: str, receipt: str, text: str, topic: str, anyway: bool = False) -> None:
    """Seal a question and put it into the box. The same pass and receipt again replaces it, so a retry is safe.

    `anyway`: open it at the last release even if fewer people could have asked than we promise.
    Raises AskingClosed, AskingUnsafe, NotAPass, PassSpent, ReceiptTaken, BoxKeyAway.
    """
    _share_the_box()
    _refuse_if_closed(phone_in)
    spent = spent_hash(phone_in, pass_)
    is_new = _spend(phone_in, spent)
    if is_new and _released(phone_in, receipt):
        raise ReceiptTaken
    if not is_new and not _was_sent_with(phone_in, receipt, spent):
        raise PassSpent
    inside = {"do": "ask", "text": same_bytes(text), "topic": topic, "spent": spent.hex(), "anyway": anyway}
    _put(phone_in, receipt, inside, is_new=is_new)


def spent_hash(phone_in: PhoneIn, pass_: str) -> bytes:
    """What is kept of a used pass. Raises NotAPass."""
    return hash_of("spent|q", phone_in.slug, _nonce(phone_in, "q", pass_))


def spend_one(phone_in: PhoneIn, pass_: str) -> bool:
    """Use up a pass for what is not sealed; False, if it was used. Raises AskingClosed, AskingUnsafe, NotAPass."""
    _refuse_if_closed(phone_in)
    return _spend(phone_in, spent_hash(phone_in, pass_))


def may_ask(phone_in: PhoneIn, pass_: str) -> None:
    """For the page before sending: better to hear it now. Raises AskingClosed, AskingUnsafe, NotAPass, PassSpent."""
    come_first()
    _refuse_if_closed(phone_in)
    if db.session.get(SpentPass, spent_hash(phone_in, pass_)):
        raise PassSpent


def standing(phone_in: PhoneIn, receipt: str) -> Standing:
    """What has become of the question with this receipt. Reading writes nothing. Raises NotKnown, BoxKeyAway."""
    _share_the_box()
    if envelope := _envelope(phone_in, receipt):
        inside = _inside(envelope)
        if inside["do"] == "ask":
            return Standing(inside["text"], inside["topic"])
    if question := _released(phone_in, receipt):
        worded = db.session.get(ReadAloud, question.read_aloud_id) if question.read_aloud_id else None
        return Standing(question.text, question.topic, question, worded)
    raise NotKnown


def edit(phone_in: PhoneIn, *, receipt: str, text: str, topic: str) -> None:
    """Change a sealed question. Raises AskingUnsafe, NotKnown, AlreadyReleased, BoxKeyAway."""
    trust.refuse_if_unsafe()
    if not standing(phone_in, receipt).is_sealed:
        raise AlreadyReleased
    inside = _inside(_envelope(phone_in, receipt) or Envelope())
    _put(phone_in, receipt, inside | {"text": same_bytes(text), "topic": topic})


def withdraw(phone_in: PhoneIn, *, receipt: str) -> None:
    """Take a question back. Sealed, its envelope becomes an empty one of the same size; released, it is deleted.

    Taking it back twice is taking it back once, until its envelope is gone. Raises NotKnown, BoxKeyAway.
    """
    _share_the_box()
    envelope = _envelope(phone_in, receipt)
    if envelope and _inside(envelope)["do"] == "withdraw":
        return
    found = standing(phone_in, receipt)
    if found.question:
        _delete(found.question)
        after_commit(write_questions_anew)
    else:
        _put(phone_in, receipt, {"do": "withdraw"})


def vote(phone_in: PhoneIn, *, pass_: str, question_id: str) -> None:
    """Seal that one more person wants to hear this question. The same again is quietly the same: one per person.

    What is kept of the pass is another hash for each question, so that nobody sees which votes are one person's. The
    envelope's handle needs the pass itself: nobody can tell from what is kept which envelopes are votes.
    Raises AskingClosed, AskingUnsafe, NotAPass, NotOnBallot, BoxKeyAway.
    """
    _share_the_box()
    _refuse_if_closed(phone_in)
    nonce, question = _nonce(phone_in, "v", pass_), question_id.encode()
    if not votes.is_on_ballot(phone_in, question_id):
        raise votes.NotOnBallot
    if _spend(phone_in, hash_of("spent|v", phone_in.slug, nonce + question)):
        handle = hash_of("envelope", phone_in.slug, b"vote|" + nonce + question)
        _seal(phone_in, handle, {"do": "vote", "question": question_id}, is_new=True)


def _refuse_if_closed(phone_in: PhoneIn) -> None:
    """After the last release nothing may come any more, even if another machine's clock runs ahead of ours: how far
    it has been released is looked up anew, now that no release can come between."""
    released = db.session.scalar(select(PhoneIn.released_through).where(PhoneIn.slug == phone_in.slug))
    if not phone_in.takes_questions(clock.now()) or released == phone_in.asks_close_at:
        raise AskingClosed
    trust.refuse_if_unsafe()


def _spend(phone_in: PhoneIn, spent: bytes) -> bool:
    """False, if the pass has been used before."""
    return add_unless_there(SpentPass, hash=spent, phone_in_slug=phone_in.slug)


def _was_sent_with(phone_in: PhoneIn, receipt: str, spent: bytes) -> bool:
    envelope = _envelope(phone_in, receipt)
    return envelope is not None and _inside(envelope).get("spent") == spent.hex()


def _nonce(phone_in: PhoneIn, purpose: str, pass_: str) -> bytes:
    try:
        return tokens.nonce(phone_in.slug, purpose, pass_)
    except codes.NotACode:
        raise NotAPass from None


def _put(phone_in: PhoneIn, receipt: str, inside: dict[str, Any], *, is_new: bool = False) -> None:
    inside |= {"receipt": hash_of("receipt", phone_in.slug, codes.plain_receipt(receipt)).hex()}
    _seal(phone_in, hash_of("envelope", phone_in.slug, codes.plain_receipt(receipt)), inside, is_new=is_new)


def _seal(phone_in: PhoneIn, handle: bytes, inside: dict[str, Any], *, is_new: bool) -> None:
    """A new one never takes the place of another that came at the same moment. Raises ReceiptTaken."""
    sealed = seal.seal(keys.box_public(phone_in.slug), inside, handle=handle)
    row = {"handle": handle, "phone_in_slug": phone_in.slug, "public": sealed.public, "blob": sealed.blob}
    if not is_new:
        db.session.merge(Envelope(**row))
    elif not add_unless_there(Envelope, **row):
        raise ReceiptTaken


def _envelope(phone_in: PhoneIn, receipt: str) -> Envelope | None:
    return db.session.get(Envelope, hash_of("envelope", phone_in.slug, codes.plain_receipt(receipt)))


def _inside(envelope: Envelope) -> dict[str, Any]:
    private = keys.box_private(envelope.phone_in_slug)
    return seal.unseal(private, seal.Sealed(envelope.public, envelope.blob), handle=envelope.handle)


def _released(phone_in: PhoneIn, receipt: str) -> Question | None:
    return db.session.scalar(
        select(Question).where(Question.receipt_hash == hash_of("receipt", phone_in.slug, codes.plain_receipt(receipt)))
    )


def _delete(question: Question) -> None:
    """The wording that counts it is the one it goes from: somebody at the desk may just have put it to another."""
    gone = delete(Question).where(Question.id == question.id).returning(Question.read_aloud_id)
    wordings.count_one_less(db.session.scalar(gone, execution_options={"synchronize_session": False}))


def _share_the_box() -> None:
    """Release empties the box and destroys its key: nobody may be half-way through putting something in or looking.
    On SQLite the transaction itself sees to that."""
    if not on_sqlite():
        db.session.execute(text("LOCK TABLE envelope IN ROW EXCLUSIVE MODE"))
