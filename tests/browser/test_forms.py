"""What axe cannot see: where the focus goes, what a field says of itself, and whether hands alone are enough."""

import re

import pytest
from playwright.sync_api import Page, expect

from phonein.booking import seats
from phonein.db import transaction
from tests.browser import stage
from tests.browser.served import ADMIN, FACILITATOR, STAFF, Served
from tests.browser.stage import BUSY, NEW_HERE, OPEN

NEW_SERIES = "/app/admin/series/new"
ASK_HINT = (
    "No names, numbers or places, and nothing that only you could know: “someone I supervise”, not "
    "“Mr Jones in C wing”. "
    "Error: Write your question You have 3000 characters left"
)


def test_a_form_with_errors_says_so_in_its_title_and_takes_the_focus(page: Page, served: Served) -> None:
    page.goto(served.at("/app/sign-in/"))
    page.get_by_role("button", name="Send me the link").click()
    expect(page).to_have_title("Error: Sign in – Phonein")
    expect(page.get_by_role("alert", name="There is a problem")).to_be_focused()
    page.get_by_role("link", name="Enter your e-mail address").click()
    expect(page.get_by_label("Your work e-mail address")).to_be_focused()


def test_the_sign_in_field_says_what_is_wrong_with_it(page: Page, served: Served) -> None:
    page.goto(served.at("/app/sign-in/"))
    field = page.get_by_role("textbox", name="Your work e-mail address")
    expect(field).to_have_accessible_description("")
    expect(field).to_have_attribute("autocomplete", "email")
    field.fill("name.example.org")
    page.get_by_role("button", name="Send me the link").click()
    expect(field).to_have_value("name.example.org")
    expect(field).to_have_accessible_description(re.compile("^Error: Enter an e-mail address, like name@example.org"))
    expect(field).to_have_attribute("aria-invalid", "true")


def test_the_asking_form_says_what_it_wants_and_what_is_missing(page: Page, staged: Served) -> None:
    page.goto(staged.at(f"/q/{OPEN}/"))
    page.get_by_role("button", name="Look at it once more").click()
    expect(page.get_by_role("textbox", name="Your question")).to_have_accessible_description(ASK_HINT)
    expect(page.get_by_role("textbox", name="One of your passes")).to_have_accessible_description(
        "From the page of the phone-in: 25 letters and digits, or a longer one to paste. Each works once. "
        "Error: Type one of your passes"
    )
    expect(page.get_by_role("textbox", name="Your receipt")).to_have_accessible_description(
        "16 letters and digits, like 7KQ2-M4XD-90TP-AB3C"
    )
    expect(page.get_by_role("group", name="What is it about? (you can skip this)")).to_be_visible()
    assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == [
        "Write your question",
        "Type one of your passes",
    ]


def test_a_link_of_the_error_summary_leads_into_a_group_of_boxes(page: Page, staged: Served) -> None:
    staged.let_in(page, ADMIN)
    page.goto(staged.at(NEW_SERIES))
    page.get_by_role("button", name="Check before saving").click()
    page.get_by_role("link", name="Choose who leads it").click()
    group = page.get_by_role("group", name="Who leads it?")
    expect(group.get_by_role("checkbox").first).to_be_focused()
    expect(group).to_have_accessible_description("Error: Choose who leads it")
    expect(page.get_by_role("textbox", name="Start time")).to_have_accessible_description(
        "24-hour clock, like 19:30 Error: Enter a start time, like 19:30"
    )
    expect(page.get_by_label("First date", exact=True)).to_have_accessible_description("Error: Enter a date")


@pytest.mark.parametrize("address", ["/app/admin/series/dev-01/", f"/app/admin/phone-ins/{OPEN}/"])
def test_a_form_for_changes_shows_who_leads_it_now(address: str, page: Page, staged: Served) -> None:
    staged.let_in(page, ADMIN)
    page.goto(staged.at(address))
    chosen = page.get_by_role("group", name="Who leads it?").locator(".opt", has=page.locator(":checked"))
    assert chosen.all_inner_texts() == ["Hannah Yeardsley", "Ruth Ashbrook"]


