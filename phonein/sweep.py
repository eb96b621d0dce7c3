"""The minute's round: pass on seats that nobody took, free stuck letters, release what is due, remind, draw keys ahead,
read replies; once a day roll series on and forget."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Event

from flask import Flask, current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from phonein import clock, retention
from phonein.booking import answers, confirming, reminders, seats, thanks, waiting
from phonein.db import Model, db, transaction
from phonein.delivery import imap, runner
from phonein.desk import past_keeping, review_log
from phonein.questions import keys, release
from phonein.questions.keys import draw_pass_keys_ahead
from phonein.schedule import rolling

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
LEASE = timedelta(seconds=60)


class Chore(Model):
    """Something done once a day, and the day on which it was last begun; or done by one process at a time, which has it
    for itself until `busy_until`."""

    __tablename__ = "chore"
    name: Mapped[str] = mapped_column(primary_key=True)
    begun_on: Mapped[date]
    busy_until: Mapped[datetime | None]


def round_once() -> None:
    """One round. Each part stands by itself: one that fails does not keep the others from being done."""
    parts = (
        the_waiting_list,
        runner.sweep_letters,
        release.release_due,
        review_log.tell_reviewers,
        reminders.remind,
        confirming.ask,
        thanks.say,
        draw_pass_keys_ahead,
        nightly,
        read_the_replies,
    )
    for part in parts:
        try:
            part()
        except Exception as error:
            db.session.rollback()
            log.error("sweep: a part failed", extra={"where": part.__name__, "error": type(error).__name__})


def the_waiting_list() -> None:
    """First, so that the letters about it leave in the same round."""
    waiting.round_once()


def nightly() -> None:
    """What is done once a day, by whichever process comes first. Begun is begun: a failure is tried again tomorrow."""
    chores: dict[str, Callable[[], object]] = {
        "roll on": roll_on,
        "forget what is taken back": forget_what_is_taken_back,
        "forget": retention.forget,
        "lose the order": lose_the_order,
        "count again": count_again,
    }
    for name, chore in chores.items():
        if _is_ours_today(name):
            chore()


def roll_on() -> None:
    with transaction():
        rolling.roll_on_all(clock.now())


def forget_what_is_taken_back() -> None:
    with transaction():
        past_keeping.with_what_is_taken_back()


def lose_the_order() -> None:
    release.rewrite_anew()
    keys.destroy_strays()


def count_again() -> None:
    """The counter of taken seats against the bookings themselves: they always agree, and if not, somebody must hear."""
    for slug in seats.miscounted():
        log.error("seats and bookings disagree", extra={"slug": slug})


def read_the_replies() -> None:
    """What came back from people's calendars, where there is a mailbox for it.

    One process at a time: two that put a message away at the same moment would leave two of it.
    """
    if current_app.config["REPLIES_IMAP_SERVER"] and _keep_to_ourselves("read the replies"):
        try:
            imap.read_mailbox(_take_in)
        finally:
            _let_go("read the replies")


def _take_in(written: bytes, is_whole: bool) -> bool:
    with transaction():
        return answers.receive(written, is_whole=is_whole).needs_eye


def keep_sweeping(app: Flask, stop: Event, every: float = EVERY_SECONDS) -> None:
    while not stop.is_set():
        with app.app_context():
            round_once()
        stop.wait(every)


def _keep_to_ourselves(name: str) -> bool:
    """Whether nobody else is at it. Whoever dies over it does not keep the others from it for long."""
    now = clock.now()
    is_free = or_(Chore.busy_until.is_(None), Chore.busy_until < now)
    with transaction():
        if db.session.get(Chore, name) is None:
            db.session.add(Chore(name=name, begun_on=clock.today(), busy_until=now + LEASE))
            return True
        ours = update(Chore).where(Chore.name == name, is_free).values(begun_on=clock.today(), busy_until=now + LEASE)
        return db.session.execute(ours.returning(Chore.name)).first() is not None


def _let_go(name: str) -> None:
    with transaction():
        db.session.execute(update(Chore).where(Chore.name == name).values(busy_until=None))


def _is_ours_today(name: str) -> bool:
    today = clock.today()
    with transaction():
        chore = db.session.scalar(select(Chore).where(Chore.name == name))
        if chore is None:
            db.session.add(Chore(name=name, begun_on=today))
            return True
        begun = db.session.execute(
            update(Chore).where(Chore.name == name, Chore.begun_on < today).values(begun_on=today).returning(Chore.name)
        )
        return begun.first() is not None
