"""Showing people what is planned, and hiding it again while nobody counts on it."""

from phonein import clock
from phonein.db import hold
from phonein.errors import Refused
from phonein.safeguarding import procedure
from phonein.schedule import rolling
from phonein.schedule.changes import refuse_if_over
from phonein.schedule.models import PhoneIn, Series


class QuestionsOpen(Refused):
    """Questions can be asked for it already, so it cannot be hidden any more. Cancel it instead."""


class SeatsBooked(Refused):
    """People have seats, so it cannot be hidden from them."""


def publish_series(series: Series, *, is_taken_over: bool = False) -> list[PhoneIn]:
    """From now on people can book the dates of this series. Publishing twice is publishing once.

    Raises ProcedureMissing: whoever may be asked must know beforehand what they do with what worries them; unless it
    `is_taken_over` from elsewhere, where it was published already.
    """
    hold(series)
    if series.published_at is None and not is_taken_over:
        procedure.refuse_if_incomplete()
    now = clock.now()
    series.published_at = series.published_at or now
    made = rolling.roll_on(series, now=now)
    for phone_in in series.phone_ins:
        if not phone_in.is_cancelled:  # one that fell away while nobody saw it is not shown for that
            phone_in.published_at = phone_in.published_at or now
    return made


def unpublish_series(series: Series) -> list[PhoneIn]:
    """Make the series a draft again: its coming dates are hidden. Those for which questions can be asked already stay
    published and are returned. Raises SeatsBooked."""
    hold(series)
    now = clock.now()
    coming = [one for one in series.phone_ins if not one.has_begun(now)]
    for one in sorted(coming, key=lambda one: one.id):  # as everybody does who holds several
        hold(one)
    booked = [one for one in coming if one.taken and not one.is_cancelled]
    if booked:
        seats = sum(one.taken for one in booked)
        dates = "1 date" if len(booked) == 1 else f"{len(booked)} dates"
        raise SeatsBooked(f"{_booked(seats)} on {dates} of this series. Cancel those dates first, so that people hear.")
    series.published_at = None
    series.edition += 1
    staying = [one for one in coming if one.asks_open_at <= now]
    for one in coming:
        one.published_at = one.published_at if one in staying else None
    return staying


def publish(phone_in: PhoneIn) -> None:
    """From now on people can book it. Raises ProcedureMissing."""
    if phone_in.published_at is None:
        procedure.refuse_if_incomplete()
    phone_in.published_at = phone_in.published_at or clock.now()


def unpublish(phone_in: PhoneIn) -> None:
    """Hide a phone-in again. Raises SeatsBooked, QuestionsOpen, AlreadyOver."""
    hold(phone_in)
    refuse_if_over(phone_in)
    if phone_in.taken and not phone_in.is_cancelled:
        raise SeatsBooked(f"{_booked(phone_in.taken)} in this phone-in. Cancel it instead, so that people hear.")
    if phone_in.is_published and phone_in.asks_open_at <= clock.now():
        raise QuestionsOpen
    phone_in.published_at = None


def _booked(seats: int) -> str:
    return "1 person has booked" if seats == 1 else f"{seats} people have booked"
