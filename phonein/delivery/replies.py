"""Reading what comes back to the service's mailbox: what a calendar replied to an invitation, if it is that at all.

Pure: bytes in, facts out, and never an exception, because anybody can write to a mailbox. Of the calendar part only
what a reply may say is taken (RFC 5546 3.2.3); whether it counts is for `booking` to weigh.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from enum import Enum

from phonein.delivery import bounces
from phonein.delivery.bounces import Bounce
from phonein.delivery.reply_calendar import Answer, Broken, TooMany, read_calendar

__all__ = ["LARGEST", "Answer", "Kind", "Reading", "read"]

LARGEST = 256 * 1024
HEADERS = 64 * 1024
LONGEST_HEADER = 4096
CALENDAR_TYPES = {"text/calendar", "application/ics"}
MOST_SEAMS = 20  # each line is held against the seam of every part around it, so that deep nesting costs minutes
SEAM = re.compile(rb"boundary", re.IGNORECASE)
HEADERS_END = re.compile(rb"\r?\n\r?\n")
FAILED_DMARC = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
COMMENTS = re.compile(r"\([^()]*\)")
BULK = {"bulk", "junk", "list", "auto_reply"}
MACHINE, PERHAPS_A_MACHINE = "mailer-daemon@", "postmaster@"
MAY_BOUNCE = re.compile(rb"delivery-status|mailer-daemon@|postmaster@", re.IGNORECASE)


class Kind(Enum):
    """What a message is, before anybody has weighed what it says."""

    REPLY = "reply"
    COUNTER = "counter"
    REFRESH = "refresh"
    OTHER_METHOD = "other method"
    NO_CALENDAR = "no calendar"
    BOUNCE = "bounce"
    BROKEN = "broken"
    TOO_MANY = "too many"
    TOO_LARGE = "too large"


METHODS = {"REPLY": Kind.REPLY, "COUNTER": Kind.COUNTER, "REFRESH": Kind.REFRESH}


@dataclass(frozen=True)
class Reading:
    """What one message says.

    `key` names it for good; `senders` are its From addresses, all of them, because a program that checks one and a
    program that shows another are how people are taken in. `is_automatic`: no human has written it. `verdicts` are the
    receiving servers' Authentication-Results, each still to be trusted or not. `bounce`: what a server says of a
    letter of ours that it has.
    """

    key: str
    kind: Kind
    answers: tuple[Answer, ...] = ()
    senders: tuple[str, ...] = ()
    is_automatic: bool = False
    verdicts: tuple[str, ...] = ()
    bounce: Bounce | None = None

    def failed_check(self, trusted: frozenset[str] | set[str]) -> bool:
        """Whether a receiving server that we trust found that From is not who sent it (RFC 7489, 8601)."""
        for verdict in self.verdicts:
            plain = COMMENTS.sub(" ", verdict)  # in a comment a sender may write anything
            name = plain.split(";")[0].split()
            if name and name[0].lower() in trusted and FAILED_DMARC.search(plain):
                return True
        return False


def read(written: bytes, *, is_whole: bool = True) -> Reading:
    """What this message says. Of one that is too large or too deep, or whose beginning is all we have, the headers; and
    of a bounce what its beginning says, for the letter that it brings along comes last."""
    if not is_whole or len(written) > LARGEST:
        beginning, headers = written[:HEADERS], _headers_of(written)
        if may_be_bounce(headers) and (bounced := read(beginning)).kind is Kind.BOUNCE:
            return bounced
        return _read(headers, Kind.TOO_LARGE)
    if len(SEAM.findall(written)) > MOST_SEAMS:
        return _read(_headers_of(written), Kind.BROKEN)
    return _read(written, None)


def may_be_bounce(headers: bytes) -> bool:
    """Whether more than the headers of a large message is worth fetching."""
    return MAY_BOUNCE.search(headers) is not None


def _headers_of(written: bytes) -> bytes:
    end = HEADERS_END.search(written, 0, HEADERS)
    return written[: end.end() if end else HEADERS]


def _read(written: bytes, kind: Kind | None) -> Reading:
    try:
        mail = message_from_bytes(written)  # by the old policy: the new one stumbles over headers that are not right
        found = (kind, ()) if kind else _what_it_is(mail)
        return Reading(
            key=_key(mail, written),
            kind=found[0],
            answers=found[1],
            senders=_senders(mail),
            is_automatic=_is_automatic(mail),
            verdicts=tuple(_headers(mail, "Authentication-Results")),
            bounce=bounces.read(mail) if found[0] is Kind.BOUNCE else None,
        )
    except Exception:  # nested too deep, say: whatever it is, it must not keep the next one from being read
        return Reading(key=_hash(written), kind=kind or Kind.BROKEN)


def _what_it_is(mail: Message) -> tuple[Kind, tuple[Answer, ...]]:
    if mail.get_content_type() == "multipart/report":
        # A bounce brings our own letter along, with the calendar part in it.
        is_bounce = str(mail.get_param("report-type")).lower() == "delivery-status"
        return (Kind.BOUNCE if is_bounce else Kind.NO_CALENDAR), ()
    part = next((each for each in mail.walk() if each.get_content_type() in CALENDAR_TYPES), None)
    if part is None:
        return (Kind.BOUNCE if _is_from_a_machine(mail) else Kind.NO_CALENDAR), ()
    try:
        method, answers = read_calendar(_text(part))
    except TooMany:
        return Kind.TOO_MANY, ()
    except Broken:
        return Kind.BROKEN, ()
    return METHODS.get((method or str(part.get_param("method"))).upper(), Kind.OTHER_METHOD), answers


def _is_from_a_machine(mail: Message) -> bool:
    senders = [sender.lower() for sender in _senders(mail)]
    machines = (MACHINE, PERHAPS_A_MACHINE) if _is_automatic(mail) else (MACHINE,)
    return any(sender.startswith(machines) for sender in senders)


def _text(part: Message) -> str:
    """The words of a calendar part. What a reply says is in ASCII, so a wrong name for the rest does no harm."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise Broken
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        return payload.decode("utf-16", "replace")
    if b"\0" in payload:  # UTF-16 that does not say so, or no text at all
        is_big = payload[:1] == b"\0"
        return payload.decode("utf-16-be" if is_big else "utf-16-le", "replace")
    return payload.decode("utf-8-sig", "replace")


def _key(mail: Message, written: bytes) -> str:
    """One name for one message, however often it is read: a hash of its Message-ID, or of the whole of it."""
    [named] = list(_headers(mail, "Message-ID"))[:1] or [""]
    return _hash(named.strip().encode("utf-8", "replace") or written)


def _hash(what: bytes) -> str:
    return hashlib.sha256(what).hexdigest()


def _senders(mail: Message) -> tuple[str, ...]:
    pairs = getaddresses(list(_headers(mail, "From")))
    return tuple(address for _, address in pairs)


def _is_automatic(mail: Message) -> bool:
    """RFC 3834, and what programs wrote before it."""
    said = {name: " ".join(_headers(mail, name)).strip().lower() for name in ("Auto-Submitted", "Precedence")}
    return (
        said["Auto-Submitted"].split(";")[0].strip() not in ("", "no")
        or said["Precedence"] in BULK
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or any(path.strip() == "<>" for path in _headers(mail, "Return-Path"))
        or mail.get_content_type() == "multipart/report"
    )


def _headers(mail: Message, name: str) -> Iterator[str]:
    """Unfolded, and no longer than any honest one."""
    for value in mail.get_all(name, []):
        yield " ".join(str(value)[:LONGEST_HEADER].split())
