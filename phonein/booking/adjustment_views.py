"""The page on which somebody asks, in private, for what they need to take part."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from phonein import clock
from phonein.booking import adjustments, seats
from phonein.booking.forms import AdjustmentsForm
from phonein.booking.models import Booking
from phonein.db import transaction
from phonein.identity import access
from phonein.schedule import programme

bp = access.blueprint("adjustments", __name__, url_prefix="/app/phone-ins")
bp.add_app_template_global(adjustments.kinds_of, "asked_for")
bp.add_app_template_global(adjustments.is_asked_with, "is_asked_with")


@bp.get("/<slug>/seat/adjustments")
@access.signed_in
def adjustments_page(slug: str) -> Any:
    booking = _mine(slug)
    return _page(
        booking,
        AdjustmentsForm(kinds=booking.needs.split(), text=booking.needs_text, is_named=booking.is_named_with_needs),
    )


@bp.post("/<slug>/seat/adjustments")
@access.signed_in
def ask(slug: str) -> Any:
    booking, form = _mine(slug), AdjustmentsForm()
    if not form.validate():
        return _page(booking, form, 422)
    with transaction():
        adjustments.ask(booking, kinds=form.kinds.data, text=form.text.data or "", is_named=form.is_named.data)
    asked = adjustments.is_asked_with(booking)
    flash("Kept. Whoever leads it can see it now." if asked else "Nothing is asked for with your seat.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


def _mine(slug: str) -> Booking:
    return seats.live_booking(programme.by_slug(slug) or abort(404), g.person) or abort(404)


def _page(booking: Booking, form: AdjustmentsForm, status: int = 200) -> Any:
    phone_in = booking.phone_in
    return render_template("booking/adjustments.html", phone_in=phone_in, form=form, now=clock.now()), status
