"""The command line: `phonein COMMAND`, the same as `flask --app wsgi COMMAND`. docs/operations.md shows each in use."""

import json
import os
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from sqlalchemy import select

import config
from phonein import clock, db, demo_programme, retention, serving
from phonein.delivery import postman, runner
from phonein.identity import people, people_file
from phonein.identity.models import Person, Role
from phonein.questions import release
from phonein.schedule import programme, series_file, series_import


def init_app(app: Flask) -> None:
    for command in (
        up,
        web,
        work,
        sweep_command,
        make_admin,
        import_people,
        import_series,
        programme_command,
        demo,
        check,
        release_command,
        deliver,
        forget,
    ):
        app.cli.add_command(command)


def main() -> None:
    def create() -> Flask:
        from wsgi import app

        return app

    FlaskGroup(
        name="phonein",
        create_app=create,
        add_version_option=False,
        load_dotenv=False,
        help="Phonein: regular phone-ins for people in critical occupations.",
    )()


class Instant(click.ParamType[datetime]):
    """2026-10-01T22:30:00Z"""

    name = "instant"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not an instant like 2026-10-01T22:30:00Z.", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


as_of = click.option("--as-of", type=Instant(), help="Treat this instant as now.")


@click.command()
@click.option("--demo/--no-demo", "with_demo", default=True, help="Load the demonstration into an empty database.")
@with_appcontext
def up(with_demo: bool) -> None:
    """Start everything on this machine, in the foreground."""
    app = _app()
    os.environ["PHONEIN_EMBEDDED"] = "1"
    flask_migrate.upgrade(directory=str(db.MIGRATIONS))
    if with_demo and demo_programme.is_empty():
        click.echo("Loading the demonstration programme (once)…")
        demo_programme.load()
    _say_where(app)
    (serving.serve_with_queue if app.config["REDIS_URL"] else serving.serve_embedded)(app)


@click.command()
@with_appcontext
def web() -> None:
    """The web server for production: gunicorn, behind a proxy."""
    _refuse_if_unfit()
    serving.serve_web(_app())


@click.command()
@with_appcontext
def work() -> None:
    """A worker that delivers letters."""
    _refuse_if_unfit()
    app = _app()
    if app.config["REDIS_URL"]:
        serving.work(app)
    else:
        raise click.ClickException("REDIS_URL is missing: without a queue server “phonein up” delivers the letters.")


@click.command("sweep")
@click.option("--every", default=60.0, show_default=True, help="Seconds between two rounds.")
@with_appcontext
def sweep_command(every: float) -> None:
    """The minute's round, again and again."""
    _refuse_if_unfit()
    serving.sweep_until_stopped(_app(), every)


@click.command()
@click.argument("email")
@click.option("--name", required=True, help="How the person is called.")
@with_appcontext
def make_admin(email: str, name: str) -> None:
    """Make somebody an admin: the first one, for example."""
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


@click.command()
@with_appcontext
def demo() -> None:
    """Load the demonstration programme into an empty database."""
    if not demo_programme.is_empty():
        raise click.ClickException("There are people in this database already, so nothing was loaded.")
    demo_programme.load()
    _say_where(_app())


@click.command()
@with_appcontext
def check() -> None:
    """Every setting that would break a promise, in words."""
    faults = config.promise_breakers(current_app.config)
    for fault in faults:
        click.echo(f"- {fault}")
    if faults:
        raise SystemExit(1)
    click.echo("Nothing found that would break a promise.")


@click.command("release")
@as_of
@with_appcontext
def release_command(as_of: datetime | None) -> None:
    """One round of release: open the boxes whose time has come."""
    with clock.stopped_at(as_of) if as_of else nullcontext():
        click.echo(f"Released: {release.release_due()} phone-ins.")


@click.command()
@with_appcontext
def deliver() -> None:
    """One round of delivery: send every letter that is due."""
    runner.sweep_letters()
    click.echo(f"Sent: {postman.deliver_due()} letters.")


@click.command()
@as_of
@with_appcontext
def forget(as_of: datetime | None) -> None:
    """One round of forgetting: delete what is past keeping."""
    with clock.stopped_at(as_of) if as_of else nullcontext():
        for what, number in retention.forget().items():
            click.echo(f"{what}: {number}")


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


def _refuse_if_unfit() -> None:
    if not config.is_on(os.environ.get("PHONEIN_EMBEDDED")):
        os.environ["PHONEIN_PRODUCTION"] = "1"  # for the processes that this one starts
        config.Production(os.environ)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


def _say_where(app: Flask) -> None:
    address = app.config["PUBLIC_URL"]
    click.echo(f"\nPhonein is at {address}/")
    who = [
        (role, db.db.session.scalar(select(Person.email).where(Person.email == email)))
        for role, email in demo_programme.TO_SIGN_IN_WITH.items()
    ]
    db.db.session.rollback()
    if all(email for _, email in who):
        click.echo(
            "Sign in with one of these; the letter with the link shows at "
            + (f"{address}/mailbox/" if not app.config["MAIL_SERVER"] else "your mail server")
        )
        for role, email in who:
            click.echo(f"  {role:<12} {email}")
    click.echo("Stop it with Ctrl-C.\n")
