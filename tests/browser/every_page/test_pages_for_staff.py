"""Every page of staff: nothing that axe objects to, and nothing to scroll sideways for."""

import pytest
from playwright.sync_api import Page

from tests.browser.every_page.looking import check, is_at_work, show, ways_to_look
from tests.browser.pages import LOOKS
from tests.browser.served import Served


@pytest.mark.parametrize("name", [name for name in LOOKS if not is_at_work(name)])
def test_page_is_accessible_and_fits_narrow_and_wide_in_light_and_dark(name: str, page: Page, staged: Served) -> None:
    show(page, staged, LOOKS[name])
    check(page, ways_to_look(name))
