"""The minute's round: release what is due, free stuck letters, and once a day roll series on and forget."""

import logging
from collections.abc import Callable
from datetime import date
from threading import Event

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from phonein import clock, retention
from phonein.booking import seats
from phonein.db import Model, db, transaction
from phonein.delivery import runner
from phonein.passes.models import PassIssue
from phonein.questions import keys, release
from phonein.questions.rewrite import rewrite, take_for_ourselves
from phonein.schedule import rolling

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


class Chore(Model):
    """Something done once a day, and the day on which it was last begun."""

    __tablename__ = "chore"
    name: Mapped[str] = mapped_column(primary_key=True)
    begun_on: Mapped[date]


def round_once() -> None:
    """One round. Each part stands by itself: one that fails does not keep the others from being done."""
    for part in (runner.sweep_letters, release.release_due, nightly):
        try:
            part()
        except Exception as error:
            db.session.rollback()
            log.error("sweep: a part failed", extra={"where": part.__name__, "error": type(error).__name__})


def nightly() -> None:
    """What is done once a day, by whichever process comes first. Begun is begun: a failure is tried again tomorrow."""
    chores: dict[str, Callable[[], object]] = {
        "roll on": roll_on,
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


def lose_the_order() -> None:
    release.rewrite_anew()
    with transaction():
        take_for_ourselves(PassIssue)
        rewrite(PassIssue)
    keys.destroy_strays()


def count_again() -> None:
    """The counter of taken seats against the bookings themselves: they always agree, and if not, somebody must hear."""
    for slug in seats.miscounted():
        log.error("seats and bookings disagree", extra={"slug": slug})


def keep_sweeping(app: Flask, stop: Event, every: float = EVERY_SECONDS) -> None:
    while not stop.is_set():
        with app.app_context():
            round_once()
        stop.wait(every)


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
