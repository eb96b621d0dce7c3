"""The anonymous door as the world sees it: one bare request to its public address, as a browser would make it."""

import json
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

from phonein.questions.doorway import HEALTH

SECONDS = 10.0  # for all of it
ENOUGH = 64 * 1024  # bytes


@dataclass
class Seen:
    """What breaks the promise on the way to the door, and what could only not be seen; each in words."""

    faults: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)


def look(questions_url: str, seconds: float = SECONDS) -> Seen:
    """Ask the door at this address what reaches it. Never raises: what went wrong is among what was seen."""
    at = f"{questions_url}{HEALTH}"
    try:
        answer, body = _fetched(questions_url, seconds)
    except ssl.SSLCertVerificationError as error:
        return Seen([f"The certificate of {at} is not in order ({error.verify_message}): renew or correct it."])
    except (OSError, HTTPException, ValueError) as error:
        why = "it took too long" if isinstance(error, TimeoutError) else type(error).__name__
        return Seen(advice=[f"{at} could not be reached from here ({why}), so nobody has looked at it from outside."])
    if 300 <= answer.status < 400:
        elsewhere = urlsplit(answer.headers.get("Location", "")).hostname or "another page"
        return Seen([f"{at} leads on to {elsewhere}: no single sign-on and no other redirect may stand before /q."])
    found = _read(body)
    if answer.status != 200 or found is None:
        return Seen([f"{at} answers with {answer.status} and not as the anonymous door does: see QUESTIONS_URL."])
    return Seen(list(_breaking(at, answer, found)))


def _fetched(questions_url: str, seconds: float) -> tuple[HTTPResponse, bytes]:
    """Without a cookie, a name, or a word about the program that asks. Raises OSError, HTTPException."""
    place = urlsplit(questions_url)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=seconds)
    gave_up = Event()
    hang_up = Timer(seconds, _hang_up, [connection, gave_up])
    try:
        connection.connect()
        hang_up.start()
        connection.putrequest("GET", f"{place.path}{HEALTH}", skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read(ENOUGH)
        if gave_up.is_set():
            raise TimeoutError
        return answer, body
    except (OSError, HTTPException):
        if gave_up.is_set():
            raise TimeoutError from None
        raise
    finally:
        hang_up.cancel()
        connection.close()


def _hang_up(connection: HTTPConnection, gave_up: Event) -> None:
    """An answer that comes drop by drop would never be too late for the socket itself."""
    gave_up.set()  # first: whoever reads hears of the rest at once
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
        return found if found["door"] == "q" and found["names"] + found["traces"] is not None else None
    except (ValueError, KeyError, TypeError):
        return None


def _breaking(at: str, answer: HTTPResponse, found: dict[str, Any]) -> list[str]:
    breaking = []
    if found["names"]:
        breaking.append(
            f"On the way to {at} somebody adds who is asking ({', '.join(found['names'])}), so every question is "
            "refused: take single sign-on and client certificates away from /q."
        )
    if found["traces"]:
        breaking.append(
            f"On the way to {at} somebody adds where it came from ({', '.join(found['traces'])}): have the proxy send "
            "these headers empty at /q."
        )
    if answer.headers.get("Set-Cookie"):
        breaking.append(f"{at} is given a cookie on its way out: switch sticky sessions off for /q.")
    return breaking
