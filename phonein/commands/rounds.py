"""One round of each of the sweep's jobs, by hand; and the look at the settings."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

import config
from phonein import clock, retention
from phonein.delivery import postman, runner
from phonein.questions import release


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


COMMANDS = (check, release_command, deliver, forget)
