"""Figures over the whole programme, to look at and to take away; nobody is singled out in either."""

from typing import Any

from flask import abort, render_template

from phonein.admin import insights, insights_tables
from phonein.desk import comment_themes, feedback, taking_away
from phonein.identity import access

bp = access.blueprint("insights", __name__, url_prefix="/app/admin/insights")


@bp.get("/")
@access.admins
def over_all() -> Any:
    blocks = feedback.over_all()
    quarters = feedback.by_quarter(blocks)
    return render_template(
        "admin/insights.html",
        insights=insights.over_all(),
        whole=feedback.Group("", blocks),
        series=feedback.by_series(blocks),
        quarters=quarters,
        themes=comment_themes.over_time(quarters),
    )


@bp.get("/take-away/<what>/<form>")
@access.admins
def take_away(what: str, form: str) -> Any:
    make = insights_tables.TABLES.get(what) or abort(404)
    return taking_away.answer(make(), form)
