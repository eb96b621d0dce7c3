"""Reading what a mail server says of a letter of ours that it has (RFC 3464, 6522, 6533, and what was usual before).

Pure. Of the server's own words nothing is taken but the number of its status (RFC 3463): they can hold addresses, and
what stood in the letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

__all__ = ["Bounce", "read"]

REPORTS = {"message/delivery-status", "message/global-delivery-status"}
RETURNED = {
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
}
ENCODED = {"base64", "quoted-printable"}
FAILED, GOES_ON = "failed", {"delayed", "delivered", "relayed", "expanded"}
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
CODE = re.compile(r"(?<![\d.-])([45])\d\d(?![\d.-])")
VAGUE = re.compile(r"[245]\.0\.0")
BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")
ITS_MESSAGE_ID = re.compile(r"^[> ]*message-id:\s*(<[!-;=?-~]{1,500}>)", re.IGNORECASE | re.MULTILINE)
XTEXT = re.compile(r"\+([0-9A-F]{2})")
# Where servers that write no report begin to quote the letter.
QUOTED = re.compile(
    r"^-{2,} *(below this line|this is a copy|original|unsent|the header of)", re.IGNORECASE | re.MULTILINE
)
QMAIL = "this is the qmail-send program"
MOST_WORDS = 64 * 1024


@dataclass(frozen=True)
class Bounce:
    """`letters` are the Message-IDs of whatever it could be about: whether one is ours, only the outbox knows.

    `status` is as in RFC 3463, "" where none is said. `is_final`: False where the server goes on trying.
    """

    letters: tuple[str, ...]
    status: str
    is_final: bool


def read(mail: Message) -> Bounce:
    """What this says that `replies` has found to be a bounce."""
    parts = list(mail.walk())
    report = next((place for place, part in enumerate(parts) if part.get_content_type() in REPORTS), None)
    if report is None:
        return _in_words(mail, parts)
    about_all, *recipients = _blocks(parts[report]) or [Message()]
    status, is_final = _verdict(recipients or [about_all])
    named = [_own_name(about_all), *_of_returned(parts[report:])]
    return Bounce(_unique(named) or _unique(_mentioned(mail)), status, is_final)


def _verdict(recipients: list[Message]) -> tuple[str, bool]:
    """A letter of ours is for one person; where their server sent it on to several, one that failed is enough."""
    found = [(_status(block), _is_final(block)) for block in recipients]
    return next((each for each in found if each[1]), found[0])


def _is_final(block: Message) -> bool:
    """A no for good may well have a status of 4 or none: the server has tried for days (RFC 3464 2.3.3)."""
    action = _field(block, "Action").lower().split(" ")[0].strip(";")
    return action == FAILED or (action not in GOES_ON and _status(block).startswith("5"))


def _status(block: Message) -> str:
    said, because = _field(block, "Status"), _field(block, "Diagnostic-Code")
    return _number(said, because)


def _number(*words: str) -> str:
    """The first status that says why, else one that does not, else the first figure of an SMTP answer."""
    found = [each for text in words for each in STATUS.findall(text)]
    telling = [each for each in found if not VAGUE.fullmatch(each)]
    codes = [f"{each}.0.0" for text in words for each in CODE.findall(text)]
    return next(iter(telling + found + codes), "")


def _blocks(report: Message) -> list[Message]:
    """The groups of fields: about the whole, and then one for each recipient. Some programs encode them, which is not
    allowed, and Python takes the second one for the body of the first where the type is the newer one."""
    text, encoding = _raw(report), _field(report, "Content-Transfer-Encoding").lower()
    if encoding in ENCODED:
        whole = Message()
        whole["Content-Transfer-Encoding"] = encoding
        whole.set_payload(text)
        text = _decoded(whole)
    return [message_from_bytes(block.strip().encode() + b"\n\n") for block in BLANK_LINE.split(text) if block.strip()]


def _raw(part: Message) -> str:
    """What stands in this part, also where Python has taken it apart."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n\n".join(each.as_bytes().decode("utf-8", "replace") for each in payload if isinstance(each, Message))
    return str(payload)


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace")[:MOST_WORDS] if isinstance(payload, bytes) else ""


def _of_returned(parts: list[Message]) -> Iterator[str]:
    """The Message-ID of the letter that is sent back, or of its headers."""
    for part in parts:
        if part.get_content_type() in RETURNED:
            payload = part.get_payload()
            inside = (
                payload[0] if isinstance(payload, list) and payload else message_from_bytes(_decoded(part).encode())
            )
            if isinstance(inside, Message):
                yield from MESSAGE_ID.findall(_field(inside, "Message-ID"))
            return


def _own_name(about_all: Message) -> str:
    """The name that we gave the envelope, if the server kept it: the letter's Message-ID (RFC 3461 5.4)."""
    name = XTEXT.sub(lambda found: chr(int(found[1], 16)), _field(about_all, "Original-Envelope-Id"))
    return f"<{name.strip('<>')}>"


def _mentioned(mail: Message) -> list[str]:
    return MESSAGE_ID.findall(_field(mail, "In-Reply-To") + " " + _field(mail, "References"))


def _in_words(mail: Message, parts: list[Message]) -> Bounce:
    """Servers that write to people and not to programs: qmail, and others as they were long ago."""
    words = "\n".join(_decoded(part) for part in parts if part.get_content_maintype() == "text")[:MOST_WORDS]
    beginning = QUOTED.split(words, maxsplit=1)[0]
    status = _number(beginning)
    named = [*_of_returned(parts), *ITS_MESSAGE_ID.findall(words), *_mentioned(mail)]
    return Bounce(_unique(named), status, status.startswith("5") or QMAIL in beginning.lower()[:400])


def _field(mail: Message, name: str) -> str:
    return " ".join(str(mail.get(name, ""))[:4096].split())


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if MESSAGE_ID.fullmatch(name)))[:20]
