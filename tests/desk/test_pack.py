"""The facilitator's pack as a file: what people wrote in it stays words, whatever they wrote."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import docx as libdocx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from phonein.desk.briefing import Briefing, Part, in_short, legible, time_in_words, timed
from phonein.desk.pack_docx import docx
from phonein.desk.pack_letters import PRINTED, printable
from phonein.desk.pack_pdf import pdf

ONE_O_CLOCK = datetime(2026, 12, 8, 13, tzinfo=UTC)
HOUR = SimpleNamespace(starts_at=ONE_O_CLOCK, ends_at=ONE_O_CLOCK + timedelta(hours=1), zone=ZoneInfo("Europe/London"))
HOSTILE = [
    '#import "@preview/any:1.0.0": *',
    '#read("/etc/passwd")',
    "$x^2$ *bold* _slanted_ `code` <label> @reference = no heading",
    "\\u{41} \\ // no comment /* nor this */ [a] {b} ~ -- ---",
    '"; panic("no") //',
    "<script>alert(1)</script> &amp; ]]>",
]


def briefing(*parts: Part, **said) -> Briefing:
    facts = {
        "title": "Coping after an incident",
        "when": "Tuesday 8 December 2026, 1pm to 2pm (UK time)",
        "leaders": ["Fay Facilitator", "Kim Second"],
        "taken": 18,
        "seats": 25,
        "there_is": 60,
        "support": ["Samaritans, 116 123: free, day and night"],
        "fingerprint": "4F2A 91C0",
    }
    return Briefing(**(facts | {"parts": timed(parts, HOUR)} | said))


def asked(words: str, **more) -> Part:
    return Part("question", words, **more)


def read(made: bytes) -> list[str]:
    """The pages' words, each on one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]


def paragraphs(made: bytes) -> list[str]:
    return [line.text for line in libdocx.Document(io.BytesIO(made)).paragraphs]


def test_the_parts_are_numbered_and_timed_until_nobody_can_say_any_more():
    parts = timed(
        [
            Part("opener", "Welcome", 5),
            Part("section", "First"),
            asked("One?", minutes=10),
            Part("break", "", 5),
            asked("Two?"),
            asked("Three?", minutes=5),
        ],
        HOUR,
    )
    assert [(part.number, part.at) for part in parts] == [
        (0, "1pm"),
        (0, "1:05pm"),
        (1, "1:05pm"),
        (0, "1:15pm"),
        (2, "1:20pm"),
        (3, ""),
    ]


@pytest.mark.parametrize(
    "planned, there_is, said",
    [
        (52, 60, "52 of 60 minutes, 8 left"),
        (67, 60, "67 of 60 minutes, 7 too long"),
        (60, 60, "60 of 60 minutes, none left"),
        (0, 1, "0 of 1 minute, 1 left"),
    ],
)
def test_the_time_is_said_in_words(planned, there_is, said):
    assert time_in_words(planned, there_is) == said


def test_a_pack_is_tagged_and_says_its_language_and_title_and_nobodys_name_or_hour():
    reader = PdfReader(io.BytesIO(pdf(briefing(asked("How do we go on?", minutes=5)))))
    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")
    assert "/StructTreeRoot" in root
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert set(reader.metadata) == {"/Title", "/Creator"}
    assert reader.metadata.creator.startswith("Typst ")
    assert b"Date>" not in root["/Metadata"].get_data()


def test_every_page_has_its_number_and_says_how_to_keep_it():
    pages = read(pdf(briefing(*(asked(f"Question of the {n}th person?", minutes=5) for n in range(9)))))
    assert len(pages) > 2
    for number, words in enumerate(pages, start=1):
        assert words.startswith("For those who lead this phone-in.")
        assert f"Page {number} of {len(pages)}" in words


def test_the_first_page_shows_the_hour_at_a_glance():
    parts = [Part("opener", "Welcome", 5), asked("How?", minutes=50), Part("close", "Thanks", 12)]
    first, second, *_ = read(pdf(briefing(*parts)))
    assert "From What Minutes 1pm Opening: Welcome 5 1:05pm 1. How? 50 1:55pm Close: Thanks 12 Together 67" in first
    assert "67 of 60 minutes, 7 too long" in first
    assert "18 of 25 taken" in first
    assert "4F2A 91C0" in first
    assert "Notes" in second


