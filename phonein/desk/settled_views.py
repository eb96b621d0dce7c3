"""What the organisation has settled for when something worries those who lead: who to call, and what comes next."""

from typing import Any

from flask import render_template

from phonein.identity import access
from phonein.safeguarding import procedure

bp = access.blueprint("settled", __name__, url_prefix="/app/desk/safeguarding")


@bp.get("/")
@access.facilitators
def page() -> Any:
    return render_template("desk/safeguarding.html", settled=procedure.newest())
