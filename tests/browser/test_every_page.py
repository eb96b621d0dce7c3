"""Every page, narrow and wide, light and dark: nothing that axe objects to, and nothing to scroll sideways for."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.routing import Rule

from tests.browser import stage, stage_agenda, stage_hour, stage_waiting
from tests.browser.conftest import LIKE_THE_STAFF_HAVE, WAIT_MS, listen
from tests.browser.deeds import nothing
from tests.browser.look import NOBODY, Look
from tests.browser.pages import LOOKS
from tests.browser.served import Served

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
RUN_AXE = "only => axe.run({runOnly: only, resultTypes: ['violations']}).then(found => found.violations)"
HEIGHT = 800
# What answers a GET and is no page: files and JSON.
NO_PAGES = {
    "static",
    "health.live",
    "health.ready",
    "pass_keys.keys_page",
    "door_health.bare",
    "booking.invite",
    "mailbox.as_file",
    "feeds.read",
    "hour.edition",
    "pack.as_pdf",
    "pack.as_docx",
    "taking_away.over_all",
    "taking_away.take_away",
    "insights.take_away",
}
BECAUSE_OF_A_REPLY = {
    "We could not act on a reply",
    "An invitation was passed on",
    "Your seat stays",
    "The time has changed",
    "A seat cannot be passed on",
    "You have a seat again",
    "No seat yet",
}
TO_THOSE_WHO_WAIT = {
    "On the waiting list",
    "A seat is held for you",
    "Held for you no longer",
    "A seat is free",
    "Waiting list, new time",
    "Waiting list, cancelled",
    "Waiting list, back on",
}
KINDS_OF_LETTER = {
    "Your sign-in link",
    "Invitation",
    "Changed",
    "Cancelled",
    "Back on",
    "Handed over to you",
    "Reminder",
    "Still coming",
    "Thank you",
    "It is time to look at your review page",
    "Once more",
    "Your calendar",
    "Moved to",
    "Moved from",
    "It is time to look at your desk",
    "Answers",
    *BECAUSE_OF_A_REPLY,
    *TO_THOSE_WHO_WAIT,
}


@pytest.fixture(scope="module")
def lasting(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """One browser for all these pages: opening another for each would take longer than looking."""
    complaints: list[str] = []
    with chromium.new_context(**LIKE_THE_STAFF_HAVE) as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        listen(page, complaints)
        yield page, complaints


@pytest.fixture
def page(lasting: tuple[Page, list[str]]) -> Iterator[Page]:
    page, complaints = lasting
    page.goto("about:blank")
    complaints.clear()
    yield page
    assert complaints == []


@pytest.fixture(scope="module")
def staged(served: Served) -> Served:
    with served.inside():
        stage.set_up()
        stage_waiting.set_up()
        stage_agenda.set_up()
        stage_hour.set_up()
    return served


@pytest.mark.parametrize("name", LOOKS)
def test_page_is_accessible_and_fits_narrow_and_wide_in_light_and_dark(name: str, page: Page, staged: Served) -> None:
    show(page, staged, LOOKS[name])
    check(page)


@pytest.mark.parametrize("kind", sorted(KINDS_OF_LETTER))
def test_letter_is_accessible_and_fits_narrow_and_wide(kind: str, page: Page, staged: Served) -> None:
    with staged.inside():
        page.set_content(stage.html_of_letter(kind))
    check(page, tags=[tag for tag in TAGS if tag != "best-practice"])  # a letter has no landmarks


def test_every_kind_of_letter_is_looked_at(staged: Served) -> None:
    with staged.inside():
        assert set(stage.letters_by_kind()) == KINDS_OF_LETTER


def test_every_address_that_shows_a_page_is_looked_at(served: Served) -> None:
    pages = {rule.endpoint for rule in served.app.url_map.iter_rules() if answers_get(rule)} - NO_PAGES
    assert pages - {"mailbox.as_html"} == {look.endpoint for look in LOOKS.values() if look.endpoint}


def test_axe_really_finds_things(page: Page) -> None:
    page.set_content("<html><body><img src='data:,'><p style='color:#bbb'>faint</p></body></html>")
    found = violations(page, {"type": "tag", "values": TAGS})
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {one["id"] for one in found}
    assert [one["id"] for one in violations(page, {"type": "rule", "values": COLOURS})] == ["color-contrast"]


def test_sideways_scrolling_is_really_noticed(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": HEIGHT})
    page.set_content("<p style='width:400px'>wide</p>")
    assert scrolls_sideways(page)


def test_no_two_pages_have_the_same_title_by_mistake(page: Page, staged: Served) -> None:
    titles = []
    for name in ("landing", "help", "support", "privacy", "accessibility", "sign-in", "code", "ask", "mailbox"):
        show(page, staged, LOOKS[name])
        titles.append(page.title())
    assert len(set(titles)) == len(titles)


def show(page: Page, served: Served, look: Look) -> None:
    """Bring the page into its state. Where the address is that of a route, the route is the one meant."""
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    page.emulate_media(color_scheme="light")
    page.context.clear_cookies()
    forget_passes(page, served)
    if look.who != NOBODY:
        served.let_in(page, look.who)
    page.goto(served.at(look.address))
    if look.who != NOBODY and look.deed is not nothing:
        page.wait_for_load_state("networkidle")  # a button waits for passes that are on their way
    look.deed(page, served)
    expect(page.get_by_role("heading", level=1)).to_have_text(look.heading)
    if look.endpoint:
        assert served.app.url_map.bind("").match(urlsplit(page.url).path, method="GET")[0] == look.endpoint


def forget_passes(page: Page, served: Served) -> None:
    """Those that somebody has drawn who was looked at before in this browser."""
    storage = {"origin": served.at("").rstrip("/"), "storageTypes": "local_storage"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", storage)


def check(page: Page, tags: list[str] = TAGS) -> None:
    """All four at the page as it is loaded. Each width and each scheme has the whole of axe once; what depends on both,
    the colours, it has four times."""
    whole, colours = {"type": "tag", "values": tags}, {"type": "rule", "values": COLOURS}
    for scheme, width, only in (
        ("light", 1280, colours),
        ("light", 320, whole),
        ("dark", 320, colours),
        ("dark", 1280, whole),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": HEIGHT})
        where = f"{page.url}, {width} wide, {scheme}"
        assert [said(one) for one in violations(page, only)] == [], where
        assert not scrolls_sideways(page), where


def violations(page: Page, only: dict[str, Any]) -> list[dict[str, Any]]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, only)
    return found


def said(violation: dict[str, Any]) -> str:
    nodes = [f"{' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']} ({'; '.join(nodes)})"


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def answers_get(rule: Rule) -> bool:
    return "GET" in (rule.methods or set())
