"""Blind passes in a real Chromium: the vectors of the RFC, drawing by itself, where passes lie, and what it refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from phonein.db import db, transaction
from phonein.passes.models import PassIssue
from phonein.questions import blind, box, keys, tokens
from phonein.schedule.models import PhoneIn
from tests.browser.conftest import LIKE_THE_STAFF_HAVE, SWITCHES, listen
from tests.browser.served import Served
from tests.builders import make_person
from tests.prepare import find_chromium
from tests.questions.vectors import NAMES, vector

VECTOR = """async ({n, salt, factor, message, blindSig}) => {
  const bytes = hex => Uint8Array.from(hex.match(/../g) || [], two => parseInt(two, 16));
  const hex = some => Array.from(some, byte => byte.toString(16).padStart(2, '0')).join('');
  const b = window.phoneinBlind, jwk = {kty: 'RSA', n: b.toText(bytes(n)), e: 'AQAB'};
  const check = await crypto.subtle.importKey('jwk', jwk, {name: 'RSA-PSS', hash: 'SHA-384'}, false, ['verify']);
  const key = {n: BigInt('0x' + n), e: 65537n, size: 512, salt: salt.length / 2, check};
  const hidden = await b.hide(key, bytes(message), bytes(salt), BigInt('0x' + factor));
  const refused = await b.finish(key, hidden, bytes(blindSig).map((byte, i) => byte ^ (i === 500)))
    .then(() => 'taken', error => error.message);
  return {hidden: hex(hidden.hidden), sig: hex(await b.finish(key, hidden, bytes(blindSig))), refused};
}"""
STORED = """() => [localStorage, sessionStorage].map(store => Object.fromEntries(Object.entries(store)
  .filter(([key]) => key.startsWith('passes:')).map(([key, value]) => [key.slice(7), JSON.parse(value)])))"""


@pytest.fixture
def sam(page: Page, served: Served, request: pytest.FixtureRequest) -> Page:
    """The browser of somebody who has just signed in for the first time."""
    let_in_somebody_new(page, served, request.node.name)
    return page


def let_in_somebody_new(page: Page, served: Served, name: str) -> str:
    email = f"{name.replace('[', '-').replace(']', '')}@example.org"[-60:]
    with served.inside(), transaction():
        make_person("Sam", email=email)
    served.let_in(page, email)
    return email


def offered(served: Served) -> list[str]:
    """What a browser draws for: every phone-in that has keys."""
    with served.inside():
        found = list(
            db.session.scalars(select(PhoneIn.slug).where(PhoneIn.key_print != "").order_by(PhoneIn.starts_at))
        )
        db.session.rollback()
    return found


def open_home(page: Page, served: Served, *, store: str = "localStorage") -> list[str]:
    """Open the programme and wait until everything is drawn. Returns what it was drawn for."""
    page.goto(served.at("/app/"))
    expected = offered(served)
    page.wait_for_function(
        "([store, n]) => Object.keys(window[store]).filter(key => key.startsWith('passes:')).length === n",
        arg=[store, len(expected)],
    )
    return expected


def stored(page: Page) -> tuple[dict[str, Any], dict[str, Any]]:
    """By slug: what lies in localStorage, and what in sessionStorage."""
    local, tab = page.evaluate(STORED)
    return local, tab


def held(page: Page, slug: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.evaluate("slug => phoneinPasses.of(slug)", slug)
    return found


def draws(served: Served) -> int:
    with served.inside():
        return sum(db.session.scalars(select(PassIssue.draws)))


def is_good(served: Served, slug: str, purpose: str, pass_: str) -> bool:
    with served.inside():
        return len(tokens.nonce(slug, purpose, pass_)) == 32


@pytest.mark.parametrize("name", NAMES)
def test_the_client_hides_and_finishes_as_the_rfc_does_and_takes_no_other_signature(
    name: str, page: Page, served: Served
) -> None:
    given = vector(name)
    page.goto(served.at("/"))
    found = page.evaluate(
        VECTOR,
        {
            "n": f"{given['n']:x}",
            "salt": given["salt"].hex(),
            "factor": f"{pow(given['inv'], -1, given['n']):0x}",
            "message": given["input_msg"].hex(),
            "blindSig": given["blind_sig"].hex(),
        },
    )
    assert found == {
        "hidden": given["blinded_msg"].hex(),
        "sig": given["sig"].hex(),
        "refused": "not signed with this key",
    }


def test_who_opens_the_programme_has_passes_for_everything_without_doing_anything(sam: Page, served: Served) -> None:
    before, slugs = draws(served), open_home(sam, served)
    local, tab = stored(sam)
    assert (sorted(local), tab, draws(served) - before) == (sorted(slugs), {}, len(slugs))
    assert {(len(one["q"]), len(one["v"])) for one in local.values()} == {(3, 1)}
    for slug, one in local.items():
        assert [is_good(served, slug, purpose, pass_) for purpose in ("q", "v") for pass_ in one[purpose]] == [True] * 4
    open_home(sam, served)
    assert (stored(sam)[0], draws(served) - before) == (local, len(slugs))


def test_the_keys_are_fetched_without_a_cookie_and_nothing_else_is_sent_to_the_door(sam: Page, served: Served) -> None:
    asked: list[Any] = []
    # Ours keep to /app; one that a load balancer has set for everything would come along.
    sam.context.add_cookies([{"name": "sticky", "value": "1", "domain": "127.0.0.1", "path": "/"}])
    sam.on("request", lambda one: asked.append(one))
    slugs = open_home(sam, served)
    at_the_door = [one for one in asked if "/q/" in one.url]
    assert sorted(one.url for one in at_the_door) == sorted(served.at(f"/q/{slug}/keys") for slug in slugs)
    assert {("cookie" in one.all_headers(), "referer" in one.all_headers()) for one in at_the_door} == {(False, False)}


def test_whoever_has_lost_the_first_passes_gets_three_more_once_and_no_second_one_for_votes(
    sam: Page, served: Served
) -> None:
    before, slugs = draws(served), open_home(sam, served)
    sam.evaluate("localStorage.clear()")
    open_home(sam, served)
    assert {(len(one["q"]), len(one["v"])) for one in stored(sam)[0].values()} == {(3, 0)}
    sam.evaluate("localStorage.clear()")
    sam.goto(served.at("/app/"))
    sam.wait_for_load_state("networkidle")
    assert (stored(sam), draws(served) - before) == (({}, {}), 2 * len(slugs))


def test_two_tabs_at_once_draw_once_and_lose_nothing(sam: Page, served: Served) -> None:
    before, other = draws(served), sam.context.new_page()
    sam.goto(served.at("/app/"), wait_until="commit")
    slugs = open_home(other, served)
    other.wait_for_load_state("networkidle")
    sam.wait_for_load_state("networkidle")
    assert draws(served) - before == len(slugs)
    assert {(len(one["q"]), len(one["v"])) for one in stored(sam)[0].values()} == {(3, 1)}


def test_on_a_shared_computer_passes_are_kept_with_the_tab(sam: Page, served: Served) -> None:
    slugs = open_home(sam, served)
    before = stored(sam)[0]
    sam.get_by_label("This is a shared computer").check()
    assert stored(sam) == ({}, before)
    sam.reload()
    expect(sam.get_by_label("This is a shared computer")).to_be_checked()
    assert stored(sam) == ({}, before)
    other = sam.context.new_page()
    counted = draws(served)
    other.goto(served.at("/app/"))
    other.wait_for_load_state("networkidle")
    assert (stored(other), draws(served)) == (({}, {}), counted)
    other.close()
    sam.get_by_label("This is a shared computer").uncheck()
    assert (stored(sam), len(slugs)) == ((before, {}), len(before))


def test_the_first_draw_on_a_computer_known_to_be_shared_goes_to_the_tab(sam: Page, served: Served) -> None:
    sam.goto(served.at("/"))
    sam.evaluate("localStorage.setItem('shared-computer', 'yes')")
    slugs = open_home(sam, served, store="sessionStorage")
    assert (stored(sam)[0], sorted(stored(sam)[1])) == ({}, sorted(slugs))


def other_keys(route: Route) -> None:
    """Keys made for this one person."""
    found = {
        purpose: {"kty": "RSA", "n": tokens.letters(blind.modulus(blind.new_key()[1]).to_bytes(256)), "e": "AQAB"}
        for purpose in keys.SIGNING
    }
    route.fulfill(json={"phone_in": "x", "fingerprint": "", "keys": found})


def test_keys_of_ones_own_are_refused_in_words_and_nothing_is_drawn(sam: Page, served: Served) -> None:
    before = draws(served)
    sam.route("**/q/*/keys", other_keys)
    sam.goto(served.at("/app/"))
    expect(sam.get_by_role("alert")).to_contain_text("Passes signed with them could tell who you are.")
    sam.wait_for_load_state("networkidle")
    assert (stored(sam), draws(served)) == (({}, {}), before)
    assert sam.evaluate("() => document.querySelectorAll('[role=alert]').length") == 1


def test_a_signature_by_a_key_of_ones_own_is_refused_in_words_and_no_pass_is_kept(sam: Page, served: Served) -> None:
    """The keys are everybody's, and yet what comes back was signed with another."""
    private = blind.new_key()[0]

    def sign(route: Route) -> None:
        sent = route.request.post_data_json
        raw = {purpose: [tokens.raw(one) for one in sent[purpose]] for purpose in sent}
        signed = {
            purpose: [tokens.letters(blind.sign(private, bytes(1) + one[1:])) for one in some]
            for purpose, some in raw.items()
        }
        route.fulfill(json=signed)

    sam.route("**/passes", sign)
    sam.goto(served.at("/app/"))
    expect(sam.get_by_role("alert")).to_be_visible()
    assert stored(sam) == ({}, {})


