"""The hour in a real browser: a battery dies, a line drops, there is only a keyboard, there are no scripts."""

from datetime import timedelta

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from phonein.desk import agenda
from tests.browser import stage, stage_hour
from tests.browser.conftest import LIKE_THE_STAFF_HAVE, Opener
from tests.browser.served import FACILITATOR, TUESDAY, Served

PHONE = {"width": 390, "height": 844}
FIRST, SECOND, THIRD = stage_hour.READ_OUT[:3]


@pytest.fixture
def run(served: Served, request: pytest.FixtureRequest) -> str:
    """The run view of an hour that has begun, at its first question."""
    slug = f"hour-{abs(hash(request.node.name))}"
    with served.inside():
        stage_hour.make_agenda(slug, TUESDAY - timedelta(minutes=5))
    return f"/app/desk/{slug}/run/"


def came_to(served: Served, run: str) -> list[str]:
    with served.inside():
        return [item.came_to for item in agenda.items(stage.phone_in(run.split("/")[3])) if item.kind == "question"]


def begin(page: Page, served: Served, run: str) -> None:
    served.let_in(page, FACILITATOR)
    page.goto(served.at(run))
    page.get_by_role("button", name="Start the clock").click()
    page.get_by_role("button", name="Done").click()
    expect(spoken_of(page)).to_have_text(FIRST)


def spoken_of(page: Page):  # type: ignore[no-untyped-def]
    return page.locator("#now-title")


def test_a_phone_dies_in_the_middle_and_another_device_goes_on_with_everything(
    open_browser: Opener, served: Served, run: str
) -> None:
    phone = open_browser(viewport=PHONE)
    begin(phone, served, run)
    phone.get_by_role("button", name="Answered").click()
    expect(spoken_of(phone)).to_have_text(SECOND)
    phone.get_by_label("Notes on this").fill("Somebody mentioned rotas")
    expect(phone.get_by_text("Kept.")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.context.close()
    desk = open_browser()
    served.let_in(desk, FACILITATOR)
    desk.goto(served.at(run))
    expect(spoken_of(desk)).to_have_text(SECOND)
    expect(desk.get_by_label("Notes on this")).to_have_value("Somebody mentioned rotas")
    assert came_to(served, run) == ["answered", "", "", ""]


def test_what_is_pressed_and_typed_while_the_line_is_away_is_sent_when_it_is_back(
    chromium: Browser, served: Served, run: str
) -> None:
    with chromium.new_context(**LIKE_THE_STAFF_HAVE) as context:  # whose complaints of the line are what we want here
        drop_the_line(context.new_page(), served, run)


def drop_the_line(page: Page, served: Served, run: str) -> None:
    begin(page, served, run)
    page.context.set_offline(True)
    page.get_by_label("Notes on the whole hour").fill("Written in a tunnel")
    page.get_by_role("button", name="In writing").click()
    expect(page.get_by_text("No connection just now")).to_be_visible()
    assert came_to(served, run) == ["", "", "", ""]
    page.context.set_offline(False)
    expect(spoken_of(page)).to_have_text(SECOND)
    expect(page.get_by_text("No connection just now")).to_be_hidden()
    expect(page.get_by_label("Notes on the whole hour")).to_have_value("Written in a tunnel")
    assert came_to(served, run) == ["in_writing", "", "", ""]


def test_a_button_waits_for_the_note_that_is_just_being_kept(page: Page, served: Served, run: str) -> None:
    begin(page, served, run)
    on_their_way: list[tuple[Route, APIResponse]] = []  # answers: what was sent is kept already
    page.route("**/note", lambda route: on_their_way.append((route, route.fetch())), times=1)
    page.get_by_label("Notes on this").fill("Somebody mentioned rotas")
    expect(page.get_by_text("Keeping…")).to_be_visible()
    page.get_by_label("Notes on this").fill("Somebody mentioned rotas, twice")
    page.get_by_role("button", name="Answered").click()
    [(route, kept)] = on_their_way
    route.fulfill(response=kept)
    expect(spoken_of(page)).to_have_text(SECOND)
    expect(page.get_by_text("Somebody mentioned rotas, twice")).to_be_visible()
    assert came_to(served, run) == ["answered", "", "", ""]


def test_what_cannot_be_kept_stays_on_the_page_and_nothing_is_pressed(
    chromium: Browser, served: Served, run: str
) -> None:
    with chromium.new_context(**LIKE_THE_STAFF_HAVE) as context:  # which complains of every answer that is a no
        page = context.new_page()
        begin(page, served, run)
        refuse_too_long(page)
        sign_out_meanwhile(page)
    assert came_to(served, run) == ["", "", "", ""]


def refuse_too_long(page: Page) -> None:
    on_hour = page.get_by_label("Notes on the whole hour")
    on_hour.fill("x" * 4001)
    page.get_by_role("button", name="Answered").click()
    expect(page.get_by_text("cannot be kept. What you pressed is not done.")).to_be_visible()
    expect(on_hour).to_be_focused()
    expect(on_hour).to_have_value("x" * 4001)
    on_hour.fill("")


def sign_out_meanwhile(page: Page) -> None:
    page.get_by_text("Somebody asks something new").click()
    page.get_by_label("What is asked").fill("Asked aloud just now")
    page.context.clear_cookies()
    page.get_by_role("button", name="Answered").click()
    expect(page.get_by_text("What you pressed is not done, and what you typed is still here")).to_be_visible()
    expect(page.get_by_label("What is asked")).to_have_value("Asked aloud just now")
    page.get_by_label("Notes on this").fill("Said at the end")
    page.get_by_role("button", name="Later", exact=True).click()
    expect(page.get_by_text("Not kept: you are signed out")).to_be_visible()
    expect(page.get_by_label("Notes on this")).to_have_value("Said at the end")
    expect(spoken_of(page)).to_have_text(FIRST)


def test_the_hour_runs_by_keyboard_alone_one_key_for_each_question(page: Page, served: Served, run: str) -> None:
    begin(page, served, run)
    expect(page.get_by_role("button", name="Answered")).to_be_focused()
    page.keyboard.press("Enter")
    expect(spoken_of(page)).to_have_text(SECOND)
    expect(page.get_by_role("button", name="Answered")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(spoken_of(page)).to_have_text(THIRD)
    assert came_to(served, run) == ["answered", "later", "", ""]


def test_without_scripts_every_button_does_the_same(without_javascript: Page, served: Served, run: str) -> None:
    page = without_javascript
    begin(page, served, run)
    page.get_by_label("Notes on this").fill("As it was said")
    page.get_by_role("button", name="Later", exact=True).click()
    expect(spoken_of(page)).to_have_text(SECOND)
    page.get_by_role("button", name="Take that back").click()
    expect(spoken_of(page)).to_have_text(FIRST)
    expect(page.get_by_label("Notes on this")).to_have_value("As it was said")
    page.get_by_text("Somebody asks something new").click()
    page.get_by_label("What is asked").fill("Asked aloud just now")
    page.get_by_role("button", name="Take it next").click()
    page.get_by_role("button", name="Answered").click()
    expect(spoken_of(page)).to_have_text("Asked aloud just now")
    assert came_to(served, run) == ["answered", "", "", "", ""]
