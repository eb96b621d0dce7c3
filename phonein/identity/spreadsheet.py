"""A table as spreadsheets write it (CSV, RFC 4180): taken apart, its header checked. Each fault is a sentence.

Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from phonein.identity.import_report import WHOLE_FILE, Reading, Remark, Unusable, shown

BYTE_ORDER_MARK = "\ufeff"


def decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unusable(
            f"It is not in UTF-8 (from line {line} on). Save it as “CSV UTF-8” and bring it again. Nothing was read."
        ) from error
    if not text.strip():
        raise Unusable("It is empty.")
    return text


def rows(text: str) -> Iterator[tuple[int, list[str] | Unusable]]:
    """Each row with its number: its cells, or why they cannot be told apart."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number, line = 0, 0
    while True:
        number, line = number + 1, reader.line_num
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield (
                number,
                Unusable(
                    f"The quotation marks do not match up, or a cell is far too long. Nothing was read from line "
                    f"{line + 1} to line {reader.line_num}."
                ),
            )


def columns(
    header: list[str] | Unusable, reading: Reading[Any], known: Sequence[str], optional: Collection[str] = ()
) -> list[str]:
    """The names in the header, checked; those we do not know are named in the reading's warnings."""
    if isinstance(header, Unusable):
        raise header
    names = [name.replace(BYTE_ORDER_MARK, "").strip().casefold() for name in header]
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and separator in names[0]:
            raise Unusable(f"Its cells are separated by {called}. Save it with commas between them. Nothing was read.")
    first_row = ",".join(known)
    if not set(names) & set(known):
        raise Unusable(f"It has no header. The first row must be {first_row}. Nothing was read.")
    for wrong, words in (
        ([name for name in known if name not in names and name not in optional], "is not there"),
        ([name for name in known if names.count(name) > 1], "is there twice"),
    ):
        if wrong:
            listed = "; ".join(f"the column {shown(name)} {words}" for name in wrong)
            raise Unusable(f"{listed[0].upper()}{listed[1:]}. The first row must be {first_row}. Nothing was read.")
    for name in names:
        if name and name not in known:
            words = f"The column {shown(name)} is not one that we know. It was left out."
            reading.warned.append(Remark(WHOLE_FILE, "The file", words))
    return names


def named(cells: list[str], names: list[str]) -> dict[str, str]:
    """A row's cells by the names in the header. Raises Unusable where there are more or fewer of them."""
    if len(cells) != len(names):
        raise Unusable(
            f"There are {len(cells)} cells in this row and {len(names)} columns in the header. It was not read."
        )
    return dict(zip(names, cells, strict=True))
