"""A letter as an e-mail: what every client understands, and the same bytes each time (RFC 5322, 6047)."""

import hashlib
import re
from base64 import b64encode
from datetime import UTC
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import flask_mail

from phonein.delivery.outbox import Letter

# RFC 2045 6.7 and 6.8 allow 76 characters in an encoded line; Python's own policy would write 78.
POLICY = SMTP.clone(max_line_length=76)
METHODS = {"REQUEST", "CANCEL"}
INVITE_FILE = "invite.ics"

ENCODED_WORD = "=?"
# "Subject: " and one encoded word of 39 octets in base64 fill a line; so does a plain subject of this length.
WORD_OCTETS, PLAIN_CHARACTERS = 39, 67

CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>")


class UnfitLetter(Exception):
    """This letter cannot become an e-mail: a header or its calendar part is not what it should be."""


class LetterMessage(flask_mail.Message):  # type: ignore[misc]  # Flask-Mail has no types
    """An e-mail that Flask-Mail's settings can send and its `record_messages()` can see, built without its assembly.

    Flask-Mail puts the calendar part in the wrong place, breaks text that is not ASCII, writes lines of any length and
    makes up Date and Message-ID (docs/decisions.md). Here both are the letter's own, so that sending a letter again
    sends the same bytes. What it needs of the letter is copied, so that it can be built without a database.
    """

    def __init__(self, letter: Letter, sender: str) -> None:
        super().__init__(
            subject=_header(letter.subject),
            recipients=[str(_mailbox("", letter.to_address))],
            body=letter.text,
            html=letter.html,
            sender=str(_mailbox(*parseaddr(_no_encoding(sender)))),
            date=letter.posted_at.timestamp(),
        )
        self.posted_at = letter.posted_at.astimezone(UTC)
        self.msgId = _message_id(letter.message_id)
        self.invite, self.method = letter.invite, letter.method
        if self.invite and (self.method not in METHODS or f"\r\nMETHOD:{self.method}\r\n" not in self.invite):
            raise UnfitLetter("the calendar part and its envelope differ on the method (RFC 6047 2.4)")

    def _message(self) -> EmailMessage:
        """mixed {alternative {plain, html, calendar}, ics}; without an invite, alternative {plain, html}."""
        mail = EmailMessage(policy=POLICY)
        mail["From"] = self.sender
        [mail["To"]] = self.recipients
        mail.set_raw("Subject", _subject_line(self.subject))
        mail["Date"] = format_datetime(self.posted_at)
        mail["Message-ID"] = self.msgId
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: so that autoresponders keep quiet
        mail.set_content(self.body, cte="quoted-printable")
        mail.add_alternative(self.html, subtype="html", cte="quoted-printable")
        if self.invite:
            _enclose(mail, self.invite, str(self.method))
        _name_boundaries(mail, self.msgId)
        return mail


def message_for(letter: Letter, sender: str) -> LetterMessage:
    """The e-mail of a letter, from `sender`, the service's one mailbox, with or without a display name.

    Raises UnfitLetter for a header with control characters in it, for anything but one recipient, for a Message-ID that
    is none, and for a calendar part of another METHOD than the letter's.
    """
    return LetterMessage(letter, sender)


def _enclose(mail: EmailMessage, invite: str, method: str) -> None:
    """The last and richest alternative, from which clients work, and the same bytes as a file (RFC 6047 2.4)."""
    kind = {"method": method, "component": "VEVENT"}
    mail.add_alternative(invite, subtype="calendar", charset="utf-8", cte="base64", params=kind)
    mail.add_attachment(
        invite.encode(), maintype="application", subtype="ics", filename=INVITE_FILE, params={"name": INVITE_FILE}
    )


def _name_boundaries(mail: EmailMessage, message_id: str) -> None:
    """The seams between the parts, which Python would name by chance. `=_` is in no quoted-printable or base64 text."""
    seed = hashlib.sha256(message_id.encode()).hexdigest()[:32]
    parts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{seed}_{number}")


def _header(text: str) -> str:
    """The text, if it can be a header's: Flask-Mail and Python let some line ends through that servers obey."""
    if CONTROLS.search(text):
        raise UnfitLetter("a header holds control characters")
    return text


def _no_encoding(text: str) -> str:
    if ENCODED_WORD in _header(text):
        raise UnfitLetter("an address holds an encoded word")
    return text


def _subject_line(text: str) -> str:
    """Short plain text as it is, and all else in encoded words (RFC 2047) of our own making.

    Python loses spaces between encoded words now and then. Worse, it obeys an encoded word that somebody typed, with
    the line ends inside: a phone-in called `=?utf-8?q?=0D=0ABcc:_eve@x?=` made a Bcc header.
    """
    if text.isascii() and len(text) <= PLAIN_CHARACTERS and ENCODED_WORD not in text:
        return text
    words = [""]
    for character in text:
        if len((words[-1] + character).encode()) > WORD_OCTETS:
            words.append("")
        words[-1] += character
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word.encode()).decode()}?=" for word in words)


def _mailbox(name: str, address: str) -> Address:
    """Exactly one mailbox. Its domain is written in ASCII, which every server takes (RFC 5890)."""
    local, at, domain = _no_encoding(address).rpartition("@")
    if not local or not domain:
        raise UnfitLetter("an address lacks one of its halves")
    try:
        mailbox = Address(name, addr_spec=f"{local}{at}{domain.encode('idna').decode()}")
        mailbox.addr_spec.encode("ascii")
    except (ValueError, MessageError) as error:
        raise UnfitLetter("an address is not exactly one mailbox that every server can read") from error
    return mailbox


def _message_id(text: str) -> str:
    if not MESSAGE_ID.fullmatch(text):
        raise UnfitLetter("the Message-ID is not one (RFC 5322 3.6.4)")
    return text
