"""A real Chromium for the tests of this folder. Without one they fail: a journey nobody made proves nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser import stage, stage_agenda, stage_hour, stage_waiting
from tests.browser.post import Post
from tests.browser.product import Product
from tests.browser.served import Served
from tests.prepare import find_chromium

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIKE_THE_STAFF_HAVE = {"locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce"}
WAIT_MS = 10_000  # for what takes a moment: only a failing test waits so long

expect.set_options(timeout=WAIT_MS)

Opener = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if not path:
        pytest.fail("No Chromium runs on this machine: `.venv/bin/python tests/prepare.py` gets one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium) -> Iterator[Opener]:
    """Opens the browser of one more person, with cookies of its own. What any of them complains of fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_one(**settings: Any) -> Page:
        context = chromium.new_context(**LIKE_THE_STAFF_HAVE | settings)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_browser) -> Page:
    """The browser of somebody with JavaScript, signed in nowhere."""
    return open_browser()


@pytest.fixture
def without_javascript(open_browser) -> Page:
    return open_browser(java_script_enabled=False)


def listen(page: Page, complaints: list[str]) -> None:
    """Note every error of a script, and everything the console calls one: a breach of the content policy does."""

    def heard(said: ConsoleMessage) -> None:
        # Chromium calls a page with status 404 or 422 an error, though it is what we meant to show.
        where = said.location["url"]
        # static/ask.js and agenda.js fetch what a form would have navigated to.
        is_the_page_itself = said.text.startswith("Failed to load resource") and (
            where == page.url or where.endswith("/q/") or (page.url.endswith("/agenda/") and where.startswith(page.url))
        )
        if said.type == "error" and not is_the_page_itself:
            complaints.append(f"{page.url}: {said.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


@pytest.fixture
def post() -> Iterator[Post]:
    with Post.open() as office:
        yield office


@pytest.fixture
def product(tmp_path: Path, post: Post) -> Iterator[Product]:
    """Phonein as `make run` starts it, on an empty data folder, sending its letters by SMTP."""
    started = Product(tmp_path / "data", mail_port=post.port)
    with stopped_in_the_end(started):
        yield started


@contextmanager
def stopped_in_the_end(started: Product) -> Iterator[None]:
    try:
        started.start()
        yield
    finally:
        started.kill()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory) -> Path:
    """The folder of an app with the demonstration programme that was on for a moment."""
    folder: Path = tmp_path_factory.mktemp("demonstration")
    with Served.on(folder):
        return folder


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory, demonstration) -> Path:
    """The same with what the demonstration lacks: every page in its rarer states, and letters of all kinds."""
    folder: Path = tmp_path_factory.mktemp("rehearsed")
    with Served.on(folder, like=demonstration) as one, one.inside():
        for part in (stage, stage_waiting, stage_agenda, stage_hour):
            part.set_up()
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory, demonstration) -> Iterator[Served]:
    """The app with the demonstration programme, in this process, at a fixed moment of its life."""
    with Served.on(tmp_path_factory.mktemp("served"), like=demonstration) as one:
        yield one


@pytest.fixture(scope="module")
def staged(tmp_path_factory, rehearsed) -> Iterator[Served]:
    """The app with all of that."""
    with Served.on(tmp_path_factory.mktemp("staged"), like=rehearsed) as one:
        yield one
