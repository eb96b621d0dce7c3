"""What a reply from somebody's calendar does to their seat. Whatever comes has an outcome; nothing is just dropped.

A reply counts if it speaks for the one person whose seat it names, and comes from that person's address: anybody can
write to a mailbox (RFC 5546 6.1.2, RFC 6047 2.2.1).
"""

import logging
from collections.abc import Callable

from flask import current_app
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from phonein import clock
from phonein.booking import answer_order, seat_links, seats, telling, told_times
from phonein.booking.models import Booking
from phonein.booking.outcomes import NOT_ACTED_ON, Outcome
from phonein.booking.reply_models import Reply
from phonein.booking.standing import Standing
from phonein.db import db, hold
from phonein.delivery import invites, outbox, replies, reply_letters
from phonein.delivery.bounces import Bounce
from phonein.delivery.replies import Answer, Kind, Reading
from phonein.identity.models import Calendar, email_key

log = logging.getLogger(__name__)

NO = {"declined", "delegated"}
SAYS_SOMETHING = NO | {"accepted", "tentative"}
WITHOUT_AN_ANSWER = {
    Kind.BROKEN: Outcome.BROKEN,
    Kind.TOO_MANY: Outcome.TOO_MANY,
    Kind.TOO_LARGE: Outcome.TOO_LARGE,
    Kind.OTHER_METHOD: Outcome.NO_REPLY,
    Kind.NO_CALENDAR: Outcome.WRITTEN,
}
Weighed = tuple[Outcome, Booking | None]


def receive(written: bytes, *, is_whole: bool = True) -> Outcome:
    """Take one message in and do what it says, if it counts. The same one a second time does nothing.

    `is_whole` is False where only its beginning was fetched, because it is too large.
    """
    reading = replies.read(written, is_whole=is_whole)
    reply, is_new = _remembered(reading)
    if not is_new:
        return Outcome.of(reply.outcome)
    try:
        with db.session.begin_nested():
            outcome, booking = _weigh(reading)
    except SQLAlchemyError:
        raise
    except Exception as error:  # what it did is undone; that it came is kept, and an admin looks at it
        log.error("reply: stumbled", extra={"error": type(error).__name__})
        outcome, booking = Outcome.STUMBLED, None
    reply.outcome, reply.needs_eye, reply.booking_id = outcome.word, outcome.needs_eye, booking.id if booking else None
    reply.from_address = ", ".join(reading.senders)[:254] if outcome.needs_eye else ""
    return outcome


def _remembered(reading: Reading) -> tuple[Reply, bool]:
    """The row of this message, and whether it is new. Two who read one mailbox can have it at the same moment."""
    known = select(Reply).where(Reply.key == reading.key)
    reply = db.session.scalar(known)
    if reply is not None:
        return reply, False
    try:
        with db.session.begin_nested():
            reply = Reply(key=reading.key, came_on=clock.today(), outcome=Outcome.STUMBLED.word)
            db.session.add(reply)
            db.session.flush()
    except IntegrityError:
        return db.session.scalars(known).one(), False
    return reply, True


def _weigh(reading: Reading) -> Weighed:
    if reading.bounce:
        return _of_bounce(reading.bounce), None
    if reading.kind in WITHOUT_AN_ANSWER:
        is_absence = reading.is_automatic and reading.kind in (Kind.NO_CALENDAR, Kind.OTHER_METHOD)
        return (Outcome.AUTOMATIC if is_absence else WITHOUT_AN_ANSWER[reading.kind]), None
    if _contradict(reading.answers):
        return Outcome.CONTRADICTS, None
    weighed = [_of_one_entry(reading, answer) for answer in reading.answers]
    return next((each for each in weighed if each[0].needs_eye), weighed[0])


def _of_bounce(bounce: Bounce) -> Outcome:
    if not bounce.is_final:
        return Outcome.DELAYED
    return Outcome.BOUNCED if outbox.came_back(bounce.letters, bounce.status) else Outcome.BOUNCED_UNKNOWN


def _contradict(answers: tuple[Answer, ...]) -> bool:
    said: dict[str, str] = {}
    return any(
        said.setdefault(answer.uid, attendee.partstat) != attendee.partstat
        for answer in answers
        for attendee in answer.attendees
        if len(answer.attendees) == 1
    )


def _of_one_entry(reading: Reading, answer: Answer) -> Weighed:
    booking = db.session.scalar(select(Booking).where(Booking.uid == answer.uid))
    if booking is None:
        return Outcome.UNKNOWN_SEAT, None
    hold(booking.phone_in)
    db.session.refresh(booking)
    if reading.kind is Kind.REFRESH:
        return _ask_again(booking), booking
    doubt = _doubt(reading, answer, booking)
    if doubt is not None:
        return _do_not_act(doubt, booking), booking
    if answer.is_of_one_date and not told_times.is_or_was_at(booking, answer.date_at):
        return Outcome.OTHER_DATE, booking
    return (_counter(booking) if reading.kind is Kind.COUNTER else _reply(answer, booking)), booking


def _doubt(reading: Reading, answer: Answer, booking: Booking) -> Outcome | None:
    """Why this is not for certain the word of the person whose seat it is; None where it is theirs."""
    theirs = booking.person.email_key
    if len(answer.attendees) != 1:
        return Outcome.SEVERAL_PEOPLE
    [attendee] = answer.attendees
    if email_key(attendee.address) != theirs:
        return Outcome.UNKNOWN_DECLINED if attendee.partstat == "declined" else Outcome.FORWARDED
    if attendee.sent_by and email_key(attendee.sent_by) != theirs:
        return Outcome.IN_THEIR_NAME
    if {email_key(sender) for sender in reading.senders} != {theirs}:
        return Outcome.FROM_ANOTHER
    if reading.failed_check(set(current_app.config["REPLIES_AUTHSERV"])):
        return Outcome.NOT_PROVED
    return None


