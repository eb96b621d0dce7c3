"""The waiting list once more, on plain lists: slow, without a database, and as the rules are told to people."""

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from phonein.booking.offer_times import FIRST_COME, TOO_SHORT, from_at, held_for

LONDON = ZoneInfo("Europe/London")
GATHER = timedelta(seconds=10)


@dataclass(eq=False)
class Date:
    """A phone-in. All of them are one series."""

    name: str
    seats: int
    starts_at: datetime
    is_off: bool = False
    booked: list[str] = field(default_factory=list)
    ever: set[str] = field(default_factory=set)
    made: int = 0


@dataclass(eq=False)
class Waiting:
    person: str
    home: Date
    any_date: bool
    why: str = ""
    refused: list[Date] = field(default_factory=list)
    lapses: int = 0


@dataclass(eq=False)
class Held:
    wait: Waiting
    date: Date
    from_at: datetime
    until_at: datetime
    why: str = ""


@dataclass
class Known:
    """What somebody who waits has been told."""

    offer: Held | None = None
    over: int = 0
    is_off: bool = False
    at: tuple[Date, datetime] | None = None
    free: tuple[Date, int] | None = None


class Model:
    def __init__(self, dates: list[Date], now: datetime) -> None:
        self.dates, self.now = dates, now
        self.waits: list[Waiting] = []  # in order of turn
        self.offers: list[Held] = []
        self.left: set[str] = set()
        self.due: dict[Waiting, datetime] = {}
        self.known: dict[Waiting, Known] = {}
        self.letters: list[tuple[str, str]] = []

    # who stands where

    def live(self, date: Date | None = None) -> list[Held]:
        return [one for one in self.offers if not one.why and date in (None, one.date)]

    def taken(self, date: Date) -> int:
        return len(date.booked) + len(self.live(date))

    def is_open(self, date: Date) -> bool:
        return not date.is_off and self.now < date.starts_at

    def is_good(self, offer: Held) -> bool:
        return not offer.why and not offer.wait.why and offer.until_at > self.now and self.is_open(offer.date)

    def line(self, date: Date) -> list[Waiting]:
        found: dict[str, Waiting] = {}
        holding = {offer.wait for offer in self.live()}
        here = {offer.wait.person for offer in self.live(date)}
        for wait in self.waits:
            counts = wait.home is date or (wait.any_date and wait.person not in date.ever)
            out = wait.why or wait in holding or date in wait.refused
            absent = wait.person in self.left or wait.person in date.booked or wait.person in here
            if counts and not out and not absent:
                found.setdefault(wait.person, wait)
        return list(found.values())

    def covering(self, date: Date, person: str) -> list[Waiting]:
        mine = [wait for wait in self.waits if wait.person == person and not wait.why]
        return [wait for wait in mine if wait.home is date or wait.any_date]

    def free_for(self, wait: Waiting) -> tuple[Date, int] | None:
        soon = [d for d in self.dates if self.is_open(d) and d.starts_at <= self.now + FIRST_COME]
        for date in sorted(soon, key=lambda date: date.starts_at):
            free = self.taken(date) < date.seats
            if free and any(one is wait for one in self.line_with_twice(date)):
                return date, date.made
        return None

    def line_with_twice(self, date: Date) -> list[Waiting]:
        """The line, and of those who are in it twice both."""
        people = {wait.person for wait in self.line(date)}
        held = {offer.wait for offer in self.live()}
        return [
            wait
            for wait in self.covering_all(date)
            if wait.person in people and wait not in held and date not in wait.refused
            if wait.home is date or wait.person not in date.ever
        ]

    def covering_all(self, date: Date) -> list[Waiting]:
        return [wait for wait in self.waits if not wait.why and (wait.home is date or wait.any_date)]

    # verbs

    def take(self, date: Date, person: str) -> str:
        if person in date.booked:
            return "has it"
        if not self.is_open(date):
            return "BookingClosed"
        waits = self.covering(date, person)
        held = next((one for one in self.live(date) if one.wait in waits and self.is_good(one)), None)
        if held is None and self.taken(date) >= date.seats:
            return "PhoneInFull"
        date.booked.append(person)
        date.ever.add(person)
        date.made += 1
        if held:
            held.why = "accepted"
        for wait in waits:
            wait.why = "seat"
        return "booked"

    def give_back(self, date: Date, person: str) -> str:
        if person not in date.booked:
            return "had none"
        if self.now >= date.starts_at:
            return "TooLateToGiveBack"
        date.booked.remove(person)
        self.fill(date)
        return "given back"

    def join(self, date: Date, person: str, any_date: bool) -> str:
        before = copy.deepcopy(self.__dict__)
        outcome = self.settle_and_join(date, person, any_date)
        if outcome[0].isupper():  # refused: then nothing of it stays
            self.__dict__ = before
        return outcome

    def settle_and_join(self, date: Date, person: str, any_date: bool) -> str:
        self.settle(date)
        if person in date.booked:
            return "HasSeat"
        covering = self.covering(date, person)
        held = any(self.is_good(one) for one in self.live(date) if one.wait.person == person)
        if held or any(date not in wait.refused for wait in covering):
            return "in line already"
        if not self.is_open(date) or person in self.left:
            return "BookingClosed"
        if self.taken(date) < date.seats:
            return "SeatsLeft"
        for wait in covering:
            if wait.home is date:
                wait.why = "left"
                any_date = any_date or wait.any_date
        wait = Waiting(person, date, any_date)
        self.waits.append(wait)
        self.tell(wait, self.now)
        return "joined"

    def leave(self, date: Date, person: str) -> str:
        waits = self.covering(date, person)
        for wait in waits:
            wait.why = "left"
        for offer in self.live(date):
            if offer.wait in waits:
                offer.why = "declined"
                offer.wait.refused.append(date)
                self.fill(date)
        return "left"

    def accept(self, offer: Held) -> str:
        if self.is_good(offer) and offer.wait.person not in self.left:
            return self.take(offer.date, offer.wait.person)
        if offer.why == "accepted" and offer.wait.person in offer.date.booked:
            return "booked"
        return "OfferOver"

    def decline(self, offer: Held) -> str:
        if not offer.why:
            offer.why = "declined"
            offer.wait.refused.append(offer.date)
            if not offer.wait.any_date:
                offer.wait.why = offer.wait.why or "declined"
            self.fill(offer.date)
        return "declined"

    def reseat(self, date: Date, seats: int) -> str:
        if self.now >= date.starts_at:
            return "AlreadyOver"
        if seats < self.taken(date):
            return "FewerThanBooked"
        date.seats = seats
        self.heed(date, told=False)
        return "changed"

    def shift(self, date: Date, hours: int) -> str:
        if self.now >= date.starts_at:
            return "AlreadyOver"
        date.starts_at += timedelta(hours=hours)
        self.heed(date, told=True)
        return "moved"

    def cancel(self, date: Date, is_off: bool) -> str:
        if date.is_off == is_off:
            return "so already"
        if self.now >= date.starts_at:
            return "AlreadyOver"
        date.is_off = is_off
        self.heed(date, told=True)
        return "done"

    def swap(self, there: Date, here: Date, person: str) -> str:
        """From one date to another, or nothing at all."""
        if person in there.booked:
            return "HasBothSeats"
        if self.now >= here.starts_at:
            return "TooLateToMove"
        outcome = self.take(there, person)
        if outcome == "booked":
            self.give_back(here, person)
        return outcome

    def reorder(self, date: Date, before: int, after: int) -> str:
        waits = self.line(date)
        slots = sorted(self.waits.index(wait) for wait in waits)
        waits.insert(after, waits.pop(before))
        for slot, wait in zip(slots, waits, strict=True):
            self.waits[slot] = wait
        return "moved"

    def depart(self, person: str) -> str:
        self.left.add(person)
        return "gone"

    # what follows by itself

    def fill(self, date: Date) -> None:
        while self.is_open(date) and self.taken(date) < date.seats and (waits := self.line(date)):
            times = held_for(self.now, LONDON, date.starts_at)
            if times is None:
                for wait in waits:
                    self.tell(wait, self.morning(date, GATHER))
                return
            self.offers.append(Held(waits[0], date, *times))
            self.tell(waits[0], self.morning(date))

    def settle(self, date: Date) -> None:
        for offer in self.live(date):
            wait = offer.wait
            if not self.is_open(date) or wait.why or wait.person in self.left:
                offer.why = "withdrawn"
            elif offer.until_at <= self.now:
                offer.why = "lapsed"
                wait.refused.append(date)
                wait.lapses += 1
                if not wait.any_date or wait.lapses >= 2:
                    wait.why = "lapsed"
            else:
                if offer.until_at > date.starts_at:
                    offer.until_at = date.starts_at
                    if offer.from_at > date.starts_at - TOO_SHORT:
                        offer.from_at = from_at(self.now, LONDON, date.starts_at)
                        self.tell(wait, self.morning(date))
                continue
            self.tell(wait, self.morning(date, GATHER))
        if self.now >= date.starts_at:
            for wait in self.waits:
                if wait.home is date and not wait.any_date and not wait.why:
                    wait.why = "cancelled" if date.is_off else "begun"
        self.fill(date)

    def heed(self, date: Date, told: bool) -> None:
        held = {offer.wait for offer in self.live(date)}
        theirs = [wait for wait in self.waits if not wait.why and (wait.home is date or wait in held)]
        for wait in theirs if told else []:
            self.tell(wait, self.now + GATHER)
        self.settle(date)

    def round(self) -> None:
        coming = any(date.starts_at > self.now for date in self.dates)
        for wait in self.waits:
            if not wait.why and wait.person in self.left:
                wait.why = "gone"
            elif not wait.why and wait.any_date and self.now >= wait.home.starts_at and not coming:
                wait.why = "begun"
        for date in self.dates:
            gone = [person for person in date.booked if person in self.left and self.now < date.starts_at]
            date.booked = [person for person in date.booked if person not in gone]
            over = any(not self.is_good(offer) or offer.wait.person in self.left for offer in self.live(date))
            if gone or over or self.now >= date.starts_at:
                self.settle(date)
        for date in sorted(self.dates, key=lambda date: date.starts_at):
            if date.starts_at > self.now + FIRST_COME:
                self.fill(date)

    def morning(self, date: Date, at_least: timedelta = timedelta()) -> datetime:
        return max(from_at(self.now, LONDON, date.starts_at), self.now + at_least)

    # letters

    def tell(self, wait: Waiting, due_at: datetime) -> None:
        self.due[wait] = min(self.due.get(wait, due_at), due_at)

    def deliver(self) -> None:
        for wait in [wait for wait, due_at in self.due.items() if due_at <= self.now]:
            del self.due[wait]
            if wait.person in self.left:
                continue
            later = [one.from_at for one in self.live() if one.wait is wait and one.from_at > self.now]
            if later and self.is_good(next(one for one in self.live() if one.wait is wait)):
                self.due[wait] = later[0]
            if name := self.news(wait):
                self.letters.append((wait.person, name))

    def news(self, wait: Waiting) -> str:
        """What is new to them, and from now on is not."""
        is_first, known = wait not in self.known, self.known.get(wait, Known())
        mine = [offer for offer in self.offers if offer.wait is wait]
        held = next((one for one in mine if self.is_good(one) and one.from_at <= self.now), None)
        lapsed = [one for one in mine if one.why == "lapsed"]
        home, name, about = wait.home, "", wait.home
        was_off, known_at = known.is_off, known.at
        known = Known(known.offer, known.over, home.is_off, known.at, known.free)
        off = known.offer if known.offer and known.offer.why == "withdrawn" and known.offer.date.is_off else None
        if held:
            about, known.is_off = held.date, False
            name = "seat-held" if held is not known.offer else self.moved(about, known_at)
            known.offer = held
        elif off and not was_off:
            about, name, known.offer = off.date, "waiting-cancelled", None
        elif len(lapsed) > known.over and self.now < lapsed[-1].date.starts_at:
            about, name, known.over = lapsed[-1].date, "seat-held-over", len(lapsed)
        elif not wait.why:
            is_past, free = self.now >= home.starts_at or home in wait.refused, self.free_for(wait)
            if not is_past and not is_first and was_off != home.is_off:
                name = "waiting-cancelled" if home.is_off else "waiting-back-on"
            elif free and free != known.free:
                about, name, known.free = free[0], "seat-free", free
            elif self.is_open(home) and not is_past:
                name = "waiting-joined" if is_first else self.moved(home, known_at)
        if name:
            known.at = about, about.starts_at
            self.known[wait] = known
        return name

    def moved(self, date: Date, known_at: tuple[Date, datetime] | None) -> str:
        is_new = known_at is not None and known_at[0] is date and known_at[1] != date.starts_at
        return "waiting-moved" if is_new else ""
