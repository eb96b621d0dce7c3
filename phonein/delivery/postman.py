"""Takes letters out of the outbox and hands them over. The same code in the embedded default and in an RQ worker."""

import logging
import time
from collections.abc import Callable
from functools import partial

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery import mailbox, news, outbox, pace, smtp
from phonein.delivery.message import message_for
from phonein.delivery.models import Letter

log = logging.getLogger(__name__)

NOTE_SECONDS = 60
NOTE_AGAIN_SECONDS = 0.2


def deliver(letter_id: str) -> bool:
    """Send one letter, if it is due and nobody else holds it. True when it has gone."""
    if must_rest():
        return False
    try:
        with transaction():
            letter = _claim(letter_id)
            token = str(letter.token) if letter else ""  # read after the commit it could be another worker's by now
    except SQLAlchemyError:
        raise
    except Exception as error:
        return _cannot_be_built(letter_id, None, error)
    if letter is None:
        return False
    try:
        message = message_for(letter, sender=current_app.config["MAIL_DEFAULT_SENDER"])
        _transport()(message, lambda: _pass_fence(letter_id, token))
    except smtp.NotMine:
        return False
    except smtp.NotNow as error:
        return _note(letter_id, token, partial(Letter.try_later, error=str(error)))
    except smtp.Unsure as error:
        return _note(letter_id, token, partial(Letter.be_unsure, error=str(error)))
    except smtp.Never as error:
        return _note(letter_id, token, partial(Letter.give_up, error=str(error)))
    except SQLAlchemyError as error:  # at the fence, so nothing was handed over
        return _note(letter_id, token, partial(Letter.try_later, error=type(error).__name__))
    except Exception as error:
        return _cannot_be_built(letter_id, token, error)
    _note(letter_id, None, Letter.mark_sent)
    return True


def deliver_due() -> int:
    """Send everything that is due; how many have gone."""
    return sum(deliver(letter_id) for letter_id in outbox.due())


def must_rest() -> bool:
    """Whether the relay takes no more in this minute. Then letters stay as they are, and the urgent ones go first in
    the next."""
    most = current_app.config["MAIL_PER_MINUTE"]
    return bool(most) and pace.is_full(current_app.config["MAIL_SERVER"] or "", most)


def _claim(letter_id: str) -> Letter | None:
    """Ours, written as things stand now. In one transaction: whoever changes them next knows that we have it."""
    letter = outbox.claim(letter_id)
    if letter is None:
        return None
    if not news.write(letter):
        db.session.delete(letter)
        return None
    if _is_too_fast(letter):
        return None
    db.session.flush()
    db.session.expunge(letter)  # its words stay at hand after the commit: no other read, and none open while we talk
    return letter


def _is_too_fast(letter: Letter) -> bool:
    """The same once more, now that we have it: another worker may have had the last place. It counts as untried."""
    most = current_app.config["MAIL_PER_MINUTE"]
    wait = pace.must_wait(current_app.config["MAIL_SERVER"] or "", most) if most else None
    if wait:
        letter.attempts -= 1
        letter.due_at = clock.now() + wait
        letter.let_go(letter.error)
    return wait is not None


def _cannot_be_built(letter_id: str, token: str | None, error: Exception) -> bool:
    """One letter that cannot be built must not keep the others waiting."""
    log.warning("letter could not be built", extra={"letter": letter_id, "error": type(error).__name__})
    return _note(letter_id, token, partial(Letter.give_up, error=f"could not be built: {type(error).__name__}"))


def _transport() -> Callable[..., None]:
    return smtp.hand_over if current_app.config["MAIL_SERVER"] else mailbox.hand_over


def _pass_fence(letter_id: str, token: str) -> bool:
    with transaction():
        return outbox.pass_fence(letter_id, token)


def _note(letter_id: str, token: str | None, what: Callable[[Letter], None]) -> bool:
    """Write down what became of it. The letter may be out by now: a moment without database must not make a second one,
    so this is tried until well past the lease. The token keeps us from writing over another worker's note; that the
    letter has gone needs no token, because it stays true whoever holds it by now."""
    give_up_at = time.monotonic() + NOTE_SECONDS
    while True:
        try:
            with transaction():
                if letter := outbox.held(letter_id, by=token):
                    what(letter)
            return False
        except SQLAlchemyError:
            db.session.remove()
            if time.monotonic() > give_up_at:
                raise
            time.sleep(NOTE_AGAIN_SECONDS)
