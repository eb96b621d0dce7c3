"""Every letter phonein writes, one function each, named for what has happened."""

from datetime import datetime
from typing import Any

from flask import current_app, render_template

from phonein import formats
from phonein.delivery import invites, outbox
from phonein.delivery.models import Letter
from phonein.delivery.outbox import post

__all__ = ["about_seat", "fill", "phone_in_handed_over", "post", "questions_ready", "sign_in_link", "write"]
BUILDERS = {"REQUEST": invites.request, "CANCEL": invites.cancellation}


def sign_in_link(to: str, *, link: str, code: str, expires_at: datetime) -> Letter:
    """Written but not posted: whether it may be is for `identity` to say."""
    letter = write(
        "sign-in-link", to, link=formats.address("identity.link_page", link=link), code=f"{code[:4]}-{code[4:]}"
    )
    letter.urgent, letter.expires_at = True, expires_at
    return letter


def questions_ready(leader: Any, phone_in: Any) -> None:
    """Says that it is time to look, and how many seats are booked: of questions neither number nor text, so that it is
    the same whether somebody has asked or not."""
    post(
        write(
            "questions-ready",
            leader.email,
            phone_in=phone_in,
            person=leader,
            desk=formats.address("desk.hub", slug=phone_in.slug),
        )
    )


def something_to_review(reviewer: Any, phone_in: Any) -> None:
    """Says only that something waits: no number, no text."""
    page = formats.address("review.one_phone_in", slug=phone_in.slug)
    post(write("something-to-review", reviewer.email, phone_in=phone_in, person=reviewer, page=page))


def phone_in_handed_over(leader: Any, phone_in: Any, *, by: Any) -> None:
    """To whoever leads it from now on."""
    desk = formats.address("desk.hub", slug=phone_in.slug)
    post(write("phone-in-handed-over", leader.email, phone_in=phone_in, person=leader, by=by, desk=desk))


def about_seat(letter: Letter, name: str, booking: Any, *, method: str | None, answer: str, **context: Any) -> None:
    """Write a letter about somebody's seat that is about to leave: `name` says what has happened.

    `method` is what their calendar is told, None for nothing; `answer` is what it has replied, as far as that holds.
    """
    phone_in = booking.phone_in
    fill(
        letter,
        name,
        booking=booking,
        phone_in=phone_in,
        person=booking.person,
        page=formats.address("schedule.phone_in_page", slug=phone_in.slug),
        method=method,
        **context,
    )
    letter.method, letter.sequence, letter.invite = method, booking.sequence, None
    if method:
        letter.invite = BUILDERS[method](entry_for(booking, answer)).decode()


def fill(letter: Letter, name: str, **context: Any) -> None:
    """The words of a letter that is about to leave: templates/mail/<name>/."""
    letter.name = name
    for part, written in _words(name, **context).items():
        setattr(letter, part, written)


def entry_for(booking: Any, answer: str = "") -> invites.Entry:
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
        leaders=formats.listed([leader.name for leader in phone_in.leaders]),
        key_print=phone_in.key_print,
        is_discreet=person.is_discreet,
        answer=answer,
        url=_link_for_calendar(booking),
        organizer=current_app.config["MAIL_DEFAULT_SENDER"],
        attendee=person.email,
        attendee_name=person.name,
    )


def write(name: str, to: str, **context: Any) -> Letter:
    """A letter of this name, not posted yet: its words are templates/mail/<name>/."""
    return Letter(name=name, to_address=to, message_id=outbox.new_message_id(), **_words(name, **context))


def _link_for_calendar(booking: Any) -> str:
    """The phone-in's page; for a discreet calendar one whose address does not tell what the phone-in is about."""
    if booking.person.is_discreet:
        return formats.address("booking.my_bookings")
    return formats.address("schedule.phone_in_page", slug=booking.phone_in.slug)


def _words(name: str, **context: Any) -> dict[str, str]:
    return {
        "subject": " ".join(render_template(f"mail/{name}/subject.txt", **context).split()),
        "text": render_template(f"mail/{name}/body.txt", **context),
        "html": render_template(f"mail/{name}/body.html", **context),
    }
