"""A seat that is held, by the link in a letter. Mail scanners follow links, so looking changes nothing."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for

from phonein import clock
from phonein.booking import offer_links, waiting
from phonein.booking.waiting_models import Offer
from phonein.db import transaction
from phonein.doors import anyone
from phonein.errors import Refused

# No cookie is read or set here: the link itself is all the authority there is.
bp = Blueprint("offer_links", __name__, url_prefix="/offer")


@bp.after_request
def keep_to_ourselves(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/<token>")
@anyone
def offer_page(token: str) -> Any:
    offer = offer_links.offer_for(token) or abort(404)
    return render_template(
        "booking/offer-link.html",
        offer=offer,
        phone_in=offer.phone_in,
        standing=_standing(offer),
        token=token,
    )


@bp.post("/<token>")
@anyone
def take_it(token: str) -> Any:
    try:
        with transaction():
            waiting.accept(offer_links.offer_for(token) or abort(404))
    except Refused:
        pass  # the page says how it stands
    return redirect(url_for("offer_links.offer_page", token=token), 303)


@bp.post("/<token>/no-thanks")
@anyone
def no_thanks(token: str) -> Any:
    with transaction():
        waiting.decline(offer_links.offer_for(token) or abort(404))
    return redirect(url_for("offer_links.offer_page", token=token), 303)


def _standing(offer: Offer) -> str:
    """In a word: "held", how it ended, or why it will be taken back with the next round of the sweep."""
    now, phone_in = clock.now(), offer.phone_in
    if offer.ended_why in ("accepted", "declined"):
        return offer.ended_why
    if phone_in.is_cancelled:
        return "cancelled"
    if phone_in.has_begun(now):
        return "begun"
    if not offer.is_live:
        return offer.ended_why
    return "held" if now < offer.until_at else "lapsed"
