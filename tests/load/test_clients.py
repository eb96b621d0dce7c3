"""The people who are many at once: whom they bother, and what they read of a page."""

import asyncio

import pytest

from tests.load.clients import Answer, Browser, NotHere, Place, Unanswered, form_to
from tests.servers import closed_port

PAGE = b"""<form method="post" action="/app/phone-ins/sleep/seat" novalidate>
<input type="hidden" name="csrf_token" value="a&amp;b"><button>Book</button></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>"""


def page() -> Answer:
    return Answer(200, [], PAGE, 0.0)


@pytest.mark.parametrize("address", ["http://example.org", "http://10.0.0.1:8000", "https://127.0.0.1", "127.0.0.1:80"])
def test_nothing_but_this_machine_is_ever_loaded(address):
    with pytest.raises(NotHere):
        Place.at(address)


def test_a_form_is_found_by_where_it_leads_with_its_own_token():
    assert form_to(page(), "/app/phone-ins/sleep/seat") == {"csrf_token": "a&b"}
    assert form_to(page(), "/sign-out") == {}
    assert form_to(page(), "/app/phone-ins/sleep/waiting") is None


def test_nobody_there_is_no_answer():
    with pytest.raises(Unanswered):
        asyncio.run(Browser(Place.at(f"http://127.0.0.1:{closed_port()}")).get("/"))
