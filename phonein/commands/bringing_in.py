"""Bringing people and series in, and saying what is published."""

import json
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from phonein import clock, db
from phonein.admin import planning
from phonein.identity import people, people_file
from phonein.identity.addresses import fault_in_address
from phonein.identity.import_report import Report
from phonein.identity.models import Person, Role
from phonein.passes import issue
from phonein.questions.keys import draw_pass_keys_ahead
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
        issue.count_again()
    click.echo(f"{name} ({email}) is an admin and can sign in at {current_app.config['PUBLIC_URL']}/app/sign-in/.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@with_appcontext
def import_people(file: Path, dry_run: bool) -> None:
    """Add and change people from a CSV file."""

    def bring_in() -> Report:
        report = people.import_people(people_file.read(file.read_bytes()))
        issue.count_again()
        return report

    _import(bring_in, dry_run)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@with_appcontext
def import_series(file: Path, dry_run: bool) -> None:
    """Add and change series from a JSON or CSV file; they are published 400 days ahead."""
    reading = series_file.read(file.read_bytes(), file.name)
    _import(
        lambda: series_import.import_series(reading, now=clock.now(), tell=planning.tell_of, is_taken_over=True),
        dry_run,
        draw_pass_keys_ahead,
    )


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


def _import(bring_in: Callable[[], Report], dry_run: bool, then: Callable[[], object] | None = None) -> None:
    with db.rehearsal() if dry_run else db.transaction():
        report = bring_in()
        if then:
            db.after_commit(then)
    for line in report.lines(dry_run=dry_run):
        click.echo(line)
    if report.refused:
        raise SystemExit(1)


COMMANDS = (make_admin, import_people, import_series, programme_command)
