"""The editor of a series in a browser: by the keyboard alone, without JavaScript, and how its preview follows."""

import re

from playwright.sync_api import Page, expect

from tests.browser.served import ADMIN, Served

NEW_SERIES = "/app/admin/series/new"
MOST_TABS = 150


def test_a_series_is_made_and_published_by_the_keyboard_alone(page: Page, staged: Served) -> None:
    staged.let_in(page, ADMIN)
    page.goto(staged.at("/app/admin/series/"))
    tab_to(page, "New series")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("New series")
    for name, keys in (("Title", "By hand alone"), ("Who leads it?", " "), ("Seats", "12")):
        tab_into(page, name)
        page.keyboard.type(keys)
    tab_into(page, "Number to call")
    page.keyboard.type("020 7946 0111")
    for name, value in (("First date", "2027-01-12"), ("Start time", "19:30")):
        tab_into(page, name)
        page.get_by_label(name, exact=True).fill(value)  # each browser has other keys for a date
    tab_into(page, "Length in minutes")
    page.keyboard.type("60")
    tab_into(page, "How often?")
    page.keyboard.press("ArrowDown")
    tab_into(page, "Every how many weeks or months?")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("2")
    tab_into(page, "When does it end?")
    page.keyboard.press("ArrowDown")
    tab_into(page, "How many phone-ins?")
    page.keyboard.type("5")
    preview = page.locator("#preview")
    expect(preview.get_by_role("listitem")).to_have_count(5)
    expect(page.locator("[data-refresh-said]")).to_have_text(
        "The second Tuesday of every second month at 7:30pm, London time, 5 times"
    )
    tab_to(page, "Leave out Tuesday 9 March 2027")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Dates left out, and why (optional)")).to_have_value("2027-03-09")
    expect(page.get_by_role("region", name="The next dates")).to_be_focused()
    tab_to(page, "Take back Tuesday 9 March 2027")
    tab_to(page, "Check before saving", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before saving")
    tab_to(page, re.compile("^4 dates in the next 400 days"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tue 11 May 2027, 7:30pm")).to_be_visible()
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("The series is kept as a draft")
    tab_to(page, "Publish the series By hand alone")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Published")


def test_without_javascript_dates_are_left_out_taken_back_checked_and_saved(
    without_javascript: Page, staged: Served
) -> None:
    page = without_javascript
    staged.let_in(page, ADMIN)
    page.goto(staged.at("/app/admin/series/dev-02/"))
    expect(page.get_by_label("How many phone-ins?")).to_be_visible()
    page.get_by_role("button", name="Leave out Thursday 28 January 2027").click()
    reasons = page.get_by_label("Dates left out, and why (optional)")
    expect(reasons).to_have_value("2026-12-31\n2027-01-28")
    reasons.fill("2026-12-31\n28 January 2027 Everybody is away")
    page.get_by_role("button", name="Update preview").click()
    row = page.locator("#preview li", has_text="Thu 28 Jan 2027")
    expect(row).to_contain_text("left out: Everybody is away")
    page.get_by_role("button", name="Check before saving").click()
    expect(page.get_by_text("1 date falls away")).to_be_visible()
    page.get_by_role("button", name="Change something").click()
    expect(reasons).to_have_value("2026-12-31\n28 January 2027 Everybody is away")
    page.get_by_role("button", name="Take back Thursday 28 January 2027").click()
    expect(reasons).to_have_value("2026-12-31")
    page.get_by_label("Seats").fill("260")
    page.get_by_role("button", name="Check before saving").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".said")).to_contain_text("Saved. Nobody had to be told.")


def test_without_javascript_the_preview_of_a_series_has_its_own_button(
    without_javascript: Page, staged: Served
) -> None:
    page = without_javascript
    staged.let_in(page, ADMIN)
    page.goto(staged.at(NEW_SERIES))
    page.get_by_label("First date", exact=True).fill("2027-01-12")
    page.get_by_label("Start time").fill("19:30")
    page.get_by_label("Every how many weeks or months?").fill("2")
    expect(page.get_by_label("How many phone-ins?")).to_be_visible()
    page.get_by_role("button", name="Update preview").click()
    expect(page.locator("#preview code")).to_have_text("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    expect(page.locator("#preview li").nth(1)).to_contain_text("Tue 26 Jan 2027")


def test_the_preview_of_a_series_follows_without_a_new_page(page: Page, staged: Served) -> None:
    staged.let_in(page, ADMIN)
    page.goto(staged.at(NEW_SERIES))
    page.evaluate("window.sameAsBefore = true")
    page.get_by_label("First date", exact=True).fill("2027-01-12")
    page.get_by_label("Start time").fill("19:30")
    expect(page.locator("#preview li")).to_have_count(10)
    page.get_by_label("Every how many weeks or months?").fill("3")
    expect(page.locator("#preview li").nth(1)).to_contain_text("Tue 2 Feb 2027")
    expect(page.get_by_label("How many phone-ins?")).to_be_hidden()
    page.get_by_label("After a number of phone-ins").check()
    page.get_by_label("How many phone-ins?").fill("3")
    expect(page.locator("#preview li")).to_have_count(3)
    page.get_by_label("Once, on that date only").check()
    expect(page.locator("#preview li")).to_have_count(1)
    expect(page.get_by_role("group", name="On which days?")).to_be_hidden()
    expect(page.get_by_role("group", name="When does it end?")).to_be_hidden()
    assert page.evaluate("window.sameAsBefore") is True


def tab_to(page: Page, name: str | re.Pattern[str], key: str = "Tab") -> None:
    """Press Tab until the focus is on the link or button of this name."""
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        said = " ".join(page.evaluate("document.activeElement.textContent").split())
        if name.search(said) if isinstance(name, re.Pattern) else said == name:
            return
    raise AssertionError(f"“{name}” is not reached by {key}")


def tab_into(page: Page, label: str) -> None:
    """Press Tab until the focus is in the field, or the group of choices, of this name."""
    asked = """() => {
        const here = document.activeElement, group = here.closest('fieldset');
        return [...(here.labels || []), ...(group ? [group.querySelector('legend')] : [])].map(one => one.textContent);
    }"""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if label in page.evaluate(asked):
            return
    raise AssertionError(f"“{label}” is not reached by Tab")
