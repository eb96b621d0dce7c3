"""The anonymous door in a real browser: the story by keyboard, and what of it goes over the wire or stays behind."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import triage
from phonein.questions import box, codes, keys, release
from phonein.questions.models import Envelope, Question
from tests import blind_client
from tests.browser import stage
from tests.browser.conftest import LIKE_THE_STAFF_HAVE, Opener
from tests.browser.every_page.looking import check
from tests.browser.served import FACILITATOR, STAFF, TUESDAY, Served
from tests.builders import make_phone_in
from tests.questions import rows

SLUG = "door"
ADDRESS = f"/q/{SLUG}/"
WORDS = "What do others do in the hour after an incident? Zebra-7731"
LONGEST = "\N{HEADPHONE}" * 3000
STEP, ANSWER = 16384, 32768
RECEIPT = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")
LEFT_BEHIND = """async () => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage),
    document.cookie, await indexedDB.databases(), await caches.keys(), history.state, location.href])"""


@pytest.fixture(scope="module")
def door(served: Served) -> Served:
    """A phone-in with keys for passes, one release behind it, and two questions of others in the desk's words."""
    with served.inside():
        with clock.stopped_at(TUESDAY - timedelta(days=8)), transaction():
            opened = TUESDAY - timedelta(days=10)
            make_phone_in(slug=SLUG, starts_at=TUESDAY + timedelta(days=9), asks_open_at=opened, holders=24)
            for n in range(3):
                ask(f"Original {n}")
        with transaction():
            release.release(stage.phone_in(SLUG))
            for n, question in enumerate(triage.questions_for(stage.phone_in(SLUG))[:2]):
                triage.reword(question, f"Wording {n}")
            stage.phone_in(SLUG).reviewer_id = stage.person(STAFF).id
        keys.draw_pass_keys_ahead(100)
    return served


@pytest.fixture
def page(open_browser: Opener, door: Served) -> Page:
    return open_browser()


def ask(text: str) -> str:
    """Somebody else asks; returns the receipt. Inside the app and a transaction."""
    receipt, pass_ = codes.new_receipt(), codes.printed_pass(keys.pass_secret(SLUG), SLUG)
    box.ask(stage.phone_in(SLUG), pass_=pass_, receipt=receipt, text=text, topic="")
    return receipt


def passes_of(purpose: str, many: int) -> list[str]:
    """As a browser draws them. Inside the app."""
    public = keys.pass_keys(SLUG)[purpose]
    hidden = [blind_client.hide(public, purpose, SLUG) for _ in range(many)]
    signed = keys.sign_blindly(SLUG, purpose, [each.blinded for each in hidden])
    return [each.finished(public, made) for each, made in zip(hidden, signed, strict=True)]


def with_passes(page: Page, door: Served, many: int = 3) -> dict[str, list[str]]:
    """This browser has drawn its passes when its owner signed in."""
    with door.inside():
        held = {"q": passes_of("q", many), "v": passes_of("v", 1)}
    page.goto(door.at("/help/"))
    page.evaluate("([slug, held]) => phoneinPasses.keep(slug, held)", [SLUG, held])
    page.goto(door.at(ADDRESS))
    return held


def held_by(page: Page) -> dict[str, list[str]]:
    held: dict[str, list[str]] = page.evaluate("slug => phoneinPasses.of(slug)", SLUG)
    return held


def tab_to(page: Page, name: str, *, role: str = "button") -> None:
    """With the tabulator alone, from wherever the focus is."""
    wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{name} cannot be reached")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def now_at(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page).to_have_title(re.compile(f"^(Error: )?{re.escape(heading)} – Phonein$"))


def look(page: Page, words: str = WORDS) -> str:
    """Types a question and looks at it once more; returns the receipt that the browser made."""
    tab_to(page, "Your question", role="textbox")
    page.keyboard.insert_text(words)
    press(page, "Look at it once more")
    now_at(page, "Look at it once more")
    receipt = page.locator(".number").inner_text()
    assert RECEIPT.fullmatch(receipt)
    return receipt


def see_what_became_of(page: Page, receipt: str) -> None:
    tab_to(page, "Your receipt", role="textbox")
    page.keyboard.insert_text(receipt)
    press(page, "See what became of it")
    now_at(page, "Your question")


