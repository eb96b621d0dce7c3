"""Bringing people and series in, and saying what is published."""

import json
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from phonein import clock, db
from phonein.identity import people, people_file
from phonein.identity.addresses import fault_in_address
from phonein.identity.models import Person, Role
from phonein.schedule import programme, series_file, series_import


@click.command()
@click.argument("email")
@click.option("--name", required=True, help="How the person is called.")
@with_appcontext
def make_admin(email: str, name: str) -> None:
    """Make somebody an admin: the first one, for example."""
    if fault := fault_in_address(email.strip()):
        raise click.ClickException(f"“{email}” is not an e-mail address: {fault}.")
    with db.transaction():
        person = Person.by_email(email)
        if person is None:
            person = Person(email=email.strip(), name=name.strip())
            db.db.session.add(person)
        person.role, person.left_on = Role.ADMIN, None
    click.echo(f"{name} ({email}) is an admin and can sign in at {current_app.config['PUBLIC_URL']}/app/sign-in/.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@with_appcontext
def import_people(file: Path, dry_run: bool) -> None:
    """Add and change people from a CSV file."""
    _import(lambda: people.import_people(people_file.read(file.read_bytes())), dry_run)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@with_appcontext
def import_series(file: Path, dry_run: bool) -> None:
    """Add and change series from a JSON file; they are published 400 days ahead."""
    _import(lambda: series_import.import_series(series_file.read(file.read_bytes()), now=clock.now()), dry_run)


@click.command("programme")
@click.option("--json", "as_json", is_flag=True, help="As JSON, instants in UTC.")
@with_appcontext
def programme_command(as_json: bool) -> None:
    """What is published."""
    rows = programme.as_rows(programme.published())
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            left = "cancelled" if row["cancelled"] else f"{row['left']} of {row['seats']} left"
            click.echo(f"{row['starts_at']}  {row['title']}  ({left})")


class _DryRun(Exception):
    """Ends a transaction that was only for show."""


def _import(bring_in: Any, dry_run: bool) -> None:
    report: Any = None
    try:
        with db.transaction():
            report = bring_in()
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    for line in report.lines(dry_run=dry_run):
        click.echo(line)
    if report.refused:
        raise SystemExit(1)


COMMANDS = (make_admin, import_people, import_series, programme_command)
