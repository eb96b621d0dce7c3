"""The threshold of the anonymous door: whoever is recognisable is turned away, and nothing about anybody is noted."""

from typing import Any

from flask import Flask, Response, g, request

from phonein.errors import page

DOOR = "/q"
# What a browser, a proxy or a single sign-on adds to say who this is. Each would join a question to a person.
NAMING_HEADERS = ("Cookie", "Authorization", "Proxy-Authorization")
NAMING_PREFIXES = (
    "remote-",  # Authelia, Apache and many others: Remote-User, -Name, -Email, -Groups
    "x-remote-user",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-preferred-username",
    "x-forwarded-groups",
    "x-forwarded-access-token",
    "x-forwarded-client-cert",
    "x-auth-request-",  # oauth2-proxy
    "x-authentik-",
    "x-webauth-",
    "x-vouch-",
    "x-ms-client-principal",  # Azure
    "x-ms-token-",
    "x-amzn-oidc-",
    "x-goog-authenticated-user-",
    "x-goog-iap-",
    "cf-access-",
    "tailscale-user-",
    "ssl-client-",
    "x-ssl-client-",
    "x-client-cert",
)
MOST_BYTES = 256 * 1024  # far more than a question: so a text that is much too long is shown again and not lost


def init_app(app: Flask) -> None:
    app.before_request(_refuse_names)


def is_at_the_door(path: str) -> bool:
    return path == DOOR or path.startswith(f"{DOOR}/")


def _refuse_names() -> Any:
    """Also where no page answers: a mistyped address must not be noted either."""
    g.is_unknown = is_at_the_door(request.path)
    if not g.is_unknown:
        return None
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    if not names_somebody():
        return None
    return page(
        400,
        title="Please come without a name",
        said="Your browser, or something between it and us, told us who you are. This page does not want to "
        "know, so nothing was kept or passed on.",
        todo="Open this address in a private window, or on your own phone. If it happens again, the "
        "organisation's proxy is set up wrongly: whoever runs it finds the right set-up in docs/operations.md.",
    )


def names_somebody() -> bool:
    named = any(name in request.headers for name in NAMING_HEADERS) or "REMOTE_USER" in request.environ
    return named or any(name.lower().startswith(NAMING_PREFIXES) for name in request.headers.keys())  # noqa: SIM118


def keep_no_trace(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