def test_draw_ask_change_vote_read_and_take_back_by_keyboard_alone(page: Page, door: Served) -> None:
    door.let_in(page, FACILITATOR)
    page.goto(door.at(f"/app/phone-ins/{SLUG}/"))
    expect(page.get_by_text("This browser holds 3 passes for questions and the pass for “me too”.")).to_be_visible()
    tab_to(page, "Go to the page where nobody knows you", role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Passes in this browser: 3. One goes with your question.")).to_be_visible()
    expect(page.get_by_label("One of your passes")).to_be_hidden()
    receipt = look(page)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    check(page)
    press(page, "Send it")
    now_at(page, "Your question is sealed")
    assert page.locator(".number").inner_text() == receipt
    check(page)

    page.goto(door.at(ADDRESS))
    expect(page.get_by_text("Passes in this browser: 2. One goes with your question.")).to_be_visible()
    see_what_became_of(page, receipt)
    expect(page.get_by_role("main")).to_contain_text("It is sealed.")
    check(page)
    press(page, "Change it")
    now_at(page, "Change your question")
    tab_to(page, "Your question", role="textbox")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("In other words")
    press(page, "Keep the change")
    expect(page.get_by_role("status").first).to_have_text("Your question has been changed.")
    press(page, "Take it back")
    now_at(page, "Your question is taken back")
    check(page)

    page.goto(door.at(ADDRESS))
    tab_to_choice(page, "Wording 1")
    press(page, "Me too")
    now_at(page, "Your “me too” is sealed")
    check(page)


def tab_to_choice(page: Page, words: str) -> None:
    """Radio buttons are one stop for the tabulator; the arrows choose among them."""
    wanted, group = page.get_by_role("radio", name=words), page.locator("[name=question]")
    for _ in range(60):
        page.keyboard.press("Tab")
        if group.evaluate_all("all => all.includes(document.activeElement)"):
            break
    page.keyboard.press("Space")
    while not wanted.is_checked():
        page.keyboard.press("ArrowDown")


def test_an_answer_of_the_desk_and_one_of_the_reviewer_are_read_with_the_receipt(page: Page, door: Served) -> None:
    with door.inside(), transaction():
        question = triage.questions_for(stage.phone_in(SLUG))[2]
        number, receipt = question.id, codes.new_receipt()
        question.receipt_hash = box.hash_of("receipt", SLUG, codes.plain_receipt(receipt))
        triage.set_aside(question, "The same has been asked")
    page.goto(door.at(ADDRESS))
    see_what_became_of(page, receipt)
    expect(page.get_by_role("main")).to_contain_text("It is not used in the phone-in. The same has been asked.")
    with door.inside(), transaction():
        question = db.session.get_one(Question, number)
        question.is_for_reviewer, question.reviewer_reply = True, "Thank you. It has been stopped."
    page.goto(door.at(ADDRESS))
    see_what_became_of(page, receipt)
    expect(page.get_by_role("blockquote").first).to_have_text("Thank you. It has been stopped.")
    check(page)


def test_what_goes_over_the_wire_is_of_one_size_without_a_cookie_or_a_referrer(page: Page, door: Served) -> None:
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    answered: list[str] = []
    page.on("response", lambda one: answered.append(one.headers["content-length"]) if one.request in sent else None)
    with_passes(page, door)
    receipt = look(page, "Short")
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")
    page.goto(door.at(ADDRESS))
    see_what_became_of(page, receipt)
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Your question", exact=True).fill(LONGEST)
    page.get_by_role("button", name="Keep the change").click()
    expect(page.get_by_role("alert")).to_contain_text("Shorten your question")
    page.goto(door.at(ADDRESS))
    see_what_became_of(page, receipt)
    page.get_by_role("button", name="Take it back").click()
    now_at(page, "Your question is taken back")
    page.goto(door.at(ADDRESS))
    page.get_by_role("radio", name="Wording 0").check()
    page.get_by_role("button", name="Me too").click()
    now_at(page, "Your “me too” is sealed")

    assert {(one.url, len(one.post_data_buffer or b"")) for one in sent} == {(door.at("/q/"), STEP)}
    assert answered == [str(ANSWER)] * len(sent)
    assert [name for one in sent for name in one.all_headers() if name in ("cookie", "referer")] == []
    assert len(sent) == 8


@pytest.mark.parametrize("with_script", [True, False])
def test_whoever_comes_from_the_known_side_brings_no_cookie_and_leaves_no_words(
    chromium: Browser, door: Served, with_script: bool
) -> None:
    context = chromium.new_context(**LIKE_THE_STAFF_HAVE, java_script_enabled=with_script)
    page, asked = context.new_page(), []
    page.on("request", lambda one: asked.append(one))
    door.let_in(page, STAFF)
    page.goto(door.at(f"/app/phone-ins/{SLUG}/"))
    page.get_by_role("link", name="Go to the page where nobody knows you").click()
    now_at(page, "Ask a question without a name")
    with door.inside(), transaction():
        one_pass = codes.printed_pass(keys.pass_secret(SLUG), SLUG)
    if page.get_by_label("One of your passes").is_visible():
        page.get_by_label("One of your passes").fill(one_pass)
    page.get_by_label("Your question", exact=True).fill(WORDS)
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")
    at_the_door = [one for one in asked if "/q/" in one.url]
    assert len(at_the_door) >= 3
    assert [name for one in at_the_door for name in one.all_headers() if name in ("cookie", "referer")] == []
    assert {cookie["path"] for cookie in context.cookies()} == {"/app"}
    if with_script:
        assert "Zebra" not in page.evaluate(LEFT_BEHIND)
    context.close()


def test_nothing_typed_is_left_in_the_browser_and_nobody_who_goes_back_reads_it(page: Page, door: Served) -> None:
    with_passes(page, door)
    look(page)
    assert "Zebra" not in page.evaluate(LEFT_BEHIND)
    page.go_back()
    expect(page.get_by_label("Your question", exact=True)).to_have_value(WORDS)
    page.go_forward()
    now_at(page, "Look at it once more")
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")
    assert "Zebra" not in page.evaluate(LEFT_BEHIND)
    assert page.context.cookies() == []
    for _ in range(2):
        page.go_back()
        expect(page.get_by_label("Your question", exact=True)).to_have_value("")
        assert "Zebra" not in page.content()


def test_changing_it_goes_back_to_the_form_with_every_word_and_a_new_look_has_a_new_receipt(
    page: Page, door: Served
) -> None:
    with_passes(page, door)
    first = look(page)
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_label("Your question", exact=True)).to_have_value(WORDS)
    expect(page.get_by_text("Passes in this browser: 3. One goes with your question.")).to_be_visible()
    page.get_by_role("button", name="Look at it once more").click()
    now_at(page, "Look at it once more")
    assert page.locator(".number").inner_text() != first
    page.go_back(), page.go_back()
    now_at(page, "Look at it once more")
    assert page.locator(".number").inner_text() == first


