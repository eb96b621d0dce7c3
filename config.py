"""The settings, read once from the environment or from `.env` in the data folder: README.md has them in a table."""

import os
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

HERE = Path(__file__).parent
SHORTEST_SECRET = 32
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
DOORS = ("all", "q", "app")  # what one process may serve: everything, the anonymous door alone, everything but that


class Unfit(SystemExit):
    """Settings that would break a promise: said in words on standard error, exit status 1."""


class Config:
    """What every configuration shares. Upper-case names are Flask's."""

    MAX_CONTENT_LENGTH = 64 * 1024
    MAX_FORM_MEMORY_SIZE = 64 * 1024
    MAX_FORM_PARTS = 200
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    WTF_CSRF_TIME_LIMIT = None  # as long as the sign-in itself: a page left open over a shift still works
    WTF_CSRF_SSL_STRICT = False  # we send no referrer anywhere, so there is none to check; SameSite and the token do it
    SESSION_COOKIE_PATH = "/app"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_REFRESH_EACH_REQUEST = False
    TEMPLATES_AUTO_RELOAD = False
    TESTING = False

    def __init__(self, env: Mapping[str, str]) -> None:
        data = Path(env.get("PHONEIN_DATA") or HERE / "instance").resolve()
        data.mkdir(parents=True, exist_ok=True)
        settings: dict[str, str] = {k: v for k, v in dotenv_values(data / ".env").items() if v} | dict(env)
        self.DATA = data
        self.PORT = int(settings.get("PORT") or 8000)
        self.PUBLIC_URL = (settings.get("PUBLIC_URL") or f"http://127.0.0.1:{self.PORT}").rstrip("/")
        # Where the anonymous door stands. A host of its own never sees a cookie, and shares no connection with /app.
        self.QUESTIONS_URL = (settings.get("QUESTIONS_URL") or self.PUBLIC_URL).rstrip("/")
        self.DOOR = settings.get("PHONEIN_DOOR") or "all"
        if self.DOOR not in DOORS:
            raise Unfit(f"PHONEIN_DOOR must be one of {', '.join(DOORS)}, and not “{self.DOOR}”.")
        self.SECRET_KEY = settings.get("SECRET_KEY") or kept_secret(data)
        self.SQLALCHEMY_DATABASE_URI = database_url(settings.get("DATABASE_URL"), data)
        self.REDIS_URL = settings.get("REDIS_URL") or None
        self.SEAL_DIR = Path(settings.get("SEAL_DIR") or data.with_name(data.name + "-seal")).resolve()
        self.LEAST_HOLDERS = whole_number(settings, "LEAST_HOLDERS", usual=10, least=5)
        self.ORIGINALS_DAYS = whole_number(settings, "ORIGINALS_DAYS", usual=14, least=1, most=30)
        # How many proxies in front add to X-Forwarded-For who asked them; 0: it is not read.
        self.PROXY_HOPS = whole_number(settings, "PROXY_HOPS", usual=0, least=0, most=9)
        # Requests within a minute; 0: as many as they like.
        self.LIMIT_PER_PERSON = whole_number(settings, "LIMIT_PER_PERSON", usual=600, least=0)
        self.LIMIT_PER_PLACE = whole_number(settings, "LIMIT_PER_PLACE", usual=12000, least=0)
        self.SIGN_IN_DOMAINS = (settings.get("SIGN_IN_DOMAINS") or "").lower().replace(",", " ").split()
        self.read_mail(settings)
        self.read_replies(settings)
        # __Host- would force Path=/ and so bring the cookie to the anonymous door.
        https = urlsplit(self.PUBLIC_URL).scheme == "https"
        self.SESSION_COOKIE_SECURE = https
        self.SESSION_COOKIE_NAME = "__Secure-phonein" if https else "phonein_dev"
        self.PREFERRED_URL_SCHEME = "https" if https else "http"
        # Any other Host is answered with 400: nobody can make us speak in another's name.
        own = [urlsplit(url).hostname or "localhost" for url in (self.PUBLIC_URL, self.QUESTIONS_URL)]
        self.TRUSTED_HOSTS = [*dict.fromkeys(own), *sorted(LOOPBACK)]

    def read_mail(self, settings: Mapping[str, str]) -> None:
        self.MAIL_SERVER = settings.get("MAIL_SERVER") or None
        self.MAIL_PORT = int(settings.get("MAIL_PORT") or 25)
        self.MAIL_USERNAME = settings.get("MAIL_USERNAME") or None
        self.MAIL_PASSWORD = settings.get("MAIL_PASSWORD") or None
        self.MAIL_USE_TLS = is_on(settings.get("MAIL_USE_TLS"))
        self.MAIL_USE_SSL = is_on(settings.get("MAIL_USE_SSL"))
        host = urlsplit(self.PUBLIC_URL).hostname
        self.MAIL_PER_MINUTE = whole_number(settings, "MAIL_PER_MINUTE", usual=0, least=0)  # 0: as fast as it goes
        self.MAIL_DEFAULT_SENDER = settings.get("MAIL_DEFAULT_SENDER") or f"phone-in@{mail_domain(host)}"

    def read_replies(self, settings: Mapping[str, str]) -> None:
        """Where replies from calendars come in: a mailbox that we read, or a mail server that pipes them to us."""
        self.REPLIES_IMAP_SERVER = settings.get("REPLIES_IMAP_SERVER") or None
        self.REPLIES_IMAP_USE_SSL = is_on(settings.get("REPLIES_IMAP_USE_SSL") or "on")
        self.REPLIES_IMAP_PORT = int(settings.get("REPLIES_IMAP_PORT") or (993 if self.REPLIES_IMAP_USE_SSL else 143))
        self.REPLIES_IMAP_USERNAME = settings.get("REPLIES_IMAP_USERNAME") or ""
        self.REPLIES_IMAP_PASSWORD = settings.get("REPLIES_IMAP_PASSWORD") or ""
        self.REPLIES_IMAP_FOLDER = settings.get("REPLIES_IMAP_FOLDER") or "INBOX"
        self.REPLIES_BY_PIPE = is_on(settings.get("REPLIES_BY_PIPE"))
        self.REPLIES_AUTHSERV = (settings.get("REPLIES_AUTHSERV") or "").lower().replace(",", " ").split()


