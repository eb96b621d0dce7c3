"""Messages as calendar programs send them, in `corpus/`: written by us after what is known of each, nobody's real mail.

A name between at-signs stands for what the test fills in; a part between `<<base64` and `>>` is encoded by the test, so
that it can be filled in too.
"""

import base64
import quopri
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

from phonein.booking import answers, telling
from phonein.booking.models import Booking
from phonein.booking.outcomes import Outcome
from phonein.db import db, transaction
from phonein.delivery import news, postman
from phonein.delivery.models import Letter

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(file.stem for file in CORPUS.glob("*.eml"))
ENCODED = re.compile(rb"<<([a-z0-9-]+)\r\n(.*?)>>", re.DOTALL)
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.encodebytes,
    "quoted-printable": lambda text: quopri.encodestring(text.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n"),
    "latin-1": lambda text: text.decode().encode("latin-1"),
    "utf-16": lambda text: base64.encodebytes(text.decode().encode("utf-16")),
    "bom": lambda text: b"\xef\xbb\xbf" + text,
}
_letters = count(1)


def message(name: str, booking: Booking | None = None, **filled: str) -> bytes:
    """One message of the corpus about this seat, as it would arrive from a calendar that knows what it was told so far.
    Each is another one, with a Message-ID of its own unless `id` names one."""
    values = {
        "ID": f"{name}-{next(_letters)}",
        "UID": "11111111-1111-4111-8111-111111111111@service.example",
        "OTHER_UID": "22222222-2222-4222-8222-222222222222@service.example",
        "SAM": "sam@example.org",
        "SERVICE": "phone-in@service.example",
        "SEQUENCE": "0",
        "EARLIER": "20260324T100000Z",
        "STAMP": "20260324T110000Z",
        "LATER": "20260324T113000Z",
        "START_UTC": "20260331T120000Z",
        "END_UTC": "20260331T130000Z",
        "START_LOCAL": "20260331T130000",
        "END_LOCAL": "20260331T140000",
    }
    if booking is not None:
        known = [one for one in telling.told(booking) if one.method == "REQUEST"]
        values |= {"UID": booking.uid, "SAM": booking.person.email}
        values |= {"SEQUENCE": str(known[-1].sequence)} if known else {}
    values |= {key.upper(): value for key, value in filled.items()}
    text = (CORPUS / f"{name}.eml").read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    written = text.replace("\n", "\r\n").encode()
    return ENCODED.sub(lambda found: ENCODINGS[found[1].decode()](found[2]), written)


def huge(booking: Booking) -> bytes:
    """A decline with a picture of a third of a megabyte behind it."""
    picture = base64.encodebytes(bytes(350_000)).replace(b"\n", b"\r\n")
    attachment = b"--------------n3Vv0p4hWb\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    last = b"\r\n--------------n3Vv0p4hWb--\r\n"
    return message("thunderbird-declined", booking).replace(last, b"\r\n" + attachment + picture + last)


def take_in(written: bytes) -> Outcome:
    with transaction():
        return answers.receive(written)


def deliver() -> None:
    """Every letter leaves that waits, also those that wait for more changes."""
    with transaction():
        news.hurry()
    postman.deliver_due()
    db.session.rollback()


def letters() -> dict[str, Letter]:
    """The letters that have left, by id."""
    db.session.rollback()
    return {letter.id: letter for letter in db.session.scalars(db.select(Letter).where(Letter.sent_at.is_not(None)))}


def first_seat() -> Booking:
    db.session.rollback()
    return db.session.scalars(db.select(Booking).order_by(Booking.id)).first()