def test_large_type_is_larger():
    plain, large = (pdf(briefing(asked("How? " * 40), asked("Why? " * 40)), is_large=large) for large in (False, True))
    assert len(read(large)) > len(read(plain))


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_wrote_is_never_read_as_markup(words):
    spoken = briefing(
        asked(words, topic=words, content_note=words), Part("opener", words), Part("section", words), title=words
    )
    whole = "".join("".join(read(pdf(spoken))).split())
    assert whole.count("".join(words.split())) >= 6
    assert f"1. {words}" in paragraphs(docx(spoken, made_on=date(2026, 12, 1)))


def test_welsh_is_printed_and_hidden_signs_are_not():
    words = "Sut mae’r tŷ a’r ŵyl? w\u0302 \u202eback\u2069wards\u200b\x07\x00"
    (_, page, *_) = read(pdf(briefing(asked(words))))
    assert "Sut mae’r tŷ a’r ŵyl? ŵ backwards" in page
    assert "1. Sut mae’r tŷ a’r ŵyl? ŵ backwards" in paragraphs(docx(briefing(asked(words)), made_on=date(2026, 12, 1)))


def test_an_emoji_is_named_and_a_letter_that_cannot_be_printed_is_a_box_that_is_explained():
    assert printable("Thanks 🙏🏽 all") == "Thanks [person with folded hands] all"
    assert printable("中") == "▯"
    whole = " ".join(read(pdf(briefing(asked("It is 中文")))))
    assert "It is ▯▯" in whole
    assert "stands for a letter that cannot be printed here" in whole
    assert "stands for" not in " ".join(read(pdf(briefing(asked("Plain")))))


def test_the_longest_and_the_shortest_pack_can_be_made():
    longest = asked("Words and words. " * 88, minutes=60, content_note="x" * 200)
    assert "Words and words." in " ".join(read(pdf(briefing(longest, longest), is_large=True)))
    assert "The agenda is empty" in read(pdf(briefing(title="", when="", leaders=[], support=[], fingerprint="")))[0]
    assert "(no wording yet)" in " ".join(read(pdf(briefing(asked("")))))
    assert "The agenda is empty" in paragraphs(docx(briefing(title=""), made_on=date(2026, 12, 1)))


def test_every_character_in_the_list_of_printed_ones_is_printed():
    every = "".join(chr(sign) for first, last in PRINTED for sign in range(first, last + 1))
    shown = legible(" ".join(every))
    assert printable(shown) == " ".join(shown.split(" "))
    assert pdf(briefing(*(asked(shown[start : start + 900]) for start in range(0, len(shown), 900))))


@settings(max_examples=25, deadline=None)
@given(words=st.text(max_size=300))
def test_whatever_is_typed_gives_a_pack(words):
    spoken = briefing(asked(words, content_note=words), Part("close", words), title=words)
    assert pdf(spoken).startswith(b"%PDF")
    assert docx(spoken, made_on=date(2026, 12, 1)).startswith(b"PK")


def test_the_word_file_has_headings_lists_its_language_and_no_name_or_hour_in_its_properties():
    parts = [Part("opener", "Welcome", 5), Part("section", "Us"), asked("How?", minutes=9, content_note="a death")]
    made = libdocx.Document(io.BytesIO(docx(briefing(*parts), made_on=date(2026, 12, 1))))
    headings = [(line.style.name, line.text) for line in made.paragraphs if line.style.name.startswith(("Head", "Tit"))]
    assert headings == [
        ("Title", "Coping after an incident"),
        ("Heading 1", "The hour at a glance"),
        ("Heading 2", "Opening"),
        ("Heading 1", "Us"),
        ("Heading 2", "1. How?"),
        ("Heading 1", "Before you close"),
    ]
    assert [line.text for line in made.paragraphs if line.style.name == "List Bullet"] == list(briefing().support)
    said = made.core_properties
    assert (said.author, said.last_modified_by, said.comments, said.language) == ("", "", "", "en-GB")
    assert said.created == said.modified == datetime(2026, 12, 1, tzinfo=UTC)
    assert 'w:lang w:val="en-GB"' in made.styles.element.xml
    order = [line.text for line in made.paragraphs]
    assert order.index("Content note: a death") < order.index("1. How?")
    assert [cell.text for cell in made.tables[0].rows[0].cells] == ["From", "What", "Minutes"]


def test_a_long_question_is_cut_in_the_running_order_only():
    words = "How do we go on after it? " * 10
    assert in_short(words) == f"{'How do we go on after it? ' * 4}How …"
    assert words.strip() in " ".join(read(pdf(replace(briefing(asked(words))))))
