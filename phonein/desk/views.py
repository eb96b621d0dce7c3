"""The desk: what a facilitator leads, its questions once they are released, and what becomes of them."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from phonein import clock
from phonein.booking import adjustments, who_is_coming
from phonein.db import transaction
from phonein.desk import agenda, deeds, handing_over, triage
from phonein.desk.forms import REASONS, HandOverForm, ReadAloudForm, SetAsideForm
from phonein.identity import access
from phonein.questions.models import Question
from phonein.questions.topics import TOPICS
from phonein.read_aloud import wordings
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
    return _one(phone_in, found, _wording_form(found), SetAsideForm())


@bp.post("/<slug>/questions/<question_id>/read-aloud")
@access.facilitators
def reword(slug: str, question_id: str) -> Any:
    phone_in, form = _led(slug), ReadAloudForm()
    if not form.validate():
        return _one(phone_in, _question(phone_in, question_id), form, SetAsideForm(formdata=None)), 422
    with transaction():
        found = _taken_up(phone_in, question_id)
        with deeds.done(phone_in, by=g.person, what="worded"):
            triage.reword(found, form.read_aloud.data)
            if "agenda" in request.form and found.is_worded:
                triage.put_on_agenda(phone_in, found)
    return _done(phone_in, "On the agenda." if "agenda" in request.form else "The wording is kept.")


@bp.post("/<slug>/questions/<question_id>/agenda")
@access.facilitators
def put_on_agenda(slug: str, question_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        found = _taken_up(phone_in, question_id)
        with deeds.done(phone_in, by=g.person, what="put on the agenda"):
            triage.put_on_agenda(phone_in, found)
    return _done(phone_in, "On the agenda.")


@bp.post("/<slug>/questions/<question_id>/set-aside")
@access.facilitators
def set_aside(slug: str, question_id: str) -> Any:
    phone_in, form = _led(slug), SetAsideForm()
    if not form.validate():
        found = _question(phone_in, question_id)
        return _one(phone_in, found, _wording_form(found), form), 422
    with transaction():
        found = _taken_up(phone_in, question_id)
        with deeds.done(phone_in, by=g.person, what="set aside"):
            triage.set_aside(found, REASONS[form.reason.data])
    return _done(phone_in, "Set aside. You can take it back at any time.")


@bp.post("/<slug>/questions/<question_id>/set-aside/take-back")
@access.facilitators
def take_back(slug: str, question_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        found = _taken_up(phone_in, question_id)
        with deeds.done(phone_in, by=g.person, what="taken back"):
            triage.take_back(found)
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
    listed = {item.read_aloud_id for item in agenda.items(phone_in) if item.read_aloud_id}
    return render_template(
        "desk/questions.html",
        phone_in=phone_in,
        now=now,
        coming=who_is_coming.count(phone_in),
        wanted=adjustments.wanted(phone_in),
        agenda=agenda.items(phone_in),
        wordings={one.id: one for one in wordings.of(phone_in.slug)},
        new=[q for q in released if q.read_aloud_id not in listed and not q.is_set_aside],
        aside=[q for q in released if q.is_set_aside],
        next_release=next((t for t in phone_in.release_times if t > now), None),
    )


def _wording_form(question: Question) -> ReadAloudForm:
    worded = wordings.one(question.phone_in_slug, question.read_aloud_id) if question.read_aloud_id else None
    return ReadAloudForm(None, read_aloud=worded.words if worded else "")


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
