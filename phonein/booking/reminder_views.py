"""The page on which people choose when they are reminded of their seats."""

from datetime import timedelta
from typing import Any

from flask import flash, g, redirect, render_template, url_for

from phonein import formats
from phonein.booking import reminder_times, reminders
from phonein.booking.reminder_forms import RemindersForm
from phonein.db import transaction
from phonein.identity import access

bp = access.blueprint("my_reminders", __name__, url_prefix="/app/bookings")


@bp.app_template_global()
def my_reminders_in_words() -> str:
    """You are reminded of a seat a day and an hour before."""
    spans = [formats.span(timedelta(minutes=minutes)) for minutes in reminder_times.wanted(g.person.reminders)]
    return f"You are reminded of a seat {formats.listed(spans)} before." if spans else "You get no reminders."


@bp.get("/reminders")
@access.signed_in
def page() -> Any:
    return render_template("booking/reminders.html", form=RemindersForm.of(g.person.reminders))


@bp.post("/reminders")
@access.signed_in
def choose() -> Any:
    form = RemindersForm()
    if not form.validate_on_submit():
        return render_template("booking/reminders.html", form=form), 422
    with transaction():
        reminders.choose(form.minutes, by=g.person)
    flash(f"Your choice is saved. {my_reminders_in_words()}")
    return redirect(url_for("my_reminders.page"), 303)
