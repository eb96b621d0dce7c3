"""What was done at a desk, by whom, and undoing it."""

from typing import Any

from flask import abort, flash, g, render_template, request

from phonein.db import transaction
from phonein.desk import at_desk, deeds, telling
from phonein.identity import access

bp = access.blueprint("history", __name__, url_prefix="/app/desk/<slug>/history")


@bp.get("/")
@access.facilitators
def history(slug: str) -> Any:
    phone_in = at_desk.led(slug)
    done = deeds.history(phone_in)
    undone = {deed.undoes for deed in done}
    return render_template(
        "desk/history.html",
        phone_in=phone_in,
        lines=[telling.line(deed) for deed in done],
        can_undo={deed.number for deed in done if deeds.can_undo(deed) and deed.number not in undone},
    )


@bp.post("/<int:number>/undo")
@access.facilitators
def undo(slug: str, number: int) -> Any:
    phone_in = at_desk.led(slug)
    deed = deeds.one(phone_in, number) or abort(404)
    what = telling.in_words(deed.what)
    with transaction():
        deeds.undo(phone_in, number, by=g.person)
    flash(f"Undone: {what}.")
    if "history" in request.form:
        return at_desk.back_to(phone_in, "history.history")
    is_of_agenda = all(key.startswith(f"{deeds.AGENDA}:") for key in deed.changes)
    return at_desk.back_to(phone_in, "agenda.agenda_page" if is_of_agenda else "triage.questions")
