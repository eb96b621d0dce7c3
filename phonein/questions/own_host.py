"""The anonymous door on a host of its own, where the operator has one: it answers there and nowhere else, and nothing
else answers there. So no cookie can ever come along, and a browser keeps no connection that it shares with /app."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request

from config import has_its_own_host
from phonein.errors import page

ALSO_THERE = ("/static/", "/health/")


def init_app(app: Flask) -> None:
    apart = has_its_own_host(app.config)
    app.jinja_env.globals |= {
        "questions_url": app.config["QUESTIONS_URL"],  # to be read, written down and mailed
        # What links begin with: nothing while both are one host, because that may have several names.
        "door_url": app.config["QUESTIONS_URL"] if apart else "",
        "main_url": app.config["PUBLIC_URL"] if apart else "",
    }


def answer_elsewhere(*, at_the_door: bool) -> Any:
    """What whoever came to the wrong host hears; None where they are right. On a host that is neither, such as
    127.0.0.1 for the machine's own checks, everybody is right."""
    if not has_its_own_host(current_app.config):
        return None
    host = urlsplit(request.host_url).hostname
    if host == urlsplit(current_app.config["QUESTIONS_URL"]).hostname:
        return None if at_the_door or request.path.startswith(ALSO_THERE) else abort(404)
    if not at_the_door or host != urlsplit(current_app.config["PUBLIC_URL"]).hostname:
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(current_app.config["QUESTIONS_URL"] + request.path)  # and no query: nothing is said in one
    return page(
        400,
        title="Questions have an address of their own",
        said=f"They are taken at {current_app.config['QUESTIONS_URL']}/q/ and nowhere else, so nothing was sent.",
        todo="Open the page for asking again: it leads there. Your pass has not been used.",
    )
