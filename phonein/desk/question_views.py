"""One question: its two texts, what becomes of it, and what those who lead note about it."""

from collections.abc import Callable
from typing import Any

from flask import abort, g, render_template, request

from phonein.desk import at_desk, deeds, one_question, triage
from phonein.desk.one_question import Shown
from phonein.desk.triage_forms import NoteForm, ReadAloudForm, SetAsideForm
from phonein.identity import access
from phonein.questions.models import Question
from phonein.schedule.models import PhoneIn

bp = access.blueprint("question", __name__, url_prefix="/app/desk/<slug>/questions/<question_id>")


@bp.get("/")
@access.facilitators
def question(slug: str, question_id: str) -> Any:
    return _page(at_desk.led(slug), question_id)


@bp.post("/read-aloud")
@access.facilitators
def reword(slug: str, question_id: str) -> Any:
    phone_in, form = at_desk.led(slug), ReadAloudForm()
    if not form.validate():
        return _page(phone_in, question_id, wording=form), 422
    to_agenda = "agenda" in request.form

    def change(found: Question) -> str:
        one_question.word(found, form.read_aloud.data, *_theme_and_note(form))
        if to_agenda and found.is_worded:
            triage.put_on_agenda(phone_in, found)
            return "On the agenda."
        return "The wording is kept." if found.is_worded else "It has no wording any more."

    return _done(phone_in, question_id, "worded", change, wording=form, tab="new" if to_agenda else "")


@bp.post("/agenda")
@access.facilitators
def put_on_agenda(slug: str, question_id: str) -> Any:
    phone_in = at_desk.led(slug)

    def change(found: Question) -> str:
        triage.put_on_agenda(phone_in, found)
        return "On the agenda."

    return _done(phone_in, question_id, "put on the agenda", change)


@bp.post("/in-writing")
@access.facilitators
def answer_in_writing(slug: str, question_id: str) -> Any:
    phone_in = at_desk.led(slug)

    def change(found: Question) -> str:
        triage.answer_in_writing(one_question.wording_of(found))
        return "It gets an answer in writing. Its asker can see that."

    return _done(phone_in, question_id, "answer in writing", change)


@bp.post("/set-aside")
@access.facilitators
def set_aside(slug: str, question_id: str) -> Any:
    phone_in, form = at_desk.led(slug), SetAsideForm()
    if not form.validate():
        return _page(phone_in, question_id, aside=form), 422

    def change(found: Question) -> str:
        triage.set_aside(found, form.said, outcome=form.chosen.outcome)
        return "Set aside. Its asker can read why. You can take it back at any time."

    return _done(phone_in, question_id, "set aside", change, aside=form)


@bp.post("/set-aside/take-back")
@access.facilitators
def take_back(slug: str, question_id: str) -> Any:
    def change(found: Question) -> str:
        triage.take_back(found)
        return "It is to be decided again."

    return _done(at_desk.led(slug), question_id, "taken back", change)


@bp.post("/by-itself")
@access.facilitators
def by_itself(slug: str, question_id: str) -> Any:
    def change(found: Question) -> str:
        triage.leave_wording(found)
        return "It is a question of its own again, without a wording."

    return _done(at_desk.led(slug), question_id, "taken out of the merge", change)


@bp.post("/note")
@access.facilitators
def note(slug: str, question_id: str) -> Any:
    phone_in, form = at_desk.led(slug), NoteForm()
    form.offer(phone_in.leaders)
    if not form.validate():
        return _page(phone_in, question_id, note=form), 422

    def change(found: Question) -> str:
        one_question.note(found, form.note.data or "", form.assigned_to.data, phone_in)
        return "The note is kept."

    return _done(phone_in, question_id, "noted", change, note=form)


def _theme_and_note(form: ReadAloudForm) -> tuple[str | None, str | None]:
    """None for what the form that was sent did not have."""
    return tuple(form[name].data if name in request.form else None for name in ("theme", "content_note"))  # type: ignore[return-value]


def _done(
    phone_in: PhoneIn,
    question_id: str,
    what: str,
    change: Callable[[Question], str],
    *,
    tab: str = "",
    **typed: Any,
) -> Any:
    """One deed on this question. Where others were quicker: how it is now, and what was typed."""

    def change_it() -> str:
        found = triage.take_up(phone_in, question_id) or abort(404)
        one_question.refuse_if_carried(found)
        return change(found)

    keys = one_question.keys(triage.question(phone_in, question_id) or abort(404))
    try:
        at_desk.do(phone_in, what, change_it, *keys)
    except deeds.ChangedMeanwhile as refusal:
        return _page(phone_in, question_id, meanwhile=refusal, **typed), 409
    if tab:
        return at_desk.back_to(phone_in)
    return at_desk.back_to(phone_in, "question.question", question_id=question_id)


def _page(phone_in: PhoneIn, question_id: str, **typed: Any) -> Any:
    shown = Shown.of(phone_in, question_id, g.person) or abort(404)
    return render_template("desk/question.html", phone_in=phone_in, seen=deeds.newest(phone_in), **shown.facts(**typed))