def test_the_receipt_that_is_sent_is_the_one_that_the_browser_made_and_it_can_be_copied(
    chromium: Browser, door: Served
) -> None:
    context = chromium.new_context(**LIKE_THE_STAFF_HAVE, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    with_passes(page, door)
    answers: list[str] = []
    page.on("response", lambda one: answers.append(one.text()) if one.request.method == "POST" else None)
    receipt = look(page)
    page.get_by_role("button", name="Copy the receipt").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == receipt
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")
    assert [receipt in answer for answer in answers] == [False, True]
    context.close()


def fails(route: Route) -> None:
    route.abort("connectionreset")


def test_when_the_network_fails_every_word_stays_and_pressing_again_sends_once(chromium: Browser, door: Served) -> None:
    context = chromium.new_context(**LIKE_THE_STAFF_HAVE)
    page = context.new_page()
    held = with_passes(page, door)
    page.route("**/q/", fails)
    page.get_by_label("Your question", exact=True).fill(WORDS)
    for _ in range(2):
        page.get_by_role("button", name="Look at it once more").click()
        expect(page.get_by_text("We could not reach the service.")).to_be_focused()
    expect(page.get_by_label("Your question", exact=True)).to_have_value(WORDS)
    page.unroute("**/q/", fails)
    page.get_by_role("button", name="Look at it once more").click()
    now_at(page, "Look at it once more")

    with door.inside():
        before = len(rows(Envelope))
    page.route("**/q/", reaches_us_and_the_answer_is_lost)
    page.get_by_role("button", name="Send it", exact=True).click()
    expect(page.get_by_text("We could not reach the service.")).to_be_focused()
    assert held_by(page)["q"] == held["q"]
    page.unroute("**/q/", reaches_us_and_the_answer_is_lost)
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")
    with door.inside():
        assert len(rows(Envelope)) == before + 1
    assert held_by(page)["q"] == held["q"][1:]
    context.close()


def reaches_us_and_the_answer_is_lost(route: Route) -> None:
    route.fetch()
    route.abort("connectionreset")


def test_a_pass_that_another_device_has_used_is_forgotten_and_the_next_one_goes(page: Page, door: Served) -> None:
    held = with_passes(page, door, many=2)
    with door.inside(), transaction():
        box.ask(stage.phone_in(SLUG), pass_=held["q"][0], receipt=codes.new_receipt(), text="Elsewhere", topic="")
    look(page)
    assert held_by(page)["q"] == held["q"][1:]
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")
    assert held_by(page) == {"q": [], "v": held["v"]}
    page.goto(door.at(ADDRESS))
    expect(page.get_by_label("One of your passes")).to_be_visible()


def test_the_pass_for_votes_stays_for_the_other_questions(page: Page, door: Served) -> None:
    held = with_passes(page, door)
    page.get_by_role("radio", name="Wording 0").check()
    page.get_by_role("button", name="Me too").click()
    now_at(page, "Your “me too” is sealed")
    assert held_by(page) == held


def test_passes_that_another_device_saved_are_loaded_from_the_file_and_one_can_be_pasted(
    page: Page, door: Served
) -> None:
    with door.inside():
        q, v = passes_of("q", 2), passes_of("v", 1)
    file = "\r\n\r\n".join([f"Ask at {door.at(ADDRESS)}", "Each works for one question:", *q, "For me too:", *v])
    load = page.get_by_label("Or load passes that you saved as a file on another device")
    page.goto(door.at(ADDRESS))
    load.set_input_files(files=[{"name": "passes.txt", "mimeType": "text/plain", "buffer": b"Ask at /q/other/"}])
    expect(page.get_by_text("That file holds no passes for this phone-in")).to_be_visible()
    load.set_input_files(files=[{"name": "passes.txt", "mimeType": "text/plain", "buffer": file.encode()}])
    expect(page.get_by_text("Passes in this browser: 2. One goes with your question.")).to_be_visible()
    assert held_by(page) == {"q": q, "v": v}

    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_label("One of your passes").fill(q[0])
    look(page)
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")


def test_without_a_secure_context_printed_codes_work(chromium: Browser, door: Served) -> None:
    """Plain http at another name: there is no crypto.subtle, so this browser can hold no passes of its own."""
    context = chromium.new_context(**LIKE_THE_STAFF_HAVE)
    page = context.new_page()
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    with door.inside(), transaction():
        one_pass = codes.printed_pass(keys.pass_secret(SLUG), SLUG)
    page.goto(door.at(ADDRESS))
    assert page.evaluate("crypto.subtle === undefined")
    page.get_by_label("One of your passes").fill(one_pass)
    look(page)
    page.get_by_role("button", name="Send it", exact=True).click()
    now_at(page, "Your question is sealed")
    context.close()


def test_the_reviewer_is_offered_after_a_plain_word_on_what_it_costs(page: Page, door: Served) -> None:
    with_passes(page, door)
    look(page)
    section = page.get_by_role("region", name="If it cannot wait")
    expect(section).to_contain_text("when it came can be known")
    expect(section.get_by_role("button", name="Send it to the safeguarding reviewer now")).to_be_visible()


def test_an_error_keeps_the_focus_on_what_is_wrong_and_says_so_in_the_title(page: Page, door: Served) -> None:
    with_passes(page, door)
    press(page, "Look at it once more")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title("Error: Ask a question without a name – Phonein")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Your question", exact=True)).to_be_focused()
    check(page)
