"""The front door: pages for anybody, and what an operator's machines ask."""

from typing import Any

from flask import Blueprint, jsonify, render_template

from phonein import health, retention
from phonein.doors import anyone

bp = Blueprint("public", __name__)


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
    return render_template("public/privacy.html", facts=retention.facts())


@bp.get("/accessibility/")
@anyone
def accessibility() -> Any:
    return render_template("public/accessibility.html")


@bp.get("/health/live")
@anyone
def live() -> Any:
    return jsonify(live=True)


@bp.get("/health/ready")
@anyone
def ready() -> Any:
    wrong, degraded = health.faults(), health.degraded()
    return jsonify(ready=not wrong, wrong=wrong, degraded=degraded), 503 if wrong else 200
