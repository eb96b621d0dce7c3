"""Answers in writing: the list, one of them, and publishing all that is ready."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from phonein.db import transaction
from phonein.desk import answers
from phonein.desk.answers_forms import AnswerForm, PublishForm
from phonein.desk.models import Draft
from phonein.identity import access
from phonein.read_aloud import answers as published
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import ReadAloud
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("answers", __name__, url_prefix="/app/desk")
bp.add_app_template_global(published.published_in, "answers_of")


@bp.get("/<slug>/answers/")
@access.facilitators
def all_page(slug: str) -> Any:
    return _list(_led(slug), PublishForm())


@bp.post("/<slug>/answers/publication")
@access.facilitators
def publish(slug: str) -> Any:
    phone_in, form = _led(slug), PublishForm()
    with transaction():
        number = answers.publish(phone_in, alone=bool(form.alone.data))
    flash("One answer is published." if number == 1 else f"{number} answers are published.")
    return redirect(url_for("answers.all_page", slug=slug), 303)


@bp.get("/<slug>/answers/<read_aloud_id>/")
@access.facilitators
def one_page(slug: str, read_aloud_id: str) -> Any:
    phone_in = _led(slug)
    one = _one(phone_in, read_aloud_id)
    draft = answers.draft_of(one)
    return _page(phone_in, one, _form_for(one, draft), draft)


@bp.post("/<slug>/answers/<read_aloud_id>/draft")
@access.facilitators
def write(slug: str, read_aloud_id: str) -> Any:
    phone_in = _led(slug)
    one, form = _one(phone_in, read_aloud_id), AnswerForm()
    form.is_correction = one.answer is not None
    if not form.validate():
        return _page(phone_in, one, form, answers.draft_of(one), status=422)
    why = form.what_changed.data if form.is_correction else ""
    try:
        with transaction():
            seen = form.revision.data or 0
            answers.write(phone_in, one, form.kept, by=g.person, seen=seen, what_changed=why)
    except answers.DraftChanged:
        return _clash(phone_in, read_aloud_id, form)
    flash("Your draft is kept. Somebody else who leads this phone-in looks it over before it is published.")
    return redirect(url_for("answers.all_page", slug=slug), 303)


@bp.post("/<slug>/answers/<read_aloud_id>/look-over")
@access.facilitators
def look_over(slug: str, read_aloud_id: str) -> Any:
    phone_in = _led(slug)
    one = _one(phone_in, read_aloud_id)
    try:
        with transaction():
            answers.look_over(phone_in, one, by=g.person, seen=request.form.get("revision", 0, type=int))
    except answers.DraftChanged:
        draft = answers.draft_of(one)
        return _page(phone_in, one, _form_for(one, draft), draft, is_changed=True, status=409)
    flash("Looked over. It is published with all that is ready.")
    return redirect(url_for("answers.all_page", slug=slug), 303)


@bp.post("/<slug>/answers/<read_aloud_id>/throw-away")
@access.facilitators
def throw_away(slug: str, read_aloud_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        answers.throw_away(phone_in, _one(phone_in, read_aloud_id))
    flash("The draft is gone. What was published before stays.")
    return redirect(url_for("answers.one_page", slug=slug, read_aloud_id=read_aloud_id), 303)


def _clash(phone_in: PhoneIn, read_aloud_id: str, form: AnswerForm) -> Any:
    """Both texts: theirs to read, mine still in the box, based on theirs from now on."""
    one = _one(phone_in, read_aloud_id)
    draft = answers.draft_of(one)
    mine = AnswerForm(
        None,
        words=form.words.data,
        what_changed=form.what_changed.data,
        takes_down=form.takes_down.data,
        revision=draft.revision if draft else 0,
    )
    return _page(phone_in, one, mine, draft, theirs=draft, status=409)


def _form_for(one: ReadAloud, draft: Draft | None) -> AnswerForm:
    now = one.answer
    form = AnswerForm(
        None,
        words=draft.words if draft else (now.words if now else ""),
        what_changed=draft.what_changed if draft else "",
        takes_down=bool(draft and now and not draft.words),
        revision=draft.revision if draft else 0,
    )
    form.is_correction = now is not None
    return form


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def _one(phone_in: PhoneIn, read_aloud_id: str) -> ReadAloud:
    return next((one for one in answers.to_answer(phone_in) if one.id == read_aloud_id), None) or abort(404)


def _list(phone_in: PhoneIn, form: PublishForm) -> Any:
    worded = answers.to_answer(phone_in)
    drafts = answers.drafts_of(worded)
    return render_template(
        "desk/answers.html",
        phone_in=phone_in,
        form=form,
        worded=[(one, outcomes.of_wording(one, phone_in.slug, is_over=True), drafts.get(one.id)) for one in worded],
        names=answers.names(list(drafts.values())),
        ready=sum(answers.is_ready(draft) for draft in drafts.values()),
        written=len(drafts),
        has_second=answers.has_second(phone_in),
        is_ready=answers.is_ready,
    )


def _page(
    phone_in: PhoneIn,
    one: ReadAloud,
    form: AnswerForm,
    draft: Draft | None,
    *,
    theirs: Draft | None = None,
    is_changed: bool = False,
    status: int = 200,
) -> Any:
    page = render_template(
        "desk/answer.html",
        phone_in=phone_in,
        one=one,
        form=form,
        draft=draft,
        theirs=theirs,
        is_changed=is_changed,
        names=answers.names([draft] if draft else []),
        note=one.item.note if one.item else "",
        has_second=answers.has_second(phone_in),
        is_ready=answers.is_ready,
        longest=published.LONGEST,
    )
    return page, status
