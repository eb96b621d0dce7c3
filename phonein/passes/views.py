"""The page with printed passes: shown once, kept nowhere."""

from typing import Any

from flask import abort, g, render_template, request

from phonein.db import transaction
from phonein.identity import access
from phonein.passes import issue
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = access.blueprint("passes", __name__, url_prefix="/app")
bp.add_app_template_global(issue.can_draw_for, "can_draw")


@bp.app_template_global()
def my_draws(phone_in: PhoneIn) -> int:
    """How often whoever looks has drawn passes for this phone-in."""
    return issue.draws_by(g.person, phone_in)


@bp.post("/phone-ins/<slug>/passes")
@access.signed_in
def draw(slug: str) -> Any:
    if request.is_json:
        abort(415)
    phone_in = programme.by_slug(slug) or abort(404)
    with transaction():
        passes = issue.draw(phone_in, by=g.person)
    return render_template("passes/printed.html", phone_in=phone_in, passes=passes)
