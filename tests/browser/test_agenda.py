"""The agenda in a browser: by the keyboard alone, on a phone without JavaScript, by two at once; and the big screen."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import stage_agenda
from tests.browser.conftest import Opener
from tests.browser.served import FACILITATOR, Served
from tests.browser.stage_agenda import KIM, LONG, PLANNED, WAITING, WORDS
from tests.browser.test_series_editor import tab_to

AGENDA, SCREEN = f"/app/desk/{PLANNED}/agenda/", f"/app/desk/{PLANNED}/present/"
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def at_first(staged: Served) -> Served:
    """The agenda as it was staged, whatever the test before has made of it."""
    with staged.inside():
        stage_agenda.start_again()
    return staged


def questions(page: Page) -> list[str]:
    return page.locator(".running .is-question bdi").all_inner_texts()


def row(page: Page, words: str) -> Locator:
    return page.locator(".running > li", has_text=words)


def spoken(page: Page) -> Locator:
    return page.locator("#agenda-said p")


def tab_into_minutes(page: Page, words: str) -> None:
    """Press Tab until the focus is in the minutes of this question."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("[...document.activeElement.labels || []].map(one => one.textContent).join('')").startswith(
            f"Minutes for {words[:20]}"
        ):
            return
    raise AssertionError("the minutes are not reached by Tab")


def test_the_keyboard_alone_orders_the_agenda_and_the_focus_stays(page: Page, at_first: Served) -> None:
    at_first.let_in(page, FACILITATOR)
    page.goto(at_first.at(AGENDA))
    page.evaluate("window.sameAsBefore = true")
    tab_to(page, re.compile(f"Move down: {WORDS[2][:20]}"))
    page.keyboard.press("Enter")
    expect(spoken(page)).to_have_text(f"“{WORDS[2]}” moved to number 8 of 9.")
    assert questions(page) == [WORDS[0], WORDS[1], WORDS[3], WORDS[2]]
    focused = page.locator(":focus")
    expect(focused).to_have_accessible_name(re.compile(f"Move down: {WORDS[2][:20]}"))
    page.keyboard.press("Enter")
    expect(spoken(page)).to_have_text(f"“{WORDS[2]}” moved to number 9 of 9.")
    expect(focused).to_have_accessible_name(re.compile(f"Move up: {WORDS[2][:20]}"))
    page.keyboard.press("Enter")
    expect(spoken(page)).to_have_text(f"“{WORDS[2]}” moved to number 8 of 9.")
    tab_into_minutes(page, WORDS[2])
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("30")
    page.keyboard.press("Tab")
    expect(page.locator(".gauge-words")).to_have_text("62 of 60 minutes, 2 too long")
    tab_to(page, re.compile("Put on the agenda"))
    page.keyboard.press("Enter")
    expect(spoken(page)).to_contain_text("On the agenda, at number")
    assert WAITING in questions(page)
    assert page.evaluate("window.sameAsBefore")
    page.reload()
    assert sorted(questions(page)) == sorted([*WORDS, WAITING])


def test_dragging_does_what_the_arrows_do(open_browser: Opener, at_first: Served) -> None:
    page = open_browser(viewport={"width": 1280, "height": 1900})
    at_first.let_in(page, FACILITATOR)
    page.goto(at_first.at(AGENDA))
    row(page, WORDS[3]).locator(".badge").drag_to(row(page, WORDS[0]), target_position={"x": 40, "y": 4})
    expect(spoken(page)).to_have_text(f"“{WORDS[3]}” moved to number 3 of 9.")
    assert questions(page) == [WORDS[3], WORDS[0], WORDS[1], WORDS[2]]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".said p")).to_contain_text("Undone: ")
    assert questions(page) == list(WORDS)


def test_on_a_phone_without_javascript_all_of_it_works(open_browser: Opener, at_first: Served) -> None:
    page = open_browser(java_script_enabled=False, viewport=PHONE)
    at_first.let_in(page, FACILITATOR)
    page.goto(at_first.at(AGENDA))
    row(page, WORDS[0]).get_by_role("button", name="Move down").click()
    expect(page.locator(".said")).to_contain_text("moved to number 4 of 9")
    assert questions(page)[:2] == [WORDS[1], WORDS[0]]
    page.get_by_label(f"Minutes for {WORDS[1][:20]}").fill("12")
    page.get_by_role("button", name="Save the minutes").click()
    expect(page.locator(".said p")).to_have_text("The minutes are kept: 44 of 60 minutes, 16 left.")
    page.get_by_label("A break").check()
    page.get_by_label("Minutes", exact=True).fill("3")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".said")).to_contain_text("Added at number 9 of 10")
    page.get_by_role("link", name="Presenter view").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before question 1 of 4")
    page.get_by_role("link", name="Show the question").click()
    expect(page.locator("blockquote")).to_have_text(WORDS[1])


def test_of_two_who_move_at_once_the_second_is_told_and_nothing_is_lost(open_browser: Opener, at_first: Served) -> None:
    fay, kim = open_browser(), open_browser()
    for page, who in ((fay, FACILITATOR), (kim, KIM)):
        at_first.let_in(page, who)
        page.goto(at_first.at(AGENDA))
    row(kim, WORDS[0]).get_by_role("button", name="Move down").click()
    expect(spoken(kim)).to_contain_text("moved to number 4 of 9")
    row(fay, WORDS[3]).get_by_role("button", name="Move up").click()
    told = fay.locator("#meanwhile")
    expect(told).to_be_focused()
    expect(told).to_contain_text("This list changed")
    expect(told).to_contain_text("Kim Second: moved on the agenda")
    assert questions(fay) == [WORDS[1], WORDS[0], WORDS[2], WORDS[3]]
    row(fay, WORDS[3]).get_by_role("button", name="Move up").click()
    expect(spoken(fay)).to_contain_text("moved to number 7 of 9")
    assert questions(fay) == [WORDS[1], WORDS[0], WORDS[3], WORDS[2]]


def test_in_a_long_list_a_place_can_be_said(page: Page, at_first: Served) -> None:
    at_first.let_in(page, FACILITATOR)
    page.goto(at_first.at(f"/app/desk/{LONG}/agenda/"))
    last = row(page, "Question of many, number 13?")
    last.get_by_text("More").click()
    last.get_by_label("Move to number").fill("2")
    last.get_by_role("button", name="Move Question of many").click()
    expect(spoken(page)).to_have_text("“Question of many, number 13?” moved to number 2 of 18.")
    assert questions(page)[0] == "Question of many, number 13?"


def test_arrows_turn_the_pages_of_the_screen_without_leaving_it(page: Page, at_first: Served) -> None:
    at_first.let_in(page, FACILITATOR)
    page.goto(at_first.at(SCREEN))
    page.evaluate("window.sameAsBefore = true")
    heading = page.get_by_role("heading", level=1)
    seen = []
    for _ in range(6):
        seen.append(heading.inner_text())
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"h1:has-text('{seen[-1]}')")).to_have_count(0 if len(seen) < 6 else 1)
    assert seen == [
        "Question 1 of 4",
        "Before question 2 of 4",
        "Question 2 of 4",
        "Question 3 of 4",
        "Question 4 of 4",
        "Before we close",
    ]
    expect(heading).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(heading).to_have_text("Question 4 of 4")
    expect(page).to_have_title(re.compile("^Question 4 of 4"))
    assert page.url.endswith("?step=5")
    assert page.evaluate("window.sameAsBefore")
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()
