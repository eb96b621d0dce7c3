"""A person's calendar that is told things by letter, as Outlook, Google and Thunderbird are (RFC 5546, RFC 6047).

It raises Fault for everything that would make one of them do something else than we meant, and `entries` is what the
person ends up seeing.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from tests.engines.grammar import Fault, check, content_lines
from tests.engines.readers import Engine, Entry, Object

LONGEST_LINE = 998  # octets, RFC 5322 2.1.1
STATUS_OF = {"REQUEST": {"CONFIRMED", "TENTATIVE"}, "CANCEL": {"CANCELLED"}}


@dataclass(frozen=True)
class Opened:
    """A letter that holds something for the calendar. `method` is what its Content-Type says."""

    to: str
    sender: str
    message_id: str
    method: str | None
    written: bytes


class Diary:
    """What one person's calendar holds. `in_any_order`: letters overtake one another, so what is older is dropped (RFC
    5546 2.1.5), as real calendars do; otherwise it is our fault and raises."""

    def __init__(self, owner: str, *, in_any_order: bool = False) -> None:
        self.owner = owner
        self.in_any_order = in_any_order
        self._last: dict[str, Entry] = {}
        self._seen: set[str] = set()

    @property
    def entries(self) -> list[Entry]:
        """What the person sees, in order of time."""
        shown = [entry for entry in self._last.values() if entry.status != "CANCELLED"]
        return sorted(shown, key=lambda entry: (entry.starts_at, entry.uid))

    @property
    def instants(self) -> list[datetime]:
        return [entry.starts_at for entry in self.entries]

    def take(self, opened: Opened, read: Object) -> None:
        """Do what a letter says. The same letter twice, as a mail server may bring it, is the same as once."""
        if opened.message_id in self._seen:
            return
        self._seen.add(opened.message_id)
        entry = self._weighed(opened, read)
        last = self._last.get(entry.uid)
        if self.in_any_order:
            if last is None or (entry.sequence, entry.stamped_at) > (last.sequence, last.stamped_at):
                self._last[entry.uid] = entry
            return
        _check_turn(str(read.method), entry, last)
        self._last[entry.uid] = entry

    def strike(self, uid: str) -> None:
        """The owner declines: their calendar strikes the entry out by itself."""
        self._last[uid] = replace(self._last[uid], status="CANCELLED")

    def _weighed(self, opened: Opened, read: Object) -> Entry:
        """The one entry that the letter is about. Raises Fault for what no state can excuse."""
        if read.method not in STATUS_OF:
            raise Fault(f"METHOD:{read.method} in a letter")
        if opened.method != read.method:
            raise Fault(f"the envelope says method={opened.method} and the calendar METHOD:{read.method}")
        if len(read.entries) != 1:
            raise Fault(f"{len(read.entries)} entries in one letter")
        [entry] = read.entries
        if len(entry.attendees) != 1:
            raise Fault(f"{len(entry.attendees)} ATTENDEEs")
        if not _is(entry.attendees[0], self.owner) or opened.to.casefold() != self.owner.casefold():
            raise Fault(f"party crashing: {entry.attendees[0]} in the calendar of {self.owner}")
        if entry.organizer is None or not _is(entry.organizer, opened.sender):
            raise Fault(f"ORGANIZER {entry.organizer} is not who sent it, {opened.sender}")
        if entry.status not in STATUS_OF[read.method]:
            raise Fault(f"STATUS:{entry.status} in a {read.method}")
        if entry.sequence is None:
            raise Fault("no SEQUENCE")
        return entry


def _check_turn(method: str, entry: Entry, last: Entry | None) -> None:
    """Raises Fault for what cannot come after `last`."""
    if last is None:
        if method == "CANCEL":
            raise Fault("CANCEL for an unknown UID")
        return
    if last.status == "CANCELLED":
        raise Fault(f"{method} after CANCEL of the same UID")
    if entry.organizer != last.organizer:
        raise Fault(f"ORGANIZER was {last.organizer} and is {entry.organizer}")
    assert entry.sequence is not None and last.sequence is not None
    if entry.sequence < last.sequence:
        raise Fault(f"SEQUENCE goes down from {last.sequence} to {entry.sequence}")
    if entry.stamped_at <= last.stamped_at:
        raise Fault(f"DTSTAMP does not rise: {entry.stamped_at}")
    if entry.sequence == last.sequence and entry != replace(last, stamped_at=entry.stamped_at):
        raise Fault(f"changed and SEQUENCE still {entry.sequence}")


def opened(letter: bytes) -> Opened | None:
    """The letter, looked at as a mail program does; None, if it holds nothing for a calendar. Raises Fault."""
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(letter)
    for_calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    files = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
    if not for_calendars and not files:
        return None
    if len(for_calendars) != 1:
        raise Fault(f"{len(for_calendars)} parts of text/calendar, {len(files)} as a file")
    [part] = for_calendars
    _check_place(mail, part)
    if max(map(len, letter.split(b"\r\n"))) > LONGEST_LINE:
        raise Fault("a line over 998 octets")
    if len(mail["To"].addresses) != 1 or mail["Cc"] or mail["Bcc"]:
        raise Fault("a letter to more than one")
    written = part.get_payload(decode=True)
    if any(file.get_payload(decode=True) != written for file in files):
        raise Fault("the file is not what stands in the letter")
    check(written)
    method = dict(part["Content-Type"].params).get("method")
    _check_alarms(written, method)
    [sender], [to] = mail["From"].addresses, mail["To"].addresses
    return Opened(to.addr_spec, sender.addr_spec, str(mail["Message-ID"]), method, written)


def in_order(engine: Engine, letters: Sequence[Opened | None]) -> Iterator[dict[str, Diary]]:
    """Everybody's diary, by address, after each of these letters. The engine is asked once."""
    return _in_order(engine, letters, in_any_order=False)


def kept(engine: Engine, letters: Iterable[bytes], *, in_any_order: bool = False) -> dict[str, Diary]:
    """Everybody's diary after all of these letters."""
    found = [opened(letter) for letter in letters]
    return next(iter(deque(_in_order(engine, found, in_any_order=in_any_order), maxlen=1)), {})


def _in_order(engine: Engine, letters: Sequence[Opened | None], *, in_any_order: bool) -> Iterator[dict[str, Diary]]:
    read = iter(engine(one.written for one in letters if one))
    diaries: dict[str, Diary] = {}
    for one in letters:
        if one:
            diaries.setdefault(one.to, Diary(one.to, in_any_order=in_any_order)).take(one, next(read))
        yield diaries


def _check_place(mail: EmailMessage, part: EmailMessage) -> None:
    """The last and richest alternative (RFC 6047 2.4): Outlook and Gmail act on it nowhere else."""
    alternatives = [one for one in mail.walk() if one.get_content_type() == "multipart/alternative"]
    kinds = [[each.get_content_type() for each in one.iter_parts()] for one in alternatives]
    if kinds != [["text/plain", "text/html", "text/calendar"]] or part.get_content_disposition() == "attachment":
        raise Fault("the calendar is not the last of the letter's alternatives")


def _check_alarms(written: bytes, method: str | None) -> None:
    if method == "CANCEL" and any(line.inside == "VALARM" for line in content_lines(written)):
        raise Fault("an alarm for what is cancelled")


def _is(mailto: str, address: str) -> bool:
    return mailto.casefold() == f"mailto:{address.casefold()}"
