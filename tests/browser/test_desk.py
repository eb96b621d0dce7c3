"""The desk by the keyboard alone and without scripts, at the width of a phone: from a new question to the agenda."""

from playwright.sync_api import Page, expect

from tests.browser.served import FACILITATOR, Served
from tests.browser.stage_desk import SLUG

PHONE = {"width": 390, "height": 844}


def test_by_keyboard_alone_on_a_phone_two_are_merged_put_on_the_agenda_and_it_is_undone(
    without_javascript: Page, staged: Served
) -> None:
    page = without_javascript
    page.set_viewport_size(PHONE)
    staged.let_in(page, FACILITATOR)
    page.goto(staged.at(f"/app/desk/{SLUG}/"))
    tab_to(page, "Sort the new questions")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sort questions")
    for name in ("Select Q11", "Select Q12"):
        tab_to(page, name)
        page.keyboard.press("Space")
    tab_to(page, "Merge", backwards=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Do these ask the same?")
    tab_to(page, "New wording")
    page.keyboard.type("What helps to switch off after a late shift?")
    tab_to(page, "Merge them")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("asked 2 times now")
    tab_to(page, "Put on agenda: Q11")
    page.keyboard.press("Enter")
    agenda = page.get_by_role("region", name="Agenda").get_by_role("listitem").locator("bdi")
    expect(agenda.last).to_have_text("What helps to switch off after a late shift?")
    tab_to(page, "Undo what was just done")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Undone")).to_be_visible()
    page.goto(staged.at(f"/app/desk/{SLUG}/questions/"))
    expect(agenda).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_is_hard_to_read_stays_folded_until_somebody_wants_to_see_it_and_is_used_only_after_a_look(
    without_javascript: Page, staged: Served
) -> None:
    page = without_javascript
    page.set_viewport_size(PHONE)
    staged.let_in(page, FACILITATOR)
    page.goto(staged.at(f"/app/desk/{SLUG}/questions/?tab=look"))
    words = page.get_by_text("nobody listens")
    expect(words).to_be_hidden()
    tab_to(page, "Show Q16: it may be hard to read")
    page.keyboard.press("Enter")
    expect(words).to_be_visible()
    page.goto(staged.at(f"/app/desk/{SLUG}/questions/16-f/"))
    expect(page.get_by_label("Read-aloud wording")).to_have_count(0)
    tab_to(page, "I have read it and it may be used")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Read-aloud wording")).to_be_visible()


def tab_to(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press Tab until the focus is on what is called so."""
    called = """() => { const at = document.activeElement;
      return (at.getAttribute('aria-label') || (at.labels && at.labels[0] || at).textContent).trim(); }"""
    for _ in range(90):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if " ".join(page.evaluate(called).split()) == name:
            return
    raise AssertionError(f"“{name}” is not reached by Tab")