def as_jwk(number: int) -> dict[str, str]:
    return {"kty": "RSA", "n": tokens.letters(number.to_bytes((number.bit_length() + 7) // 8)), "e": "AQAB"}


def number_of(bits: int) -> int:
    return rsa.generate_private_key(65537, bits).public_key().public_numbers().n


def test_only_keys_of_2048_bits_with_the_usual_exponent_are_used(page: Page, served: Served) -> None:
    page.goto(served.at("/"))
    good = number_of(2048)
    tried = {
        "good": as_jwk(good),
        "another exponent": as_jwk(good) | {"e": "AAEAAQ"},
        "another kind": as_jwk(good) | {"kty": "EC"},
        "1024 bits": as_jwk(number_of(1024)),
        "3072 bits": as_jwk(number_of(3072)),
        "2047 bits": as_jwk(good >> 1 | 1),
    }
    tell = "jwk => phoneinBlind.key(jwk).then(key => [key.size, key.salt], () => 'refused')"
    found = {what: page.evaluate(tell, jwk) for what, jwk in tried.items()}
    assert found == dict.fromkeys(tried, "refused") | {"good": [256, 48]}


def test_no_network_is_no_trouble_and_the_next_page_tries_again(sam: Page, served: Served) -> None:
    sam.route("**/q/*/keys", lambda route: route.fulfill(json={"keys": {}}))
    sam.goto(served.at("/app/"))
    sam.wait_for_load_state("networkidle")
    assert stored(sam) == ({}, {})
    expect(sam.get_by_role("alert")).to_have_count(0)
    sam.unroute("**/q/*/keys")
    open_home(sam, served)


def test_the_door_takes_passes_one_by_one_and_a_used_one_is_gone(sam: Page, served: Served) -> None:
    """What static/ask.js relies on."""
    slug = open_home(sam, served)[0]
    before = held(sam, slug)
    sam.goto(served.at(f"/q/{slug}/"))
    assert held(sam, slug) == before
    taken = "slug => [phoneinPasses.take(slug, 'q'), phoneinPasses.take(slug, 'q'), phoneinPasses.take(slug, 'v')]"
    assert sam.evaluate(taken, slug) == [before["q"][0], before["q"][0], before["v"][0]]
    sam.evaluate("([slug, pass]) => phoneinPasses.spent(slug, 'q', pass)", [slug, before["q"][0]])
    sam.evaluate("([slug, pass]) => phoneinPasses.spent(slug, 'q', pass)", [slug, "never was"])
    assert held(sam, slug) == {"q": before["q"][1:], "v": before["v"]}
    sam.evaluate("([slug, more]) => phoneinPasses.keep(slug, more)", [slug, {"q": [before["q"][0], before["q"][1]]}])
    assert held(sam, slug) == {"q": [*before["q"][1:], before["q"][0]], "v": before["v"]}
    assert sam.evaluate("[phoneinPasses.take('none', 'q'), phoneinPasses.of('none')]") == ["", {"q": [], "v": []}]


def test_passes_of_a_phone_in_that_takes_no_questions_any_more_are_forgotten(sam: Page, served: Served) -> None:
    sam.goto(served.at("/"))
    sam.evaluate("localStorage.setItem('passes:long-ago', JSON.stringify({q: ['x'], v: []}))")
    sam.evaluate("localStorage.setItem('of-somebody-else', 'stays')")
    sam.goto(served.at("/app/"))
    sam.wait_for_function("() => !('passes:long-ago' in localStorage)")
    assert sam.evaluate("localStorage.getItem('of-somebody-else')") == "stays"


def test_a_pass_is_copied_and_all_are_saved_by_keyboard_and_both_work(
    open_browser: Any, served: Served, request: pytest.FixtureRequest
) -> None:
    page: Page = open_browser(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    let_in_somebody_new(page, served, request.node.name)
    slug = open_home(page, served)[0]
    before = held(page, slug)
    page.goto(served.at(f"/app/phone-ins/{slug}/"))
    expect(page.get_by_text("This browser holds 3 passes for questions and the pass for “me too”.")).to_be_visible()
    page.get_by_role("button", name="Copy a pass").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Pass 1 of 3 is copied. It stands below, too.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == before["q"][0]
    expect(page.get_by_label("The pass", exact=True)).to_have_value(before["q"][0])
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save as a file")).to_be_focused()
    with page.expect_download() as saving:
        page.keyboard.press("Space")
    assert saving.value.suggested_filename == "passes.txt"
    written = saving.value.path().read_text("utf-8")
    lines = [line for line in written.splitlines() if line]
    assert lines == [
        f"Ask at {served.address}/q/{slug}/",
        "Each works for one question:",
        *before["q"],
        "For me too:",
        *before["v"],
    ]
    assert held(page, slug) == before
    with served.inside(), transaction():
        mine = db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()
        assert len(box.spent_hash(mine, lines[2])) == 32


def test_nothing_on_the_page_offers_to_send_passes_by_mail(sam: Page, served: Served) -> None:
    slug = open_home(sam, served)[0]
    sam.goto(served.at(f"/app/phone-ins/{slug}/"))
    assert sam.locator("a[href^='mailto:']").count() == 0
    expect(sam.get_by_text("Do not send them by e-mail")).to_be_visible()


def test_the_page_shows_the_fingerprint_that_everybody_gets(sam: Page, served: Served) -> None:
    slug = open_home(sam, served)[0]
    sam.goto(served.at(f"/app/phone-ins/{slug}/"))
    sam.get_by_text("Fingerprint of the keys").click()
    with served.inside():
        print_ = keys.fingerprint(keys.pass_keys(slug))
    expect(sam.locator(".print").first).to_have_text(print_)


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_that_draw_are_accessible_when_everything_on_them_is_shown(sam: Page, served: Served, width: int) -> None:
    slug = open_home(sam, served)[0]
    sam.set_viewport_size({"width": width, "height": 900})
    for address in ("/app/", f"/app/phone-ins/{slug}/"):
        sam.goto(served.at(address))
        sam.evaluate("document.querySelectorAll('main [hidden]').forEach(part => { part.hidden = false; })")
        sam.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
        assert Axe().run(sam).response["violations"] == []
        assert sam.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@contextmanager
def on_plain_http(chromium: Browser, served: Served, name: str) -> Iterator[tuple[Page, str, list[str]]]:
    """Somebody's browser, signed in at a name that is not this machine's, over plain http."""
    host, complaints = "phonein.test", []
    switches = [*SWITCHES, f"--host-resolver-rules=MAP {host} 127.0.0.1"]
    served.app.config["TRUSTED_HOSTS"].append(host)
    elsewhere = chromium.browser_type.launch(executable_path=find_chromium(), args=switches)
    page = elsewhere.new_context(**LIKE_THE_STAFF_HAVE).new_page()
    listen(page, complaints)
    let_in_somebody_new(page, served, name)
    page.context.add_cookies([cookie | {"domain": host} for cookie in page.context.cookies(served.at("/app/"))])
    yield page, f"http://{host}:{served.port}", complaints
    elsewhere.close()
    served.app.config["TRUSTED_HOSTS"].remove(host)


def test_on_plain_http_nothing_is_drawn_nothing_breaks_and_printed_passes_work(
    chromium: Browser, served: Served
) -> None:
    """Not loopback, so no secure context: crypto.subtle is not there."""
    with on_plain_http(chromium, served, "on-plain-http") as (page, at, complaints):
        page.goto(f"{at}/app/")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("[window.isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
        expect(page.get_by_role("heading", name="Your passes")).to_be_hidden()
        slug = offered(served)[0]
        page.goto(f"{at}/app/phone-ins/{slug}/")
        page.get_by_role("button", name="Show me three passes").click()
        printed = page.locator("ol.codes b").all_inner_texts()
        # Chromium's own remark on plain http, on every page.
        ours = [said for said in complaints if "Cross-Origin-Opener-Policy header has been ignored" not in said]
        assert (len(printed), stored(page), ours) == (3, ({}, {}), [])
        with served.inside():
            assert [len(tokens.nonce(slug, "q", one)) for one in printed] == [9] * 3


def test_without_javascript_the_page_offers_printed_passes_alone(without_javascript: Page, served: Served) -> None:
    let_in_somebody_new(without_javascript, served, "without-javascript")
    without_javascript.goto(served.at(f"/app/phone-ins/{offered(served)[0]}/"))
    expect(without_javascript.get_by_role("button", name="Copy a pass")).to_be_hidden()
    expect(without_javascript.get_by_label("This is a shared computer")).to_be_hidden()
    expect(without_javascript.get_by_role("button", name="Show me three passes")).to_be_visible()


@pytest.mark.parametrize("way", ["a link", "a button"])
def test_whoever_goes_on_at_once_loses_nothing_that_was_on_its_way(sam: Page, served: Served, way: str) -> None:
    """The answer takes a while; it is waited for, and the rest is drawn by the next page."""
    before, first = draws(served), offered(served)[0]
    sam.route("**/passes", lambda route: (sam.wait_for_timeout(300), route.continue_()))
    with sam.expect_request("**/passes"):
        sam.goto(served.at(f"/app/phone-ins/{first}/"), wait_until="commit")
    if way == "a link":
        sam.get_by_role("link", name="My bookings").click()
        expect(sam.get_by_role("heading", level=1)).to_have_text("My bookings")
    else:
        sam.get_by_role("button", name="Sign out").click()
        expect(sam.get_by_role("heading", level=1)).to_have_text("Sign in")
    found = stored(sam)[0]
    assert (list(found), draws(served) - before) == ([first], 1)
    assert (len(found[first]["q"]), len(found[first]["v"])) == (3, 1)
