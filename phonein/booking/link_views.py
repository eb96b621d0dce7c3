"""Giving a seat back by the link in a letter, or saying that one is still coming. Mail scanners follow links, so
looking changes nothing."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for

from phonein.booking import confirming, seat_links, seats
from phonein.db import transaction
from phonein.doors import anyone

# No cookie is read or set here: the link itself is all the authority there is.
bp = Blueprint("seat_links", __name__, url_prefix="/seat")


@bp.after_request
def keep_to_ourselves(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/<token>")
@anyone
def seat_page(token: str) -> Any:
    booking = seat_links.booking_for(token) or abort(404)
    return render_template(
        "booking/seat-link.html",
        phone_in=booking.phone_in,
        standing=seat_links.standing(booking),
        is_asked=confirming.can_confirm(booking),
        confirmed_on=booking.confirmed_on,
        token=token,
    )


@bp.post("/<token>")
@anyone
def give_back(token: str) -> Any:
    with transaction():
        seats.give_back_this(seat_links.booking_for(token) or abort(404))
    return redirect(url_for("seat_links.seat_page", token=token), 303)


@bp.post("/<token>/coming")
@anyone
def confirm(token: str) -> Any:
    with transaction():
        confirming.confirm(seat_links.booking_for(token) or abort(404))
    return redirect(url_for("seat_links.seat_page", token=token), 303)