class Embedded(Config):
    """One process with everything in it: what `phonein up` runs, and what the other commands read by default."""


class Production(Config):
    """Several processes behind a proxy. Refuses to begin with anything missing or weak."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(env)
        if faults := list(self.faults({k: v for k, v in dotenv_values(self.DATA / ".env").items() if v} | dict(env))):
            raise Unfit("Phonein does not start like this:\n" + "\n".join(f"  - {fault}" for fault in faults))

    def faults(self, settings: Mapping[str, str]) -> list[str]:
        """Everything that is missing or unsafe, each as a sentence that says what to do."""
        # Nothing is ever mailed from the anonymous door.
        needed = ["SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", *(["MAIL_SERVER"] if self.DOOR != "q" else [])]
        found = [
            f"{name} is missing: set it in the environment or in {self.DATA / '.env'}."
            for name in needed
            if not settings.get(name)
        ]
        if settings.get("SECRET_KEY") and len(settings["SECRET_KEY"]) < SHORTEST_SECRET:
            found.append(f"SECRET_KEY is too short: use at least {SHORTEST_SECRET} characters.")
        if settings.get("PUBLIC_URL") and not self.PUBLIC_URL.startswith("https://"):
            found.append("PUBLIC_URL must begin with https://, or what people type would cross the network in clear.")
        if settings.get("QUESTIONS_URL") and not self.QUESTIONS_URL.startswith("https://"):
            found.append("QUESTIONS_URL must begin with https://, or questions would cross the network in clear.")
        if is_on(settings.get("FLASK_DEBUG")):
            found.append("FLASK_DEBUG is on: switch it off, because its error pages show what people typed.")
        return found


class Testing(Config):
    """For the test suite: letters wait until a test delivers them."""

    TESTING = True


def from_environment(env: Mapping[str, str] = os.environ) -> Config:
    """Production where `PHONEIN_PRODUCTION` says so (`phonein web`, `work` and `sweep` do), else the embedded one."""
    return Production(env) if is_on(env.get("PHONEIN_PRODUCTION")) else Embedded(env)


def database_url(url: str | None, data: Path) -> str:
    """SQLAlchemy's name for the database: the driver is ours to choose, so the operator need not name it."""
    if not url:
        return f"sqlite:///{data / 'phonein.sqlite3'}"
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def kept_secret(data: Path) -> str:
    """The embedded default's own SECRET_KEY: made once, kept in the data folder, for its owner's eyes only."""
    file = data / "secret-key"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_hex(32))
    return file.read_text().strip()


def mail_domain(host: str | None) -> str:
    return host if host and host not in LOOPBACK else "phonein.example"


