"""What people see in a question: that it may be used, that it is abusive, that it is the reviewer's; and leaving it."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, render_template, request

from phonein.db import transaction
from phonein.desk import at_desk, deeds, notes, one_question, triage
from phonein.desk.triage_forms import RedactionForm
from phonein.identity import access
from phonein.questions import checking, numbers, safeguarding
from phonein.questions.models import Question
from phonein.schedule.models import PhoneIn

bp = access.blueprint("marking", __name__, url_prefix="/app/desk/<slug>/questions/<question_id>")
FLAGGED = {"safeguarding": "flagged: safeguarding", "abusive": "flagged: abusive"}


@bp.post("/look")
@access.facilitators
def clear(slug: str, question_id: str) -> Any:
    return _do(slug, question_id, "looked at", triage.clear, "It may be used, in a wording without what was marked.")


@bp.post("/flag")
@access.facilitators
def flag(slug: str, question_id: str) -> Any:
    phone_in, name = at_desk.led(slug), request.form.get("flag", "")
    triage.question(phone_in, question_id) or abort(404)
    what, said = FLAGGED.get(name) or abort(400), "Marked. It cannot be used until it is clear."
    return _do(slug, question_id, what, lambda one: triage.flag(one, name), said)


@bp.post("/reviewer")
@access.facilitators
def to_reviewer(slug: str, question_id: str) -> Any:
    """Off the desk: whoever leads sees it no more, unless the reviewer passes it on."""
    phone_in = at_desk.led(slug)
    triage.question(phone_in, question_id) or abort(404)
    if not safeguarding.has_reviewer(phone_in):
        raise safeguarding.NoReviewer
    _change(phone_in, question_id, "sent to the reviewer", triage.to_reviewer, "It is with the safeguarding reviewer.")
    return at_desk.back_to(phone_in)


@bp.post("/skip")
@access.facilitators
def skip(slug: str, question_id: str) -> Any:
    """Not a deed: it is nobody else's business."""
    phone_in = at_desk.led(slug)
    with transaction():
        found = triage.take_up(phone_in, question_id) or abort(404)
        is_left = notes.is_left(found, g.person)
        (notes.see_to_it_after_all if is_left else notes.leave_to_others)(found, g.person)
    flash("It is among yours again." if is_left else "You leave it to somebody else. Nobody is told.")
    return at_desk.back_to(phone_in)


@bp.get("/redaction")
@access.facilitators
def redaction_page(slug: str, question_id: str) -> Any:
    phone_in = at_desk.led(slug)
    found = triage.question(phone_in, question_id) or abort(404)
    return _redaction(phone_in, found, RedactionForm(None, text=checking.look(found.text).rewritten))


@bp.post("/redaction")
@access.facilitators
def redact(slug: str, question_id: str) -> Any:
    """First what it would be, with a word that there is no way back; then for good."""
    phone_in, form = at_desk.led(slug), RedactionForm()
    found = triage.question(phone_in, question_id) or abort(404)
    if not form.validate() or "again" in request.form:
        return _redaction(phone_in, found, form), 422 if form.errors else 200
    if "for_good" not in request.form:
        return _redaction(phone_in, found, form, page="redaction-check")
    try:
        _change(
            phone_in, question_id, "redacted", lambda one: triage.redact(one, form.text.data), "The old words are gone."
        )
    except deeds.ChangedMeanwhile as refusal:
        return _redaction(phone_in, found, form, meanwhile=refusal), 409
    return at_desk.back_to(phone_in, "question.question", question_id=question_id)


def _redaction(
    phone_in: PhoneIn,
    found: Question,
    form: RedactionForm,
    page: str = "redaction",
    meanwhile: deeds.ChangedMeanwhile | None = None,
) -> Any:
    facts = {"number": numbers.said(found.id), "seen": deeds.newest(phone_in), "look": checking.look(found.text)}
    return render_template(
        f"desk/{page}.html", phone_in=phone_in, question=found, form=form, meanwhile=meanwhile, **facts
    )


def _do(slug: str, question_id: str, what: str, verb: Callable[[Question], None], said: str) -> Any:
    phone_in = at_desk.led(slug)
    _change(phone_in, question_id, what, verb, said)
    return at_desk.back_to(phone_in, "question.question", question_id=question_id)


def _change(phone_in: PhoneIn, question_id: str, what: str, verb: Callable[[Question], None], said: str) -> None:
    """Also where it was carried on: its original is at this desk only, so nobody else can mark it."""
    found = triage.question(phone_in, question_id) or abort(404)

    def change() -> None:
        verb(triage.take_up(phone_in, question_id) or abort(404))

    at_desk.do(phone_in, what, change, *one_question.keys(found), said=said, desks=triage.desks_of(found))
