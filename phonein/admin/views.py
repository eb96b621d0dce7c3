"""The admin's pages: an overview, undelivered letters, replies that need an eye. Series have modules of their own."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from phonein import clock, retention
from phonein.admin import letters, planning, replies
from phonein.booking import adjustments, in_line
from phonein.db import transaction
from phonein.identity import access

bp = access.blueprint("admin", __name__, url_prefix="/app/admin")

LOOK_AHEAD = timedelta(days=14)


@bp.get("/")
@access.admins
def overview() -> Any:
    coming = planning.coming(clock.now() + LOOK_AHEAD)
    return render_template(
        "admin/overview.html",
        coming=coming,
        held=in_line.held(coming),
        waiting=in_line.lengths(coming),
        asking=adjustments.numbers(coming),
        drafts=planning.drafts(),
        letters=letters.counts(),
        replies_in_need=replies.number_in_need(),
    )


@bp.get("/deleted/")
@access.admins
def deleted_page() -> Any:
    return render_template("admin/deleted.html", deletions=retention.deletions(), facts=retention.facts())


@bp.get("/letters/")
@access.admins
def letters_page() -> Any:
    return render_template(
        "admin/letters.html",
        troubled=letters.troubled(),
        being_tried=letters.being_tried(),
        counts=letters.counts(),
        most_shown=letters.MOST_SHOWN,
    )


@bp.post("/letters/<letter_id>/resending")
@access.admins
def resend(letter_id: str) -> Any:
    with transaction():
        letter = letters.in_trouble(letter_id) or abort(404)
        letters.send_again(letter)
    flash("The letter is on its way again.")
    return redirect(url_for("admin.letters_page"), 303)


@bp.post("/letters/<letter_id>/resting")
@access.admins
def let_letter_rest(letter_id: str) -> Any:
    with transaction():
        letter = letters.to_be_dropped(letter_id) or abort(404)
        letters.let_rest(letter, by=g.person)
    flash("The letter rests. Nobody tries to send it any more.")
    return redirect(url_for("admin.letters_page"), 303)


@bp.get("/replies/")
@access.admins
def replies_page() -> Any:
    return render_template("admin/replies.html", in_need=replies.in_need(), counts=replies.counts())


@bp.post("/replies/<int:reply_id>/seen")
@access.admins
def see_reply(reply_id: int) -> Any:
    with transaction():
        if not replies.see(reply_id):
            abort(404)
    flash("Marked as seen.")
    return redirect(url_for("admin.replies_page"), 303)
