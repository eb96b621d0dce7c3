"""The page on which people choose how their calendar learns of their seats, and find the addresses of their feeds."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from phonein import formats
from phonein.db import transaction
from phonein.feeds import choice
from phonein.feeds.choice import SetRight
from phonein.feeds.forms import ChoiceForm
from phonein.identity import access, feed_addresses
from phonein.identity.feed_addresses import Feed, Purpose
from phonein.identity.models import Calendar

NEW_ADDRESS = "The feed has a new address. The old one is dead: put the new one into every program that reads the feed."

bp = access.blueprint("my_calendar", __name__, url_prefix="/app/bookings")


@bp.app_template_global()
def feed_address(feed: Feed) -> str | None:
    """Where a feed can be read; None when SECRET_KEY has changed since its address was made."""
    return formats.address("feeds.read", token=feed.token) if feed.token else None


@bp.get("/feed")
@access.signed_in
def page() -> Any:
    return _page(ChoiceForm(obj=g.person))


@bp.post("/feed/choice")
@access.signed_in
def choose() -> Any:
    form = ChoiceForm()
    if not form.validate_on_submit():
        return _page(form), 422
    with transaction():
        set_right = choice.choose(Calendar(form.calendar.data), is_discreet=form.is_discreet.data, by=g.person)
    flash(_said(set_right))
    return redirect(url_for("my_calendar.page"), 303)


@bp.post("/feed/address")
@access.signed_in
def address() -> Any:
    """The first address of a feed, or a new one in its place."""
    purpose = request.form.get("purpose", Purpose.SEATS)
    if purpose not in _purposes():
        abort(404)
    with transaction():
        had_one = feed_addresses.make_anew(g.person, Purpose(purpose))
    flash(NEW_ADDRESS if had_one else "The feed has an address now.")
    return redirect(url_for("my_calendar.page"), 303)


def _page(form: ChoiceForm) -> Any:
    return render_template(
        "feeds/mine.html",
        form=form,
        feeds={purpose: feed_addresses.of(g.person, purpose) for purpose in _purposes()},
        programme_feed=feed_addresses.of(None, Purpose.PROGRAMME),
    )


def _purposes() -> list[Purpose]:
    return [Purpose.SEATS, Purpose.LEADS] if g.person.is_facilitator else [Purpose.SEATS]


def _said(set_right: SetRight) -> str:
    """Your choice is saved. 3 entries are being taken out of your calendar, each by a letter."""
    deeds = {"taken out of": set_right.taken_out, "put into": set_right.put_in, "changed in": set_right.changed}
    said = ["Your choice is saved."]
    for deed, n in deeds.items():
        if n == 1:
            said.append(f"1 entry is being {deed} your calendar, by letter.")
        elif n:
            said.append(f"{n} entries are being {deed} your calendar, each by a letter.")
    return " ".join(said)
