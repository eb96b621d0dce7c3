"""Starting what runs: everything at once, or each production process by itself."""

import os

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

import config
from phonein import db, demo_programme, health, serving
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.questions import database_role


@click.command()
@click.option("--demo/--no-demo", "with_demo", default=True, help="Load the demonstration into an empty database.")
@with_appcontext
def up(with_demo: bool) -> None:
    """Start everything on this machine, in the foreground."""
    app = _app()
    os.environ["PHONEIN_EMBEDDED"] = "1"
    if not health.schema_is_newer():  # after going back to an older version
        flask_migrate.upgrade(directory=str(db.MIGRATIONS))
    if with_demo and demo_programme.is_empty():
        click.echo("Loading the demonstration programme (once)…")
        demo_programme.load()
    _say_where(app)
    (serving.serve_with_queue if app.config["REDIS_URL"] else serving.serve_embedded)(app)


@click.command()
@click.option(
    "--door",
    type=click.Choice(config.DOORS),
    envvar="PHONEIN_DOOR",
    default="all",
    show_default=True,
    help="q: the anonymous door alone, under a database role of its own. app: everything but that.",
)
@with_appcontext
def web(door: str) -> None:
    """The web server for production: gunicorn, behind a proxy."""
    os.environ["PHONEIN_DOOR"] = door  # for the processes that this one becomes
    _refuse_if_unfit()
    if door == "q" and (besides := database_role.readable_besides()):
        raise click.ClickException(
            f"The database role of the anonymous door can read {', '.join(besides)}, so it does not start. Make a role "
            "of its own for it, name that in DATABASE_URL, and run “phonein grant-door ROLE” as the database's owner."
        )
    serving.serve_web(_app())


@click.command()
@click.argument("role")
@with_appcontext
def grant_door(role: str) -> None:
    """Give a role of the database what `phonein web --door q` needs, and take everything else away from it."""
    try:
        with db.transaction():
            done = database_role.grant(role)
            besides = database_role.readable_besides(role)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    for statement in done:
        click.echo(f"{statement};")
    if besides:
        raise click.ClickException(
            f"{role} can still read {', '.join(besides)}: as a superuser, as their owner, as a member of another role, "
            "or because everybody can (PUBLIC). Take that away, then do this again."
        )
    click.echo(f"{role} can read and write what is anonymous, and read nothing about anybody.")


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
@with_appcontext
def demo() -> None:
    """Load the demonstration programme into an empty database."""
    if not demo_programme.is_empty():
        raise click.ClickException("There are people in this database already, so nothing was loaded.")
    demo_programme.load()
    _say_where(_app())


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
            + (f"{address}/mailbox/" if "mailbox" in app.blueprints else "your mail server")
        )
        for role, email in who:
            click.echo(f"  {role:<12} {email}")
    click.echo("Stop it with Ctrl-C.\n")


COMMANDS = (up, web, grant_door, work, sweep_command, demo)
