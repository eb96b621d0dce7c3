"""The desk: what a facilitator leads, its questions once they are released, the agenda, the printed list."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from phonein import clock
from phonein.booking import adjustments, who_is_coming
from phonein.db import transaction
from phonein.desk import feedback, handing_over, triage
from phonein.desk.forms import REASONS, HandOverForm, ReadAloudForm, SetAsideForm
from phonein.identity import access
from phonein.questions.models import Question
from phonein.questions.topics import TOPICS
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("desk", __name__, url_prefix="/app/desk")
bp.app_context_processor(lambda: {"TOPICS": TOPICS})


COMING_SHOWN, PAST_SHOWN = 30, 20


@bp.get("/")
@access.facilitators
def mine() -> Any:
    now = clock.now()
    coming = programme.led_by(g.person, now, COMING_SHOWN + 1)
    past = programme.once_led_by(g.person, now, PAST_SHOWN)
    return render_template(
        "desk/mine.html",
        now=now,
        asking=adjustments.numbers(coming + past),
        coming=coming[:COMING_SHOWN],
        has_more=len(coming) > COMING_SHOWN,
        past=past,
    )


@bp.get("/<slug>/")
@access.facilitators
def questions(slug: str) -> Any:
    return _desk(_led(slug))


@bp.get("/<slug>/print")
@access.facilitators
def printed(slug: str) -> Any:
    phone_in = _led(slug)
    return render_template("desk/print.html", phone_in=phone_in, agenda=triage.agenda(phone_in))


@bp.get("/<slug>/hand-over")
@access.facilitators
def hand_over_page(slug: str) -> Any:
    return _hand_over(_led(slug), HandOverForm())


@bp.post("/<slug>/hand-over")
@access.facilitators
def hand_over(slug: str) -> Any:
    phone_in, form = _led(slug), HandOverForm()
    heirs = {person.id: person for person in handing_over.heirs(phone_in)}
    form.offer(list(heirs.values()))
    if not form.validate():
        return _hand_over(phone_in, form, 422)
    with transaction():
        handing_over.hand_over(phone_in, by=g.person, to=heirs[form.to.data])
    flash(f"{heirs[form.to.data].name} leads “{phone_in.title}” now and has been told.")
    return redirect(url_for("desk.mine"), 303)


@bp.get("/<slug>/questions/<question_id>/")
@access.facilitators
def question(slug: str, question_id: str) -> Any:
    phone_in = _led(slug)
    found = _question(phone_in, question_id)
    return _one(phone_in, found, ReadAloudForm(obj=found), SetAsideForm())


@bp.post("/<slug>/questions/<question_id>/read-aloud")
@access.facilitators
def reword(slug: str, question_id: str) -> Any:
    phone_in, form = _led(slug), ReadAloudForm()
    if not form.validate():
        return _one(phone_in, _question(phone_in, question_id), form, SetAsideForm(formdata=None)), 422
    with transaction():
        found = _taken_up(phone_in, question_id)
        triage.reword(found, form.read_aloud.data)
        if "agenda" in request.form and found.read_aloud:
            triage.put_on_agenda(phone_in, found)
        said = "On the agenda." if found.is_on_agenda else "The wording is kept."
    return _done(phone_in, said)


@bp.post("/<slug>/questions/<question_id>/agenda")
@access.facilitators
def put_on_agenda(slug: str, question_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        triage.put_on_agenda(phone_in, _taken_up(phone_in, question_id))
    return _done(phone_in, "On the agenda.")


@bp.post("/<slug>/questions/<question_id>/agenda/take-off")
@access.facilitators
def take_off_agenda(slug: str, question_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        triage.take_off_agenda(_taken_up(phone_in, question_id))
    return _done(phone_in, "Taken off the agenda.")


@bp.post("/<slug>/questions/<question_id>/agenda/move")
@access.facilitators
def move_on_agenda(slug: str, question_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        found = _taken_up(phone_in, question_id)
        triage.move_on_agenda(phone_in, found, by=-1 if "up" in request.form else 1)
        said = f"Now number {found.place} on the agenda." if found.is_on_agenda else "It is not on the agenda any more."
    return _done(phone_in, said)


@bp.post("/<slug>/questions/<question_id>/set-aside")
@access.facilitators
def set_aside(slug: str, question_id: str) -> Any:
    phone_in, form = _led(slug), SetAsideForm()
    if not form.validate():
        found = _question(phone_in, question_id)
        return _one(phone_in, found, ReadAloudForm(formdata=None, obj=found), form), 422
    with transaction():
        triage.set_aside(_taken_up(phone_in, question_id), REASONS[form.reason.data])
    return _done(phone_in, "Set aside. You can take it back at any time.")


@bp.post("/<slug>/questions/<question_id>/set-aside/take-back")
@access.facilitators
def take_back(slug: str, question_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        triage.take_back(_taken_up(phone_in, question_id))
    return _done(phone_in, "It is among the new questions again.")


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def _question(phone_in: PhoneIn, question_id: str) -> Question:
    return triage.question(phone_in, question_id) or abort(404)


def _taken_up(phone_in: PhoneIn, question_id: str) -> Question:
    """To be changed: it may have been taken back a moment ago, by whoever asked it."""
    return triage.take_up(phone_in, question_id) or abort(404)


def _desk(phone_in: PhoneIn) -> Any:
    now = clock.now()
    released = triage.questions_for(phone_in)
    return render_template(
        "desk/questions.html",
        phone_in=phone_in,
        now=now,
        coming=who_is_coming.count(phone_in),
        wanted=adjustments.wanted(phone_in),
        agenda=triage.agenda(phone_in),
        new=[q for q in released if not q.is_on_agenda and not q.is_set_aside],
        aside=[q for q in released if q.is_set_aside],
        next_release=next((t for t in phone_in.release_times if t > now), None),
        said=feedback.about(phone_in),
    )


def _one(phone_in: PhoneIn, found: Question, form: ReadAloudForm, aside: SetAsideForm) -> Any:
    days = current_app.config["ORIGINALS_DAYS"]
    return render_template(
        "desk/question.html", phone_in=phone_in, question=found, form=form, aside=aside, original_days=days
    )


def _hand_over(phone_in: PhoneIn, form: HandOverForm, status: int = 200) -> Any:
    heirs = handing_over.heirs(phone_in)
    form.offer(heirs)
    return render_template("desk/hand-over.html", phone_in=phone_in, form=form, heirs=heirs, now=clock.now()), status


def _done(phone_in: PhoneIn, said: str) -> Any:
    flash(said)
    return redirect(url_for("desk.questions", slug=phone_in.slug), 303)
