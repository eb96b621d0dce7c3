"""The threshold of the anonymous door: whoever is recognisable is turned away, and nothing about anybody is noted."""

from typing import Any

from flask import Flask, Response, g, request

from phonein.errors import page

DOOR = "/q"
# What a browser, a proxy or a single sign-on adds to say who this is. Each would join a question to a person.
NAMING_HEADERS = (
    "Cookie",
    "Authorization",
    "Remote-User",
    "X-Forwarded-User",
    "X-Remote-User",
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "X-Forwarded-Email",
    "X-Forwarded-Preferred-Username",
)
NAMING_PREFIXES = ("x-ms-client-principal", "x-amzn-oidc-", "cf-access-authenticated-user")


def init_app(app: Flask) -> None:
    app.before_request(_refuse_names)


def is_at_the_door(path: str) -> bool:
    return path == DOOR or path.startswith(f"{DOOR}/")


def _refuse_names() -> Any:
    """Also where no page answers: a mistyped address must not be noted either."""
    if not is_at_the_door(request.path):
        return None
    g.is_unknown = True
    if not names_somebody():
        return None
    return page(
        400,
        title="Please come without a name",
        said="Your browser, or something between it and us, told us who you are. This page does not want to "
        "know, so nothing was read, kept or sent.",
        todo="Open this address in a private window, or on your own phone. If it happens again, the "
        "organisation's proxy is set up wrongly: an admin can check it with “phonein check”.",
    )


def names_somebody() -> bool:
    named = any(name in request.headers for name in NAMING_HEADERS) or "REMOTE_USER" in request.environ
    return named or any(name.lower().startswith(NAMING_PREFIXES) for name in request.headers.keys())  # noqa: SIM118


def keep_no_trace(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