def _do_not_act(doubt: Outcome, booking: Booking) -> Outcome:
    """Nothing changes. Whoever would otherwise wait for nothing is told, once a day at most."""
    is_on, link = not _has_no_say(booking), seat_links.address(booking)
    if doubt in NOT_ACTED_ON and is_on and booking.is_live:
        _once_a_day(NOT_ACTED_ON, Reply.booking_id == booking.id, lambda: reply_letters.not_acted_on(booking, link))
    if doubt is Outcome.FORWARDED and is_on:
        of_this = Reply.booking_id.in_(select(Booking.id).where(Booking.phone_in_id == booking.phone_in_id))
        _once_a_day((doubt,), of_this, lambda: reply_letters.forwarded(booking.phone_in))
    return doubt


def _has_no_say(booking: Booking) -> Outcome | None:
    """Why nothing can be decided about this phone-in any more."""
    if booking.phone_in.has_begun(clock.now()):
        return Outcome.TOO_LATE
    return Outcome.NO_LONGER_ON if booking.phone_in.is_cancelled else None


def _ask_again(booking: Booking) -> Outcome:
    """Whoever asks, the invitation goes to the booked address alone (RFC 5546 6.1.6)."""
    if booking.phone_in.has_begun(clock.now()) or not booking.is_live:
        return _has_no_say(booking) or Outcome.NO_SEAT
    _once_a_day((Outcome.SENT_AGAIN,), Reply.booking_id == booking.id, lambda: telling.send_again(booking))
    return Outcome.SENT_AGAIN


def _counter(booking: Booking) -> Outcome:
    if nothing_to_say := _has_no_say(booking) or (None if booking.is_live else Outcome.NO_SEAT):
        return nothing_to_say
    mine, link = Reply.booking_id == booking.id, seat_links.address(booking)
    _once_a_day((Outcome.OTHER_TIME,), mine, lambda: reply_letters.other_time(booking, link))
    return Outcome.OTHER_TIME


def _reply(answer: Answer, booking: Booking) -> Outcome:
    said = answer.attendees[0].partstat
    if said not in SAYS_SOMETHING:
        return Outcome.NOTHING_SAID
    outcome = _has_no_say(booking) or answer_order.place(booking, answer, said)
    if outcome is not None:
        return outcome
    if not booking.is_live:
        return Outcome.NO_SEAT if said in NO else _wants_it_back(booking, said)
    before = told_times.other_than_now(booking, answer.sequence)
    if before is not None:
        return _of_old_time(booking, said, before)
    if said not in NO:
        booking.answer = said
        return Outcome.of(said)
    booking.answer = "declined"
    seats.give_back(booking.phone_in, by=booking.person)
    if said == "delegated":
        reply_letters.passed_on(booking)
        return Outcome.PASSED_ON
    return Outcome.GIVEN_BACK


def _of_old_time(booking: Booking, said: str, before: Standing) -> Outcome:
    """A no to the old time is a question, not an order; a yes to it does not hold for the new one."""
    if said not in NO:
        return Outcome.OLD_ANSWER
    mine, link = Reply.booking_id == booking.id, seat_links.address(booking)
    _once_a_day((Outcome.OLD_TIME,), mine, lambda: reply_letters.old_time(booking, before, link))
    return Outcome.OLD_TIME


def _wants_it_back(booking: Booking, said: str) -> Outcome:
    """A yes after a no. Only where it was the calendar that said no: a yes that was under way while somebody gave their
    seat back on the page is no wish to have it again."""
    person, phone_in, was_declined = booking.person, booking.phone_in, booking.answer == "declined"
    booking.answer = said
    if not person.may_sign_in() or seats.live_booking(phone_in, person):
        return Outcome.NO_SEAT
    mine = Reply.booking_id == booking.id
    if not was_declined or said != "accepted":
        _once_a_day((Outcome.HAD_NO_SEAT,), mine, lambda: _take_out(booking, reply_letters.no_seat, is_full=False))
        return Outcome.HAD_NO_SEAT
    try:
        seats.take(phone_in, by=person)
    except seats.PhoneInFull:
        _once_a_day((Outcome.NONE_LEFT,), mine, lambda: _take_out(booking, reply_letters.no_seat, is_full=True))
        return Outcome.NONE_LEFT
    except seats.BookingClosed:  # it has been hidden meanwhile
        return Outcome.NO_LONGER_ON
    _take_out(booking, reply_letters.booked_again)
    return Outcome.BOOKED_AGAIN


def _take_out(booking: Booking, write: Callable[..., None], **context: bool) -> None:
    """Their calendar has just said yes to an entry that does not hold: out with it."""
    booking.sequence += 1
    booking.stamped_at = invites.next_stamp(booking.stamped_at, clock.now())
    in_calendar = booking.person.calendar == Calendar.INVITATIONS
    write(booking, about=telling.about(booking), in_calendar=in_calendar, **context)


def _once_a_day(outcomes: tuple[Outcome, ...], where: ColumnElement[bool], post: Callable[[], object]) -> None:
    """Write that letter, unless today's messages have led to one already: nobody can make us fill a mailbox."""
    words = [outcome.word for outcome in outcomes]
    same = select(Reply.id).where(Reply.outcome.in_(words), Reply.came_on == clock.today(), where)
    if db.session.scalar(same.limit(1)) is None:
        post()
