"""The front door: pages for anybody, and what an operator's machines ask."""

from typing import Any

from flask import Blueprint, current_app, jsonify, render_template

from config import has_its_own_host
from phonein import health, retention
from phonein.db import on_sqlite
from phonein.doors import anyone

bp = Blueprint("public", __name__)
health_bp = Blueprint("health", __name__, url_prefix="/health")  # every process answers it, whichever door it serves


@bp.get("/")
@anyone
def landing() -> Any:
    return render_template("public/landing.html")


@bp.get("/help/")
@anyone
def help_page() -> Any:
    return render_template("public/help.html", facts=retention.facts())


@bp.get("/help/support/")
@anyone
def support() -> Any:
    return render_template("public/support.html")


@bp.get("/privacy/")
@anyone
def privacy() -> Any:
    """Made from what is set up here, so that it cannot promise what does not hold."""
    return render_template(
        "public/privacy.html",
        facts=retention.facts(),
        has_its_own_host=has_its_own_host(current_app.config),
        on_sqlite=on_sqlite(),
    )


@bp.get("/accessibility/")
@anyone
def accessibility() -> Any:
    return render_template("public/accessibility.html")


@health_bp.get("/live")
@anyone
def live() -> Any:
    return jsonify(live=True)


@health_bp.get("/ready")
@anyone
def ready() -> Any:
    wrong, degraded = health.faults(), health.degraded()
    return jsonify(ready=not wrong, wrong=wrong, degraded=degraded), 503 if wrong else 200
