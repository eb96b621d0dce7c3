"""What every answer says to the browser about keeping it safe."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request

from config import has_its_own_host

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types own",
    )
)
A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    app.after_request(add)
    app.jinja_env.globals["asset"] = asset


def add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers["X-Content-Type-Options"] = "nosniff"
    # A link from a signed-in page to the anonymous door must not carry the page it came from.
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    if request.endpoint == "static":
        headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if request.args else "no-cache"
    else:
        headers.setdefault("Cache-Control", "no-store")
    return response


def _policy() -> str:
    """Signed-in pages compare the keys of passes with those at the anonymous door, also where that is another host."""
    if not (request.path.startswith("/app/") and has_its_own_host(current_app.config)):
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace(
        "connect-src 'self'", f"connect-src 'self' {current_app.config['QUESTIONS_URL']}/q/"
    )


@cache
def asset(name: str) -> str:
    """The address of a static file, with its fingerprint: a new version is a new address."""
    fingerprint = hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={fingerprint}"
