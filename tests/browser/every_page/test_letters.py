"""Every kind of letter, as a mail programme shows it."""

import pytest
from playwright.sync_api import Page

from tests.browser import stage
from tests.browser.every_page.looking import TAGS, check
from tests.browser.served import Served

BECAUSE_OF_A_REPLY = {
    "We could not act on a reply",
    "An invitation was passed on",
    "Your seat stays",
    "The time has changed",
    "A seat cannot be passed on",
    "You have a seat again",
    "No seat yet",
}
TO_THOSE_WHO_WAIT = {
    "On the waiting list",
    "A seat is held for you",
    "Held for you no longer",
    "A seat is free",
    "Waiting list, new time",
    "Waiting list, cancelled",
    "Waiting list, back on",
}
KINDS_OF_LETTER = {
    "Your sign-in link",
    "Invitation",
    "Changed",
    "Cancelled",
    "Back on",
    "Handed over to you",
    "Reminder",
    "Still coming",
    "Thank you",
    "It is time to look at your review page",
    "Once more",
    "Your calendar",
    "Moved to",
    "Moved from",
    "It is time to look at your desk",
    "Answers",
    *BECAUSE_OF_A_REPLY,
    *TO_THOSE_WHO_WAIT,
}


@pytest.mark.parametrize("kind", sorted(KINDS_OF_LETTER))
def test_letter_is_accessible_and_fits_narrow_and_wide(kind: str, page: Page, staged: Served) -> None:
    with staged.inside():
        page.set_content(stage.html_of_letter(kind))
    check(page, tags=[tag for tag in TAGS if tag != "best-practice"])  # a letter has no landmarks


def test_every_kind_of_letter_is_looked_at(staged: Served) -> None:
    with staged.inside():
        assert set(stage.letters_by_kind()) == KINDS_OF_LETTER
