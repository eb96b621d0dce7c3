"""The main job, from an empty machine to the end, with nothing pretended: `make run`, SMTP, browsers, calendars."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.post import Post, text_of
from tests.browser.product import STOP_SECONDS, Product
from tests.engines import READERS, Reading

LONDON = ZoneInfo("Europe/London")
PEOPLE = """email,name,unit,region,timezone,role
fay@example.org,Fay Winter,Care,North,Europe/London,facilitator
sam@example.org,Sam Lark,Wing C,North,Europe/London,staff
stan@example.org,Stan Moss,Wing D,North,Europe/London,staff
"""
CANARY = "Marmalade-Zeppelin-7731"
QUESTION = f"How do others sleep after a night like that? {CANARY}"
WORDING = "What helps with sleep after a hard night shift?"


@dataclass
class Story:
    """Who is in it, each at a browser of their own, and what they need from one another."""

    product: Product
    post: Post
    ada: Page
    fay: Page
    sam: Page
    nobody: Page
    first_on: date
    slug: str = ""
    receipt: str = ""

    def at(self, address: str) -> str:
        return f"{self.product.address}{address}"

    def start(self, days_later: int, on_the_clock: time) -> datetime:
        return datetime.combine(self.first_on + timedelta(days=days_later), on_the_clock, LONDON).astimezone(UTC)


@pytest.fixture
def story(product: Product, post: Post, open_browser: Callable[..., Page]) -> Story:
    in_three_days = datetime.now(LONDON).date() + timedelta(days=3)
    return Story(product, post, *(open_browser() for _ in range(4)), first_on=in_three_days)


@pytest.mark.timeout(300)
def test_from_an_empty_machine_to_a_question_answered_by_nobody_knows_whom(story: Story, tmp_path: Path) -> None:
    people_are_brought_in(story, tmp_path / "people.csv")
    sign_in(story, story.ada, "ada@example.org", "Ada Reed")
    admin_settles_what_happens_if_something_worries(story)
    admin_publishes_a_weekly_series(story)
    sign_in(story, story.sam, "sam@example.org", "Sam Lark")
    sam_books(story)
    booked = what_the_calendars_say(story, "REQUEST")
    passes = sam_draws_passes(story)
    somebody_asks(story, passes[0])
    sign_in(story, story.fay, "fay@example.org", "Fay Winter")
    nobody_can_read_it_yet(story, passes)
    the_box_is_opened(story)
    fay_puts_it_on_the_agenda(story)
    the_asker_sees_what_became_of_it(story)
    admin_moves_the_phone_in(story)
    moved = what_the_calendars_say(story, "REQUEST", number=2)
    sam_gives_the_seat_back(story)
    cancelled = what_the_calendars_say(story, "CANCEL")

    assert (moved.uid, cancelled.uid) == (booked.uid, booked.uid)
    assert booked.sequence < moved.sequence < cancelled.sequence
    assert (booked.starts_at, moved.starts_at) == (story.start(0, time(19, 30)), story.start(1, time(20, 15)))
    nobody_was_ever_recognised(story)
    everything_stops_and_comes_back(story)
    no_letter_came_twice(story)


def people_are_brought_in(story: Story, file: Path) -> None:
    file.write_text(PEOPLE, encoding="utf-8")
    assert "Ada Reed" in story.product.command("make-admin", "ada@example.org", "--name", "Ada Reed")
    story.product.command("import-people", str(file))


def sign_in(story: Story, page: Page, address: str, name: str) -> None:
    page.goto(story.at("/app/"))
    page.get_by_label("Your work e-mail address").fill(address)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    letter = text_of(story.post.to(address, "Your sign-in link"))
    page.goto(re.findall(r"http://\S+/app/sign-in/link/\S+", letter)[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_contain_text(name)
    page.wait_for_load_state("networkidle")  # it draws passes: typing another address meanwhile would lose some


def admin_settles_what_happens_if_something_worries(story: Story) -> None:
    """Before that nothing can be published."""
    ada = story.ada
    ada.goto(story.at("/app/admin/safeguarding/"))
    ada.get_by_label("Who is responsible for safeguarding?").fill("Lena Lead")
    ada.get_by_label("How can they be reached?").fill("020 7946 0999")
    ada.get_by_label("What happens when something worries somebody?").fill("Lena is told, and looks within four hours.")
    monday = ada.get_by_role("group", name="Monday")
    monday.get_by_label("From").fill("09:00")
    monday.get_by_label("Until").fill("17:00")
    ada.get_by_label("Who (line 1)").fill("Care team")
    ada.get_by_label("How to reach them (line 1)").fill("020 7946 0997")
    ada.get_by_label("I have tried these numbers").check()
    ada.get_by_role("button", name="Keep this").click()
    expect(ada.locator(".said")).to_be_visible()
    expect(ada.get_by_role("heading", name="Not complete")).to_have_count(0)
    ada.goto(story.at("/app/"))


def admin_publishes_a_weekly_series(story: Story) -> None:
    """First in three days: the window for questions, a week long, is open already."""
    ada = story.ada
    ada.get_by_role("link", name="Admin").click()
    ada.get_by_role("link", name="New series").click()
    ada.get_by_label("Title").fill("Sleeping after nights")
    ada.get_by_role("group", name="Who leads it?").get_by_label("Fay Winter").check()
    ada.get_by_label("Seats", exact=True).fill("5")
    ada.get_by_label("Number to call").fill("020 7946 0111")
    ada.get_by_label("PIN", exact=True).fill("4821")
    ada.get_by_label("First date", exact=True).fill(story.first_on.isoformat())
    ada.get_by_label("Start time").fill("19:30")
    ada.get_by_label("Length in minutes").fill("60")
    ada.get_by_label("After a number of phone-ins").check()
    ada.get_by_label("How many phone-ins?").fill("4")
    expect(ada.locator("#preview li")).to_have_count(4)
    expect(ada.locator("#preview li").first).to_contain_text(
        f"{story.first_on:%a} {story.first_on.day} {story.first_on:%b %Y}"
    )
    ada.get_by_role("button", name="Check before saving").click()
    expect(ada.get_by_text("4 dates in the next 400 days")).to_be_visible()
    ada.get_by_role("button", name="Save").click()
    assert story.product.programme() == []
    ada.get_by_role("button", name="Publish the series").click()
    expect(ada.locator(".said")).to_contain_text("Published")
    programme = story.product.programme()
    assert [row["starts_at"] for row in programme] == [said(story.start(7 * week, time(19, 30))) for week in range(4)]
    story.slug = programme[0]["slug"]


def sam_books(story: Story) -> None:
    story.sam.goto(story.at("/app/"))
    story.sam.get_by_role("link", name="Sleeping after nights").first.click()
    story.sam.wait_for_url(story.at(f"/app/phone-ins/{story.slug}/"))
    story.sam.get_by_role("button", name="Book my seat").click()
    expect(story.sam.get_by_role("heading", name="You have a seat")).to_be_visible()


def what_the_calendars_say(story: Story, method: str, *, number: int = 1) -> Reading:
    """Three engines read the letter's calendar part; all say the same, and the same as the programme."""
    written = story.post.invite_to("sam@example.org", method, number=number)
    icalendar, vobject, icaljs = (read(written) for read in READERS)
    assert icalendar == vobject == icaljs
    [row] = [row for row in story.product.programme() if row["slug"] == story.slug]
    assert (said(icalendar.starts_at), said(icalendar.ends_at)) == (row["starts_at"], row["ends_at"])
    assert (icalendar.method, icalendar.attendee) == (method, "mailto:sam@example.org")
    return icalendar