def is_for_this_machine(public_url: str) -> bool:
    """Whether only browsers on this machine can reach it: then letters may be shown at `/mailbox/`."""
    host = urlsplit(public_url).hostname or ""
    return host in LOOPBACK or host.endswith(".localhost")  # RFC 6761: no such name ever leaves the machine


def whole_number(settings: Mapping[str, str], name: str, *, usual: int, least: int, most: int | None = None) -> int:
    """A setting that is a number, within what keeps a promise. Raises Unfit."""
    said = (settings.get(name) or str(usual)).strip()
    if said.isascii() and said.isdigit() and least <= int(said) and (most is None or int(said) <= most):
        return int(said)
    within = f"of {least} or more" if most is None else f"from {least} to {most}"
    raise Unfit(f"{name} must be a whole number {within}, and not “{said}”.")


def has_its_own_host(settings: Mapping[str, Any]) -> bool:
    """Whether the anonymous door stands on another host than everything else. A port alone makes no difference: a
    browser sends a host's cookies to all of its ports."""
    questions, public = (urlsplit(settings[name]).hostname for name in ("QUESTIONS_URL", "PUBLIC_URL"))
    return bool(questions != public)


def is_on(value: str | None) -> bool:
    return (value or "").lower() in {"1", "true", "yes", "on"}


def as_mapping(config: Config) -> dict[str, Any]:
    """What Flask's `config.from_mapping` takes."""
    return {name: getattr(config, name) for name in dir(config) if name.isupper()}


def promise_breakers(settings: Mapping[str, Any]) -> list[str]:
    """Every setting by which somebody could learn who asked, each as a sentence that says what to do."""
    found, seal, data = [], Path(settings["SEAL_DIR"]), Path(settings["DATA"])
    if not settings["SESSION_COOKIE_PATH"].startswith("/app"):
        found.append("The cookie must stay under /app, or the anonymous door would receive it.")
    if seal == data or data in seal.parents:
        found.append("SEAL_DIR lies inside the data folder, so a backup of the data would hold the keys: move it out.")
    if seal.exists() and seal.stat().st_mode & 0o077:
        found.append("Others on this machine can read SEAL_DIR: take the permission away (chmod 700).")
    for name in ("PUBLIC_URL", "QUESTIONS_URL"):
        if urlsplit(settings[name]).scheme != "https" and not is_for_this_machine(settings[name]):
            found.append(f"{name} is not https, so questions would cross the network in clear.")
    if settings.get("DEBUG"):
        found.append("Debugging is on: its error pages show what people typed.")
    return found


def lost_letters(settings: Mapping[str, Any]) -> list[str]:
    """Every setting by which letters would not go out or come in."""
    found = []
    if not settings["MAIL_SERVER"] and settings["DOOR"] != "q" and not is_for_this_machine(settings["PUBLIC_URL"]):
        found.append("MAIL_SERVER is missing, so letters would never leave this machine: set it.")
    return found + unread_replies(settings)


def uncounted(settings: Mapping[str, Any]) -> list[str]:
    """What to advise where nobody can be kept from asking too much, because all seem to come from this machine."""
    if settings["PROXY_HOPS"] or settings["DOOR"] == "q" or is_for_this_machine(settings["PUBLIC_URL"]):
        return []
    return ["PROXY_HOPS is not set, so nobody who is not signed in is kept from asking too much: docs/operations.md."]


def unread_replies(settings: Mapping[str, Any]) -> list[str]:
    """Every setting by which a reply from somebody's calendar would be lost, or read by others on its way."""
    server, username = settings["REPLIES_IMAP_SERVER"], settings["REPLIES_IMAP_USERNAME"]
    sender = parseaddr(settings["MAIL_DEFAULT_SENDER"])[1]
    found = []
    if server and "@" in username and username.casefold() != sender.casefold():
        found.append(
            f"Replies go to MAIL_DEFAULT_SENDER ({sender}), but the mailbox that is read is {username}: "
            "make them the same, or have the first one forwarded to the second."
        )
    if server and not settings["REPLIES_IMAP_USE_SSL"] and server not in LOOPBACK:
        found.append("REPLIES_IMAP_USE_SSL is off, so the mailbox's password would cross the network in clear.")
    if server and not (username and settings["REPLIES_IMAP_PASSWORD"]):
        found.append("REPLIES_IMAP_USERNAME or REPLIES_IMAP_PASSWORD is missing, so no reply would be read: set both.")
    return found
