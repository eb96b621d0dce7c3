"""The local mailbox as pages: the embedded default only, where every letter goes no further than this machine."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from phonein.delivery import mailbox
from phonein.doors import anyone

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")
LOOPBACK = {"127.0.0.1", "::1"}
MOST = 200


@bp.before_request
def _only_from_here() -> None:
    # The letters hold sign-in links: whoever is not on this machine finds nothing.
    if request.remote_addr not in LOOPBACK:
        abort(404)


@bp.get("/")
@anyone
def newest() -> Any:
    return render_template("mailbox/list.html", letters=mailbox.letters()[:MOST])


@bp.get("/<key>/")
@anyone
def one(key: str) -> Any:
    letter = mailbox.letter(key) or abort(404)
    parts = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
    return render_template(
        "mailbox/one.html",
        key=key,
        letter=letter,
        text=parts.get("text/plain", ""),
        calendar=parts.get("text/calendar", ""),
    )


@bp.get("/<key>/html")
@anyone
def as_html(key: str) -> Any:
    """The letter as mail programs show it: by itself, with its own styles and nothing that runs."""
    letter = mailbox.letter(key) or abort(404)
    body = letter.get_body(("html",)) or abort(404)
    own_policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(body.get_content(), content_type="text/html; charset=utf-8", headers=own_policy)


@bp.get("/<key>.eml")
@anyone
def as_file(key: str) -> Any:
    letter = mailbox.letter(key) or abort(404)
    return Response(
        letter.as_bytes(),
        content_type="message/rfc822",
        headers={"Content-Disposition": 'attachment; filename="letter.eml"'},
    )
