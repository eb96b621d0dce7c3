"""People at their browsers, as far as a server sees them: many at once, each with a cookie of their own.

Loopback only, and bounded: no more connections at once than `MOST_AT_ONCE`, none longer than `PATIENCE`. A connection
for each request, as a proxy in its usual setting has. asyncio's bare protocol, because the one who measures shares the
machine with what is measured.
"""

import asyncio
import html
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote_plus, urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_AT_ONCE = 2500
PATIENCE = 240.0
T = TypeVar("T")
TOKEN = re.compile(r'name="csrf_token"[^>]*? value="([^"]+)"')


class NotHere(SystemExit):
    """Raised for any other machine than this one."""


@dataclass(frozen=True)
class Place:
    """Where a server listens on this machine."""

    host: str
    port: int
    called: str = ""  # what the Host header says

    @classmethod
    def at(cls, address: str) -> "Place":
        """Raises NotHere for what is not a plain address of this machine."""
        parts = urlsplit(address)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise NotHere(f"{address} is not http:// on this machine, and nothing else is ever loaded.")
        return cls(parts.hostname, parts.port or 80, parts.netloc)


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    took: float

    def header(self, name: str) -> str:
        return next((value for called, value in self.headers if called == name), "")

    @property
    def text(self) -> str:
        return self.body.decode()


class Unanswered(Exception):
    """The connection broke, or nothing came in time."""


class _Exchange(asyncio.Protocol):
    """One request, and all that comes back until the server closes."""

    def __init__(self, request: bytes, done: "asyncio.Future[bytes]") -> None:
        self.request, self.done, self.parts = request, done, list[bytes]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, part: bytes) -> None:
        self.parts.append(part)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            whole = b"".join(self.parts)
            if error or b"\r\n\r\n" not in whole:
                self.done.set_exception(Unanswered(str(error or "closed without an answer")))
            else:
                self.done.set_result(whole)


@dataclass
class Browser:
    """Somebody's browser: keeps cookies. `statements` is what bench/counted.py says of each answer."""

    place: Place
    cookies: dict[str, str] = field(default_factory=dict)
    whose: str = ""
    statements: list[int] = field(default_factory=list)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._ask("GET", path, headers, b"")

    async def post(self, path: str, fields: dict[str, str]) -> Answer:
        body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items()).encode()
        return await self._ask("POST", path, {"Content-Type": "application/x-www-form-urlencoded"}, body)

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        lines = [f"{method} {path} HTTP/1.0", f"Host: {self.place.called}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        began = time.perf_counter()
        whole = await _exchange(self.place, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        answer = _read(whole, time.perf_counter() - began)
        for name, value in answer.headers:
            if name == "set-cookie":
                called, _, rest = value.partition("=")
                self.cookies[called] = rest.partition(";")[0]
        if counted := answer.header("x-statements"):
            self.statements.append(int(counted))
        return answer


async def _exchange(place: Place, request: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bytes] = loop.create_future()
    transport = None
    try:
        async with asyncio.timeout(PATIENCE):
            transport, _ = await loop.create_connection(lambda: _Exchange(request, done), place.host, place.port)
            return await done
    except OSError as error:  # a time-out is one too
        raise Unanswered(type(error).__name__) from None
    finally:
        if transport:
            transport.close()


def _read(whole: bytes, took: float) -> Answer:
    head, _, body = whole.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Answer(int(first.split(" ")[1]), headers, body, took)


def form_to(page: Answer, path: str) -> dict[str, str] | None:
    """The hidden fields of the form on this page that leads there; None if there is no such form."""
    found = re.search(rf'<form[^>]* action="{re.escape(path)}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    if not found:
        return None
    token = TOKEN.search(found[1])
    return {"csrf_token": html.unescape(token[1])} if token else {}


async def together(work: Sequence[Callable[[], Awaitable[T]]], at_once: int = MOST_AT_ONCE) -> list[T]:
    """All of it, so many at once; what each came to, in order."""
    gate = asyncio.Semaphore(min(at_once, MOST_AT_ONCE))

    async def one(each: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await each()

    return list(await asyncio.gather(*(one(each) for each in work)))


async def for_seconds(
    seconds: float, at_once: int, ask: Callable[[int], Awaitable[Answer]]
) -> tuple[list[Answer], float]:
    """Ask again and again, so many at once, for so long; every answer, and how long it really was."""
    began, answers = time.perf_counter(), list[Answer]()

    async def one(number: int) -> None:
        while time.perf_counter() - began < seconds:
            answers.append(await ask(number))

    await asyncio.gather(*(one(number) for number in range(min(at_once, MOST_AT_ONCE))))
    return answers, time.perf_counter() - began
