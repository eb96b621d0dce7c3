"""The anonymous door on a host of its own, in a real Chromium, to which every name under localhost is here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.served import STAFF, Served

MAIN, ASK = "phone-in.localhost", "ask.localhost"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, demonstration: Path) -> Iterator[Served]:
    with Served.on(tmp_path_factory.mktemp("two-hosts"), MAIN, ASK, like=demonstration) as one:
        yield one


def test_keys_are_compared_across_hosts_and_no_cookie_goes_there_with_them_or_with_a_click(
    page: Page, served: Served
) -> None:
    """`page` fails at the end if a policy of ours has kept the browser from anything."""
    asked: list[tuple[str, bool]] = []
    page.on("request", lambda sent: ASK in sent.url and asked.append((sent.url, "cookie" in sent.all_headers())))
    served.let_in(page, STAFF)
    page.goto(served.at("/app/"))
    page.wait_for_function("() => Object.keys(localStorage).some(key => key.startsWith('passes:'))")
    addresses = [url.split("/")[3:] for url, _ in asked]
    assert {(door, last) for door, _, last in addresses} == {("q", "keys")}
    slug = addresses[0][1]
    page.goto(served.at(f"/app/phone-ins/{slug}/"))
    page.locator(f"a[href='http://{ASK}:{served.port}/q/{slug}/']").first.click()
    page.wait_for_url(f"http://{ASK}:{served.port}/q/{slug}/")
    assert page.evaluate("[document.referrer, document.cookie]") == ["", ""]
    assert [url for url, has_cookie in asked if has_cookie] == []
    page.get_by_role("link", name="Privacy and anonymity").click()
    page.wait_for_url(served.at("/privacy/"))
