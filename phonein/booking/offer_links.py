"""A link in a letter by which a seat that is held can be taken, or not, without signing in. Whoever holds it holds the
letter, and needs no more.

It names the offer and is signed with what makes it that offer and no other; it is of no use once that is over.
"""

import hashlib
import secrets

from flask import current_app
from itsdangerous import Signer

from phonein.booking.waiting_models import Offer
from phonein.db import db

SALT = "the seat that is held"
MOST = 2**31  # what the column of an offer's number can hold
LONGEST = len(str(MOST))  # Python does not turn thousands of digits into a number


def address(offer: Offer) -> str:
    """The address for letters. It stays the same as long as the offer is kept."""
    return f"{current_app.config['PUBLIC_URL']}/offer/{_token(offer)}"


def offer_for(token: str) -> Offer | None:
    """The offer that this link is about, over or not; None if we never made this link."""
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST) or int(number) >= MOST:
        return None
    offer = db.session.get(Offer, int(number))
    return offer if offer and secrets.compare_digest(_token(offer).encode(), token.encode()) else None


def _token(offer: Offer) -> str:
    """Its number is not enough: SQLite may use it again once an offer has been forgotten."""
    number = str(offer.id)
    what = f"{number} {offer.wait_id} {offer.wait.person_id} {offer.phone_in.uid}"
    signer = Signer(current_app.config["SECRET_KEY"], salt=SALT, digest_method=hashlib.sha256)
    return f"{number}.{signer.get_signature(what).decode()}"
