"""Every letter phonein writes, one function each, named for what has happened."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template

from phonein import formats
from phonein.delivery import invites, outbox
from phonein.delivery.outbox import Letter, post

__all__ = [
    "phone_in_cancelled",
    "phone_in_changed",
    "post",
    "questions_ready",
    "seat_booked",
    "seat_given_back",
    "sign_in_link",
]


def sign_in_link(to: str, *, link: str, code: str, expires_at: datetime) -> Letter:
    """Written but not posted: whether it may be is for `identity` to say."""
    letter = _write(
        "sign-in-link", to, link=formats.address("identity.link_page", link=link), code=f"{code[:4]}-{code[4:]}"
    )
    letter.urgent, letter.expires_at = True, expires_at
    return letter


def seat_booked(booking: Any) -> None:
    _about("seat-booked", booking, invites.request)


def phone_in_changed(booking: Any, *, what: list[str]) -> None:
    """`what` says each change in words, for people whose calendar does not show it."""
    _about("phone-in-changed", booking, invites.request, what=what)


def seat_given_back(booking: Any) -> None:
    _about("seat-given-back", booking, invites.cancellation)


def phone_in_cancelled(booking: Any) -> None:
    _about("phone-in-cancelled", booking, invites.cancellation)


def questions_ready(leader: Any, phone_in: Any) -> None:
    """Says only that it is time to look: no number, no text, nothing that could be put beside a booking."""
    post(
        _write(
            "questions-ready",
            leader.email,
            phone_in=phone_in,
            person=leader,
            desk=formats.address("desk.questions", slug=phone_in.slug),
        )
    )


def entry_for(booking: Any) -> invites.Entry:
    """What a booked person's calendar is told."""
    phone_in, person = booking.phone_in, booking.person
    return invites.Entry(
        uid=booking.uid,
        sequence=booking.sequence,
        stamped_at=booking.stamped_at,
        starts_at=phone_in.starts_at,
        ends_at=phone_in.ends_at,
        zone_name=phone_in.zone_name,
        title=phone_in.title,
        summary=phone_in.summary,
        dial_in_number=phone_in.dial_in_number,
        freephone=phone_in.freephone,
        pin=phone_in.pin,
        url=formats.address("schedule.phone_in_page", slug=phone_in.slug),
        organizer=current_app.config["MAIL_DEFAULT_SENDER"],
        attendee=person.email,
        attendee_name=person.name,
    )


def _about(name: str, booking: Any, build: Any, **context: Any) -> None:
    """A letter with a calendar part, in line behind the earlier ones about the same booking."""
    letter = _write(
        name,
        booking.person.email,
        booking=booking,
        phone_in=booking.phone_in,
        person=booking.person,
        page=formats.address("schedule.phone_in_page", slug=booking.phone_in.slug),
        clock_change=formats.is_clock_change(
            booking.phone_in.starts_at.astimezone(booking.phone_in.zone).date(), booking.phone_in.zone
        ),
        **context,
    )
    letter.about = booking.uid
    letter.invite = build(entry_for(booking)).decode()
    letter.method = "CANCEL" if build is invites.cancellation else "REQUEST"
    post(letter)


def _write(name: str, to: str, **context: Any) -> Letter:
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname
    return outbox.Letter(
        name=name,
        to_address=to,
        message_id=f"<{uuid.uuid4().hex}@{host}>",
        subject=" ".join(render_template(f"mail/{name}/subject.txt", **context).split()),
        text=render_template(f"mail/{name}/body.txt", **context),
        html=render_template(f"mail/{name}/body.html", **context),
    )
