"""One phone-in's waiting list for admins: who waits, in order, and moving somebody with a reason that is kept."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from phonein import clock
from phonein.admin import planning
from phonein.admin.waiting_forms import PlaceForm
from phonein.booking import in_line, line, waiting
from phonein.db import transaction
from phonein.errors import Refused
from phonein.identity import access, audit
from phonein.schedule.models import PhoneIn

bp = access.blueprint("waiting_lists", __name__, url_prefix="/app/admin/phone-ins/<slug>/waiting")


@bp.app_template_global()
def booked_and_waiting(phone_in: PhoneIn) -> tuple[int, int]:
    """How many have a seat, and how many stand in line; seats that are held are neither."""
    return phone_in.taken - in_line.held([phone_in])[phone_in.id], in_line.lengths([phone_in])[phone_in.id]


@bp.get("/")
@access.admins
def one_list(slug: str) -> Any:
    phone_in = planning.phone_in_by_slug(slug) or abort(404)
    return _shown(phone_in, PlaceForm(formdata=None))


@bp.post("/order")
@access.admins
def move(slug: str) -> Any:
    phone_in, form = planning.phone_in_by_slug(slug) or abort(404), PlaceForm()
    form.takes_places_up_to(max(1, len(form.seen_ids)))
    if not form.validate():
        return _shown(phone_in, form, 422)
    try:
        with transaction():
            waiting.move_to(
                phone_in,
                form.wait_id.data,
                form.place.data,
                by=g.person,
                reason=form.reason.data,
                seen=form.seen_ids,
            )
    except Refused as refusal:
        return _shown(phone_in, form, refusal.status, refusal)
    flash("Moved. Nobody is told: their page shows the new place.")
    return redirect(url_for("waiting_lists.one_list", slug=slug), 303)


def _shown(phone_in: PhoneIn, form: PlaceForm, status: int = 200, refusal: Refused | None = None) -> Any:
    waits = line.line(phone_in)
    form.show(waits)
    return render_template(
        "admin/waiting.html",
        phone_in=phone_in,
        form=form,
        waits=waits,
        offers=in_line.live_offers(phone_in),
        deeds=audit.noted(phone_in.slug),
        meanwhile=refusal,
        now=clock.now(),
    ), status
