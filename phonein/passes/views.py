"""Where known people draw passes. A form gets a page with printed ones, shown once; a script gets signatures for those
that it has hidden from us. One address and one counter for both, and neither is kept or noted anywhere."""

from typing import Any

from flask import abort, g, jsonify, render_template, request

from phonein.db import transaction
from phonein.identity import access
from phonein.passes import issue, offer
from phonein.passes.hidden import NotHidden, read
from phonein.questions import blind, tokens
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("passes", __name__, url_prefix="/app")
bp.add_app_template_global(issue.can_draw_for, "can_draw")


@bp.app_template_global()
def my_draws(phone_in: PhoneIn) -> int:
    """How often whoever looks has drawn passes for this phone-in."""
    return issue.draws_by(g.person, phone_in)


@bp.app_template_global()
def passes_on_offer() -> list[dict[str, Any]]:
    """What static/passes.js draws by itself, whoever looks: see there."""
    return offer.to(g.person)


@bp.post("/phone-ins/<slug>/passes")
@access.signed_in
def draw(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    return _signed(phone_in) if request.is_json else _printed(phone_in)


def _printed(phone_in: PhoneIn) -> Any:
    with transaction():
        drawn = issue.draw(phone_in, by=g.person)
    return render_template("passes/printed.html", phone_in=phone_in, drawn=drawn)


def _signed(phone_in: PhoneIn) -> Any:
    try:
        drawn = issue.sign(phone_in, read(request.get_json()), by=g.person)
    except blind.NotBlinded:
        raise NotHidden from None
    with transaction():
        gets_ballot = issue.count_a_draw(phone_in, with_ballot=bool(drawn.votes), by=g.person)
    votes = drawn.votes if gets_ballot else []
    return jsonify(q=[tokens.letters(one) for one in drawn.questions], v=[tokens.letters(one) for one in votes])
