"""Where questions go: sealed until release, by whoever holds a pass, known again only by a receipt."""

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from phonein import clock
from phonein.db import after_commit, db, on_sqlite
from phonein.errors import Refused
from phonein.questions import codes, keys, seal
from phonein.questions.codes import hash_of
from phonein.questions.models import Envelope, Question, SpentPass
from phonein.questions.rewrite import write_questions_anew
from phonein.schedule.models import PhoneIn

LONGEST = 3000  # characters
LARGEST = 3600  # bytes, as written inside an envelope: with its wrapping it must fit
# Marks without width or use in a question; copied along from some page, they could say from which and by whom.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064]")
_SPEND = text("INSERT INTO spent_pass (hash, phone_in_slug) VALUES (:hash, :slug) ON CONFLICT DO NOTHING")


class AskingClosed(Refused):
    """Questions for this phone-in are not taken now: the page of the phone-in says when they are."""

    title = "Asking is closed"


class NotAPass(Refused):
    """That is not a pass for this phone-in. Check it letter by letter: each has 25 letters and digits."""

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
    """Nothing is known under that receipt. It may be mistyped, or the question was withdrawn or has been deleted."""

    status = 404
    title = "Nothing found"


class AlreadyReleased(Refused):
    """The facilitators have this question already, so it can no longer be changed. You can still withdraw it."""


@dataclass(frozen=True)
class Standing:
    """What has become of a question: still sealed in the box, or released to the desk (then `question` is set)."""

    text: str
    topic: str
    question: Question | None = None

    @property
    def is_sealed(self) -> bool:
        return self.question is None


def same_bytes(text: str) -> str:
    """The text in one shape, however it was typed or sent, so that nothing about the browser is left in it."""
    seen = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = unicodedata.normalize("NFC", seen).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def is_blank(text: str) -> bool:
    """Whether nobody could see anything in it: only blanks, marks without width and signs that need a letter."""
    return all(unicodedata.category(letter)[0] in "ZCM" for letter in text)


def fits(text: str) -> bool:
    """Whether there is room for it in an envelope. Line ends and quotation marks count double there."""
    return len(text) <= LONGEST and len(json.dumps(text, ensure_ascii=False).encode()) <= LARGEST


def ask(phone_in: PhoneIn, *, pass_: str, receipt: str, text: str, topic: str) -> None:
    """Seal a question and put it into the box. The same pass and receipt again replaces it, so a retry is safe.

    Raises AskingClosed, NotAPass, PassSpent, ReceiptTaken, BoxKeyAway.
    """
    _share_the_box()
    _refuse_if_closed(phone_in)
    spent = spent_hash(phone_in, pass_)
    if _spend(phone_in, spent):
        if _envelope(phone_in, receipt) or _released(phone_in, receipt):
            raise ReceiptTaken
    elif not _was_sent_with(phone_in, receipt, spent):
        raise PassSpent
    _put(phone_in, receipt, {"do": "ask", "text": same_bytes(text), "topic": topic, "spent": spent.hex()})


def spent_hash(phone_in: PhoneIn, pass_: str) -> bytes:
    """What is kept of a used pass. Raises NotAPass."""
    try:
        nonce = codes.nonce_of(keys.pass_secret(phone_in.slug), phone_in.slug, pass_)
    except codes.NotACode:
        raise NotAPass from None
    return hash_of("spent|q", phone_in.slug, nonce)


def may_ask(phone_in: PhoneIn, pass_: str) -> None:
    """For the page before sending: better to hear it now. Raises AskingClosed, NotAPass, PassSpent."""
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
        return Standing(question.text, question.topic, question)
    raise NotKnown


def edit(phone_in: PhoneIn, *, receipt: str, text: str, topic: str) -> None:
    """Change a sealed question. Raises NotKnown, AlreadyReleased, BoxKeyAway."""
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
        db.session.delete(found.question)
        after_commit(write_questions_anew)
    else:
        _put(phone_in, receipt, {"do": "withdraw"})


def _refuse_if_closed(phone_in: PhoneIn) -> None:
    """After the last release nothing may come any more, even if another machine's clock runs ahead of ours."""
    if not phone_in.takes_questions(clock.now()) or phone_in.released_through == phone_in.asks_close_at:
        raise AskingClosed


def _spend(phone_in: PhoneIn, spent: bytes) -> bool:
    """False, if the pass has been used before. No error, for PostgreSQL would note that in its log, with the time."""
    done: Any = db.session.execute(_SPEND, {"hash": spent, "slug": phone_in.slug})
    return bool(done.rowcount)


def _was_sent_with(phone_in: PhoneIn, receipt: str, spent: bytes) -> bool:
    envelope = _envelope(phone_in, receipt)
    return envelope is not None and _inside(envelope).get("spent") == spent.hex()


def _put(phone_in: PhoneIn, receipt: str, inside: dict[str, Any]) -> None:
    handle = hash_of("envelope", phone_in.slug, codes.plain_receipt(receipt))
    inside |= {"receipt": hash_of("receipt", phone_in.slug, codes.plain_receipt(receipt)).hex()}
    sealed = seal.seal(keys.box_public(phone_in.slug), inside, handle=handle)
    db.session.merge(Envelope(handle=handle, phone_in_slug=phone_in.slug, public=sealed.public, blob=sealed.blob))


def _envelope(phone_in: PhoneIn, receipt: str) -> Envelope | None:
    return db.session.get(Envelope, hash_of("envelope", phone_in.slug, codes.plain_receipt(receipt)))


def _inside(envelope: Envelope) -> dict[str, Any]:
    private = keys.box_private(envelope.phone_in_slug)
    return seal.unseal(private, seal.Sealed(envelope.public, envelope.blob), handle=envelope.handle)


def _released(phone_in: PhoneIn, receipt: str) -> Question | None:
    return db.session.scalar(
        select(Question).where(Question.receipt_hash == hash_of("receipt", phone_in.slug, codes.plain_receipt(receipt)))
    )


def _share_the_box() -> None:
    """Release empties the box and destroys its key: nobody may be half-way through putting something in or looking.
    On SQLite the transaction itself sees to that."""
    if not on_sqlite():
        db.session.execute(text("LOCK TABLE envelope IN ROW EXCLUSIVE MODE"))
