"""The admin's pages for one phone-in: a new single one, changing, moving, cancelling. Series have their own."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from phonein import clock
from phonein.admin import planning
from phonein.admin.forms import CancelForm, ChangeForm, MoveForm, OneOffForm
from phonein.booking import adjustments
from phonein.db import after_commit, transaction
from phonein.identity import access
from phonein.identity.people import facilitators
from phonein.questions.keys import draw_pass_keys_ahead
from phonein.safeguarding.procedure import ProcedureMissing
from phonein.schedule import by_hand, changes, publishing
from phonein.schedule.models import PhoneIn

bp = access.blueprint("planning", __name__, url_prefix="/app/admin")


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
            leaders=planning.leaders(form.leaders.data),
            **form.facts(),
        )
    flash("The phone-in is kept as a draft. Nobody sees it until you publish it.")
    return redirect(url_for("planning.phone_in_page", slug=phone_in.slug), 303)


@bp.get("/phone-ins/<slug>/")
@access.admins
def phone_in_page(slug: str) -> Any:
    phone_in = _phone_in(slug)
    opens_days, closes_hours = planning.window_of(phone_in)
    form = ChangeForm(obj=phone_in, asks_open_days=opens_days, asks_close_hours=closes_hours)
    _with_leaders(form, phone_in).leaders.data = [leader.id for leader in phone_in.leaders]
    return _one_phone_in(phone_in, form)


@bp.post("/phone-ins/<slug>/")
@access.admins
def change_phone_in(slug: str) -> Any:
    phone_in, form = _phone_in(slug), ChangeForm()
    _with_leaders(form, phone_in)
    if not form.validate():
        return _one_phone_in(phone_in, form, 422)
    window = (form.asks_open_days.data, form.asks_close_hours.data)
    try:
        with transaction():
            told = planning.change(
                phone_in,
                leaders=planning.leaders(form.leaders.data),
                edition=form.edition.data,
                window=window if window != planning.window_of(phone_in) else None,
                **form.facts(),
            )
    except changes.FewerThanBooked as refusal:
        form.seats.errors = [str(refusal)]
        return _one_phone_in(phone_in, form, 409)
    except changes.ChangedMeanwhile as refusal:
        form.show_edition(phone_in.edition)
        return _one_phone_in(phone_in, form, 409, refusal)
    flash("Saved. " + _told(told))
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


@bp.post("/phone-ins/<slug>/pin")
@access.admins
def give_new_pin(slug: str) -> Any:
    phone_in = _phone_in(slug)
    with transaction():
        told = planning.give_new_pin(phone_in)
    flash("There is a new PIN. " + _told(told))
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


@bp.post("/phone-ins/<slug>/publication")
@access.admins
def publish_phone_in(slug: str) -> Any:
    phone_in = _phone_in(slug)
    try:
        with transaction():
            publishing.publish(phone_in)
            after_commit(draw_pass_keys_ahead)
    except ProcedureMissing as refusal:
        flash(str(refusal), "warn")
    else:
        flash("Published. People can see it and book.")
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


@bp.post("/phone-ins/<slug>/publication/take-back")
@access.admins
def unpublish_phone_in(slug: str) -> Any:
    phone_in = _phone_in(slug)
    try:
        with transaction():
            publishing.unpublish(phone_in)
        flash("It is a draft again. Nobody sees it.")
    except (publishing.SeatsBooked, publishing.QuestionsOpen) as refusal:
        flash(str(refusal), "warn")
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
        edition=phone_in.edition,
    )
    return render_template("admin/move.html", phone_in=phone_in, form=form)


@bp.post("/phone-ins/<slug>/move")
@access.admins
def move(slug: str) -> Any:
    phone_in = _phone_in(slug)
    form = MoveForm(phone_in.zone)
    if not form.validate():
        return render_template("admin/move.html", phone_in=phone_in, form=form), 422
    try:
        with transaction():
            told = planning.move(phone_in, to=form.instant, minutes=form.minutes.data, edition=form.edition.data)
    except changes.ChangedMeanwhile as refusal:
        form.show_edition(phone_in.edition)
        return render_template("admin/move.html", phone_in=phone_in, form=form, meanwhile=refusal), 409
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


@bp.post("/phone-ins/<slug>/cancellation/take-back")
@access.admins
def put_back_on(slug: str) -> Any:
    phone_in = _phone_in(slug)
    with transaction():
        told = planning.put_back_on(phone_in)
    flash("It takes place after all. " + _told(told))
    return redirect(url_for("planning.phone_in_page", slug=slug), 303)


def _phone_in(slug: str) -> PhoneIn:
    return planning.phone_in_by_slug(slug) or abort(404)


def _with_leaders(form: Any, phone_in: PhoneIn | None = None) -> Any:
    """Facilitators can lead it or be its reviewer; who is reviewer now stays in the list, whatever they are."""
    form.offer(facilitators(), planning.reviewers(phone_in))
    return form


def _one_phone_in(
    phone_in: PhoneIn, form: ChangeForm, status: int = 200, meanwhile: changes.ChangedMeanwhile | None = None
) -> Any:
    return render_template(
        "admin/phone-in.html",
        phone_in=phone_in,
        form=form,
        now=clock.now(),
        own=by_hand.own_words(phone_in),
        wanted=adjustments.wanted(phone_in),
        meanwhile=meanwhile,
    ), status


def _told(number: int) -> str:
    if not number:
        return "Nobody had to be told."
    return f"{number} {'person is' if number == 1 else 'people are'} being told, and their calendars with them."
