"""What the tests of the anonymous door share: somebody who asks, several at once, and who looks for traces."""

import html
import mmap
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from phonein import clock
from phonein.db import db, on_sqlite, transaction
from phonein.questions import box, codes, keys, release
from phonein.questions.models import Question
from phonein.schedule.models import PhoneIn
from tests.builders import make_phone_in
from tests.conftest import TUESDAY

WORDS = "Who looks after the night shift when somebody dies?"


def open_phone_in(**columns: Any) -> PhoneIn:
    """Asking is open for sixteen days, so questions are released at `TUESDAY` - 8 and - 1 days, and when it ends."""
    with transaction():
        return make_phone_in(**{"asks_open_at": TUESDAY - timedelta(days=10)} | columns)


def new_pass(phone_in: PhoneIn, purpose: str = "q") -> str:
    with transaction():
        return codes.printed_pass(keys.pass_secret(phone_in.slug), phone_in.slug, purpose)


def ask(phone_in: PhoneIn, words: str = WORDS, *, topic: str = "", pass_: str = "", receipt: str = "") -> str:
    """Somebody asks. Returns the receipt."""
    receipt, pass_ = receipt or codes.new_receipt(), pass_ or new_pass(phone_in)
    with transaction():
        box.ask(phone_in, pass_=pass_, receipt=receipt, text=words, topic=topic)
    return receipt


def release_at(moment: datetime) -> int:
    with clock.stopped_at(moment):
        return release.release_due()


def rows(model: Any) -> list[Any]:
    """Every row of a table as the database has it now."""
    db.session.rollback()
    return list(db.session.scalars(select(model)))


def released() -> list[str]:
    return sorted(question.text for question in rows(Question))


def at_once(app: Flask, calls: list[Callable[[], Any]], *, at: datetime = TUESDAY) -> list[Any]:
    """Everybody goes at the same moment, each in a thread and a context of their own. What came of each, errors too."""
    ready = Barrier(len(calls))

    def go(call: Callable[[], Any]) -> Any:
        with app.app_context(), clock.stopped_at(at):
            ready.wait()
            try:
                return call()
            except Exception as error:
                return type(error)

    db.session.rollback()
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))


def files_holding(words: str, app: Flask) -> list[str]:
    """The names of all files of ours and of the database in which these words can be read, the log of changes too."""
    folders = [app.config["DATA"], app.config["SEAL_DIR"]]
    if not on_sqlite():
        db.session.rollback()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
            data = Path(connection.scalar(text("SHOW data_directory")))
            mine = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        folders += [data / "base" / str(mine), data / "pg_wal", data / "log", data / "pg_replslot"]
        folders += [Path(str(name)) for name in data.glob("*log*") if name.is_file()]
    found = {file for folder in folders for file in [folder, *folder.rglob("*")] if file.is_file()}
    return sorted(file.parent.name + "/" + file.name for file in found if _holds(file, words.encode()))


def in_tables(found: list[str]) -> list[str]:
    """Without PostgreSQL's log of changes, which keeps everything until it is recycled: docs/anonymity.md says so."""
    return [name for name in found if not name.startswith("pg_wal/")]


def _holds(file: Path, words: bytes) -> bool:
    if not file.stat().st_size:
        return False
    with file.open("rb") as inside, mmap.mmap(inside.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return mapped.find(words) >= 0


def likeness(order: list[int]) -> float:
    """Spearman's rank correlation of this order with 0, 1, 2, …: 1 is the order of arrival, -1 its reverse."""
    n = len(order)
    return 1 - 6 * sum((i - rank) ** 2 for i, rank in enumerate(order)) / (n * (n * n - 1))


def post(client: Any, do: str, slug: str = "sleep", **fields: Any) -> Any:
    """As one of the forms at the anonymous door sends it."""
    return client.post("/q/", data={"slug": slug, "do": do} | fields)


def post_by_script(client: Any, do: str, slug: str = "sleep", **fields: Any) -> Any:
    """As static/ask.js sends it in place of the form."""
    return client.post("/q/", json={"slug": slug, "do": do, "pad": "0" * 99} | fields)


SHAPES = {"form": post, "script": post_by_script}


def content(answer: Any) -> str:
    """What the page says: its main part, however the answer was shaped."""
    if answer.is_json:
        return str(answer.json["page"])
    return answer.text.split('<main id="main" tabindex="-1">')[1].split("</main>")[0]


def shown(answer: Any) -> str:
    """The page as it is read: without markup, characters as they are."""
    page = answer.json["page"] if answer.is_json else answer.text
    return html.unescape(re.sub("<[^>]*>", " ", page))
