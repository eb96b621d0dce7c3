"""The programme as a feed: one address for everybody, which an admin makes, makes anew or takes away."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from phonein.db import transaction
from phonein.identity import access, feed_addresses
from phonein.identity.feed_addresses import Purpose

bp = access.blueprint("programme_feed", __name__, url_prefix="/app/admin/programme-feed")


@bp.get("/")
@access.admins
def page() -> Any:
    return render_template("admin/programme-feed.html", feed=feed_addresses.of(None, Purpose.PROGRAMME))


@bp.post("/address")
@access.admins
def address() -> Any:
    """The first address, or a new one in its place."""
    with transaction():
        had_one = feed_addresses.make_anew(None, Purpose.PROGRAMME)
    flash("The programme has a new address. The old one is dead." if had_one else "The programme can be read now.")
    return redirect(url_for("programme_feed.page"), 303)


@bp.post("/closing")
@access.admins
def close() -> Any:
    with transaction():
        feed_addresses.close(None, Purpose.PROGRAMME)
    flash("The programme feed is switched off: its address is dead.")
    return redirect(url_for("programme_feed.page"), 303)
