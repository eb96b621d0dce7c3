"""How much may be asked of the open doors and the known one in a minute, so that nobody keeps everybody else out.

All processes count together where there is a queue server, and each for itself where there is none or it is away. The
anonymous door counts by itself and for itself: `questions/crowd.py`.
"""

import hashlib
import hmac
import ipaddress
import logging
import math
import secrets
import time
from collections import Counter
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from werkzeug.middleware.proxy_fix import ProxyFix

from phonein import clock
from phonein.errors import Refused

log = logging.getLogger(__name__)

A_MINUTE = 60
PATIENCE_SECONDS = 0.25  # nobody waits longer than this for a count
AWAY_SECONDS = 5  # after which one request looks whether the queue server is back
# Doors at which a place needs less than at the pages: by which part of its minute they are divided.
SMALLER = {"feeds": 4, "seat_links": 10, "offer_links": 10, "health": 10}


class TooFast(Refused):
    """More was asked of this service within a minute than it can answer for everybody. Nothing was changed."""

    status = 429
    title = "One moment, please"

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.retry_after = seconds
        self.todo = f"Wait {in_words(seconds)}, then go back and try again."


class Minute:
    """Counts in the memory of this process alone, from each whole minute to the next. Whom it counts it knows by a hash
    with a secret that is drawn anew each time, so nothing can be followed from one minute to another."""

    def __init__(self) -> None:
        self._lock, self._number, self._secret, self._times = Lock(), -1, b"", Counter[bytes]()

    def count(self, whose: str) -> tuple[int, bytes]:
        """How often by now, this time included, and the hash by which it was counted."""
        number = int(time.monotonic() // A_MINUTE)
        with self._lock:
            if number != self._number:
                self._number, self._secret, self._times = number, secrets.token_bytes(32), Counter()
            hidden = hashlib.blake2b(whose.encode(), key=self._secret, digest_size=16).digest()
            self._times[hidden] += 1
            return self._times[hidden], hidden


class Turnstile:
    """Lets so many through in a minute. The queue server is asked briefly, and not at all for a while when it was away:
    then each process counts for itself."""

    def __init__(self, redis_url: str | None) -> None:
        self.here, self.shared = Minute(), counted_together(redis_url) if redis_url else None
        self.is_away, self.look_again_at = False, 0.0

    def wait(self, whose: str, most: int) -> int:
        """Count one more. How many seconds there are to wait; 0: none."""
        if self.shared and self._is_worth_asking():
            try:
                seconds = _wait(self.shared, RateLimitItemPerMinute(most), whose)
            except (RedisError, OSError) as error:
                self._note_away(error)
            else:
                self.is_away = False
                return seconds
        times, _ = self.here.count(whose)
        return 0 if times <= most else A_MINUTE - int(time.monotonic() % A_MINUTE)

    def _is_worth_asking(self) -> bool:
        now = time.monotonic()
        if self.is_away and now < self.look_again_at:
            return False
        self.look_again_at = now + AWAY_SECONDS  # while one looks, the others do not
        return True

    def _note_away(self, error: Exception) -> None:
        if not self.is_away:
            log.warning("counting without the queue server", extra={"error": type(error).__name__})
        self.is_away, self.look_again_at = True, time.monotonic() + AWAY_SECONDS


def init_app(app: Flask) -> None:
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    app.extensions["phonein.turnstile"] = Turnstile(app.config["REDIS_URL"])
    app.before_request(_count)


def counted_together(url: str) -> FixedWindowRateLimiter:
    """By its own defaults the client waits for ever, and then tries three times more."""
    return FixedWindowRateLimiter(
        storage_from_string(
            url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url,
            socket_connect_timeout=PATIENCE_SECONDS,
            socket_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # passed on to the client as it is
        )
    )


def place() -> str:
    """Where this request comes from, as far as one household or one office goes: an address, or of IPv6 the first 64
    bits, in which one machine has as many as it likes. "" where nobody knows, because a proxy on this machine that we
    were not told of (PROXY_HOPS) stands in between, or nobody does."""
    try:
        address = ipaddress.ip_address((request.remote_addr or "").split("%")[0])
    except ValueError:
        return ""
    known = (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
    if known.is_loopback:
        return ""
    return str(ipaddress.ip_network((known, 64), strict=False) if known.version == 6 else known)


def in_words(seconds: int) -> str:
    return "a minute" if seconds == A_MINUTE else f"{seconds} second{'' if seconds == 1 else 's'}"


def _count() -> Any:
    if g.get("is_unknown") or request.endpoint == "static":
        return None
    door, settings = request.blueprint or "", current_app.config
    if person := g.get("person"):
        whose, most = f"person {person.id}", settings["LIMIT_PER_PERSON"]
    elif where := place():
        whose, most = f"{door} {where}", math.ceil(settings["LIMIT_PER_PLACE"] / SMALLER.get(door, 1))
    else:
        return None
    seconds = current_app.extensions["phonein.turnstile"].wait(_hidden(whose), most) if most else 0
    if not seconds:
        return None
    if door == "feeds":  # read by programs
        words = f"Wait {in_words(seconds)}, then read this calendar again.\n"
        return Response(words, 429, {"Retry-After": str(seconds)}, mimetype="text/plain")
    raise TooFast(seconds)


def _hidden(whose: str) -> str:
    """What stands for somebody in the queue server, for a minute: without our secret it names nobody, and tomorrow it
    is another."""
    words = f"{clock.today()}|{whose}".encode()
    return hmac.new(current_app.config["SECRET_KEY"].encode(), words, hashlib.sha256).hexdigest()[:32]


def _wait(counter: FixedWindowRateLimiter, limit: RateLimitItem, whose: str) -> int:
    if counter.hit(limit, whose):
        return 0
    over_at = counter.get_window_stats(limit, whose).reset_time
    return min(max(math.ceil(over_at - clock.now().timestamp()), 1), A_MINUTE)
