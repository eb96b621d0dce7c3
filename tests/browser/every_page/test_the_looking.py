"""That every page is among those that are looked at, and that looking finds what is wrong."""

from playwright.sync_api import Page
from werkzeug.routing import Rule

from tests.browser.every_page.looking import BOTH, HEIGHT, LOOKS_OF, scrolls_sideways, show, violations, ways_to_look
from tests.browser.pages import LOOKS
from tests.browser.served import Served

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


def test_every_address_that_shows_a_page_is_looked_at(served: Served) -> None:
    pages = {rule.endpoint for rule in served.app.url_map.iter_rules() if answers_get(rule)} - NO_PAGES
    assert pages - {"mailbox.as_html"} == {look.endpoint for look in LOOKS.values() if look.endpoint}


def test_axe_really_finds_things(page: Page) -> None:
    page.set_content("<html><body><img src='data:,'><p style='color:#bbb'>faint</p></body></html>")
    found = violations(page)
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {one["id"] for one in found}


def test_every_page_is_looked_at_narrow_and_wide_in_light_and_dark() -> None:
    for alike in LOOKS_OF.values():
        assert {way for name in alike for way in ways_to_look(name)} == {*BOTH[0], *BOTH[1]}


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


def answers_get(rule: Rule) -> bool:
    return "GET" in (rule.methods or set())
