"""What people said afterwards: of one phone-in, and over all that somebody leads."""

from typing import Any

from flask import abort, g, render_template

from phonein import clock
from phonein.desk import comment_themes, feedback
from phonein.identity import access
from phonein.questions.saying import OPEN_FOR
from phonein.schedule import programme

bp = access.blueprint("feedback", __name__, url_prefix="/app/desk")


@bp.get("/feedback/")
@access.facilitators
def over_all() -> Any:
    blocks = feedback.seen_by(g.person)
    quarters = feedback.by_quarter(blocks)
    return render_template(
        "desk/feedback-over-all.html",
        whole=feedback.Group("", blocks),
        series=feedback.by_series(blocks),
        quarters=quarters,
        themes=comment_themes.over_time(quarters),
    )


@bp.get("/<slug>/feedback/")
@access.facilitators
def of_one(slug: str) -> Any:
    phone_in = programme.led_by_or_none(g.person, slug) or abort(404)
    said = feedback.about(phone_in)
    return render_template(
        "desk/feedback.html",
        phone_in=phone_in,
        said=said,
        themes=comment_themes.shown_of(said.comments) if said else None,
        is_settled=feedback.is_settled(phone_in),
        has_ended=phone_in.has_ended(clock.now()),
        shown_at=phone_in.ends_at + OPEN_FOR,
    )
