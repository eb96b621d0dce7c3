"""What anybody can see is the same, byte by byte, whether nothing was asked or a lot: before a release, and after one
that must not show anything."""

import json
import re
from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.identity.feed_addresses import Purpose
from phonein.questions import release
from phonein.questions.models import Question
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, sign_in_as
from tests.conftest import TUESDAY
from tests.feeds import address, book
from tests.questions import ask, release_at, rows
from tests.questions.test_safeguarding import send

pytestmark = [pytest.mark.own_database, pytest.mark.own_keys]

LAST = TUESDAY + timedelta(days=6)
LEAST = 10
TOKEN = re.compile(r'name="csrf_token"[^>]*value="[^"]+"')
OF_ONE = {
    "Fay": (
        "/app/desk/{}/",
        "/app/desk/{}/questions/",
        "/app/desk/{}/print",
        "/app/desk/{}/hand-over",
        "/app/phone-ins/{}/",
    ),
    "Ada": ("/app/admin/phone-ins/{}/", "/app/admin/phone-ins/{}/move", "/app/phone-ins/{}/"),
    "Sam": ("/app/phone-ins/{}/", "/app/phone-ins/{}/invite.ics"),
    None: ("/q/{}/", "/q/{}/keys"),
}
OF_ALL = {
    "Fay": ("/app/desk/", "/app/", "/app/review/"),
    "Ada": ("/app/admin/", "/app/admin/letters/", "/app/admin/deleted/", "/app/admin/series/"),
    "Sam": ("/app/", "/app/bookings/", "/app/calendar/"),
    None: ("/", "/help/", "/privacy/", "/health/live", "/health/ready"),
}


@pytest.fixture
def cast(app):
    with transaction():
        return {"Fay": make_fay(), "Ada": make_ada(), "Sam": make_person("Sam")}


def make(cast, slug="sleep", **columns):
    with transaction():
        opened = {"asks_open_at": TUESDAY - timedelta(days=10), "uid": f"uid-of-{slug}", "seats": 9}
        phone_in = make_phone_in(slug=slug, leaders=[cast["Fay"]], reviewer_id=cast["Sam"].id, **opened | columns)
    book(phone_in, cast["Sam"])
    return phone_in


def seen(app, cast, pages, slug="sleep"):
    """Everything that is answered to each of them, without what is of one browser or of one letter only."""
    answers = {}
    for who, addresses in pages.items():
        browser = sign_in_as(app.test_client(), cast[who]) if who else app.test_client()
        for page in addresses:
            answer = browser.get(page.format(slug))
            same = TOKEN.sub("", answer.text).replace(slug, "SLUG")
            answers[who, page] = (answer.status_code, re.sub(r"(?m)^UID:.*$|seat/[\w.-]+", "", same))
    return answers


def told(slug):
    """The letters about this phone-in, and how many there are."""
    db.session.rollback()
    about = db.session.scalars(db.select(Letter).where(Letter.text.contains(slug), Letter.name != "seat-booked"))
    parts = ("name", "to_address", "subject", "text", "html", "method", "invite", "urgent", "posted_at", "due_at")
    return sorted(str([str(getattr(one, part)).replace(slug, "SLUG") for part in parts]) for one in about)


def in_json(slug):
    db.session.rollback()
    found = [one for one in programme.as_rows(programme.published()) if one["slug"] == slug]
    return json.dumps(found).replace(slug, "SLUG")


def columns_of(slug):
    phone_in = programme.by_slug(slug)
    return [str(getattr(phone_in, c.key)) for c in PhoneIn.__table__.columns if c.key not in ("id", "slug", "uid")]


def test_facilitator_blindness_every_page_feed_letter_and_count_is_the_same_with_0_and_with_8_sealed(app, cast):
    phone_in = make(cast)
    feeds = {None: (address(cast["Fay"], Purpose.LEADS), address(cast["Sam"], Purpose.SEATS))}
    release.draw_keys_ahead()
    release_at(TUESDAY)

    def everything():
        shown = [seen(app, cast, pages) for pages in (OF_ONE, OF_ALL, feeds)]
        return shown, told("sleep"), in_json("sleep"), columns_of("sleep")

    before = everything()
    refused = {page for pages in before[0] for (_, page), (status, _) in pages.items() if status != 200}
    assert refused == {"/app/review/", "/health/ready"}  # no reviewer; tables without migrations
    for n in range(8):
        ask(phone_in, f"Number {n}")
        if n in (0, 2, 7):
            assert everything() == before
    with clock.stopped_at(LAST):
        release.release_due()
        assert everything() != before


@pytest.mark.parametrize("asked", [1, 3, 8])
def test_small_session_with_9_of_10_holders_nothing_differs_from_no_questions_at_all(app, cast, asked):
    for slug in ("p-none", "p-some"):
        make(cast, slug, holders=LEAST - 1)
    release.draw_keys_ahead()
    for n in range(asked):
        ask(programme.by_slug("p-some"), f"Number {n}")
    for moment in (TUESDAY, LAST):
        assert release_at(moment) == 2
        with clock.stopped_at(moment):
            none, some = (
                [seen(app, cast, OF_ONE, slug), told(slug), in_json(slug), columns_of(slug)]
                for slug in ("p-none", "p-some")
            )
        assert some == none
    assert rows(Question) == []


def test_small_session_the_same_looks_differ_with_10_holders(app, cast):
    """Or they would prove nothing."""
    for slug in ("p-none", "p-some"):
        make(cast, slug, holders=LEAST)
    for n in range(3):
        ask(programme.by_slug("p-some"), f"Number {n}")
    release_at(LAST)
    none, some = (seen(app, cast, OF_ONE, slug) for slug in ("p-none", "p-some"))
    assert {page for page in none if none[page] != some[page]} == {
        ("Fay", "/app/desk/{}/"),
        ("Fay", "/app/desk/{}/questions/"),
    }


def test_facilitator_blindness_before_the_last_release_two_are_as_if_none_were(app, cast):
    for slug in ("p-none", "p-some"):
        make(cast, slug)
    for n in range(2):
        ask(programme.by_slug("p-some"), f"Number {n}")
    release_at(TUESDAY)
    none, some = ([seen(app, cast, OF_ONE, slug), told(slug), columns_of(slug)] for slug in ("p-none", "p-some"))
    assert some == none


def test_facilitator_blindness_what_goes_to_the_reviewer_changes_nothing_for_anybody_else(app, cast):
    phone_in = make(cast)
    others = {who: pages for who, pages in OF_ALL.items() if who != "Sam"}
    before = [seen(app, cast, pages) for pages in (OF_ONE, others)], told("sleep"), columns_of("sleep")
    send(phone_in, "Something worrying")
    assert ([seen(app, cast, pages) for pages in (OF_ONE, others)], told("sleep"), columns_of("sleep")) == before
