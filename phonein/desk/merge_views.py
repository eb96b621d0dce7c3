"""The page on which questions are merged: the originals side by side, and which wording they get."""

from typing import Any

from flask import abort, g, render_template, request

from phonein.desk import at_desk, deeds, merging, sorting, triage
from phonein.desk.one_question import CarriedOn
from phonein.desk.sorting import Entry
from phonein.desk.triage_forms import MergeForm
from phonein.identity import access
from phonein.read_aloud import wordings
from phonein.schedule.models import PhoneIn

bp = access.blueprint("merging", __name__, url_prefix="/app/desk/<slug>/merge")


@bp.get("/")
@access.facilitators
def merge_page(slug: str) -> Any:
    phone_in = at_desk.led(slug)
    found = _found(phone_in, request.args.getlist("q"))
    offered = _offered(found)
    form = MergeForm(None, lead=next(iter(offered), ""))
    form.offer(offered)
    return _page(phone_in, found, form)


@bp.post("/")
@access.facilitators
def merge(slug: str) -> Any:
    phone_in, form, ticked = at_desk.led(slug), MergeForm(), request.form.getlist("q")
    found = _found(phone_in, ticked)
    form.offer(_offered(found))
    if len(found) < 2 or not form.validate():
        return _page(phone_in, found, form), 422

    def change() -> str:
        rows = _found(phone_in, ticked)
        questions = [question for entry in rows for question in entry.questions]
        aloud = [entry.wording for entry in rows if not entry.questions]
        lead = wordings.one(slug, form.lead.data) if form.lead.data else None
        made = merging.merge(phone_in, questions, lead, "" if form.lead.data else form.words.data, aloud)
        return f"Merged: asked {made.asked} times now. Each original stays as it is."

    try:
        at_desk.do(phone_in, "merged", change, *[key for entry in found for key in entry.keys])
    except deeds.ChangedMeanwhile as refusal:
        return _page(phone_in, _found(phone_in, ticked), form, refusal), 409
    return at_desk.back_to(phone_in, "triage.questions", tab="worded")


def _found(phone_in: PhoneIn, ticked: list[str]) -> list[Entry]:
    """Rows of this desk, named as in a deed; what has gone meanwhile is left out."""
    found = sorting.entries(phone_in, g.person)
    named = [entry for key in dict.fromkeys(ticked) if (entry := sorting.by_key(found, key))]
    if not named:
        abort(404)
    if any(entry.needs_a_look for entry in named):
        raise triage.NeedsALook
    if any(entry.carried_to for entry in named):
        raise CarriedOn
    return named


def _offered(found: list[Entry]) -> dict[str, str]:
    worded = [entry.wording for entry in found if entry.read_aloud]
    return {one.id: one.words for one in sorted(worded, key=lambda one: (not one.is_on_agenda, -one.asked))}


def _page(
    phone_in: PhoneIn, found: list[Entry], form: MergeForm, meanwhile: deeds.ChangedMeanwhile | None = None
) -> Any:
    return render_template(
        "desk/merge.html",
        phone_in=phone_in,
        found=found,
        form=form,
        meanwhile=meanwhile,
        asked=sum(entry.wording.asked if entry.read_aloud else 1 for entry in found),
        seen=deeds.newest(phone_in),
    )
