"""The threshold of the anonymous door: whoever is recognisable is turned away, and nothing about anybody is noted."""

from typing import Any

from flask import Flask, Response, g, request

from phonein.errors import page
from phonein.questions import crowd, own_host, same_size

DOOR = "/q"
HEALTH = f"{DOOR}/health"
# What a browser, a proxy or a single sign-on adds to say who this is. Each would join a question to a person.
NAMING = (
    "cookie",
    "authorization",
    "proxy-authorization",
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
# What a proxy adds to say where a request came from. We keep none of it; better it does not come as far as this.
TRACES = frozenset(
    ("x-forwarded-for", "x-real-ip", "forwarded", "via", "x-client-ip", "true-client-ip", "cf-connecting-ip",
     "x-cluster-client-ip", "x-request-id", "x-amzn-trace-id", "traceparent", "user-agent")
)  # fmt: skip
MOST_BYTES = 256 * 1024  # far more than a question: so a text that is much too long is shown again and not lost


def init_app(app: Flask) -> None:
    crowd.init_app(app)
    app.before_request(_refuse_names)
    app.after_request(same_size.even_out)


def is_at_the_door(path: str) -> bool:
    return path == DOOR or path.startswith(f"{DOOR}/")


def _refuse_names() -> Any:
    """Also where no page answers: a mistyped address must not be noted either."""
    g.is_unknown = is_at_the_door(request.path)
    if elsewhere := own_host.answer_elsewhere(at_the_door=g.is_unknown):
        return elsewhere
    if not g.is_unknown:
        return None
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    if stop := crowd.answer():
        return stop
    if request.path.rstrip("/") == HEALTH or not names_found():  # to say which they are, that one answers all the same
        return None
    return page(
        400,
        title="Please come without a name",
        said="Your browser, or something between it and us, told us who you are. This page does not want to "
        "know, so nothing was kept or passed on.",
        todo="Open this address in a private window, or on your own phone. If it happens again, the "
        "organisation's proxy is set up wrongly: whoever runs it finds the right set-up in docs/operations.md.",
    )


def names_found() -> list[str]:
    """The names, never the contents, of all headers of this request that say who somebody is."""
    found = {name.lower() for name in request.headers.keys() if name.lower().startswith(NAMING)}  # noqa: SIM118
    return sorted(found | ({"remote_user"} if "REMOTE_USER" in request.environ else set()))


def traces_found() -> list[str]:
    """The names of all headers, sent with something in them, that say where this request came from."""
    return sorted(name.lower() for name, value in request.headers.items() if name.lower() in TRACES and value)


def keep_no_trace(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
