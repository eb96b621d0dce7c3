"""The page on which somebody chooses another date for their seat."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from phonein import clock, formats
from phonein.booking import moving, seats
from phonein.booking.models import Booking
from phonein.db import transaction
from phonein.errors import Refused
from phonein.identity import access
from phonein.schedule import programme

bp = access.blueprint("moving", __name__, url_prefix="/app/phone-ins")


@bp.get("/<slug>/seat/move")
@access.signed_in
def move_page(slug: str) -> Any:
    booking = _mine(slug)
    return _page(booking) if booking.is_live else redirect(url_for("schedule.phone_in_page", slug=slug), 303)


@bp.post("/<slug>/seat/move")
@access.signed_in
def move(slug: str) -> Any:
    booking = _mine(slug)
    to = programme.by_slug(request.form.get("to", "")) or abort(404)
    try:
        with transaction():
            moving.move(booking, to=to)
    except Refused as refusal:
        if not booking.is_live:
            raise
        return _page(booking, refusal)
    flash(f"Your seat is now on {formats.day(to.starts_at, to.zone)}. The old one has been given back.")
    return redirect(url_for("schedule.phone_in_page", slug=to.slug), 303)


def _mine(slug: str) -> Booking:
    """The seat that whoever looks has, or has given back last."""
    return seats.last_booking(programme.by_slug(slug) or abort(404), g.person) or abort(404)


def _page(booking: Booking, refusal: Refused | None = None) -> Any:
    mine, every = seats.slugs_booked_by(g.person), request.args.get("all") == "1"
    dates, has_more = moving.other_dates(booking, every=every)
    return render_template(
        "booking/move.html",
        phone_in=booking.phone_in,
        dates=dates,
        has_more=has_more and not every,
        others=[other for other in moving.other_phone_ins(booking) if other.slug not in mine],
        mine=mine,
        refusal=refusal,
        now=clock.now(),
    ), refusal.status if refusal else 200
