"""Trying what the program says about questions over a file of them. No database: it may be run anywhere, by anybody."""

import csv
import io
import json
from pathlib import Path

import click

from phonein.desk import similar
from phonein.questions import checking, checks

COLUMNS = ("id", "text")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def try_checks(file: Path) -> None:
    """What the check before sending finds in each question of a CSV file with the columns id and text, as JSON."""
    rows, lists = _rows(file), checking.shipped_lists()
    click.echo(json.dumps({number: checks.flags(text, lists) for number, text in rows.items()}, ensure_ascii=False))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def try_grouping(file: Path) -> None:
    """Which questions of a CSV file with the columns id and text seem to ask the same: a JSON list of groups of ids."""
    click.echo(json.dumps(similar.groups(_rows(file)), ensure_ascii=False))


def _rows(file: Path) -> dict[str, str]:
    """The text of each id. Raises ClickException, in a sentence, where the file is not of that shape."""
    try:
        read = csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        rows = list(read)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 (byte {error.start + 1}): save it as “CSV UTF-8”.") from None
    except csv.Error as error:
        raise click.ClickException(f"{file} is not a CSV file: {error}.") from None
    missing = [name for name in COLUMNS if name not in (read.fieldnames or ())]
    if missing:
        raise click.ClickException(f"{file} has no column “{missing[0]}”: its first row must name “id” and “text”.")
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        if row["id"] is None or row["text"] is None or None in row:
            raise click.ClickException(f"Row {number} of {file} has another number of cells than its first row.")
        if row["id"] in found:
            raise click.ClickException(f"Row {number} of {file} has the id “{row['id']}” a second time.")
        found[row["id"]] = row["text"]
    return found


COMMANDS = (try_checks, try_grouping)
