"""The rota of deputies, who reviews one phone-in, and the notice on its page: admins' part of safeguarding."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from phonein.admin import planning, rota
from phonein.admin.rota_forms import CoverForm, ReviewersForm
from phonein.db import transaction
from phonein.desk import care_notice
from phonein.identity import access
from phonein.safeguarding.notice_form import NoticeForm
from phonein.schedule.models import PhoneIn

bp = access.blueprint("rota", __name__, url_prefix="/app/admin")


@bp.get("/safeguarding/rota/")
@access.admins
def rota_page() -> Any:
    return _rota(CoverForm())


@bp.post("/safeguarding/rota/")
@access.admins
def add_cover() -> Any:
    form = CoverForm()
    form.offer(rota.can_stand_in())
    if not form.validate():
        return _rota(form), 422
    with transaction():
        rota.add(form.person_id.data, from_on=form.from_on.data, until_on=form.until_on.data, by=g.person)
    flash("On the rota.")
    return redirect(url_for("rota.rota_page"), 303)


@bp.post("/safeguarding/rota/<int:cover_id>/removal")
@access.admins
def remove_cover(cover_id: int) -> Any:
    with transaction():
        rota.take_away(cover_id, by=g.person)
    flash("Taken off the rota.")
    return redirect(url_for("rota.rota_page"), 303)


@bp.get("/phone-ins/<slug>/safeguarding/")
@access.admins
def one_phone_in(slug: str) -> Any:
    return _one(_phone_in(slug))


@bp.post("/phone-ins/<slug>/safeguarding/")
@access.admins
def give_reviewers(slug: str) -> Any:
    phone_in, form = _phone_in(slug), ReviewersForm()
    form.offer_reviewers(planning.reviewers(phone_in))
    if not form.validate():
        return _one(phone_in, form=form), 422
    with transaction():
        planning.give_reviewers(phone_in, reviewer_id=form.reviewer_id.data, deputy_id=form.deputy_id.data)
    flash("Kept. Whoever is new here hears of what waits.")
    return redirect(url_for("rota.one_phone_in", slug=slug), 303)


@bp.post("/phone-ins/<slug>/safeguarding/notice")
@access.admins
def put_up_notice(slug: str) -> Any:
    phone_in, form = _phone_in(slug), NoticeForm()
    form.offer(phone_in.care_notice)
    if not form.validate() or not form.may_stand(care_notice.repeats(phone_in, form.words)):
        return _one(phone_in, notice_form=form), 422
    with transaction():
        care_notice.put_up(phone_in, form.words, by=g.person)
    flash("The notice is on the page of the phone-in." if form.words else "The notice is taken down.")
    return redirect(url_for("rota.one_phone_in", slug=slug), 303)


def _phone_in(slug: str) -> PhoneIn:
    return planning.phone_in_by_slug(slug) or abort(404)


def _rota(form: CoverForm) -> Any:
    form.offer(rota.can_stand_in())
    return render_template("admin/rota.html", form=form, lines=rota.lines())


def _one(phone_in: PhoneIn, *, form: ReviewersForm | None = None, notice_form: NoticeForm | None = None) -> Any:
    if form is None:
        form = ReviewersForm(None, obj=phone_in)
        form.offer_reviewers(planning.reviewers(phone_in))
    if notice_form is None:
        notice_form = NoticeForm(None)
        notice_form.offer(phone_in.care_notice)
    return render_template(
        "admin/phone-in-safeguarding.html", phone_in=phone_in, reviewers_form=form, notice_form=notice_form
    )
