"""The admin's pages for series: all of them, a new one, one that is there, and one from some date on."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from phonein import clock
from phonein.admin import planning, preview
from phonein.admin.series_changes import Writing
from phonein.admin.series_effect import counted, effect_of, people_told
from phonein.admin.series_facts import facts_of
from phonein.admin.series_forms import SeriesForm
from phonein.db import after_commit, transaction
from phonein.errors import Refused
from phonein.identity import access
from phonein.questions.keys import draw_pass_keys_ahead
from phonein.safeguarding.procedure import ProcedureMissing
from phonein.schedule import changes, publishing, splitting
from phonein.schedule.models import Series
from phonein.schedule.revision import Plan

bp = access.blueprint("series", __name__, url_prefix="/app/admin/series")

STAYS = ("preview", "again", "leave_out", "take_back")  # buttons that show the form again, changed or not


@bp.get("/")
@access.admins
def series_list() -> Any:
    every = planning.all_series()
    return render_template("admin/series-list.html", every=every, titles={one.id: one for one in every})


@bp.get("/new")
@access.admins
def new_series_page() -> Any:
    return _form_page(Writing(), Writing().form())


@bp.post("/new")
@access.admins
def make_series() -> Any:
    return _sent(Writing())


@bp.get("/<slug>/")
@access.admins
def series_page(slug: str) -> Any:
    writing = Writing(_series(slug))
    return _form_page(writing, writing.form())


@bp.post("/<slug>/")
@access.admins
def change_series(slug: str) -> Any:
    return _sent(Writing(_series(slug)))


@bp.get("/<slug>/from/<phone_in_slug>")
@access.admins
def later_page(slug: str, phone_in_slug: str) -> Any:
    writing = _from_date(slug, phone_in_slug)
    if writing.series and writing.series.slug != slug:
        return redirect(writing.address, 303)
    return _form_page(writing, writing.form())


@bp.post("/<slug>/from/<phone_in_slug>")
@access.admins
def change_later(slug: str, phone_in_slug: str) -> Any:
    writing = _from_date(slug, phone_in_slug)
    if writing.series and writing.series.slug != slug:
        return _changed_meanwhile(writing, writing.form(), changes.ChangedMeanwhile())
    return _sent(writing)


@bp.post("/<slug>/publication")
@access.admins
def publish_series(slug: str) -> Any:
    series = _series(slug)
    try:
        with transaction():
            publishing.publish_series(series)
            after_commit(draw_pass_keys_ahead)
    except ProcedureMissing as refusal:
        flash(str(refusal), "warn")
    else:
        flash("Published. People can see the dates and book.")
    return redirect(url_for("series.series_page", slug=slug), 303)


@bp.post("/<slug>/publication/take-back")
@access.admins
def unpublish_series(slug: str) -> Any:
    series = _series(slug)
    try:
        with transaction():
            staying = len(publishing.unpublish_series(series))
    except publishing.SeatsBooked as refusal:
        flash(str(refusal), "warn")
        return redirect(f"{url_for('series.series_page', slug=slug)}#coming-title", 303)
    flash("It is a draft again. Nobody sees its dates until you publish it." + _staying(staying))
    return redirect(url_for("series.series_page", slug=slug), 303)


def _sent(writing: Writing) -> Any:
    """What was typed: shown again, with its preview; or to be checked; or, once it has been, saved."""
    form = writing.form()
    if date := request.form.get("leave_out"):
        form.leave_out(date)
    elif date := request.form.get("take_back"):
        form.take_back(date)
    is_valid = form.validate()
    if "fragment" in request.args:
        return render_template("admin/_preview.html", form=form, preview=_preview(writing, form, is_valid))
    if any(button in request.form for button in STAYS):
        form.forgive_what_is_missing()
        return _form_page(writing, form, is_valid=is_valid)
    if not is_valid:
        return _form_page(writing, form, 422)
    try:
        writing.refuse_if_changed(form)
        return _saved(writing, form) if "confirm" in request.form else _check_page(writing, form)
    except changes.ChangedMeanwhile as refusal:
        return _changed_meanwhile(writing, form, refusal)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(writing, form, 409)


def _saved(writing: Writing, form: SeriesForm) -> Any:
    with transaction():
        series, plan = writing.save(writing.draft(form), form.edition.data)
        slug, told = series.slug, people_told(plan) if plan else 0
        after_commit(draw_pass_keys_ahead)
    flash(_said(writing, told))
    return redirect(url_for("series.series_page", slug=slug), 303)


def _said(writing: Writing, told: int) -> str:
    if writing.series is None:
        return "The series is kept as a draft. Nobody sees it until you publish it."
    if not told:
        return "Saved. Nobody had to be told."
    return f"Saved. {counted(told, 'person is', 'people are')} being told, and their calendars with them."


def _staying(number: int) -> str:
    """Dates for which questions can be asked already are not hidden."""
    if not number:
        return ""
    return f" {counted(number, 'date stays', 'dates stay')} visible, because questions can be asked already."


def _changed_meanwhile(writing: Writing, form: SeriesForm, refusal: changes.ChangedMeanwhile) -> Any:
    """Whoever saves second sees that somebody was first; what they typed stays, and saving again is their decision."""
    assert writing.series is not None
    form.show_edition(writing.series.edition)
    return _form_page(writing, form, 409, is_valid=True, meanwhile=refusal)


def _check_page(writing: Writing, form: SeriesForm) -> Any:
    draft = writing.draft(form)
    plan = writing.plan(draft)
    shown = preview.of(draft, writing.standing(plan))
    return render_template(
        "admin/series-check.html",
        writing=writing,
        checked=form,
        draft=draft,
        preview=shown,
        effect=effect_of(plan, draft, is_published=bool(writing.series and writing.series.published_at)),
        facts=facts_of(draft, writing.series),
    )


def _form_page(
    writing: Writing,
    form: SeriesForm,
    status: int = 200,
    *,
    is_valid: bool = False,
    meanwhile: changes.ChangedMeanwhile | None = None,
) -> Any:
    is_as_stored = request.method == "GET" and writing.series is not None
    shown = _preview(writing, form, is_valid or is_as_stored)
    coming = [one for one in writing.series.phone_ins if not one.has_ended(clock.now())] if writing.series else []
    page = render_template(
        "admin/series.html" if writing.series else "admin/new-series.html",
        writing=writing,
        series=writing.series,
        form=form,
        preview=shown,
        coming=coming,
        meanwhile=meanwhile,
    )
    return page, status


def _preview(writing: Writing, form: SeriesForm, is_valid: bool) -> preview.Preview:
    if not form.rhythm_is_clear:
        return preview.Preview(notes=form.what_is_unclear)
    draft = writing.draft(form)
    try:
        plan: Plan | None = writing.plan(draft) if is_valid else None
    except Refused as refusal:
        return preview.of(draft, writing.standing(None), [str(refusal)])
    return preview.of(draft, writing.standing(plan))


def _series(slug: str) -> Series:
    return planning.series_by_slug(slug) or abort(404)


def _from_date(slug: str, phone_in_slug: str) -> Writing:
    """That date and all later ones. It may belong to a series that continues this one by now: somebody was first."""
    series, phone_in = _series(slug), planning.phone_in_by_slug(phone_in_slug) or abort(404)
    if phone_in.planned_at is None or not (phone_in.series and splitting.continues(phone_in.series, series)):
        abort(404)
    changes.refuse_if_over(phone_in)
    return Writing(_series(phone_in.series.slug), phone_in)
