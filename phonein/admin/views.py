"""The admin's pages: an overview, and letters that could not be delivered. Series and dates have their own module."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from phonein import clock
from phonein.admin import letters, planning
from phonein.db import transaction
from phonein.identity import access

bp = access.blueprint("admin", __name__, url_prefix="/app/admin")

LOOK_AHEAD = timedelta(days=14)


@bp.get("/")
@access.admins
def overview() -> Any:
    return render_template(
        "admin/overview.html",
        coming=planning.coming(clock.now() + LOOK_AHEAD),
        drafts=planning.drafts(),
        letters=letters.counts(),
    )


@bp.get("/letters/")
@access.admins
def letters_page() -> Any:
    return render_template("admin/letters.html", troubled=letters.troubled(), counts=letters.counts())


@bp.post("/letters/<letter_id>/resending")
@access.admins
def resend(letter_id: str) -> Any:
    with transaction():
        letter = letters.in_trouble(letter_id) or abort(404)
        letter.start_over()
    flash("The letter is on its way again.")
    return redirect(url_for("admin.letters_page"), 303)
