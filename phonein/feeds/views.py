"""The feed itself, at an address that nobody can guess: read by programs, without a cookie and without signing in."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from phonein.db import db, transaction
from phonein.doors import anyone
from phonein.feeds import contents
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Feed

bp = Blueprint("feeds", __name__)

CALENDAR = "text/calendar; charset=utf-8"
NOT_HERE = (
    "There is no calendar at this address, or not any more. If it was yours, open Phonein, go to “My bookings”\n"
    "and then “Phone-ins in your calendar”: there you find the address that works.\n"
)


@bp.get("/feeds/<token>.ics")
@anyone
def read(token: str) -> Any:
    feed = feed_addresses.find(token)
    if feed is None:
        return Response(NOT_HERE, 404, mimetype="text/plain")  # programs ask for years: a page would be a waste
    written = contents.written(feed, token)
    contents_hash = hashlib.sha256(written).hexdigest()
    answer = Response(written, content_type=CALENDAR)
    answer.set_etag(contents_hash)
    if changed_at := _noted(feed, token, contents_hash):
        answer.last_modified = changed_at
    # Google has refused feeds that come as an attachment.
    answer.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@bp.after_request
def _keep_out_of_search_engines(response: Response) -> Response:
    # Not by robots.txt: Google's calendar obeys that and would not read the feed at all.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _noted(feed: Feed, token: str, contents_hash: str) -> datetime | None:
    """Since when the contents are these, as far as we know; it is written down by whom and on which day they were read.

    A write behind a GET, the only one: docs/decisions.md says why. If the database is busy, the reading is answered
    all the same, and noted the next time.
    """
    note = {"reader": feed_addresses.program(request.user_agent.string), "contents_hash": contents_hash}
    if not feed.is_news(**note):
        return feed.changed_at
    try:
        with transaction():
            read_again = feed_addresses.find(token)  # its owner may have made a new address a moment ago
            if read_again is None:
                return None
            read_again.note_reading(**note)
            return read_again.changed_at
    except (OperationalError, PoolTimeout):
        db.session.rollback()
        return None
