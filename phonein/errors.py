"""A no from the rules, and the pages for everything that can go wrong."""

import logging
from typing import Any

from flask import Flask, Response, abort, g, jsonify, render_template, request
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from phonein.forms import NOT_TYPED, flat_fields, unsafe_in

log = logging.getLogger(__name__)

PAGES = {
    400: (
        "We could not read that",
        "Something in the request was not as we expected.",
        "Go back, reload the page and try again.",
    ),
    403: (
        "This page is not for you",
        "You are signed in, but this page is for somebody else.",
        "If you think you should see it, ask an admin of the programme.",
    ),
    404: (
        "Page not found",
        "There is nothing at this address, or it is not for you.",
        "Check the address, or start from the front page.",
    ),
    405: (
        "That cannot be done here",
        "This address does not do what was asked of it.",
        "Go back and use the button on the page.",
    ),
    413: ("That is too long", "What was sent is larger than we take.", "Go back, shorten it and send it again."),
    415: (
        "We cannot read that kind of file",
        "What was sent is in a form we do not read.",
        "Go back and use the form on the page.",
    ),
    429: ("Too many tries", "This was tried too often in a short time.", "Wait a minute, then try again."),
    500: (
        "Something went wrong",
        "This is our fault. Nothing you did was half done: either it was saved or it was not.",
        "Try again in a few minutes.",
    ),
    503: (
        "Busy just now",
        "The service cannot answer for the moment. Nothing was changed.",
        "Wait a minute, then go back and try again.",
    ),
}


READ_ONLY = "25006"  # PostgreSQL's word for it
LARGEST = 2**31 - 1  # number that anything of ours has
LONG_ENOUGH_TO_MISS = 20  # characters: nobody minds typing a number again


class Refused(Exception):
    """The rules say no. The message is for the person who asked."""

    status = 409
    title = "That is not possible"
    todo = "Go back to see how things stand now."
    retry_after: int | None = None  # seconds

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else " ".join((self.__doc__ or "").split())


def init_app(app: Flask) -> None:
    app.before_request(_refuse_unreadable_address)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(DBAPIError, _of_database)
    app.register_error_handler(Exception, _broken)


def _refuse_unreadable_address() -> None:
    # PostgreSQL takes no NUL and SQLite does, and neither takes every number: an address that cannot be one of ours
    # never gets as far as either.
    if unsafe_in(request.path) or any(
        isinstance(part, int) and part > LARGEST for part in (request.view_args or {}).values()
    ):
        abort(404)


def page(code: int, *, title: str = "", said: str = "", todo: str = "") -> Any:
    """What happened and what to do, as a page or, where JSON was sent or is spoken, as JSON."""
    known = PAGES.get(code, PAGES[400 if code < 500 else 500])
    title, said, todo = title or known[0], said or known[1], todo or known[2]
    if _speaks_json():
        return jsonify(error=title, said=said, todo=todo), code
    return render_template("errors/page.html", code=code, title=title, said=said, todo=todo, typed=_typed()), code


def _speaks_json() -> bool:
    """At the anonymous door every answer is first a page: `questions.same_size` wraps it up for a script."""
    if getattr(g, "is_unknown", False):
        return False
    return request.is_json or request.path.startswith(("/health", "/metrics"))


def _typed() -> str:
    """What was written, where the page itself cannot be shown again: it must not be lost."""
    try:
        if getattr(g, "is_unknown", False):
            return flat_fields().get("text", "")
        fields = request.form.items(multi=True)
        return "\n\n".join(
            words for name, words in fields if name not in NOT_TYPED and len(words) > LONG_ENOUGH_TO_MISS
        )
    except HTTPException:  # it cannot be read at all
        return ""


def _refused(refusal: Refused) -> Any:
    answer, code = page(refusal.status, title=refusal.title, said=str(refusal), todo=refusal.todo)
    return answer, code, {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):  # for another host there are no addresses, so there is no page either
        return Response("This service is not known by that name. Use its own address.\n", 400, mimetype="text/plain")
    if type(error).__name__ == "CSRFError":
        answer, code = page(
            400,
            title="That page was too old",
            said="The page was open for so long, or the sign-in changed, that we could not be sure it "
            "was you who sent this.",
            todo="Open the page again and send it from there.",
        )
        return answer, code
    answer, code = page(error.code)
    retry = getattr(error, "retry_after", None)
    return (answer, code, {"Retry-After": str(retry)}) if retry else (answer, code)


def _busy(error: Exception) -> Any:
    _log("database away or busy", error)
    answer, code = page(503)
    return answer, code, {"Retry-After": "30"}


def _of_database(error: DBAPIError) -> Any:
    """A server that may only be read for a while, or has broken the connection off, is away. All else is our fault."""
    is_away = error.connection_invalidated or getattr(error.orig, "sqlstate", "") == READ_ONLY
    return _busy(error) if is_away else _broken(error)


def _unreadable(error: DBAPIError) -> Any:
    return page(400)


def _broken(error: Exception) -> Any:
    _log("failed", error)
    return page(500)


def _log(what: str, error: Exception) -> None:
    """Where it broke, never with what: at the anonymous door not even that."""
    if getattr(g, "is_unknown", False):
        return
    trace, where = error.__traceback__, ""
    while trace:
        where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error(what, extra={"error": type(error).__name__, "where": where, "route": str(request.url_rule)})
