"""A letter becomes an e-mail that every client understands, the same bytes however often it is sent."""

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonein.delivery.invites import cancellation, request
from phonein.delivery.message import UnfitLetter, message_for
from phonein.delivery.models import Letter
from tests.delivery import SERVICE, an_entry
from tests.engines import READERS

POSTED_AT = datetime(2026, 3, 24, 12, 0, 5, 678, tzinfo=UTC)
BAD_CHARACTERS = [chr(n) for n in range(32)] + ["\x7f", "\x85", "\u2028", "\u2029", "\r\nBcc: eve@x.example"]


def a_letter(**changes: Any) -> Letter:
    usual = {
        "name": "seat-booked",
        "to_address": "sam@service.example",
        "subject": "Invitation: Sleep after night shifts",
        "text": "You have a seat.\n",
        "html": "<p>You have a seat.</p>\n",
        "message_id": "<0b5c@service.example>",
        "posted_at": POSTED_AT,
    }
    return Letter(**usual | changes)


def an_invitation(entry: Any = None, **changes: Any) -> Letter:
    return a_letter(**{"invite": request(entry or an_entry()).decode(), "method": "REQUEST"} | changes)


def written(letter: Letter) -> bytes:
    return message_for(letter, sender=SERVICE).as_bytes()


def read(letter: Letter) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(written(letter))


def shape(mail: EmailMessage) -> Any:
    """The tree of content types."""
    parts = [shape(part) for part in mail.iter_parts()]
    return (mail.get_content_type(), *parts) if parts else mail.get_content_type()


def words(mail: EmailMessage, kind: str) -> str:
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_an_invitation_is_the_richest_alternative_and_also_a_file():
    assert shape(read(an_invitation())) == (
        "multipart/mixed",
        ("multipart/alternative", "text/plain", "text/html", "text/calendar"),
        "application/ics",
    )


def test_without_an_invitation_there_are_only_words():
    assert shape(read(a_letter())) == ("multipart/alternative", "text/plain", "text/html")


def test_the_headers_are_the_letters_own():
    assert dict(read(a_letter()).items()) | {"Content-Type": ""} == {
        "From": "Phonein <phone-in@service.example>",
        "To": "sam@service.example",
        "Subject": "Invitation: Sleep after night shifts",
        "Date": "Tue, 24 Mar 2026 12:00:05 +0000",
        "Message-ID": "<0b5c@service.example>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }


@pytest.mark.parametrize(("build", "method"), [(request, "REQUEST"), (cancellation, "CANCEL")])
def test_the_calendar_part_names_its_method_and_arrives_as_it_was_built(build, method):
    built = build(an_entry(title="Zoë’s night 🌙"))
    mail = read(a_letter(invite=built.decode(), method=method))
    inline, file = [part for part in mail.walk() if part.get_content_type() in {"text/calendar", "application/ics"}]
    assert dict(inline["Content-Type"].params) == {"charset": "utf-8", "method": method, "component": "VEVENT"}
    assert inline["Content-Disposition"] is None
    assert file.get_filename() == file["Content-Type"].params["name"] == "invite.ics"
    assert inline["Content-Transfer-Encoding"] == file["Content-Transfer-Encoding"] == "base64"
    assert inline.get_payload(decode=True) == file.get_payload(decode=True) == built


@pytest.mark.parametrize("engine", READERS)
def test_every_engine_reads_the_invitation_out_of_the_letter(engine):
    [inline] = [part for part in read(an_invitation()).walk() if part.get_content_type() == "text/calendar"]
    reading = engine(inline.get_payload(decode=True))
    assert (reading.method, reading.starts_at) == ("REQUEST", datetime(2026, 3, 31, 18, 30, tzinfo=UTC))


def test_who_sends_the_letter_organises_the_call():
    [sender] = read(an_invitation(an_entry(organizer=SERVICE)))["From"].addresses
    assert f":mailto:{sender.addr_spec}\r\n" in an_invitation().invite


def test_sent_again_it_is_the_same_to_the_last_byte():
    assert written(an_invitation()) == written(an_invitation())
    message = message_for(an_invitation(), sender=SERVICE)
    assert message.as_bytes() == message.as_bytes() == bytes(message)


def test_another_letter_has_other_seams():
    one, other = read(an_invitation()), read(an_invitation(message_id="<ffff@service.example>"))
    assert one.get_boundary() != other.get_boundary()
    assert one.get_boundary() != next(one.iter_parts()).get_boundary()


def test_words_that_hold_the_seam_do_not_break_the_letter():
    seam = f"--{read(an_invitation()).get_boundary()}"
    mail = read(an_invitation(text=f"before\n{seam}--\n{seam}\nafter\n"))
    assert shape(mail) == shape(read(an_invitation()))
    assert words(mail, "plain") == f"before\n{seam}--\n{seam}\nafter\n"


def test_once_built_it_needs_the_letter_no_more():
    letter = an_invitation()
    message = message_for(letter, sender=SERVICE)
    before = message.as_bytes()
    letter.text = letter.html = letter.subject = letter.invite = ""
    assert message.as_bytes() == before


@pytest.mark.parametrize("character", BAD_CHARACTERS, ids=ascii)
@pytest.mark.parametrize("field", ["subject", "to_address", "message_id"])
def test_a_header_with_a_control_character_is_refused(field, character):
    for value in (f"{getattr(a_letter(), field)}{character}", f"a{character}{getattr(a_letter(), field)}"):
        with pytest.raises(UnfitLetter):
            message_for(a_letter(**{field: value}), sender=SERVICE)


@pytest.mark.parametrize("character", BAD_CHARACTERS, ids=ascii)
def test_a_sender_with_a_control_character_is_refused(character):
    with pytest.raises(UnfitLetter):
        message_for(a_letter(), sender=f"Phonein{character} <phone-in@service.example>")


@pytest.mark.parametrize(
    "to_address",
    ["", "sam", "@service.example", "sam@", "sam@a.example, eve@b.example", "Sam <sam@a.example>", "sam@a.example eve",
     "zoë@a.example", f"sam@{'a' * 64}.example", "sam@@a.example", "<sam@a.example>", "sam@a.example;eve@b.example"],
)  # fmt: skip
def test_a_letter_goes_to_exactly_one_address(to_address):
    with pytest.raises(UnfitLetter):
        message_for(a_letter(to_address=to_address), sender=SERVICE)


@pytest.mark.parametrize(
    ("to_address", "on_the_envelope"),
    [
        (f"{'s' * 64}@{'d' * 60}.{'e' * 60}.example", f"{'s' * 64}@{'d' * 60}.{'e' * 60}.example"),
        ("Sam.O'Seat+calls@Service.Example", "Sam.O'Seat+calls@Service.Example"),
        ("sam@bücher.example", "sam@xn--bcher-kva.example"),
    ],
)
def test_the_address_on_the_envelope_is_the_one_in_the_letter(to_address, on_the_envelope):
    message = message_for(a_letter(to_address=to_address), sender=SERVICE)
    assert message.send_to == {on_the_envelope}
    assert read(a_letter(to_address=to_address))["To"] == on_the_envelope


def test_a_long_message_id_arrives_whole():
    message_id = f"<{'0' * 32}@{'d' * 60}.{'e' * 60}.example>"
    assert read(a_letter(message_id=message_id))["Message-ID"] == message_id


@pytest.mark.parametrize("message_id", ["", "x", "x@y", "<x>", "<x@y> <z@y>"])
def test_a_message_id_has_its_two_halves_and_its_brackets(message_id):
    with pytest.raises(UnfitLetter):
        message_for(a_letter(message_id=message_id), sender=SERVICE)


@pytest.mark.parametrize("method", [None, "", "CANCEL", "request", "PUBLISH", "REQUEST; x=y"])
def test_a_method_that_is_not_the_calendars_own_is_refused(method):
    with pytest.raises(UnfitLetter):
        message_for(an_invitation(method=method), sender=SERVICE)


@pytest.mark.parametrize(
    "subject",
    ["Invitation: Sléép “well” 🌙, Tuesday", "x" * 3000, "🌙" * 1000, "a, b; c: <d@e> \"f\" (g)", "word " * 400 + "end",
     "=?utf-8?q?looks_encoded?=", "é" * 20 + " " + "x" * 90 + " é 🌙 _ =20 ?= é", "x" * 67, "x" * 68, "\\ \"q\""],
)  # fmt: skip
def test_any_subject_arrives_as_it_was_written(subject):
    assert read(a_letter(subject=subject))["Subject"] == subject


@settings(deadline=None)  # a busy machine is no fault of the letter
@given(subject=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).map(" é ".join))
def test_any_subject_at_all_arrives_as_it_was_written(subject):
    assert read(a_letter(subject=subject))["Subject"] == subject


