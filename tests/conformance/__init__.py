"""What we tell calendars, read by engines that know nothing of one another, and kept by a diary that obeys the RFCs."""

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from phonein.delivery.invites import Entry
from phonein.delivery.invites import cancellation as cancelled
from phonein.delivery.invites import request as requested
from phonein.delivery.message import message_for
from phonein.delivery.models import Letter
from tests.delivery import SERVICE, an_entry, utc

SAM = "sam@service.example"


def ours(entry: Entry, method: str = "REQUEST") -> bytes:
    """The letter that we send about this entry, as it leaves."""
    written = cancelled(entry) if method == "CANCEL" else requested(entry)
    letter = Letter(
        to_address=entry.attendee,
        subject=f"About {entry.title[:60]}".replace("\n", " "),
        text=f"You have a seat in {entry.title}.\n",
        html=f"<p>You have a seat in {entry.title}.</p>\n",
        message_id=f"<{entry.uid.split('@')[0]}.{entry.sequence}.{entry.stamped_at.second}@service.example>",
        posted_at=utc("2026-03-24T12:00"),
        invite=written.decode(),
        method=method,
    )
    return bytes(message_for(letter, sender=SERVICE).as_bytes())


def theirs(
    written: bytes, *, method: str | None = "REQUEST", is_file: bool = False, file: bytes = b"", **headers: str
) -> bytes:
    """A letter as another program might send it, with this object in it, or with another one as a `file`."""
    mail = EmailMessage(policy=SMTP)
    usual = {"From": SERVICE, "To": SAM, "Subject": "Your seat", "Message-ID": f"<{hash(written)}@service.example>"}
    for name, value in (usual | headers).items():
        mail[name] = value
    mail.set_content("You have a seat.\n")
    mail.add_alternative("<p>You have a seat.</p>\n", subtype="html")
    if is_file:
        mail.add_attachment(written, maintype="application", subtype="ics", filename="invite.ics")
    else:
        params = {"charset": "utf-8"} | ({"method": method} if method else {})
        mail.add_alternative(written, maintype="text", subtype="calendar", params=params)
    if file:
        mail.add_attachment(file, maintype="application", subtype="ics", filename="invite.ics")
    return mail.as_bytes()


def an_object(*changes: tuple[str, str], method: str = "REQUEST", **facts: Any) -> bytes:
    """One of ours with some lines changed: (what stands there, what is to stand there)."""
    entry = an_entry(**facts)
    written = (cancelled(entry) if method == "CANCEL" else requested(entry)).decode()
    for old, new in changes:
        assert old in written, f"{old!r} is not there to be changed"
        written = written.replace(old, new)
    return written.encode()