def sam_draws_passes(story: Story) -> list[str]:
    """On paper; the browser has drawn its own by itself."""
    story.sam.get_by_role("button", name=re.compile("Show me three")).click()
    passes = story.sam.locator("ol.codes b").all_inner_texts()
    assert [len(one.replace("-", "")) for one in passes] == [25, 25, 25]
    return passes


def somebody_asks(story: Story, one_pass: str) -> None:
    nobody = story.nobody
    nobody.goto(story.at(f"/q/{story.slug}/"))
    nobody.get_by_label("Your question").fill(QUESTION)
    nobody.get_by_label("Send it anyway").check()  # only Sam has drawn passes
    nobody.get_by_label("One of your passes").fill(one_pass.lower())
    nobody.get_by_role("button", name="Look at it once more").click()
    expect(nobody.get_by_role("heading", level=1)).to_have_text("Look at it once more")
    story.receipt = nobody.locator(".number").inner_text()
    nobody.get_by_role("button", name="Send it").click()
    expect(nobody.get_by_role("heading", level=1)).to_have_text("Your question is sealed")
    assert nobody.locator(".number").inner_text() == story.receipt


def nobody_can_read_it_yet(story: Story, passes: list[str]) -> None:
    story.fay.goto(story.at(f"/app/desk/{story.slug}/questions/"))
    expect(story.fay.get_by_role("heading", name="No questions to see")).to_be_visible()
    assert CANARY not in story.fay.content()
    for secret in (CANARY, story.receipt, story.receipt.replace("-", ""), *passes, passes[0].replace("-", "")):
        assert story.product.files_with(secret) == []
    assert story.product.command("release") == "Released: 0 phone-ins.\n"


