"""The command line: `phonein COMMAND`, the same as `flask --app wsgi COMMAND`. docs/operations.md shows each in use."""

from flask import Flask
from flask.cli import FlaskGroup

from phonein.commands import bringing_in, filling, rounds, running, trying


def init_app(app: Flask) -> None:
    for area in (running, bringing_in, rounds, trying, filling):
        for command in area.COMMANDS:
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
