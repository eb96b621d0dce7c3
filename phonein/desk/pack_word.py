"""How the facilitator's pack looks in Word. Imported only where a pack is made: python-docx takes long to load."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

DEEP, MUTED, HAIR, TINT, WARM = RGBColor(0x0A, 0x3A, 0x47), RGBColor(0x44, 0x54, 0x5E), "B9C5CB", "EEF4F6", "FDF0D3"
FACE = "Arial"  # Word is read on any machine, and this one is on all of them
LANGUAGE = "en-GB"
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")  # Word insists on the order


def set_up(document: Document, *, size: int) -> None:
    """A4, one face, British English, sizes that follow from `size`."""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(24), Mm(20)
    for name, factor in (("Normal", 1.0), ("Title", 2.0), ("Heading 1", 1.35), ("Heading 2", 1.15)):
        style = document.styles[name]
        style.font.name, style.font.size = FACE, Pt(round(size * factor))
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(theme), None)
        if name != "Normal":
            style.font.color.rgb, style.font.bold = DEEP, True
            style.paragraph_format.keep_with_next = True
    document.styles["Normal"].paragraph_format.space_after = Pt(round(size * 0.5))
    language = document.styles.element.find(".//" + qn("w:lang"))
    language.set(qn("w:val"), LANGUAGE)


def state_properties(document: Document, title: str, made_at: datetime) -> None:
    """What the file says of itself: what it is, in which language, and the day, as midnight."""
    said = document.core_properties
    said.title, said.language = f"Facilitator’s pack: {title}"[:255], LANGUAGE
    said.author = said.last_modified_by = said.comments = said.keywords = said.subject = said.category = ""
    said.created = said.modified = made_at
    said.revision = 1


def head_and_foot(document: Document, marking: str, title: str) -> None:
    page = document.sections[0]
    _muted(page.header.paragraphs[0].add_run(marking))
    document.styles["Footer"].paragraph_format.tab_stops.clear_all()
    foot = page.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(174), WD_TAB_ALIGNMENT.RIGHT)
    _muted(foot.add_run(f"{title[:60]}\tPage "))
    _field(foot, "PAGE")
    _muted(foot.add_run(" of "))
    _field(foot, "NUMPAGES")


def rows(document: Document, facts: Iterable[tuple[str, str]]) -> None:
    """What is said of the phone-in, as lines: a table would have no heads."""
    for name, words in facts:
        if words:
            line = document.add_paragraph()
            line.paragraph_format.space_after = Pt(2)
            line.add_run(f"{name}: ").bold = True
            line.add_run(words)


def table(document: Document, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """With a head that Word repeats on every page and says to screen readers."""
    made = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    made.autofit = False
    widths = (Mm(24), Mm(128), Mm(22))
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in [heads, *lines]:
        cells = made.rows[0].cells if row is heads else made.add_row().cells
        for cell, words, width in zip(cells, row, widths, strict=True):
            cell.width = width
            cell.paragraphs[0].paragraph_format.space_after = Pt(3)
            cell.paragraphs[0].add_run(words).bold = row is heads
            if row is heads:
                cell._tc.get_or_add_tcPr().append(_shade(TINT))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def caution(document: Document, words: str) -> None:
    line = document.add_paragraph()
    line.paragraph_format.keep_with_next, line.paragraph_format.space_before = True, Pt(12)
    line._p.get_or_add_pPr().insert_element_before(_shade(WARM), *AFTER_BORDERS[1:])
    line.add_run("Content note: ").bold = True
    line.add_run(words)


def small(document: Document, words: str) -> None:
    line = document.add_paragraph()
    line.paragraph_format.keep_with_next = True
    _muted(line.add_run(words))


def room_for_notes(document: Document, lines: int) -> None:
    """Empty paragraphs with a line under each: to be written on, by hand or by keyboard."""
    for number in range(lines):
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.line_spacing = Mm(8.5)
        line.paragraph_format.keep_with_next = number < lines - 1
        line._p.get_or_add_pPr().insert_element_before(_ruled(), *AFTER_BORDERS)


def _ruled() -> Any:
    around = OxmlElement("w:pBdr")
    for side in ("w:bottom", "w:between"):
        rule = OxmlElement(side)
        for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:space", "1"), ("w:color", HAIR)):
            rule.set(qn(name), value)
        around.append(rule)
    return around


def _shade(colour: str) -> Any:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    return shade


def _muted(run: Any) -> None:
    run.font.color.rgb = MUTED


def _field(line: Any, name: str) -> None:
    """A number that Word works out, such as that of the page."""
    run = line.add_run()
    _muted(run)
    for kind, words in (("begin", ""), ("", name), ("separate", ""), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = words or None
        run._r.append(part)
