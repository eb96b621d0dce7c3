"""Taking a seat, giving it back, my bookings."""

from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, url_for

from phonein import clock
from phonein.booking import confirming, seats, telling, who_is_coming
from phonein.booking.models import Booking
from phonein.booking.waiting_views import how_it_stands, waited_for
from phonein.db import transaction
from phonein.delivery import invites, letters
from phonein.identity import access
from phonein.identity.models import Calendar
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("booking", __name__, url_prefix="/app")
bp.add_app_template_global(confirming.can_confirm)
bp.add_app_template_global(who_is_coming.in_numbers, "seats_in_numbers")


@bp.app_template_global()
def my_seat(phone_in: PhoneIn) -> Booking | None:
    """What the page of a phone-in shows to whoever looks at it."""
    return seats.live_booking(phone_in, g.person)


@bp.app_template_global()
def my_phone_ins() -> set[str]:
    """The slugs of all phone-ins in which whoever looks has a seat."""
    return seats.slugs_booked_by(g.person)


@bp.post("/phone-ins/<slug>/seat")
@access.signed_in
def take_seat(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    try:
        with transaction():
            seats.take(phone_in, by=g.person)
            with_invite = " with a calendar invite" if g.person.calendar == Calendar.INVITATIONS else ""
    except seats.PhoneInFull as refusal:
        return how_it_stands(phone_in, refusal)
    flash(f"Your seat is booked. A letter{with_invite} is on its way to you.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


@bp.post("/phone-ins/<slug>/seat/give-back")
@access.signed_in
def give_seat_back(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    with transaction():
        seats.give_back(phone_in, by=g.person)
    flash("Your seat has been given back. Thank you: somebody else can have it now.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


@bp.post("/phone-ins/<slug>/seat/coming")
@access.signed_in
def confirm_seat(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    booking = seats.live_booking(phone_in, g.person) or abort(404)
    with transaction():
        confirming.confirm(booking)
    flash("Thank you for saying so.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


@bp.get("/phone-ins/<slug>/invite.ics")
@access.signed_in
def invite(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    booking = None if phone_in.is_cancelled else seats.live_booking(phone_in, g.person)
    if booking is None:
        abort(404)
    return Response(
        invites.published(letters.entry_for(booking)),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="invite.ics"'},
    )


@bp.get("/phone-ins/<slug>/letters")
@access.signed_in
def my_letters(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    booking = seats.last_booking(phone_in, g.person) or abort(404)
    return render_template(
        "booking/letters.html",
        phone_in=phone_in,
        booking=booking,
        told=telling.told(booking),
        words=telling.NEWS,
        is_waiting=telling.is_waiting(booking),
        now=clock.now(),
    )


@bp.post("/phone-ins/<slug>/letters/again")
@access.signed_in
def send_letter_again(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    booking = seats.live_booking(phone_in, g.person) or abort(404)
    with transaction():
        telling.send_again(booking)
    flash("A letter is on its way that tells you, and your calendar, how things stand.")
    return redirect(url_for("booking.my_letters", slug=slug), 303)


@bp.get("/bookings/")
@access.signed_in
def my_bookings() -> Any:
    now, booked = clock.now(), seats.booked_by(g.person)
    return render_template(
        "booking/mine.html",
        now=now,
        coming=[b for b in booked if not b.phone_in.has_ended(now)],
        past=[b for b in reversed(booked) if b.phone_in.has_ended(now)],
        waiting=waited_for(g.person),
    )
