"""The run view: one page for the hour, on any number of devices at once. Every button on it is a plain form."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for

from phonein import clock
from phonein.db import transaction
from phonein.desk import agenda, at_desk, closing, deeds, hour, hour_notes
from phonein.desk.hour_forms import AdditionForm, HeadsForm, NoteForm
from phonein.identity import access
from phonein.read_aloud.models import AgendaItem
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("hour", __name__, url_prefix="/app/desk")


@bp.app_template_filter()
def stopwatch(seconds: int) -> str:
    """12:34, 75:00"""
    return f"{abs(seconds) // 60}:{abs(seconds) % 60:02}"


@bp.app_template_filter()
def carried(times: int) -> str:
    """Carried on once, Carried on 3 times"""
    return f"Carried on {'once' if times == 1 else f'{times} times'}"


@dataclass(frozen=True)
class Clash:
    """What somebody wanted at the moment at which somebody else did something: neither is lost."""

    item: AgendaItem | None
    form: NoteForm
    theirs: str | None = None
    was_marked: str = ""


@bp.get("/<slug>/run/")
@access.facilitators
def run(slug: str) -> Any:
    return _page(_led(slug))


@bp.get("/<slug>/run/edition")
@access.facilitators
def edition(slug: str) -> Any:
    """For a page that is open: whether it is still as things are."""
    return jsonify(edition=hour.edition(_led(slug)))


@bp.post("/<slug>/run/begin")
@access.facilitators
def begin(slug: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        hour.begin(phone_in)
    return _done(phone_in)


@bp.post("/<slug>/run/set-back")
@access.facilitators
def set_back(slug: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        hour.set_back(phone_in)
    return _done(phone_in, "The clock stands at nothing again.")


@bp.post("/<slug>/run/end")
@access.facilitators
def end(slug: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        hour.end(phone_in)
    flash("The hour has ended.")
    return redirect(url_for("hour.run", slug=slug), 303)


@bp.post("/<slug>/run/items/<item_id>/came-to")
@access.facilitators
def mark(slug: str, item_id: str) -> Any:
    """Answered, later, in writing or not yet; and the note that was typed with it is kept."""
    phone_in, form, came_to = _led(slug), NoteForm(), request.form.get("came_to", "")
    item = _item(phone_in, item_id)
    if came_to not in ("", *hour.CAME_TO):
        abort(400)
    if not form.validate():
        return _page(phone_in, Clash(item, form), status=422)
    try:
        with transaction():
            if form.edition.data:
                hour_notes.note(phone_in, item, form.words.data, seen=form.edition.data)
            hour.mark(phone_in, item, came_to, by=g.person, seen=at_desk.seen())
    except hour_notes.NoteChanged as refusal:
        return _page(phone_in, _note_clash(item, form, refusal), status=409)
    except deeds.ChangedMeanwhile:
        return _page(phone_in, _marked_otherwise(phone_in, item_id, form), status=409)
    return _done(phone_in)


@bp.post("/<slug>/run/items/<item_id>/now")
@access.facilitators
def go_to(slug: str, item_id: str) -> Any:
    phone_in = _led(slug)
    with transaction():
        hour.go_to(phone_in, _item(phone_in, item_id))
    return _done(phone_in)


@bp.post("/<slug>/run/items/<item_id>/note")
@access.facilitators
def note(slug: str, item_id: str) -> Any:
    phone_in = _led(slug)
    return _keep(phone_in, _item(phone_in, item_id))


@bp.post("/<slug>/run/notes")
@access.facilitators
def notes(slug: str) -> Any:
    return _keep(_led(slug), None)


@bp.post("/<slug>/run/additions")
@access.facilitators
def add(slug: str) -> Any:
    phone_in, form = _led(slug), AdditionForm()
    if not form.validate():
        return _page(phone_in, adding=form, status=422)
    with transaction():
        hour.add(phone_in, form.addition.data, by=g.person, is_next="next" in request.form)
    return _done(phone_in, "It comes next." if "next" in request.form else "It is at the end.")


@bp.post("/<slug>/run/heads")
@access.facilitators
def heads(slug: str) -> Any:
    phone_in = _led(slug)
    form = HeadsForm.up_to(phone_in.seats * hour.HEADS_FOR_EACH_SEAT)
    if not form.validate():
        return _page(phone_in, counting=form, status=422)
    with transaction():
        hour.count_heads(phone_in, form.heads.data)
    return _done(phone_in, "Counted.")


def _keep(phone_in: PhoneIn, item: AgendaItem | None) -> Any:
    """A note, by its button or by a script while it is typed."""
    form, is_script = NoteForm(), request.headers.get("X-Requested-With") == "fetch"
    if not form.validate():
        said = {"said": form.words.errors[0] if form.words.errors else form.errors}
        return (said, 422) if is_script else _page(phone_in, Clash(item, form), status=422)
    try:
        with transaction():
            hour_notes.note(phone_in, item, form.words.data, seen=form.edition.data)
    except hour_notes.NoteChanged as refusal:
        if is_script:
            return {"edition": hour_notes.edition_of(refusal.theirs), "theirs": refusal.theirs}, 409
        return _page(phone_in, _note_clash(item, form, refusal), status=409)
    if is_script:
        return {"edition": hour_notes.edition_of(form.words.data)}
    return _done(phone_in, "Your note is kept.")


def _note_clash(item: AgendaItem | None, form: NoteForm, refusal: hour_notes.NoteChanged) -> Clash:
    mine = NoteForm.of(form.words.data, item, based_on=refusal.theirs)
    return Clash(item, mine, theirs=refusal.theirs)


def _marked_otherwise(phone_in: PhoneIn, item_id: str, form: NoteForm) -> Clash:
    item = _item(phone_in, item_id)
    return Clash(item, NoteForm.of(form.words.data, item, based_on=item.note), was_marked=item.came_to)


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def _item(phone_in: PhoneIn, item_id: str) -> AgendaItem:
    return agenda.one(phone_in, item_id) or abort(404)


def _page(
    phone_in: PhoneIn,
    clash: Clash | None = None,
    *,
    adding: AdditionForm | None = None,
    counting: HeadsForm | None = None,
    status: int = 200,
) -> Any:
    now, listed, kept = clock.now(), agenda.items(phone_in), hour.of(phone_in)
    current = next((item for item in listed if item.id == kept.item_id), None)
    about_hour = clash is not None and clash.item is None
    page = render_template(
        "desk/run.html",
        phone_in=phone_in,
        form=(adding or counting or (clash.form if clash else None)),
        now=now,
        kept=kept,
        listed=listed,
        steps=hour.steps(listed),
        total=agenda.minutes(listed),
        current=current,
        section=hour.section_of(current, listed) if current else "",
        coming=hour.after(current, listed),
        last=hour.last_marked(phone_in, listed),
        whole=hour.whole(phone_in, kept, now),
        of_item=hour.of_item(kept, current, now),
        can_begin=hour.can_begin(phone_in, now),
        edition=hour.edition(phone_in),
        seen=deeds.newest(phone_in),
        clash=clash,
        note=NoteForm.of(current.note, current) if current else None,
        notes=clash.form if clash and about_hour else NoteForm.of(kept.notes, None),
        adding=adding or AdditionForm(None),
        counting=counting or HeadsForm.up_to(phone_in.seats * hour.HEADS_FOR_EACH_SEAT, kept.heads),
        handed_over=closing.handed_over(phone_in) if kept.begun_at is None else None,
        CAME_TO=hour.CAME_TO,
        BEFORE=hour.BEFORE,
    )
    return page, status


def _done(phone_in: PhoneIn, said: str = "") -> Any:
    if said:
        flash(said)
    return redirect(url_for("hour.run", slug=phone_in.slug), 303)
