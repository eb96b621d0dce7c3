"""A letter as an e-mail: what every client understands, and the same bytes each time (RFC 5322, 6047)."""

import hashlib
import re
from base64 import b64encode, encodebytes
from datetime import UTC
from email import quoprimime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache

import flask_mail

from phonein.delivery.models import Letter

CRLF = "\r\n"
LONGEST_LINE = 76  # characters in an encoded line (RFC 2045 6.7 and 6.8)
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

    def as_bytes(self) -> bytes:
        """mixed {alternative {plain, html, calendar}, ics}; without an invite, alternative {plain, html}.

        Put together here, because Python's EmailMessage reads each header anew whenever it is touched: that was a third
        of what a letter cost.
        """
        [recipient] = self.recipients
        heads = (
            _mailbox_line("From", self.sender),
            f"To: {recipient}",
            f"Subject: {_subject_line(self.subject)}",
            f"Date: {format_datetime(self.posted_at)}",
            f"Message-ID: {self.msgId}",
            "Auto-Submitted: auto-generated",  # RFC 3834 5: so that autoresponders keep quiet
            "MIME-Version: 1.0",
        )
        return f"{CRLF.join(heads)}{CRLF}{self._content()}".encode("ascii")

    def as_string(self) -> str:
        return self.as_bytes().decode("ascii")

    def _content(self) -> str:
        seed = hashlib.sha256(self.msgId.encode()).hexdigest()[:32]  # the seams are no chance: the same bytes each time
        words = [_quoted("plain", self.body), _quoted("html", self.html)]
        if not self.invite:
            return _multipart("alternative", f"=_{seed}_0", words)
        # The last and richest alternative, from which clients work, and the same bytes as a file (RFC 6047 2.4).
        kind = f'text/calendar; charset="utf-8"; method="{self.method}";{CRLF} component="VEVENT"'
        file = f'Content-Disposition: attachment; filename="{INVITE_FILE}"'
        entry = _in_base64(kind, self.invite)
        both = [
            _multipart("alternative", f"=_{seed}_1", [*words, entry]),
            _in_base64(f'application/ics; name="{INVITE_FILE}"', self.invite, file),
        ]
        return _multipart("mixed", f"=_{seed}_0", both)


def message_for(letter: Letter, sender: str) -> LetterMessage:
    """The e-mail of a letter, from `sender`, the service's one mailbox, with or without a display name.

    Raises UnfitLetter for a header with control characters in it, for anything but one recipient, for a Message-ID that
    is none, and for a calendar part of another METHOD than the letter's.
    """
    return LetterMessage(letter, sender)


def _multipart(kind: str, seam: str, parts: list[str]) -> str:
    """`=_` begins the seam between the parts, because it is in no quoted-printable or base64 text."""
    all_parts = "".join(f"--{seam}{CRLF}{part}{CRLF}" for part in parts)
    return f'Content-Type: multipart/{kind};{CRLF} boundary="{seam}"{CRLF}{CRLF}{all_parts}--{seam}--{CRLF}'


def _quoted(kind: str, text: str) -> str:
    """Words, readable as they are as far as they are ASCII (RFC 2045 6.7)."""
    lines = text.encode().splitlines()
    quoted = quoprimime.body_encode((b"\n".join(lines) + b"\n").decode("latin-1"), LONGEST_LINE)
    return _part(f'text/{kind}; charset="utf-8"', "quoted-printable", quoted.replace("\n", CRLF))


def _in_base64(kind: str, text: str, *heads: str) -> str:
    return _part(kind, "base64", encodebytes(text.encode()).decode().replace("\n", CRLF), *heads)


def _part(kind: str, encoding: str, content: str, *heads: str) -> str:
    lines = (f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *heads, "", content)
    return CRLF.join(lines)


@lru_cache
def _mailbox_line(name: str, mailbox: str) -> str:
    """A header with our own mailbox, whose display name Python encodes as need be."""
    mail = EmailMessage(policy=SMTP.clone(max_line_length=LONGEST_LINE))
    mail[name] = mailbox
    return mail.as_string().rstrip()


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