@pytest.mark.parametrize("hidden", ["=?utf-8?q?=0D=0ABcc:_eve@x.example?=", "=?utf-8?b?DQpCY2M6IGV2ZUB4?="])
def test_a_header_hidden_in_an_encoded_word_stays_hidden(hidden):
    for subject in (hidden, f"{hidden} x", f"x {hidden}", f"Zoë {hidden} " + "x" * 100):
        mail = read(a_letter(subject=subject))
        assert mail["Subject"] == subject
        assert mail.keys() == read(a_letter()).keys()
    for fields in ({"to_address": f"{hidden}@x.example"}, {"message_id": f"<{hidden}@x>"}):
        with pytest.raises(UnfitLetter):
            message_for(a_letter(**fields), sender=SERVICE)
    with pytest.raises(UnfitLetter):
        message_for(a_letter(), sender=f"{hidden} <phone-in@service.example>")


@pytest.mark.parametrize(
    "text",
    [
        "Zoë’s\n\n.\n..dots\nFrom here on\ntrailing  \n\ttab\n= =20 =\n",
        "🌙" * 2000 + "\n",
        "x" * 5000 + "\n",
        "windows\r\nlines\r\n",
    ],
)
def test_any_words_arrive_as_they_were_written(text):
    mail = read(an_invitation(text=text, html=f"<pre>{text}</pre>\n"))
    assert words(mail, "plain") == text.replace("\r\n", "\n")
    assert words(mail, "html") == f"<pre>{text}</pre>\n".replace("\r\n", "\n")


def test_no_line_is_longer_than_mail_allows():
    letter = an_invitation(an_entry(title="🌙" * 200), subject="x" * 3000, text="é" * 5000, html="<p>" + "y" * 5000)
    found = written(letter).split(b"\r\n")
    assert max(map(len, found)) <= 998  # RFC 5322 2.1.1
    body = found[found.index(b"") :]
    assert max(map(len, body)) <= 78
    encoded = [line for line in body if b": " not in line and not line.startswith((b"--=_", b" "))]
    assert max(map(len, encoded)) <= 76  # RFC 2045 6.7, 6.8


def test_every_byte_is_ascii_and_every_line_ends_as_mail_wants():
    sent = written(an_invitation(subject="Sléép 🌙", text="é\n", html="<p>é</p>"))
    assert sent.isascii()
    assert sent.count(b"\n") == sent.count(b"\r\n") == sent.count(b"\r")
