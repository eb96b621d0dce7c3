"""The desk: what a facilitator leads, what is to be done for one phone-in, and handing it over to somebody else."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from phonein import clock
from phonein.booking import adjustments, who_is_coming
from phonein.db import transaction
from phonein.desk import at_desk, handing_over, jobs
from phonein.desk.forms import HandOverForm
from phonein.identity import access
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
def hub(slug: str) -> Any:
    phone_in, now = at_desk.led(slug), clock.now()
    return render_template(
        "desk/hub.html",
        phone_in=phone_in,
        jobs=jobs.of(phone_in, g.person),
        coming=who_is_coming.count(phone_in),
        wanted=adjustments.wanted(phone_in),
        next_release=next((time for time in phone_in.release_times if time > now), None),
    )


@bp.get("/<slug>/hand-over")
@access.facilitators
def hand_over_page(slug: str) -> Any:
    return _hand_over(at_desk.led(slug), HandOverForm())


@bp.post("/<slug>/hand-over")
@access.facilitators
def hand_over(slug: str) -> Any:
    phone_in, form = at_desk.led(slug), HandOverForm()
    heirs = {person.id: person for person in handing_over.heirs(phone_in)}
    form.offer(list(heirs.values()))
    if not form.validate():
        return _hand_over(phone_in, form, 422)
    with transaction():
        handing_over.hand_over(phone_in, by=g.person, to=heirs[form.to.data])
    flash(f"{heirs[form.to.data].name} leads “{phone_in.title}” now and has been told.")
    return redirect(url_for("desk.mine"), 303)


def _hand_over(phone_in: PhoneIn, form: HandOverForm, status: int = 200) -> Any:
    heirs = handing_over.heirs(phone_in)
    form.offer(heirs)
    return render_template("desk/hand-over.html", phone_in=phone_in, form=form, heirs=heirs, now=clock.now()), status
