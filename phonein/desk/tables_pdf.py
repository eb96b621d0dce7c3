"""A table as a PDF, tagged for screen readers, by the typesetter of the facilitator's pack."""

import json

from phonein.desk import typesetter
from phonein.desk.pack_letters import UNKNOWN, printable
from phonein.desk.tables import Table

WIDE = 5  # columns from which on a page lies on its side
NARROWEST, WIDEST = 8, 60  # letters


def pdf(table: Table) -> bytes:
    return typesetter.pdf("table.typ", _told(table))


def _told(table: Table) -> dict[str, object]:
    rows = [[printable(str(cell)) for cell in row] for row in table.rows]
    return {
        "title": printable(table.title),
        "about": printable(table.about),
        "columns": [printable(name) for name in table.columns],
        "rows": rows,
        "widths": [_width([name, *(row[n] for row in rows)]) for n, name in enumerate(table.columns)],
        "numbers": [bool(rows) and all(not isinstance(row[n], str) for row in table.rows) for n in _across(table)],
        "is_wide": len(table.columns) >= WIDE,
        "has_boxes": UNKNOWN in json.dumps(rows, ensure_ascii=False),
    }


def _across(table: Table) -> range:
    return range(len(table.columns))


def _width(cells: list[str]) -> int:
    """As wide as its cells are on average, and as its longest word."""
    words = (word for cell in cells for word in cell.split())
    average = sum(map(len, cells)) // len(cells) + 4
    return min(max(NARROWEST, average, *(len(word) for word in words)), WIDEST)
