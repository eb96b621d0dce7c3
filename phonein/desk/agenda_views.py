"""The agenda: what is spoken of in the hour, in which order, and for how long."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from phonein.db import transaction
from phonein.desk import agenda, at_desk, deeds, packing
from phonein.desk.agenda_forms import AddForm, EachForm, MinutesForm, MoveForm, WordsForm, minutes_form
from phonein.desk.briefing import in_short, time_in_words
from phonein.identity import access
from phonein.read_aloud import wordings
from phonein.read_aloud.models import SECTION, AgendaItem
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("agenda", __name__, url_prefix="/app/desk")
MANY = 10  # from here on it is quicker to say a place than to go there step by step


@bp.get("/<slug>/agenda/")
@access.facilitators
def agenda_page(slug: str) -> Any:
    return _page(_led(slug))


@bp.post("/<slug>/agenda/minutes")
@access.facilitators
def set_minutes(slug: str) -> Any:
    phone_in = _led(slug)
    form = minutes_form(agenda.items(phone_in))
    if not form.validate():
        return _page(phone_in, minutes=form), 422

    def change() -> str:
        agenda.set_minutes(phone_in, form.wanted)
        return f"The minutes are kept: {_time(phone_in)}."

    return _done(phone_in, "gave it other minutes", change, minutes=form)


@bp.post("/<slug>/agenda/minutes/each")
@access.facilitators
def give_each(slug: str) -> Any:
    phone_in, form = _led(slug), EachForm()
    if not form.validate():
        return _page(phone_in, each=form), 422

    def change() -> str:
        agenda.give_each(phone_in, form.each.data)
        return f"Each question has {_minutes(form.each.data)} now: {_time(phone_in)}."

    return _done(phone_in, f"gave each question {_minutes(form.each.data)}", change)


@bp.post("/<slug>/agenda/items")
@access.facilitators
def add(slug: str) -> Any:
    phone_in, form = _led(slug), AddForm()
    if not form.validate():
        return _page(phone_in, adding=form), 422

    def change() -> str:
        minutes = 0 if form.kind.data == SECTION else form.minutes.data
        added = agenda.add(phone_in, form.kind.data, form.words.data or "", minutes=minutes)
        return f"Added at {_place(phone_in, added)}."

    return _done(phone_in, "added something to the agenda", change)


@bp.post("/<slug>/agenda/questions/<read_aloud_id>")
@access.facilitators
def put_on(slug: str, read_aloud_id: str) -> Any:
    phone_in = _led(slug)

    def change() -> str:
        item = agenda.put_on(phone_in, wordings.one(slug, read_aloud_id) or abort(404))
        return f"On the agenda, at {_place(phone_in, item)}: {in_short(item.said)}"

    return _done(phone_in, "put on the agenda", change)


@bp.post("/<slug>/agenda/<item_id>/move")
@access.facilitators
def move(slug: str, item_id: str) -> Any:
    phone_in, form = _led(slug), MoveForm()
    if not form.validate():
        flash("Enter the place as a whole number, such as 3. Nothing was moved.", "warn")
        return redirect(url_for("agenda.agenda_page", slug=slug, _anchor=f"item-{item_id}"), 303)

    def change() -> str:
        item = agenda.taken_up(phone_in, item_id)
        before = agenda.items(phone_in).index(item) + 1
        if form.place.data is not None:
            place = agenda.move_to(phone_in, item, form.place.data)
        else:
            place = agenda.move(phone_in, item, by=-1 if "up" in request.form else 1)
        said = "moved to" if place != before else "stays at"
        return f"“{in_short(item.said) or item.kind}” {said} {_place(phone_in, item)}."

    return _done(phone_in, "moved on the agenda", change, seen=at_desk.seen(), anchor=f"item-{item_id}")


@bp.post("/<slug>/agenda/<item_id>/take-off")
@access.facilitators
def take_off(slug: str, item_id: str) -> Any:
    phone_in = _led(slug)

    def change() -> str:
        if item := agenda.one(phone_in, item_id):  # a second click finds nothing to do
            agenda.take_off(item)
        return "Taken off the agenda."

    return _done(phone_in, "taken off the agenda", change)


@bp.post("/<slug>/agenda/<item_id>/words")
@access.facilitators
def say(slug: str, item_id: str) -> Any:
    phone_in, form = _led(slug), WordsForm()
    if not form.validate():
        flash(f"Not kept. {form.words.errors[0]}.", "warn")
        return _page(phone_in, typed={item_id: form.words.data or ""}), 422

    def change() -> str:
        agenda.say(agenda.taken_up(phone_in, item_id), form.words.data or "")
        return "The words are kept."

    return _done(phone_in, "changed words on the agenda", change, anchor=f"item-{item_id}")


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def _done(
    phone_in: PhoneIn,
    what: str,
    change: Callable[[], str],
    *,
    seen: int | None = None,
    anchor: str = "",
    minutes: MinutesForm | None = None,
) -> Any:
    """One change of the agenda, in a deed. Where others were quicker, the page as it is now, with what was typed."""
    before = deeds.newest(phone_in)
    try:
        with transaction(), deeds.done(phone_in, by=g.person, what=what):
            agenda.refuse_if_reordered(phone_in, seen, by=g.person)
            said = change()
    except deeds.ChangedMeanwhile as refusal:
        return _page(phone_in, meanwhile=refusal, since=seen, minutes=minutes), 409
    at_desk.told(phone_in, said, before)
    if "triage" in request.form:  # from beside the questions
        return at_desk.back_to(phone_in)
    return at_desk.back_to(phone_in, "agenda.agenda_page", _anchor=anchor or None)


def _page(
    phone_in: PhoneIn,
    *,
    minutes: MinutesForm | None = None,
    each: EachForm | None = None,
    adding: AddForm | None = None,
    typed: dict[str, str] | None = None,
    meanwhile: deeds.ChangedMeanwhile | None = None,
    since: int | None = None,
) -> Any:
    items = agenda.items(phone_in)
    shown = _minutes_shown(items, minutes)
    return render_template(
        "desk/agenda.html",
        phone_in=phone_in,
        items=items,
        begins=[part.at for part in packing.timed_parts(phone_in, items)],
        ready=agenda.ready(phone_in),
        planned=agenda.minutes(items),
        there_is=_there_is(phone_in),
        time=_time(phone_in),
        seen=deeds.newest(phone_in),
        minutes=shown,
        each=each or EachForm(formdata=None),
        adding=adding or AddForm(formdata=None),
        typed=typed or {},
        meanwhile=meanwhile,
        what_others_did=agenda.reordered_since(phone_in, since, by=g.person) if meanwhile and since is not None else [],
        has_many=len(items) > MANY,
    )


def _minutes_shown(items: list[AgendaItem], sent: MinutesForm | None) -> MinutesForm:
    """The boxes for the items that there are now, with what was typed into those that there were."""
    if sent is None:
        return minutes_form(items, formdata=None)
    form = minutes_form(items)
    form.validate()
    form.show(items)
    return form


def _there_is(phone_in: PhoneIn) -> int:
    return int(phone_in.length.total_seconds() // 60)


def _time(phone_in: PhoneIn) -> str:
    return time_in_words(agenda.minutes(agenda.items(phone_in)), _there_is(phone_in))


def _minutes(number: int) -> str:
    return f"{number} minute{'' if number == 1 else 's'}"


def _place(phone_in: PhoneIn, item: AgendaItem) -> str:
    listed = agenda.items(phone_in)
    return f"number {listed.index(item) + 1} of {len(listed)}"
