"""The reviewer's pages: whoever does not look after a phone-in today finds nothing there, admins too."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from phonein.db import transaction
from phonein.desk import care_notice, deeds, queue, review, review_log, triage
from phonein.desk.review_forms import LOG, OUTCOMES, CloseForm, ReplyForm
from phonein.identity import access
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.safeguarding import cover, procedure
from phonein.safeguarding.notice_form import NoticeForm
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
    items = queue.items(g.person, found)
    waiting = queue.first_what_is_late(items)
    busy = {item.phone_in.id for item in waiting}
    return render_template(
        "review/mine.html",
        waiting=waiting,
        left=[item for item in items if item.waits and item.is_left],
        done=[phone_in for phone_in in found if phone_in.id not in busy],
        covers=cover.of(g.person.id),
    )


@bp.get("/<slug>/")
@access.signed_in
def one_phone_in(slug: str) -> Any:
    return _page(_phone_in(slug))


@bp.post("/<slug>/questions/<question_id>/seen")
@access.signed_in
def acknowledge(slug: str, question_id: str) -> Any:
    return _do(slug, question_id, "Noted: you have seen it.", lambda _, one: review_log.acknowledge(one, by=g.person))


@bp.post("/<slug>/questions/<question_id>/reply")
@access.signed_in
def reply(slug: str, question_id: str) -> Any:
    phone_in, form = _phone_in(slug), ReplyForm()
    if not form.validate():
        return _page(phone_in, question_id, form), 422

    def write(_: PhoneIn, question: Question) -> None:
        review.reply(question, form.reply.data)
        review_log.acknowledge(question, by=g.person)

    return _do(slug, question_id, "Your reply is kept. Whoever sent this reads it with the receipt.", write)


@bp.post("/<slug>/questions/<question_id>/outcome")
@access.signed_in
def close(slug: str, question_id: str) -> Any:
    phone_in, form = _phone_in(slug), CloseForm()
    if not form.validate():
        return _page(phone_in, question_id, None, form), 422

    def end(_: PhoneIn, question: Question) -> None:
        review.close(question, OUTCOMES[form.outcome.data])
        review_log.close(question, form.outcome.data, by=g.person)

    return _do(slug, question_id, "Marked as done.", end)


@bp.post("/<slug>/questions/<question_id>/desk")
@access.signed_in
def pass_on(slug: str, question_id: str) -> Any:
    """To the desk; or, where it stands there already, the word that it may be used."""

    def let_go(phone_in: PhoneIn, question: Question) -> None:
        review_log.close(question, "desk" if question.is_for_reviewer else "cleared", by=g.person)
        if question.is_for_reviewer:
            review.pass_on(question)
        else:
            with deeds.done(phone_in, by=g.person, what="cleared by the reviewer"):
                triage.clear(question)

    return _do(slug, question_id, "It is with those who lead the phone-in now, and may be used.", let_go)


@bp.post("/<slug>/questions/<question_id>/take-over")
@access.signed_in
def take_over(slug: str, question_id: str) -> Any:
    def take(phone_in: PhoneIn, question: Question) -> None:
        if not question.is_for_reviewer:
            with deeds.done(phone_in, by=g.person, what="sent to the reviewer"):
                review.take_over(question)
        review_log.acknowledge(question, by=g.person)

    return _do(slug, question_id, "It is off the desk. Only you and whoever stands in for you see it.", take)


@bp.post("/<slug>/questions/<question_id>/skip")
@access.signed_in
def skip(slug: str, question_id: str) -> Any:
    said = "Left to the others who look after this phone-in. Nobody asks why."
    _do(slug, question_id, said, lambda _, question: review.skip(question, by=g.person))
    return redirect(url_for("review.mine"), 303)


@bp.post("/<slug>/notice")
@access.signed_in
def put_up_notice(slug: str) -> Any:
    phone_in, form = _phone_in(slug), NoticeForm()
    form.offer(phone_in.care_notice)
    if not form.validate() or not form.may_stand(care_notice.repeats(phone_in, form.words)):
        return _page(phone_in, notice_form=form), 422
    with transaction():
        care_notice.put_up(phone_in, form.words, by=g.person)
    return _done(phone_in, "The notice is on the page of the phone-in." if form.words else "The notice is taken down.")


def _phone_in(slug: str) -> PhoneIn:
    return review.phone_in_of(g.person, slug) or abort(404)


def _do(slug: str, question_id: str, said: str, verb: Callable[[PhoneIn, Question], None]) -> Any:
    """One verb on one question, which may have been taken back a moment ago, by whoever sent it."""
    phone_in = _phone_in(slug)
    with transaction():
        verb(phone_in, review.take_up(phone_in, question_id) or abort(404))
    return _done(phone_in, said)


def _page(
    phone_in: PhoneIn,
    about: str = "",
    reply_form: ReplyForm | None = None,
    close_form: CloseForm | None = None,
    notice_form: NoticeForm | None = None,
) -> Any:
    """All of one phone-in. `about` is the question for which something wrong was typed: that one is open."""
    items, forms = queue.items(g.person, [phone_in]), {}
    for item in items:
        is_meant = item.question.id == about
        replying = (reply_form if is_meant else None) or ReplyForm(None, reply=item.question.reviewer_reply or "")
        closing = (close_form if is_meant else None) or CloseForm(None)
        replying.reply.id, closing.outcome.id = f"reply-{item.number}", f"outcome-{item.number}"  # each once on a page
        forms[item.question.id] = (replying, closing)
    if notice_form is None:
        notice_form = NoticeForm(None)
        notice_form.offer(phone_in.care_notice)
    return render_template(
        "review/phone-in.html",
        phone_in=phone_in,
        items=items,
        forms=forms,
        about=about,
        notice_form=notice_form,
        settled=procedure.newest(),
        lines=review_log.lines_of(phone_in),
        LOG=LOG,
    )


def _done(phone_in: PhoneIn, said: str) -> Any:
    flash(said)
    return redirect(url_for("review.one_phone_in", slug=phone_in.slug), 303)
