"""What a facilitator can take away, as a table in a file."""

from collections.abc import Callable
from typing import Any

from flask import abort, g, render_template

from phonein.desk import feedback, taking_away
from phonein.desk.tables import Table
from phonein.identity import access
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

TABLES: dict[str, Callable[[PhoneIn], Table]] = {
    "questions": taking_away.question_list,
    "agenda": taking_away.running_order,
    "answers": taking_away.published_answers,
    "feedback": lambda phone_in: taking_away.feedback_on(phone_in, feedback.about(phone_in)),
}
bp = access.blueprint("taking_away", __name__, url_prefix="/app/desk")


@bp.get("/feedback/take-away/<what>/<form>")
@access.facilitators
def over_all(what: str, form: str) -> Any:
    make = {"feedback": taking_away.feedback_of, "comments": taking_away.comments_of}.get(what) or abort(404)
    return taking_away.answer(make(feedback.seen_by(g.person)), form)


@bp.get("/<slug>/take-away/")
@access.facilitators
def choose(slug: str) -> Any:
    return render_template("desk/take-away.html", phone_in=_led(slug))


@bp.get("/<slug>/take-away/<what>/<form>")
@access.facilitators
def take_away(slug: str, what: str, form: str) -> Any:
    phone_in = _led(slug)
    make = TABLES.get(what) or abort(404)
    return taking_away.answer(make(phone_in), form)


def _led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)
