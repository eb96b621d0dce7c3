"""Closing the hour: what becomes of all that was not answered, and a note for whoever leads next."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from phonein.db import transaction
from phonein.desk import agenda, answers, closing, deeds, hour, hour_notes
from phonein.desk.closing_forms import WHY, FatesForm, SetAsideRestForm
from phonein.desk.hour_forms import NoteForm
from phonein.identity import access
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("closing", __name__, url_prefix="/app/desk")


@bp.get("/<slug>/close/")
@access.facilitators
def close_page(slug: str) -> Any:
    return _page(_led(slug))


@bp.post("/<slug>/close/")
@access.facilitators
def decide(slug: str) -> Any:
    phone_in = _led(slug)
    sent = {name.removeprefix("fate_"): fate for name, fate in request.form.items() if name.startswith("fate_")}
    open_ones = closing.undecided(phone_in)
    form = FatesForm.of(open_ones, can_carry=closing.next_date(phone_in) is not None)
    chosen = form.chosen(request.form.get("rest", ""))
    if chosen is None:
        return _page(phone_in, form, status=422)
    late = {name: (fate, "") for name, fate in sent.items() if name not in {one.id for one in open_ones}}
    try:
        with transaction():
            number = closing.decide(phone_in, late | chosen, by=g.person)
    except deeds.ChangedMeanwhile:
        return _page(phone_in, form, is_changed=True, status=409)
    return _done(phone_in, f"Decided: {number}." if number else "Nothing was chosen.")


@bp.post("/<slug>/close/set-aside")
@access.facilitators
def set_aside(slug: str) -> Any:
    phone_in, form = _led(slug), SetAsideRestForm()
    if not form.validate():
        return _page(phone_in, aside=form, status=422)
    with transaction():
        outcome, words = WHY[form.why.data]
        number = closing.set_aside_the_rest(phone_in, outcome, words, by=g.person)
    return _done(phone_in, f"Set aside: {number}.")


@bp.post("/<slug>/close/hand-over-note")
@access.facilitators
def hand_over(slug: str) -> Any:
    phone_in, form = _led(slug), NoteForm()
    if not form.validate():
        return _page(phone_in, note=_note(form.words.data), status=422)
    try:
        with transaction():
            closing.hand_over(phone_in, form.words.data, seen=form.edition.data)
    except hour_notes.NoteChanged as refusal:
        note = _note(form.words.data, based_on=refusal.theirs)
        return _page(phone_in, note=note, theirs=refusal.theirs, status=409)
    return _done(phone_in, "Your note is kept for whoever leads next.")


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def _note(words: str, *, based_on: str | None = None) -> NoteForm:
    form = NoteForm.of(words, None, based_on=based_on)
    form.words.label.text, form.words.id = "What should they know?", "hand-over"
    return form


def _page(
    phone_in: PhoneIn,
    form: FatesForm | None = None,
    *,
    aside: SetAsideRestForm | None = None,
    note: NoteForm | None = None,
    theirs: str | None = None,
    is_changed: bool = False,
    status: int = 200,
) -> Any:
    open_ones, to = closing.undecided(phone_in), closing.next_date(phone_in)
    listed = {item.read_aloud_id: item for item in agenda.items(phone_in)}
    page = render_template(
        "desk/close.html",
        phone_in=phone_in,
        form=aside if aside else form,
        fates=form or FatesForm.of(open_ones, can_carry=to is not None, formdata=None),
        aside=aside or SetAsideRestForm(None),
        note=note or _note(hour.of(phone_in).hand_over),
        theirs=theirs,
        is_changed=is_changed,
        is_over=closing.is_over(phone_in),
        open_ones=open_ones,
        listed=listed,
        not_worded=len(closing.not_worded(phone_in)),
        answered=[item for item in listed.values() if item.kind == "question" and item.came_to == "answered"],
        carried=[item for item in listed.values() if item.came_to == "carried"],
        in_writing=[one for one in answers.to_answer(phone_in) if one.outcome == "in_writing"],
        next_date=to,
    )
    return page, status


def _done(phone_in: PhoneIn, said: str) -> Any:
    flash(said)
    return redirect(url_for("closing.close_page", slug=phone_in.slug), 303)
