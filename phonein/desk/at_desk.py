"""What the desk's views share: whose desk it is, what the page had seen, and what is said after a deed."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from flask import abort, flash, g, redirect, request, url_for

from phonein.db import transaction
from phonein.desk import deeds
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn


def led(slug: str) -> PhoneIn:
    """The phone-in, if this facilitator leads it; for others it does not exist."""
    return programme.led_by_or_none(g.person, slug) or abort(404)


def seen() -> int | None:
    """The number of the desk's last deed when the page was shown from which this was sent."""
    sent = request.form.get("seen", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


@contextmanager
def deed(phone_in: PhoneIn, what: str, *keys: str, desks: Collection[str] = ()) -> Iterator[None]:
    """One change at this desk, in a transaction of its own. `keys` name the rows that it changes; `desks` all at which
    it changes something, where that is not only this one.

    Raises ChangedMeanwhile, where somebody else has changed one of them since this page was shown.
    """
    with transaction():
        programme.hold_all(desks)
        deeds.refuse_if_changed(phone_in, seen(), *keys, by=g.person)
        with deeds.done(phone_in, by=g.person, what=what):
            yield


def told(phone_in: PhoneIn, words: str, before: int) -> None:
    """Say what was done, with a button to undo it if anything was: `before` is the newest deed's number before it."""
    newest = deeds.newest(phone_in)
    latest = deeds.one(phone_in, newest) if newest > before else None
    can_undo = latest is not None and latest.by_id == g.person.id and deeds.can_undo(latest)
    flash(words, url_for("history.undo", slug=phone_in.slug, number=newest) if can_undo else "message")


def do(
    phone_in: PhoneIn,
    what: str,
    change: Callable[[], str | None],
    *keys: str,
    said: str = "",
    desks: Collection[str] = (),
) -> None:
    """One deed, and what is said of it: what `change` returns, or `said`."""
    before = deeds.newest(phone_in)
    with deed(phone_in, what, *keys, desks=desks):
        words = change() or said
    told(phone_in, words, before)


def back_to(phone_in: PhoneIn, endpoint: str = "triage.questions", **values: Any) -> Any:
    return redirect(url_for(endpoint, slug=phone_in.slug, **values), 303)
