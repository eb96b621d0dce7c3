"""The admin's pages for the schedule: series, single phone-ins, moving and cancelling one date."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from phonein import clock
from phonein.admin import planning
from phonein.admin.forms import CancelForm, ChangeForm, MoveForm, OneOffForm, SeriesForm
from phonein.admin.preview import next_dates
from phonein.db import transaction
from phonein.forms import choices
from phonein.identity import access
from phonein.identity.forms import NoForm
from phonein.schedule import changes, new_series
from phonein.schedule.models import PhoneIn, Series

bp = access.blueprint("planning", __name__, url_prefix="/app/admin")


@bp.get("/series/")
@access.admins
def series_list() -> Any:
    return render_template("admin/series-list.html", every=planning.all_series())


@bp.get("/series/new")
@access.admins
def new_series_page() -> Any:
    return _series_page(_with_leaders(SeriesForm()))


@bp.post("/series/new")
@access.admins
def make_series() -> Any:
    form = _with_leaders(SeriesForm())
    valid = form.validate()
    if "fragment" in request.args:
        return render_template("admin/_preview.html", dates=next_dates(form), form=form)
    if not valid or "preview" in request.form:
        return _series_page(form, 200 if "preview" in request.form else 422)
    with transaction():
        series = new_series.make(
            first_local=form.starts_local,
            zone_name=form.zone_name.data,
            rule=form.rule,
            minutes=form.minutes.data,
            asks_open_days=form.asks_open_days.data,
            asks_close_hours=form.asks_close_hours.data,
            leaders=planning.people(form.leaders.data),
            **form.facts(),
        )
    flash("The series is kept as a draft. Nobody sees it until you publish it.")
    return redirect(url_for("planning.series_page", slug=series.slug), 303)


@bp.get("/series/<slug>/")
@access.admins
def series_page(slug: str) -> Any:
    series = _series(slug)
    form = _with_leaders(ChangeForm(obj=series))
    form.leaders.data = [leader.id for leader in series.leaders]
    return _one_series(series, form)


@bp.post("/series/<slug>/")
@access.admins
def change_series(slug: str) -> Any:
    series, form = _series(slug), _with_leaders(ChangeForm())
    if not form.validate():
        return _one_series(series, form, 422)
    with transaction():
        kept = planning.change_series(series, leaders=planning.people(form.leaders.data), **form.facts())
    flash("Saved." + _kept(len(kept)))
    return redirect(url_for("planning.series_page", slug=slug), 303)


@bp.post("/series/<slug>/publication")
@access.admins
def publish_series(slug: str) -> Any:
    series = _series(slug)
    with transaction():
        changes.publish_series(series)
    flash("Published. People can see the dates and book.")
    return redirect(url_for("planning.series_page", slug=slug), 303)


@bp.get("/phone-ins/new")
@access.admins
def new_phone_in_page() -> Any:
    return render_template("admin/one-off.html", form=_with_leaders(OneOffForm()))


@bp.post("/phone-ins/new")
@access.admins
def make_phone_in() -> Any:
    form = _with_leaders(OneOffForm())
    if not form.validate():
        return render_template("admin/one-off.html", form=form), 422
    with transaction():
        phone_in = changes.make_one_off(
            starts_local=form.starts_local,
            zone_name=form.zone_name.data,
            minutes=form.minutes.data,
            asks_open_days=form.asks_open_days.data,
            asks_close_hours=form.asks_close_hours.data,
            leaders=planning.people(form.leaders.data),
            **form.facts(),
        )
    flash("The phone-in is kept as a draft. Nobody sees it until you publish it.")
    return redirect(url_for("planning.phone_in_page", slug=phone_in.slug), 303)


@bp.get("/phone-ins/<slug>/")
@access.admins
def phone_in_page(slug: str) -> Any:
    phone_in = _phone_in(slug)
    form = _with_leaders(ChangeForm(obj=phone_in))
    form.leaders.data = [leader.id for leader in phone_in.leaders]
    return _one_phone_in(phone_in, form)


@bp.post("/phone-ins/<slug>/")
@access.admins
def change_phone_in(slug: str) -> Any:
    phone_in, form = _phone_in(slug), _with_leaders(ChangeForm())
    if not form.validate():
        return _one_phone_in(phone_in, form, 422)
    try:
        with transaction():
            told = planning.change(phone_in, leaders=planning.people(form.leaders.data), **form.facts())
    except changes.FewerThanBooked as refusal:
        form.seats.errors = [str(refusal)]
        return _one_phone_in(phone_in, form, 409)
    flash("Saved. " + _told(told))
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


@bp.post("/phone-ins/<slug>/publication")
@access.admins
def publish_phone_in(slug: str) -> Any:
    phone_in = _phone_in(slug)
    with transaction():
        changes.publish(phone_in)
    flash("Published. People can see it and book.")
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


@bp.get("/phone-ins/<slug>/move")
@access.admins
def move_page(slug: str) -> Any:
    phone_in = _phone_in(slug)
    local = phone_in.starts_at.astimezone(phone_in.zone)
    form = MoveForm(
        phone_in.zone,
        starts_on=local.date(),
        starts_at=local.time(),
        minutes=int(phone_in.length.total_seconds() // 60),
    )
    return render_template("admin/move.html", phone_in=phone_in, form=form)


@bp.post("/phone-ins/<slug>/move")
@access.admins
def move(slug: str) -> Any:
    phone_in = _phone_in(slug)
    form = MoveForm(phone_in.zone)
    if not form.validate():
        return render_template("admin/move.html", phone_in=phone_in, form=form), 422
    with transaction():
        told = planning.move(phone_in, to=form.instant, minutes=form.minutes.data)
    flash("Moved. " + _told(told))
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


@bp.get("/phone-ins/<slug>/cancellation")
@access.admins
def cancel_page(slug: str) -> Any:
    return render_template("admin/cancel.html", phone_in=_phone_in(slug), form=CancelForm())


@bp.post("/phone-ins/<slug>/cancellation")
@access.admins
def cancel(slug: str) -> Any:
    phone_in, form = _phone_in(slug), CancelForm()
    if not form.validate():
        return render_template("admin/cancel.html", phone_in=phone_in, form=form), 422
    with transaction():
        told = planning.cancel(phone_in, reason=form.reason.data)
    flash("Cancelled. " + _told(told))
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


def _series(slug: str) -> Series:
    return planning.series_by_slug(slug) or abort(404)


def _phone_in(slug: str) -> PhoneIn:
    return planning.phone_in_by_slug(slug) or abort(404)


def _with_leaders(form: Any) -> Any:
    form.leaders.choices = choices({person.id: person.name for person in planning.facilitators()})
    return form


def _series_page(form: SeriesForm, status: int = 200) -> Any:
    return render_template("admin/new-series.html", form=form, dates=next_dates(form)), status


def _one_series(series: Series, form: ChangeForm, status: int = 200) -> Any:
    coming = [p for p in series.phone_ins if not p.has_ended(clock.now())]
    return render_template("admin/series.html", series=series, form=form, coming=coming, no_form=NoForm()), status


def _one_phone_in(phone_in: PhoneIn, form: ChangeForm, status: int = 200) -> Any:
    return render_template("admin/phone-in.html", phone_in=phone_in, form=form, now=clock.now()), status


def _kept(number: int) -> str:
    if not number:
        return ""
    dates = "1 date keeps what it has" if number == 1 else f"{number} dates keep what they have"
    return f" {dates}, because seats are booked or it was changed by hand: change those one by one."


def _told(number: int) -> str:
    if not number:
        return "Nobody had to be told."
    return f"{number} {'person has' if number == 1 else 'people have'} been told, and their calendars with them."
