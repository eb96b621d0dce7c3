"""Phonein: regular phone-ins for people in critical occupations. This joins the areas together; it holds no rules."""

from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from config import Config, as_mapping, is_for_this_machine
from phonein import commands, db, errors, formats, headers, logs, public
from phonein.admin import schedule_views as planning
from phonein.admin import views as admin
from phonein.booking import views as booking
from phonein.delivery import mailbox_views, runner
from phonein.desk import views as desk
from phonein.identity import access
from phonein.identity import views as identity
from phonein.passes import views as passes
from phonein.questions import doorway
from phonein.questions import views as questions
from phonein.schedule import views as schedule

AREAS = (public, identity, schedule, booking, passes, questions, desk, planning, admin)
TEMPLATES = Path(__file__).parent.parent / "templates"


def create_app(config: Config) -> Flask:
    """The application with this configuration. Everything it needs to know comes in here."""
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.config.from_mapping(as_mapping(config))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["service_name"] = "Phonein"
    for part in (db, errors, formats, headers, doorway, access, commands):
        part.init_app(app)
    logs.init_app()
    csrf = CSRFProtect(app)
    csrf.exempt(questions.bp)  # no cookie is read there, so there is nothing to borrow
    for area in AREAS:
        app.register_blueprint(area.bp)
    if not app.config["MAIL_SERVER"] and is_for_this_machine(app.config["PUBLIC_URL"]):
        app.register_blueprint(mailbox_views.bp)
    app.extensions["phonein.runner"] = runner.chosen_for(app)
    return app
