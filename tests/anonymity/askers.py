"""Six people with a browser each. Signed in they come from the office, asking they come from their own phones; what
would name them there is a marker that must be in no file.
"""

import html
import http.client
import json
import re
import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from phonein.questions import codes, tokens
from tests.anonymity.installation import Installation
from tests.blind_client import Hidden, hide


@dataclass
class Asker:
    """What is theirs and secret: text, receipt, passes, hidden passes; and what names their phone."""

    number: int
    place: Installation
    slug: str
    text: str = field(init=False)
    passes: list[str] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    receipt: str = field(default_factory=codes.new_receipt)

    def __post_init__(self) -> None:
        mark = secrets.token_hex(12)
        self.text = f"canary-{mark} who looks after the night shift?"
        self.changed = f"changed-{secrets.token_hex(12)} who looks after the day shift?"
        self.browser, self.forwarded = f"Canaryphone/{mark[::-1]}", f"2001:db8:{mark[:4]}:{mark[4:8]}::77"
        self.source = f"127.77.{100 + self.number}.{secrets.randbelow(200) + 20}"
        self.office = build_opener(HTTPSHandler(context=self.place.trusted), HTTPCookieProcessor(CookieJar()))

    def in_the_office(self, path: str, fields: Any = None, **headers: str) -> str:
        sent = urlencode(fields).encode() if isinstance(fields, dict) else fields
        with self.office.open(Request(self.place.address + path, sent, headers), timeout=30) as answer:
            return str(answer.read().decode())

    def sign_in(self, read_letter: Any) -> None:
        address = f"person{self.number}@example.org"
        page = self.in_the_office("/app/sign-in/")
        self.in_the_office("/app/sign-in/", {"csrf_token": token_on(page), "email": address})
        link = f"/app/sign-in/link/{read_letter(address)}"
        self.in_the_office(link, {"csrf_token": token_on(self.in_the_office(link))})

    def draw(self) -> None:
        """Half of them on paper, half of them blindly."""
        page = self.in_the_office(f"/app/phone-ins/{self.slug}/")
        token, where = token_on(page), f"/app/phone-ins/{self.slug}/passes"
        if self.number % 2 == 0:
            printed = self.in_the_office(where, {"csrf_token": token})
            self.passes = re.findall(r"\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b", printed)[:3]
            return
        key = public_key(json.loads(self.on_the_phone("GET", f"/q/{self.slug}/keys")[1])["keys"]["q"])
        self.hidden = [hide(key, "q", self.slug) for _ in range(3)]
        sent = json.dumps({"q": [tokens.letters(one.blinded) for one in self.hidden], "v": []}).encode()
        heads = {"Content-Type": "application/json", "X-CSRFToken": token}
        signed = json.loads(self.in_the_office(where, sent, **heads))["q"]
        self.passes = [one.finished(key, tokens.raw(letters)) for one, letters in zip(self.hidden, signed, strict=True)]

    def on_the_phone(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """From another address, with another browser, through somebody's proxy."""
        port = int(self.place.address.rpartition(":")[2])
        line = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=30, context=self.place.trusted, source_address=(self.source, 0)
        )
        heads = {"User-Agent": self.browser, "X-Forwarded-For": self.forwarded, "X-Real-IP": self.forwarded}
        if fields:
            heads["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, urlencode(fields) or None, heads)
        answer = line.getresponse()
        read = answer.status, answer.read().decode()
        line.close()
        return read

    @contextmanager
    def sent_slowly(self, body: str) -> Iterator[ssl.SSLSocket]:
        """A form on its way over a line on which an answer waits to be read."""
        port = int(self.place.address.rpartition(":")[2])
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", port))
        with self.place.trusted.wrap_socket(plain, server_hostname="127.0.0.1") as line:
            head = f"POST /q/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode())
            yield line

    def open_the_page(self) -> str:
        """The page and all that a browser then fetches for it."""
        status, page = self.on_the_phone("GET", f"/q/{self.slug}/")
        assert status == 200, page
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            assert self.on_the_phone("GET", html.unescape(path))[0] == 200
        return page

    def post(self, do: str, **fields: str) -> str:
        status, page = self.on_the_phone("POST", "/q/", slug=self.slug, do=do, **fields)
        assert status == 200, (status, page)
        return page

    def ask(self) -> None:
        self.open_the_page()
        asked = {"pass": self.passes[0], "text": self.text, "topic": ""}
        self.post("ask", **asked)
        self.post("ask", **asked, receipt=self.receipt)
        self.post("status", receipt=self.receipt)

    def change(self) -> None:
        self.post("edit", receipt=self.receipt, text=self.changed, topic="")
        self.text, self.changed = self.changed, self.text

    def markers(self) -> dict[str, list[bytes]]:
        """Everything that must be in no file before the release; by kind."""
        plain = [self.receipt, self.receipt.replace("-", "")]
        spent = [self.passes[0], self.passes[0].replace("-", "")] if "." not in self.passes[0] else []
        blind = [self.hidden[n].prefix for n in range(len(self.hidden))]
        blind += [tokens.raw(one.partition(".")[2]) for one in self.passes if "." in one]
        return {
            "text": [self.text[:30].encode()],
            "another text": [self.changed[:30].encode()],
            "receipt": [code.encode() for code in plain],
            "pass": [*(code.encode() for code in spent), *blind],
            "blinded value": [one.blinded for one in self.hidden],
            "address": [self.source.encode(), self.forwarded.encode()],
            "browser": [self.browser.encode()],
        }


def public_key(jwk: dict[str, str]) -> bytes:
    """The key that the door shows, as the client takes it."""
    numbers = rsa.RSAPublicNumbers(65537, int.from_bytes(tokens.raw(jwk["n"])))
    return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def token_on(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found[1]
