"""Takes letters out of the outbox and hands them over. The same code in the embedded default and in an RQ worker."""

import logging
import time
from collections.abc import Callable
from functools import partial

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from phonein.db import db, transaction
from phonein.delivery import mailbox, outbox, smtp
from phonein.delivery.message import message_for
from phonein.delivery.outbox import Letter

log = logging.getLogger(__name__)

NOTE_SECONDS = 60


def deliver(letter_id: str) -> bool:
    """Send one letter, if it is due and nobody else holds it. True when it has gone."""
    with transaction():
        letter = outbox.claim(letter_id)
    if letter is None:
        return False
    token = str(letter.token)
    try:
        message = message_for(letter, sender=current_app.config["MAIL_DEFAULT_SENDER"])
        db.session.rollback()  # no open read while we talk to the server
        _transport()(message, lambda: _pass_fence(letter_id, token))
    except smtp.NotMine:
        return False
    except smtp.NotNow as error:
        return _note(letter_id, token, partial(Letter.try_later, error=str(error)))
    except smtp.Unsure as error:
        return _note(letter_id, token, partial(Letter.be_unsure, error=str(error)))
    except smtp.Never as error:
        return _note(letter_id, token, partial(Letter.give_up, error=str(error)))
    except Exception as error:  # one letter that cannot be built must not keep the others waiting
        log.warning("letter could not be built", extra={"letter": letter_id, "error": type(error).__name__})
        return _note(letter_id, token, partial(Letter.give_up, error=f"could not be built: {type(error).__name__}"))
    _note(letter_id, token, Letter.mark_sent)
    return True


def deliver_due() -> int:
    """Send everything that is due; how many have gone."""
    return sum(deliver(letter_id) for letter_id in outbox.due())


def _transport() -> Callable[..., None]:
    return smtp.hand_over if current_app.config["MAIL_SERVER"] else mailbox.hand_over


def _pass_fence(letter_id: str, token: str) -> bool:
    with transaction():
        return outbox.pass_fence(letter_id, token)


def _note(letter_id: str, token: str, what: Callable[[Letter], None]) -> bool:
    """Write down what became of it. The letter is out by now: a moment without database must not make a second one,
    so this is tried until well past the lease; the token still keeps us from writing over another worker's note."""
    give_up_at = time.monotonic() + NOTE_SECONDS
    while True:
        try:
            with transaction():
                held = db.session.scalar(select(Letter).where(Letter.id == letter_id, Letter.token == token))
                if held:
                    what(held)
            return False
        except DBAPIError:
            db.session.remove()
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.2)
