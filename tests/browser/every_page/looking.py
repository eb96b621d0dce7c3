"""How a page is looked at: axe, narrow and wide, in light and dark, and whether one has to scroll sideways."""

from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.deeds import nothing
from tests.browser.look import NOBODY, Look
from tests.browser.pages import LOOKS
from tests.browser.served import Served

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = "only => axe.run({runOnly: only, resultTypes: ['violations']}).then(found => found.violations)"
HEIGHT = 800
BOTH = ((("light", 320), ("dark", 1280)), (("dark", 320), ("light", 1280)))
LOOKS_OF: dict[str, list[str]] = {}  # by the page that they show
for each, seen in LOOKS.items():
    LOOKS_OF.setdefault(seen.endpoint, []).append(each)
AT_WORK = ("/app/desk/", "/app/review/", "/app/admin/")


def is_at_work(name: str) -> bool:
    """Whether it is a page of those who lead, review or plan."""
    return LOOKS[name].address.startswith(AT_WORK)


def ways_to_look(name: str) -> tuple[tuple[str, int], ...]:
    """A page in only one state: narrow and wide, each in light and dark. The states of one page take turns, since the
    colours, which are what axe takes long for, are nearly all the same in them."""
    alike = LOOKS_OF[LOOKS[name].endpoint]
    return BOTH[alike.index(name) % 2] if len(alike) > 1 else BOTH[0] + BOTH[1]


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


def check(page: Page, ways: tuple[tuple[str, int], ...] = BOTH[0] + BOTH[1], tags: list[str] = TAGS) -> None:
    """In each of these schemes and widths, at the page as it is loaded."""
    for scheme, width in ways:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": HEIGHT})
        where = f"{page.url}, {width} wide, {scheme}"
        assert [said(one) for one in violations(page, tags)] == [], where
        assert not scrolls_sideways(page), where


def violations(page: Page, tags: list[str] = TAGS) -> list[dict[str, Any]]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, {"type": "tag", "values": tags})
    return found


def said(violation: dict[str, Any]) -> str:
    nodes = [f"{' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']} ({'; '.join(nodes)})"


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
