"""The ways of calling in: a number as people write it, as a telephone dials it, and as text relay reaches it."""

import re
from dataclasses import dataclass
from typing import Protocol

from flask import Flask

HOME_COUNTRY = "44"  # where a number that begins with one 0 is at home, and where Relay UK works
FEWEST_DIGITS, MOST_DIGITS = 7, 15  # E.164; fewer is a short code, which no tel: address can hold
RELAY = "18001"  # Relay UK: somebody reads aloud what is typed, and types what is said
RELAY_WORDS = f"With Relay UK (text relay): dial {RELAY} and then the number"

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
PHONE_NUMBER = re.compile(r"\+?[0-9 ().\-\u2010-\u2013\xa0]+")


class Called(Protocol):
    """Anything that people call: a phone-in, or what a calendar is told of one."""

    @property
    def dial_in_number(self) -> str: ...
    @property
    def freephone(self) -> str | None: ...
    @property
    def pin(self) -> str: ...


@dataclass(frozen=True)
class Way:
    """One number by which to join, with the PIN that opens the call; both as people write them."""

    words: str
    label: str
    number: str
    pin: str

    @property
    def line(self) -> str:
        return f"{self.words}: {self.number}, PIN {self.pin}#" if self.pin else f"{self.words}: {self.number}"

    @property
    def keyed(self) -> str | None:
        """What a telephone dials at one tap: a comma waits two seconds before the PIN is keyed in."""
        keys = "".join(re.findall(r"[0-9*]", self.pin))
        dialled = international(self.number)
        return f"{dialled},,{keys}#" if dialled and keys else dialled

    @property
    def link(self) -> str | None:
        """The same as an address, in which a # would begin something else (RFC 3966 3)."""
        return f"tel:{self.keyed.replace('#', '%23')}" if self.keyed else None

    @property
    def relayed(self) -> str | None:
        """What is dialled with text relay; None for a number of another country."""
        dialled = international(self.number) or ""
        home = f"+{HOME_COUNTRY}"
        return f"{RELAY} 0{dialled.removeprefix(home)}" if dialled.startswith(home) else None


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(ways_to_call=ways, relayed=relayed)


def ways(called: Called) -> tuple[Way, ...]:
    pin = one_line(called.pin).rstrip("# ")
    both = (
        Way("By phone", "Dial-in", one_line(called.dial_in_number), pin),
        Way("Freephone", "Freephone", one_line(called.freephone or ""), pin),
    )
    return tuple(way for way in both if way.number)


def how_to_call(called: Called) -> list[str]:
    """In lines of plain text: each number as people write it, and by itself as a telephone can be made to dial it."""
    by, lines = ways(called), list[str]()
    for way in by:
        lines += [way.line, *filter(None, [way.keyed]), ""]
    digits = relayed(called)
    return [*lines, RELAY_WORDS, *digits, ""] if digits else lines


def relayed(called: Called) -> list[str]:
    """The digits to dial with text relay, for each number that it reaches."""
    return [way.relayed for way in ways(called) if way.relayed]


def international(number: str) -> str | None:
    """A number as it is dialled from anywhere, `+442079460000`; None for what is no full number (RFC 3966 5.1.4).

    A number that begins with a single 0 is a British one.
    """
    written = number.strip().replace("(0)", "") if number.strip().startswith(("+", "00")) else number.strip()
    if not PHONE_NUMBER.fullmatch(written):
        return None
    digits = re.sub(r"[^0-9]", "", written)
    if not written.startswith("+"):
        if not digits.startswith("0"):
            return None
        digits = digits[2:] if digits.startswith("00") else HOME_COUNTRY + digits[1:]
    return f"+{digits}" if FEWEST_DIGITS <= len(digits) <= MOST_DIGITS else None


def one_line(text: str) -> str:
    """On one line, without the characters that iCalendar text may not hold (RFC 5545 3.3.11)."""
    return CONTROLS.sub("", " ".join(text.split()))