def the_box_is_opened(story: Story) -> None:
    after_asking_closes = story.start(0, time(19, 30)) - timedelta(hours=24) + timedelta(minutes=1)
    assert story.product.command("release", "--as-of", said(after_asking_closes)) == "Released: 1 phone-ins.\n"
    # Now it can be read, so the search above would have found it.
    assert story.product.files_with(CANARY) == ["data/phonein.sqlite3"]


def fay_puts_it_on_the_agenda(story: Story) -> None:
    fay = story.fay
    fay.reload()
    expect(fay.get_by_role("table").locator("bdi")).to_have_text(QUESTION)
    fay.get_by_role("link", name="Word it").click()
    expect(fay.get_by_role("main").get_by_role("blockquote")).to_have_text(QUESTION)
    fay.get_by_label("Read-aloud wording").fill(WORDING)
    fay.get_by_role("button", name="Keep and put on the agenda").click()
    expect(fay.get_by_role("region", name="Agenda").get_by_role("listitem")).to_contain_text(WORDING)


def the_asker_sees_what_became_of_it(story: Story) -> None:
    nobody = story.nobody
    nobody.goto(story.at(f"/q/{story.slug}/"))
    nobody.get_by_label("Your receipt").fill(story.receipt)
    nobody.get_by_role("button", name="See what became of it").click()
    expect(nobody.get_by_role("main")).to_contain_text("It is on the agenda for")
    assert nobody.get_by_role("blockquote").all_inner_texts() == [WORDING, QUESTION]


def admin_moves_the_phone_in(story: Story) -> None:
    story.ada.goto(story.at(f"/app/admin/phone-ins/{story.slug}/move"))
    story.ada.get_by_label("Date", exact=True).fill((story.first_on + timedelta(days=1)).isoformat())
    story.ada.get_by_label("Start time").fill("20:15")
    story.ada.get_by_role("button", name="Move it").click()
    expect(story.ada.get_by_role("status")).to_contain_text("1 person is being told")
    [row] = [row for row in story.product.programme() if row["slug"] == story.slug]
    assert row["starts_at"] == said(story.start(1, time(20, 15)))


def sam_gives_the_seat_back(story: Story) -> None:
    story.sam.goto(story.at(f"/app/phone-ins/{story.slug}/"))
    story.sam.get_by_role("button", name="Give my seat back").click()
    expect(story.sam.get_by_role("heading", name="Book a seat")).to_be_visible()


def nobody_was_ever_recognised(story: Story) -> None:
    assert story.nobody.context.cookies() == []
    assert [letter for letter in story.post.letters if CANARY in letter.as_string()] == []


def everything_stops_and_comes_back(story: Story) -> None:
    before = story.product.programme()
    assert story.product.terminate() < STOP_SECONDS
    assert not story.product.is_ready()
    assert story.product.programme() == before
    story.product.start()
    story.sam.goto(story.at("/app/bookings/"))  # still signed in
    expect(story.sam.get_by_role("heading", name="You have not booked anything yet")).to_be_visible()
    story.fay.goto(story.at(f"/app/desk/{story.slug}/questions/"))
    expect(story.fay.get_by_role("region", name="Agenda").get_by_role("listitem")).to_contain_text(WORDING)
    the_asker_sees_what_became_of_it(story)


def no_letter_came_twice(story: Story) -> None:
    """Fay's letter about the questions is dated when they were opened, two days from now: it waits."""
    assert story.post.kinds() == [
        ("ada@example.org", "Your sign-in link", None),
        ("fay@example.org", "Your sign-in link", None),
        ("sam@example.org", "Cancelled", "CANCEL"),
        ("sam@example.org", "Changed", "REQUEST"),
        ("sam@example.org", "Invitation", "REQUEST"),
        ("sam@example.org", "Your sign-in link", None),
    ]


def said(instant: datetime) -> str:
    """As `phonein programme --json` says it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
