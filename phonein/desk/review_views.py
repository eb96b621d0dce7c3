"""The safeguarding reviewer's pages: whoever is not the reviewer of a phone-in finds nothing there, admins too."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from phonein.db import transaction
from phonein.desk import review
from phonein.desk.forms import OUTCOMES, CloseForm, ReplyForm
from phonein.identity import access
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.schedule.models import PhoneIn

bp = access.blueprint("review", __name__, url_prefix="/app/review")


@bp.app_template_global()
def reviews(person: Person) -> bool:
    """Whether the way to these pages is shown to this person."""
    if "reviews" not in g:
        g.reviews = review.is_reviewer(person)
    return bool(g.reviews)


@bp.get("/")
@access.signed_in
def mine() -> Any:
    found = review.phone_ins_of(g.person)
    if not found and not reviews(g.person):
        abort(404)
    return render_template("review/mine.html", found=found, waiting=review.waiting_in(found))


@bp.get("/<slug>/")
@access.signed_in
def one_phone_in(slug: str) -> Any:
    return _page(_phone_in(slug))


@bp.post("/<slug>/questions/<question_id>/reply")
@access.signed_in
def reply(slug: str, question_id: str) -> Any:
    phone_in, form = _phone_in(slug), ReplyForm()
    if not form.validate():
        return _page(phone_in, question_id, form), 422
    with transaction():
        review.reply(_taken_up(phone_in, question_id), form.reply.data)
    return _done(phone_in, "Your reply is kept. Whoever sent this reads it with the receipt.")


@bp.post("/<slug>/questions/<question_id>/outcome")
@access.signed_in
def close(slug: str, question_id: str) -> Any:
    phone_in, form = _phone_in(slug), CloseForm()
    if not form.validate():
        return _page(phone_in, question_id, None, form), 422
    with transaction():
        review.close(_taken_up(phone_in, question_id), OUTCOMES[form.outcome.data])
    return _done(phone_in, "Marked as done.")


@bp.post("/<slug>/questions/<question_id>/desk")
@access.signed_in
def pass_on(slug: str, question_id: str) -> Any:
    phone_in = _phone_in(slug)
    with transaction():
        review.pass_on(_taken_up(phone_in, question_id))
    return _done(phone_in, "It is on the desk now, among the new questions.")


def _phone_in(slug: str) -> PhoneIn:
    return review.phone_in_of(g.person, slug) or abort(404)


def _taken_up(phone_in: PhoneIn, question_id: str) -> Question:
    """To be changed: it may have been taken back a moment ago, by whoever sent it."""
    return review.take_up(phone_in, question_id) or abort(404)


def _page(
    phone_in: PhoneIn, about: str = "", reply_form: ReplyForm | None = None, close_form: CloseForm | None = None
) -> Any:
    """All of one phone-in. `about` is the question for which something wrong was typed: that one is open."""
    sent = review.sent_in(phone_in)
    forms = {}
    for number, question in enumerate(sent, start=1):
        is_meant = question.id == about
        replying = (reply_form if is_meant else None) or ReplyForm(None, reply=question.reviewer_reply or "")
        closing = (close_form if is_meant else None) or CloseForm(None)
        replying.reply.id, closing.outcome.id = f"reply-{number}", f"outcome-{number}"  # each once on the page
        forms[question.id] = (replying, closing)
    return render_template("review/phone-in.html", phone_in=phone_in, sent=sent, forms=forms, about=about)


def _done(phone_in: PhoneIn, said: str) -> Any:
    flash(said)
    return redirect(url_for("review.one_phone_in", slug=phone_in.slug), 303)
