"""One round of each of the sweep's jobs, by hand; one reply; and the look at the settings."""

import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

import config
from phonein import clock, retention
from phonein.booking import answers
from phonein.db import db, transaction
from phonein.delivery import news, postman, replies, runner
from phonein.questions import from_outside, release, trust
from phonein.safeguarding import procedure

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message and comes again


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
@with_appcontext
def check() -> None:
    """Everything that would break a promise, in words: the settings, the database, and the door seen from outside."""
    faults = config.lost_letters(current_app.config)
    try:
        faults, advice = trust.look() + faults, trust.advice() + procedure.advice()
        db.session.rollback()
    except SQLAlchemyError as error:
        faults.append(f"The database does not answer ({type(error).__name__}), so nobody has looked at its settings.")
        advice = []
    seen = from_outside.look(current_app.config["QUESTIONS_URL"])
    for fault in faults + seen.faults:
        click.echo(f"- {fault}")
    if not faults + seen.faults:
        click.echo("Nothing found that would break a promise.")
    for words in advice + config.uncounted(current_app.config) + seen.advice:
        click.echo(f"Advice: {words}")
    if faults + seen.faults:
        raise SystemExit(1)


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
    """One round of delivery: send every letter that is due, and those that wait for further changes."""
    with transaction():
        news.hurry()
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


@click.command()
@with_appcontext
def reply() -> None:
    """Take in one message that a mail server hands us on standard input: a reply from somebody's calendar."""
    stdin = sys.stdin.buffer
    written = stdin.read(replies.LARGEST + 1)
    while stdin.read(replies.LARGEST):  # whoever writes must be able to come to an end
        pass
    try:
        with transaction():
            outcome = answers.receive(written)
    except SQLAlchemyError as error:
        click.echo(f"The database is away ({type(error).__name__}), so this message was not taken in.", err=True)
        raise SystemExit(TRY_AGAIN) from None
    click.echo(outcome.word)


COMMANDS = (check, release_command, deliver, forget, reply)
