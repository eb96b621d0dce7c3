"""A table to take away: as CSV, as a workbook or as a PDF. What people wrote stays words in every one of them.

A spreadsheet reads a cell that begins with = + - or @ as a formula, whoever wrote it, and so it does with what follows
what it takes for a separator. https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time

from phonein import clock

BYTE_ORDER_MARK = "\ufeff"  # or Excel reads UTF-8 as something else
# What begins a formula, in every width that is folded into the plain one. A quotation mark or blank before is no help.
BEGINS = "=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b"
_FORMULA = re.compile(rf"""(^|[;,|])([\s"'\u200b-\u200f\u2060\ufeff]*)(?=[{BEGINS}])""")
_BREAKS = re.compile(r"\s*[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LONGEST_NAME = 31  # of a sheet
WIDEST = 80  # characters

Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """One table: its title, what is to be known about it, its columns and rows. `name` is what the file is called."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: str = ""

    @classmethod
    def of(
        cls, name: str, title: str, columns: Iterable[str], rows: Iterable[Iterable[Cell]], about: str = ""
    ) -> "Table":
        return cls(name, title, tuple(columns), tuple(tuple(row) for row in rows), about)


def plain(cell: Cell) -> Cell:
    """The cell as no spreadsheet takes it for anything but words: on one line, and with ' before what could compute."""
    if not isinstance(cell, str):
        return cell
    line = _CONTROLS.sub("", _BREAKS.sub(" / ", cell.strip()))
    return _FORMULA.sub(r"\1\2'", line)


def as_csv(table: Table) -> bytes:
    """Every cell in quotation marks, as RFC 4180 has it. Title and remarks are no rows, so that it stays a table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([plain(cell) for cell in row] for row in (table.columns, *table.rows))
    return (BYTE_ORDER_MARK + out.getvalue()).encode("utf-8")


def as_workbook(table: Table) -> bytes:
    """One sheet. Words are written as words: no cell is ever a formula or a link."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": table.title, "created": datetime.combine(clock.today(), time(), UTC)})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", table.name)[:LONGEST_NAME])
    bold = book.add_format({"bold": True, "quote_prefix": True, "text_wrap": True, "valign": "top"})
    words = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
    sheet.set_landscape()
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for across in range(len(table.columns)):
        sheet.set_column(across, across, _width(table, across))
    for down, row in enumerate((table.columns, *table.rows)):
        for across, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(down, across, _in_lines(cell), words if down else bold)
            else:
                sheet.write_number(down, across, cell)
    book.close()
    return out.getvalue()


def _in_lines(cell: str) -> str:
    """In a workbook a cell may have lines. What could compute is marked all the same, as it may become a CSV."""
    return "\n".join(str(plain(line)) for line in cell.strip().splitlines())


def _width(table: Table, across: int) -> int:
    longest = max(len(str(row[across])) for row in (table.columns, *table.rows))
    return min(max(longest + 2, 10), WIDEST)


def as_pdf(table: Table) -> bytes:
    from phonein.desk import tables_pdf  # which leans on this

    return tables_pdf.pdf(table)


FORMATS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
    "pdf": ("application/pdf", as_pdf),
}
