"""The waiting list as the person who waits sees it: joining, leaving, the seat that is held for them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from phonein import clock
from phonein.booking import in_line, offer_times, seats, waiting
from phonein.booking.in_line import Standing
from phonein.db import transaction
from phonein.errors import Refused
from phonein.identity import access
from phonein.identity.models import Person
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("waiting", __name__, url_prefix="/app/phone-ins/<slug>")


@bp.app_template_global()
def my_wait(phone_in: PhoneIn) -> Standing:
    """How whoever looks at this phone-in stands in its line."""
    return in_line.standing(phone_in, g.person)


@bp.app_template_global()
def my_waits(phone_ins: Iterable[PhoneIn]) -> dict[int, Standing]:
    """The same for a page of them, by the phone-in's number."""
    return in_line.standings(phone_ins, g.person)


@bp.app_template_global()
def held_for(phone_in: PhoneIn) -> timedelta | None:
    """How long a seat that comes free now is held for the next in line; None where it is not held any more."""
    return offer_times.window(clock.now(), phone_in.starts_at)


def waited_for(person: Person) -> list[tuple[PhoneIn, Standing]]:
    """The seats that are held for this person, and then what they wait for, each in order of the start."""
    found = [offer.phone_in for offer in in_line.offers_to(person)] + [w.phone_in for w in in_line.waiting_by(person)]
    each = {phone_in.id: phone_in for phone_in in found}
    standings = in_line.standings(each.values(), person)
    goes_on = [(one, standings[one.id]) for one in each.values() if _goes_on(standings[one.id])]
    return sorted(goes_on, key=lambda both: (both[1].state != "held", both[0].starts_at))


def _goes_on(standing: Standing) -> bool:
    """Whether they wait still: maybe not for this date, which they have let pass, but for others of its series."""
    return standing.state in ("held", "in line") or (standing.wait is not None and standing.wait.is_live)


@bp.post("/waiting")
@access.signed_in
def join(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    any_date = bool(request.form.get("any_date")) and phone_in.series_id is not None
    try:
        with transaction():
            waiting.join(phone_in, by=g.person, any_date=any_date)
    except Refused as refusal:
        return how_it_stands(phone_in, refusal)
    flash("You are on the waiting list. When it is your turn, a letter says so and a seat is held for you.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


@bp.post("/waiting/leave")
@access.signed_in
def leave(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    with transaction():
        waiting.leave(phone_in, by=g.person)
    flash("You have left the waiting list. Nobody asks why.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


@bp.post("/offer")
@access.signed_in
def take_it(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    try:
        with transaction():
            if offer := in_line.standing(phone_in, g.person).offer:
                waiting.accept(offer)
            elif not seats.live_booking(phone_in, g.person):  # a second press of one who has it changes nothing
                raise waiting.OfferOver
    except Refused as refusal:
        return how_it_stands(phone_in, refusal)
    flash("The seat is yours. A letter about it is on its way to you.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


@bp.post("/offer/no-thanks")
@access.signed_in
def no_thanks(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    with transaction():
        if offer := in_line.standing(phone_in, g.person).offer:
            waiting.decline(offer)
    flash("Thank you for saying so: the seat goes on to the next in line.")
    return redirect(url_for("schedule.phone_in_page", slug=slug), 303)


def how_it_stands(phone_in: PhoneIn, refusal: Refused) -> Any:
    """The rules said no: why, and what can be done instead, in one step."""
    page = render_template("booking/refused.html", phone_in=phone_in, refusal=refusal, now=clock.now())
    return page, refusal.status
