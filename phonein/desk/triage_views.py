"""Triage: the questions of one phone-in, by what becomes of them, and what is done with several at once."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from phonein import clock
from phonein.desk import agenda, at_desk, deeds, sorting, suggestions, together
from phonein.desk.one_question import FLAGS
from phonein.desk.triage_forms import IN_BULK, people
from phonein.forms import unsafe_in
from phonein.identity import access
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.schedule.models import PhoneIn

bp = access.blueprint("triage", __name__, url_prefix="/app/desk")
LONGEST_SEARCH = 200


@bp.get("/<slug>/questions/")
@access.facilitators
def questions(slug: str) -> Any:
    return _page(at_desk.led(slug))


@bp.post("/<slug>/together")
@access.facilitators
def do_together(slug: str) -> Any:
    """What one of the buttons says, with all that are ticked; a button of one row means that row alone."""
    phone_in = at_desk.led(slug)
    act, _, single = request.form.get("do", "").partition(" ")
    ticked = [single] if single else request.form.getlist("chosen")
    if not ticked:
        flash("Tick the questions first: nothing was changed.", "warn")
        return _back(phone_in)
    found = [sorting.by_key(sorting.entries(phone_in, g.person), key) or abort(404) for key in ticked]
    if act == "merge":
        return redirect(url_for("merging.merge_page", slug=slug, q=ticked), 303)
    deed = together.DEEDS.get(act) or abort(400)
    keys = [key for entry in found for key in entry.keys]
    try:
        at_desk.do(phone_in, deed.what, lambda: deed.act(phone_in, ticked, request.form), *keys)
    except deeds.ChangedMeanwhile as refusal:
        return _page(phone_in, meanwhile=refusal, ticked=ticked), 409
    return _back(phone_in)


def _back(phone_in: PhoneIn) -> Any:
    kept = {name: value for name in ("tab", "theme", "q", "whose") if (value := _looked_for(name))}
    return at_desk.back_to(phone_in, "triage.questions", **kept)


def _looked_for(name: str) -> str:
    """What the address or, after something was done, the form says of the list that is shown."""
    said = request.values.get(name, "")
    allowed = {"tab": sorting.TABS, "theme": TOPICS, "whose": (sorting.MINE, sorting.NOBODYS)}
    if name == "q":
        return "" if unsafe_in(said) else said[:LONGEST_SEARCH].strip()
    return said if said in allowed[name] else ""


def _page(
    phone_in: PhoneIn, *, meanwhile: deeds.ChangedMeanwhile | None = None, ticked: list[str] | None = None
) -> Any:
    found = sorting.entries(phone_in, g.person)
    suggestions.add_to(found)
    counts = sorting.counts(found)
    tab, theme, words, whose = (_looked_for(name) for name in ("tab", "theme", "q", "whose"))
    tab = tab or next((name for name in ("new", "look", "worded") if counts[name]), "new")
    chosen = sorting.chosen(found, tab=tab, theme=theme, words=words, whose=whose, person=g.person)
    listed = agenda.items(phone_in)
    now = clock.now()
    return render_template(
        "desk/questions.html",
        phone_in=phone_in,
        tabs=sorting.TABS,
        counts=counts,
        tab=tab,
        looked_for={"theme": theme, "q": words, "whose": whose},
        shown=[entry for entry in chosen if not entry.is_left_to_others],
        left=[entry for entry in chosen if entry.is_left_to_others],
        ticked=ticked or [],
        meanwhile=meanwhile,
        agenda=listed,
        numbers={entry.read_aloud.id: entry.name for entry in found if entry.read_aloud},
        minutes=agenda.minutes(listed),
        seen=deeds.newest(phone_in),
        flags=FLAGS,
        outcomes=outcomes.IN_WORDS,
        reasons=IN_BULK,
        people=people(phone_in.leaders),
        next_release=next((time for time in phone_in.release_times if time > now), None),
    )
