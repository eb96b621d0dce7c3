"""The agenda's own pages and buttons."""

from typing import Any

from flask import abort, flash, g, redirect, request, url_for

from phonein.db import transaction
from phonein.desk import agenda, deeds
from phonein.identity import access
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("agenda", __name__, url_prefix="/app/desk")


@bp.post("/<slug>/agenda/<item_id>/move")
@access.facilitators
def move(slug: str, item_id: str) -> Any:
    phone_in = _led(slug)
    with transaction(), deeds.done(phone_in, by=g.person, what="moved on the agenda"):
        item = agenda.one(phone_in, item_id) or abort(404)
        place = agenda.move(phone_in, item, by=-1 if "up" in request.form else 1)
    return _done(phone_in, f"Now number {place} on the agenda.")


@bp.post("/<slug>/agenda/<item_id>/take-off")
@access.facilitators
def take_off(slug: str, item_id: str) -> Any:
    phone_in = _led(slug)
    with transaction(), deeds.done(phone_in, by=g.person, what="taken off the agenda"):
        agenda.take_off(agenda.one(phone_in, item_id) or abort(404))
    return _done(phone_in, "Taken off the agenda.")


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def _done(phone_in: PhoneIn, said: str) -> Any:
    flash(said)
    return redirect(url_for("desk.questions", slug=phone_in.slug), 303)
