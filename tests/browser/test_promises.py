"""What pages promise and only a browser can show: no cookie at the anonymous door, a strict policy, a list on paper."""

from pathlib import Path

from playwright.sync_api import Browser, Page, Request, expect

from tests.browser import stage
from tests.browser.conftest import LIKE_THE_STAFF_HAVE, listen
from tests.browser.served import FACILITATOR, STAFF, Served
from tests.browser.stage import BUSY, OPEN


def test_whoever_is_signed_in_goes_to_the_anonymous_door_without_a_cookie(page: Page, staged: Served) -> None:
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    staged.let_in(page, STAFF)
    page.goto(staged.at(f"/app/phone-ins/{OPEN}/"))
    page.get_by_role("link", name="Go to the page where nobody knows you").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask a question without a name")
    page.get_by_role("button", name="Look at it once more").click()
    expect(page.get_by_role("alert")).to_be_focused()

    headers = {(one.method, one.url.removeprefix(staged.address)): one.all_headers() for one in asked}
    assert "cookie" in headers["GET", f"/app/phone-ins/{OPEN}/"]
    for at_the_door in (("GET", f"/q/{OPEN}/"), ("POST", "/q/")):
        assert {"cookie", "referer"} & set(headers[at_the_door]) == set()


def test_the_anonymous_door_sets_no_cookie_and_keeps_nothing_in_the_browser(page: Page, staged: Served) -> None:
    with staged.inside():
        one_pass = stage.new_pass(OPEN)
    page.goto(staged.at(f"/q/{OPEN}/"))
    page.get_by_label("Your question").fill("Is anybody else tired?")
    page.get_by_label("One of your passes").fill(one_pass)
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("button", name="Send it", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your question is sealed")
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("indexedDB.databases()") == []


def test_what_comes_from_elsewhere_is_not_fetched_and_is_noticed(chromium: Browser, served: Served) -> None:
    complaints: list[str] = []
    context = chromium.new_context(**LIKE_THE_STAFF_HAVE)
    page = context.new_page()
    listen(page, complaints)
    page.goto(served.at("/"))
    with page.expect_console_message():
        page.evaluate("new Image().src = 'http://localhost:9/picture.png'")
    context.close()
    assert len(complaints) == 1
    assert "Content Security Policy" in complaints[0]


def test_the_list_of_the_desk_goes_on_paper_with_its_structure(page: Page, staged: Served, tmp_path: Path) -> None:
    staged.let_in(page, FACILITATOR)
    page.goto(staged.at(f"/app/desk/{BUSY}/print"))
    written = page.pdf(path=tmp_path / "list.pdf", prefer_css_page_size=True, tagged=True, outline=True)
    assert written.startswith(b"%PDF")
    assert b"/StructTreeRoot" in written
    assert b"/Lang (en-GB)" in written


def test_on_paper_there_is_the_list_and_nothing_to_click(page: Page, staged: Served) -> None:
    staged.let_in(page, FACILITATOR)
    page.goto(staged.at(f"/app/desk/{BUSY}/print"))
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("button", name="Print this page")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("article")).to_have_count(7)  # an opening, five questions, a close
    assert page.evaluate("getComputedStyle(document.querySelector('article h3')).color") == "rgb(0, 0, 0)"


def test_a_letter_in_the_local_mailbox_is_shown_with_its_own_styles(chromium: Browser, staged: Served) -> None:
    context = chromium.new_context(**LIKE_THE_STAFF_HAVE)
    page = context.new_page()
    page.goto(staged.at("/mailbox/"))
    page.get_by_role("link", name="HTML of Invitation").first.click()
    size = page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")
    context.close()
    assert size == "22px"


def test_what_is_kept_can_be_read_on_a_phone_without_moving_sideways(chromium: Browser, staged: Served) -> None:
    context = chromium.new_context(**LIKE_THE_STAFF_HAVE | {"viewport": {"width": 390, "height": 800}})
    page = context.new_page()
    page.goto(staged.at("/privacy/"))
    kept = page.get_by_role("region", name="What is kept, and for how long")
    assert kept.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    context.close()
