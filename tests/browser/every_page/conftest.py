"""One browser for all the pages of a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import LIKE_THE_STAFF_HAVE, WAIT_MS, listen


@pytest.fixture(scope="module")
def lasting(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """One browser for all these pages: opening another for each would take longer than looking."""
    complaints: list[str] = []
    with chromium.new_context(**LIKE_THE_STAFF_HAVE) as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        listen(page, complaints)
        yield page, complaints


@pytest.fixture
def page(lasting: tuple[Page, list[str]]) -> Iterator[Page]:
    page, complaints = lasting
    page.goto("about:blank")
    complaints.clear()
    yield page
    assert complaints == []
