"""Who may open which door. Every view carries one of these marks: a house rule holds it."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, url_for
from flask import session as cookie

from phonein import clock
from phonein.doors import View, anyone
from phonein.errors import page
from phonein.forms import NOT_TYPED
from phonein.identity import sign_in
from phonein.identity.models import Person

__all__ = ["admins", "anyone", "facilitators", "signed_in"]
KNOWN_DOOR = "/app/"
SEEN_EVERY = timedelta(minutes=1)


def init_app(app: Flask) -> None:
    app.before_request(_load_person)
    app.context_processor(lambda: {"person": g.get("person")})


def _load_person() -> None:
    """Who this is, for pages behind the known door only: everywhere else the cookie is not even looked at."""
    g.person = None
    if not request.path.startswith(KNOWN_DOOR) or "token" not in cookie:
        return
    now, person = clock.now(), sign_in.person_signed_in(cookie["token"])
    began, seen = (datetime.fromtimestamp(cookie[k], UTC) for k in ("began", "seen"))
    if person and now < began + sign_in.SIGNED_IN_FOR and now < seen + sign_in.idle_limit(person):
        g.person = person
        if now - seen > SEEN_EVERY:
            cookie["seen"] = int(now.timestamp())
    else:
        _forget_who_this_was()


def _forget_who_this_was() -> None:
    """The page that is still open keeps its token, so that what is typed there is answered with `signed-out.html`."""
    token = cookie.get("csrf_token")
    forget_me()
    if token:
        cookie["csrf_token"] = token


def remember_me(token: str) -> None:
    """Begin a new cookie: nothing of the one before it survives, so nobody can plant one."""
    now = int(clock.now().timestamp())
    cookie.clear()
    cookie.update(token=token, began=now, seen=now)


def forget_me() -> None:
    cookie.clear()


def this_browser() -> str:
    """A secret that only this browser has, from before it is signed in."""
    return str(cookie.setdefault("browser", secrets.token_urlsafe(24)))


def _guarded(door: str, allowed: Callable[[Person], bool]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if g.person is None:
                return _ask_to_sign_in()
            return view(*args, **kwargs) if allowed(g.person) else abort(403)

        guarded.door = door  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


signed_in = _guarded("signed in", lambda person: True)
facilitators = _guarded("facilitators", lambda person: person.is_facilitator)
admins = _guarded("admins", lambda person: person.is_admin)


def _ask_to_sign_in() -> Any:
    """To the sign-in page and back again. What was typed while the sign-in ran out is shown, to be copied."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("identity.sign_in_page", next=request.full_path.rstrip("?")), 303)
    if request.is_json:
        return page(401, title="You are signed out", said="Nothing was done.", todo="Sign in, then try again.")
    typed = {name: text for name, text in request.form.items(multi=True) if name not in NOT_TYPED and len(text) > 20}
    return render_template("identity/signed-out.html", typed=typed), 401


def safe_next(path: str | None) -> str:
    """Where to go after signing in: a page of our own behind the known door, else the programme."""
    inside = path and path.startswith(KNOWN_DOOR) and not any(c in path for c in "\\\r\n\t") and len(path) < 500
    return path if inside and path and "//" not in path else url_for("schedule.programme_page")


def blueprint(name: str, import_name: str, *, url_prefix: str) -> Blueprint:
    """A blueprint of the known door: its pages are personal, so no browser or proxy keeps them."""
    bp = Blueprint(name, import_name, url_prefix=url_prefix)
    bp.after_request(_no_store)
    return bp


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
