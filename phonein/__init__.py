"""Phonein: regular phone-ins for people in critical occupations. This joins the areas together; it holds no rules."""

from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from config import Config, as_mapping, is_for_this_machine
from phonein import commands, db, errors, formats, headers, logs, public, turnstile
from phonein.admin import import_views as importing
from phonein.admin import insights_views as insights
from phonein.admin import people_views as people
from phonein.admin import programme_feed_views as programme_feed
from phonein.admin import rota_views as rota
from phonein.admin import safeguarding_views as safeguarding
from phonein.admin import schedule_views as planning
from phonein.admin import series_views as series
from phonein.admin import views as admin
from phonein.admin import waiting_views as waiting_lists
from phonein.admin import wording_views as words
from phonein.booking import adjustment_views as adjustments
from phonein.booking import link_views as seat_links
from phonein.booking import moving_views as moving
from phonein.booking import offer_views as offer_links
from phonein.booking import reminder_views as my_reminders
from phonein.booking import views as booking
from phonein.booking import waiting_views as waiting
from phonein.delivery import dial_in, mailbox_views, runner
from phonein.desk import agenda_views as agenda
from phonein.desk import answers_views as answers
from phonein.desk import closing_views as closing
from phonein.desk import feedback_views as feedback
from phonein.desk import history_views as history
from phonein.desk import hour_views as hour
from phonein.desk import marking_views as marking
from phonein.desk import merge_views as merging
from phonein.desk import pack_views as pack
from phonein.desk import question_views as one_question
from phonein.desk import review_views as review
from phonein.desk import settled_views as settled
from phonein.desk import taking_away_views as taking_away
from phonein.desk import triage_views as triage
from phonein.desk import views as desk
from phonein.feeds import page_views as my_calendar
from phonein.feeds import views as feeds
from phonein.identity import access
from phonein.identity import views as identity
from phonein.library import views as library
from phonein.pages import Pages
from phonein.passes import views as passes
from phonein.questions import doorway, own_host, trust
from phonein.questions import health_views as door_health
from phonein.questions import key_views as pass_keys
from phonein.questions import views as questions
from phonein.safeguarding import procedure
from phonein.schedule import views as schedule

UNKNOWN = (door_health, questions, pass_keys)
OPEN = (public, feeds, seat_links, offer_links)
KNOWN = (
    identity,
    schedule,
    booking,
    moving,
    waiting,
    adjustments,
    passes,
    desk,
    triage,
    one_question,
    marking,
    merging,
    history,
    agenda,
    hour,
    closing,
    answers,
    feedback,
    pack,
    taking_away,
    review,
    settled,
    library,
    my_calendar,
    my_reminders,
    planning,
    series,
    waiting_lists,
    importing,
    admin,
    insights,
    people,
    programme_feed,
    words,
    safeguarding,
    rota,
)
BY_DOOR = {"all": (*OPEN, *UNKNOWN, *KNOWN), "q": UNKNOWN, "app": (*OPEN, *KNOWN)}
TEMPLATES = Path(__file__).parent.parent / "templates"


def create_app(config: Config) -> Flask:
    """The application with this configuration, or as much of it as stands behind the door that it names. Everything it
    needs to know comes in here."""
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.config.from_mapping(as_mapping(config))
    app.jinja_environment = Pages
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["service_name"] = "Phonein"
    app.jinja_env.globals["why_unsafe"] = trust.why_unsafe
    app.jinja_env.globals["replies_are_read"] = bool(app.config["REPLIES_IMAP_SERVER"] or app.config["REPLIES_BY_PIPE"])
    for part in (db, errors, formats, headers, dial_in, own_host, doorway, access, turnstile, procedure, commands):
        part.init_app(app)
    logs.init_app()
    csrf = CSRFProtect(app)
    for area in (questions, seat_links, offer_links):
        csrf.exempt(area.bp)  # no cookie is read there, so there is nothing to borrow
    for area in BY_DOOR[app.config["DOOR"]]:
        app.register_blueprint(area.bp)
    app.register_blueprint(public.health_bp)
    is_local = not app.config["MAIL_SERVER"] and is_for_this_machine(app.config["PUBLIC_URL"])
    if is_local and app.config["DOOR"] != "q":
        app.register_blueprint(mailbox_views.bp)
    app.extensions["phonein.runner"] = runner.chosen_for(app)
    return app