def test_a_chosen_date_is_said_in_words(page: Page, staged: Served) -> None:
    staged.let_in(page, ADMIN)
    page.goto(staged.at(NEW_SERIES))
    page.get_by_label("First date", exact=True).fill("2027-01-12")
    expect(page.get_by_label("First date", exact=True)).to_have_accessible_description("Tuesday 12 January 2027")


def test_the_wording_field_counts_and_keeps_what_is_too_long(page: Page, staged: Served) -> None:
    staged.let_in(page, FACILITATOR)
    page.goto(staged.at("/app/desk/much-to-do/questions/11-a/"))
    wording = page.get_by_role("textbox", name="Read-aloud wording")
    wording.fill("a" * 1501)
    page.get_by_role("button", name="Keep the wording").click()
    expect(wording).to_have_value("a" * 1501)
    page.get_by_role("link", name="Use 1,500 characters or fewer: this has 1,501").click()
    expect(wording).to_be_focused()


def test_a_seat_is_booked_and_given_back_by_the_keyboard_alone(page: Page, staged: Served) -> None:
    staged.let_in(page, NEW_HERE)
    page.goto(staged.at("/app/"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Last Thursday: thriving in critical occupations, Thursday 26 November 2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Book a seat")).to_be_visible()
    tab_to(page, "Book my seat")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your seat is booked")
    tab_to(page, "Give my seat back")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your seat has been given back")


def test_without_javascript_the_keyboard_joins_the_waiting_list_and_takes_the_seat_that_is_held(
    without_javascript: Page, staged: Served
) -> None:
    page = without_javascript
    staged.let_in(page, STAFF)
    page.goto(staged.at("/app/phone-ins/full/"))
    tab_to(page, "Join the waiting list")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are first in line")).to_be_visible()
    with staged.inside(), transaction():
        seats.give_back(stage.phone_in("full"), by=stage.person(NEW_HERE))
    page.goto(staged.at("/app/bookings/"))
    tab_to(page, "Take it : Sleeping better, Friday 27 November 2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The seat is yours")


def test_without_javascript_a_question_is_asked_changed_and_taken_back(
    without_javascript: Page, staged: Served
) -> None:
    page = without_javascript
    with staged.inside():
        one_pass = stage.new_pass(OPEN)
    page.goto(staged.at(f"/q/{OPEN}/"))
    page.get_by_label("Your question").fill("Who else finds this hard?")
    page.get_by_role("button", name="Look at it once more").click()
    expect(page.get_by_role("alert")).to_contain_text("Type one of your passes")
    expect(page.get_by_label("Your question")).to_have_value("Who else finds this hard?")
    page.get_by_label("One of your passes").fill(one_pass)
    page.get_by_role("button", name="Look at it once more").click()
    receipt = page.locator(".number").inner_text()
    page.get_by_role("button", name="Send it", exact=True).click()
    page.goto(staged.at(f"/q/{OPEN}/"))
    page.get_by_label("Your receipt").fill(receipt)
    page.get_by_role("button", name="See what became of it").click()
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Your question").fill("What helps when this is hard?")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.get_by_role("blockquote")).to_have_text("What helps when this is hard?")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your question is taken back")


def test_without_javascript_the_agenda_is_put_into_order(without_javascript: Page, staged: Served) -> None:
    page = without_javascript
    staged.let_in(page, FACILITATOR)
    page.goto(staged.at(f"/app/desk/{BUSY}/questions/"))
    agenda = page.get_by_role("region", name="Agenda").get_by_role("listitem").locator("bdi")
    first, second, *others = agenda.all_inner_texts()
    page.get_by_role("button", name="Move number 2 up").click()
    expect(page.get_by_role("status")).to_contain_text(f"moved to number 1 of {2 + len(others)}")
    assert agenda.all_inner_texts() == [second, first, *others]
    page.get_by_role("button", name="Move number 1 down").click()
    assert agenda.all_inner_texts() == [first, second, *others]


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on the link or button of this name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            return
    raise AssertionError(f"“{name}” is not reached by Tab")
