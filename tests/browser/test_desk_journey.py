"""The desk from a full box to the last receipt, in real browsers: every question comes to one thing, and its asker can
see which, and nobody else."""

import html
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from tests.browser import stage_journey
from tests.browser.conftest import Opener
from tests.browser.every_page.looking import said, scrolls_sideways, violations
from tests.browser.served import FACILITATOR, STAFF, TUESDAY, Served
from tests.browser.stage_journey import AFTERWARDS, REVIEWER, SECOND, STARTS, Asked
from tests.browser.test_series_editor import MOST_TABS

SLUG = "full-box"
REDACTED = "How do others carry on after a day like that?"
ADDED = "Asked aloud just now: who looks after those who lead?"
TALK = "Ring the care team on any weekday and say that it is about the phone-in."
OVERTAKEN = "This has been settled since."
LONG_ENOUGH = 24  # characters of an original that are nobody else's by chance
QUESTIONS, MINUTES, WRITTEN = 12, 4, 3
# What the page behind a receipt says first, for everything that a question can come to.
IN_WORDS = {
    outcomes.WITH_REVIEWER: "It went straight to the safeguarding reviewer",
    outcomes.PREPARING: "Those who lead the phone-in have it",
    outcomes.ON_AGENDA: "It is on the agenda for",
    outcomes.NOT_REACHED: "Those who lead the phone-in decide what becomes of it",
    outcomes.ANSWERED_IN_THE_HOUR: "It was answered in the phone-in",
    outcomes.CARRIED_ON: "it is carried on to Tuesday 1 December",
    outcomes.TO_BE_WRITTEN: "It is to be answered in writing",
    outcomes.ANSWER: "It has been answered in writing",
    outcomes.TAKEN_DOWN: "The answer was taken down",
    outcomes.SIGNPOST: "others can help better",
    outcomes.ONE_TO_ONE: "A talk with one person is offered",
    outcomes.OUT_OF_SCOPE: "It is outside what this phone-in is about",
    outcomes.ANOTHER_ROUTE: "there is an official route for this",
    outcomes.NOT_USED: "It is not used in the phone-in",
    "sealed": "It is sealed",
    "cancelled": "This phone-in is cancelled",
}


@dataclass
class Story:
    """Two who lead, each at a browser of their own; what was asked, and what they have made of it."""

    served: Served
    me: Page
    second: Page
    asked: list[Asked]
    came_to: dict[str, str] = field(default_factory=dict)
    worded: dict[str, list[Asked]] = field(default_factory=dict)

    def at(self, page: str = "") -> str:
        return self.served.at(f"/app/desk/{SLUG}/{page}")

    def go(self, page: str) -> Page:
        self.me.goto(self.at(page))
        return self.me

    def open_question(self, one: Asked) -> Page:
        return self.go(f"questions/{one.id}/")

    @property
    def new(self) -> list[Asked]:
        """Nothing has been done with these yet."""
        done = {one.id for ones in self.worded.values() for one in ones} | self.came_to.keys()
        return [one for one in self.asked if one.id not in done]

    def wording(self, *ones: Asked) -> str:
        words = f"{TOPICS[ones[0].theme]}, number {len(self.worded) + 1}: what do others do?"
        self.worded[words] = list(ones)
        return words

    def come_to(self, code: str, *ones: Asked) -> None:
        self.came_to |= {one.id: code for one in ones}

    def wording_comes_to(self, code: str, words: str) -> None:
        self.come_to(code, *self.worded.get(words, []))

    def sign_in(self) -> None:
        self.served.let_in(self.me, FACILITATOR)
        self.served.let_in(self.second, SECOND)


def fine(page: Page) -> None:
    """As it is: nothing that axe objects to, and nothing to scroll sideways for."""
    assert [said(one) for one in violations(page)] == [], page.url
    assert not scrolls_sideways(page), page.url


def press(page: Page, button: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=button, exact=True).first.click()


def done(page: Page) -> Locator:
    """What was said of the last deed."""
    return page.get_by_role("status").first


@pytest.mark.timeout(600)
def test_every_question_of_a_full_box_comes_to_one_thing_and_its_asker_can_see_which(
    served: Served, open_browser: Opener, tmp_path: Path
) -> None:
    story = Story(served, open_browser(), open_browser(), stage_journey.samples())
    the_box_is_opened(story)
    marked_ones_are_looked_at(story)
    the_reviewer_decides(story, open_browser())
    some_are_set_aside_for_reasons_of_their_own(story)
    those_that_look_alike_are_merged(story)
    many_are_merged_by_hand(story)
    some_are_worded_one_by_one(story)
    many_are_set_aside_at_once(story)
    worded_ones_find_a_place(story)
    the_agenda_fills_the_hour(story)
    the_pack_holds_wordings_alone(story, tmp_path / "pack.pdf")
    the_screen_shows_wordings_alone(story)
    the_hour_is_run(story)
    the_hour_is_closed(story)
    answers_are_written_looked_over_and_published(story)
    the_library_has_them(story)
    each_receipt_says_what_became_of_it(story, open_browser())


def the_box_is_opened(story: Story) -> None:
    with story.served.inside():
        stage_journey.open_box(SLUG)
        sent_straight = [one for one in story.asked if "risk_self_harm" in one.flags][:2]
        stage_journey.ask_all(SLUG, story.asked, sent_straight)
    story.sign_in()
    fine(story.go(""))
    for one in sent_straight:
        assert story.me.goto(story.at(f"questions/{one.id}/")).status == 404  # type: ignore[union-attr]
    story.go("questions/?tab=new")
    fine(story.me)
    assert sum(tabs(story.me)[name] for name in ("New", "Needs a look")) == len(story.asked) - len(sent_straight)


def tabs(page: Page) -> Counter[str]:
    """How many the tabs of the triage say there are."""
    listed = page.get_by_role("navigation", name="Questions by what becomes of them").get_by_role("link")
    found = re.findall(r"(.+) \((\d+)\)", "\n".join(listed.all_inner_texts()))
    return Counter({name: int(number) for name, number in found})


def marked_ones_are_looked_at(story: Story) -> None:
    page, known = story.go("questions/?tab=look"), {one.id: one for one in story.asked}
    fine(page)
    found = page.get_by_role("link", name=re.compile("^Look at it")).evaluate_all("all => all.map(one => one.href)")
    assert len(found) == tabs(page)["Needs a look"] > 4
    for number, address in enumerate(found):
        page.goto(address)
        if not number:
            fine(page)
        decide(story, known[address.split("/")[-2]])
    story.go("questions/?tab=look")
    expect(page.get_by_text("Nothing needs a look")).to_be_visible()


def decide(story: Story, one: Asked) -> None:
    page = story.me
    if "risk_self_harm" in one.flags:
        set_aside(page, "Signpost only: somebody else can help better")
        story.come_to(outcomes.SIGNPOST, one)
    elif "safeguarding" in one.flags:
        set_aside(page, "Redirect to an official route")
        story.come_to(outcomes.ANOTHER_ROUTE, one)
    elif "self_identifying" in one.flags and REDACTED not in [other.text for other in story.asked]:
        redact(page)
        one.text = REDACTED
        press(page, "I have read it and it may be used")
    else:
        press(page, "I have read it and it may be used")
        page.get_by_label("Read-aloud wording").fill(story.wording(one))
        press(page, "Keep the wording")
    expect(done(page)).to_be_visible()


def set_aside(page: Page, why: str, words: str = "") -> None:
    if not page.get_by_label(why, exact=True).is_visible():
        page.get_by_text("It is not read aloud:").click()
    page.get_by_label(why, exact=True).check()
    page.get_by_label("What the asker reads").fill(words)
    press(page, "Set it aside")
    expect(done(page)).to_contain_text("Set aside")


def redact(page: Page) -> None:
    page.get_by_role("link", name="Take out what points to somebody").first.click()
    page.get_by_label("What stays of it").fill(REDACTED)
    press(page, "Look at it once more")
    press(page, "Delete the old words for good")
    expect(done(page)).to_contain_text("The old words are gone")


def the_reviewer_decides(story: Story, page: Page) -> None:
    """Of two, one is answered and closed, the other is for the desk after all, where it gets a wording."""
    closed, passed_on = [one for one in story.asked if "risk_self_harm" in one.flags][:2]
    story.served.let_in(page, REVIEWER)
    page.goto(story.served.at(f"/app/review/{SLUG}/"))
    fine(page)
    for one, button in ((closed, "Mark as done"), (passed_on, "Pass it on to the desk")):
        card = page.locator("section.card", has=page.locator(f"form[action*='{one.id}']"))
        card.locator("summary").click()
        if one is closed:
            card.get_by_label("The reviewer has read it").check()
        card.get_by_role("button", name=button).click()
        expect(done(page)).to_be_visible()
    story.come_to(outcomes.WITH_REVIEWER, closed)
    story.open_question(passed_on).get_by_label("Read-aloud wording").fill(story.wording(passed_on))
    press(story.me, "Keep the wording")


def some_are_set_aside_for_reasons_of_their_own(story: Story) -> None:
    abusive = next(one for one in story.new if "abusive" in one.flags)
    press(story.open_question(abusive), "Abusive")
    set_aside(story.me, "It is abusive")
    story.come_to(outcomes.NOT_USED, abusive)
    talk = next(one for one in story.new if not one.flags)
    set_aside(story.open_question(talk), "Offer a talk one to one", TALK)
    story.come_to(outcomes.ONE_TO_ONE, talk)


def those_that_look_alike_are_merged(story: Story) -> None:
    """What is suggested is taken where people agree, and a slip is undone."""
    for number in range(4):
        page = story.go("questions/?tab=new")
        pair = a_suggested_pair(story, page)
        page.locator(f"a[href$='q=question%3A{pair[0].id}&q=question%3A{pair[1].id}']").first.click()
        if not number:
            fine(page)
        merge(story, pair)
    press(story.me, "Undo what was just done")
    expect(done(story.me)).to_contain_text("Undone")
    again = list(story.worded.popitem()[1])
    tick(story.go("questions/?tab=new"), again)
    press(story.me, "Merge")
    merge(story, again)


def a_suggested_pair(story: Story, page: Page) -> list[Asked]:
    new = {one.id: one for one in story.new}
    links = page.get_by_role("link", name=re.compile("^Looks like Q"))
    for address in links.evaluate_all("all => all.map(one => one.href)"):
        keys = parse_qs(urlsplit(address).query)["q"]
        pair = [new[key.removeprefix("question:")] for key in keys if key.removeprefix("question:") in new]
        if len(pair) == 2 and pair[0].cluster == pair[1].cluster:
            return pair
    raise AssertionError("nothing is suggested any more")


def merge(story: Story, ones: list[Asked]) -> None:
    page = story.me
    expect(page.get_by_role("main").get_by_role("blockquote")).to_have_count(len(ones))
    page.get_by_label("New wording").fill(story.wording(*ones))
    press(page, "Merge them")
    expect(done(page)).to_contain_text(f"Merged: asked {len(ones)} times now")


def tick(page: Page, ones: list[Asked]) -> None:
    for one in ones:
        page.locator(f"[name=chosen][value='question:{one.id}']").check()


def many_are_merged_by_hand(story: Story) -> None:
    new = [one for one in story.new if not one.flags]
    names = Counter(one.cluster for one in new)
    for name in [name for name, number in names.most_common() if number > 1][:5]:
        alike = [one for one in new if one.cluster == name]
        tick(story.go("questions/?tab=new"), alike)
        press(story.me, "Merge")
        merge(story, alike)


def some_are_worded_one_by_one(story: Story) -> None:
    for number, one in enumerate([one for one in story.new if not one.flags][:12]):
        page = story.open_question(one)
        page.get_by_label("Read-aloud wording").fill(story.wording(one))
        if not number:
            page.get_by_label("Content note").fill("about a death at work")
            fine(page)
        press(page, "Keep and put on the agenda" if number < 6 else "Keep the wording")
        expect(done(page)).to_be_visible()


def many_are_set_aside_at_once(story: Story) -> None:
    out = [one for one in story.new if one.theme == "off_topic" or "spam" in one.flags]
    twice = [one for one in story.new if one not in out and not one.flags][:15]
    for ones, why in ((out, "Out of scope"), (twice, "The same has been asked")):
        page = story.go("questions/?tab=new")
        tick(page, ones)
        page.get_by_text("Theme, who sees to it, set aside").click()
        page.get_by_label("Who sees to it").select_option("Kit Second")
        press(page, "Assign")
        expect(done(page)).to_contain_text("Kit Second sees to")
        tick(page, ones)
        page.get_by_text("Theme, who sees to it, set aside").click()
        page.get_by_label("Why it is set aside; the asker reads it").select_option(why)
        press(page, "Set aside")
        expect(done(page)).to_contain_text("Set aside")
    story.come_to(outcomes.OUT_OF_SCOPE, *out)
    story.come_to(outcomes.NOT_USED, *twice)


def worded_ones_find_a_place(story: Story) -> None:
    merged = [words for words, ones in story.worded.items() if len(ones) > 1]
    for words, button in ((merged[:WRITTEN], "Answer in writing"), (merged[WRITTEN:], "Put on agenda")):
        page = story.go("questions/?tab=worded")
        for one in words:
            page.locator("table.triage tbody tr", has_text=one).get_by_role("checkbox").check()
        press(page, button)
        expect(done(page)).to_be_visible()
    story.go("questions/?tab=agenda")
    fine(story.me)
    assert tabs(story.me) == tabs(story.me) | {"On the agenda": QUESTIONS, "In writing": WRITTEN}
    assert sum(tabs(story.me).values()) == 2 * tabs(story.me)["All"]  # each is in exactly one


def the_agenda_fills_the_hour(story: Story) -> None:
    page = story.go("agenda/")
    page.get_by_label("Minutes for each question").fill(str(MINUTES))
    press(page, "Give each this time")
    expect(done(page)).to_be_visible()
    for kind, words, minutes in (
        ("opener", "Welcome, and how this works", "4"),
        ("section", "After hard days", "0"),
        ("close", "Where help can be had", "8"),
    ):
        page.locator(f"[name=kind][value={kind}]").check()
        card = page.get_by_role("region", name="Add something else")
        card.get_by_label("Words").fill(words)
        card.get_by_label("Minutes", exact=True).fill(minutes)
        press(page, "Add it")
        expect(page.locator(".running > li", has_text=words)).to_be_visible()
    for words, place in (("After hard days", 1), ("Welcome", 1)):
        row = page.locator(".running > li", has_text=words)
        row.get_by_text("More", exact=False).first.click()
        row.get_by_label("Move to number").fill(str(place))
        row.get_by_role("button", name=re.compile("^Move After|^Move Welcome")).click()
        expect(page.locator(".running > li").first).to_contain_text(words)
    expect(page.get_by_text("60 of 60 minutes, none left").first).to_be_visible()
    fine(page)


def the_pack_holds_wordings_alone(story: Story, file: Path) -> None:
    page = story.go("print")
    fine(page)
    nothing_of_originals(story, page.content())
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    download.value.save_as(file)
    pdf = PdfReader(io.BytesIO(file.read_bytes()))
    root = pdf.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")  # type: ignore[index]
    pages = [" ".join(one.extract_text().split()) for one in pdf.pages]
    assert len(pages) > 1
    for number, words in enumerate(pages, start=1):
        assert re.search(rf"\b{number} of {len(pages)}\b", words), words
    nothing_of_originals(story, " ".join(pages))
    for words in on_agenda(story):
        assert words in " ".join(pages)


def on_agenda(story: Story) -> list[str]:
    with story.served.inside():
        listed = [one.words for one in stage_journey.wordings(SLUG).values() if one.is_on_agenda]
    assert len(listed) == QUESTIONS
    return listed


def nothing_of_originals(story: Story, page: str) -> None:
    together = " ".join(html.unescape(page).split())
    for one in story.asked:
        words = " ".join(one.text.split())
        assert len(words) < LONG_ENOUGH or words not in together, one.name


def the_screen_shows_wordings_alone(story: Story) -> None:
    page, seen = story.go("present/"), []
    fine(page)
    while True:
        nothing_of_originals(story, page.content())
        seen += page.get_by_role("blockquote").all_inner_texts()
        if not page.locator("[rel=next]").count():
            break
        heading = page.get_by_role("heading", level=1).inner_text()
        page.locator("[rel=next]").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)
    assert sorted(seen) == sorted([*on_agenda(story), "about a death at work"])


def the_hour_is_run(story: Story) -> None:
    story.served.go_to(STARTS)
    story.sign_in()
    page = story.go("run/")
    press(page, "Start the clock")
    welcome = page.locator("#now-title").inner_text()
    press(page, "Done")
    expect(page.locator("#now-title")).not_to_have_text(welcome)
    fine(page)
    for _ in range(6):
        mark(story, page, "Answered", outcomes.ANSWERED_IN_THE_HOUR)
    later = mark(story, page, "Later")
    mark(story, page, "In writing", outcomes.TO_BE_WRITTEN)
    page.get_by_label("How many are there?").fill("17")
    press(page, "Keep the number")
    expect(page.get_by_text("Counted.")).to_be_visible()
    page.get_by_text("Somebody asks something new").click()
    page.get_by_label("What is asked").fill(ADDED)
    press(page, "Take it next")
    expect(page.get_by_text("Next:").locator("..")).to_contain_text(ADDED)
    now = page.locator("#now-title").inner_text()
    story.second.goto(story.at("run/"))
    expect(story.second.locator("#now-title")).to_have_text(now)
    expect(story.second.get_by_label("How many are there?")).to_have_value("17")
    mark(story, story.second, "Answered", outcomes.ANSWERED_IN_THE_HOUR)
    assert mark(story, story.second, "Answered", outcomes.ANSWERED_IN_THE_HOUR) == ADDED
    page.reload()
    expect(page.locator("#now-title")).to_have_text(story.second.locator("#now-title").inner_text())
    assert later not in page.locator("#now-title").inner_text()
    press(page, "End the hour")
    expect(page.get_by_role("heading", name="The hour has ended")).to_be_visible()
    fine(page)


def mark(story: Story, page: Page, button: str, code: str = "") -> str:
    """What is spoken of now comes to this, and the next is spoken of."""
    words = page.locator("#now-title").inner_text()
    assert words in story.worded or words == ADDED
    page.locator(".now").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#now-title")).not_to_have_text(words)
    if code:
        story.wording_comes_to(code, words)
    return words


def the_hour_is_closed(story: Story) -> None:
    page = story.go("close/")
    fine(page)
    open_ones = page.locator("legend bdi").all_inner_texts()
    assert len(open_ones) == len(set(open_ones)) > 5
    choices = {
        "Not used": outcomes.NOT_USED,
        "In writing": outcomes.TO_BE_WRITTEN,
        "It was answered": outcomes.ANSWERED_IN_THE_HOUR,
    }
    for words, (label, code) in zip(open_ones, choices.items(), strict=False):
        row = page.locator("li.card", has_text=words)
        row.get_by_label(label, exact=True).check()
        if code == outcomes.NOT_USED:
            row.get_by_label("If it is not used: why?").fill(OVERTAKEN)
        story.wording_comes_to(code, words)
    for words in open_ones[len(choices) :]:
        story.wording_comes_to(outcomes.CARRIED_ON, words)
    press(page, re.compile("^Carry on to"))
    expect(done(page)).to_contain_text(f"Decided: {len(open_ones)}")
    rest = story.new
    expect(page.get_by_role("heading", name=f"{len(rest)} questions were not put into words")).to_be_visible()
    page.get_by_label("There was no time for it").check()
    press(page, "Set them aside")
    expect(done(page)).to_contain_text(f"Set aside: {len(rest)}")
    story.come_to(outcomes.NOT_USED, *rest)
    fine(page)


def answers_are_written_looked_over_and_published(story: Story) -> None:
    story.served.go_to(AFTERWARDS)
    story.sign_in()
    with story.served.inside():
        to_write = stage_journey.to_write(SLUG)
    assert len(to_write) == WRITTEN + 2
    for number, (words, its_id) in enumerate(to_write.items()):
        page = story.go(f"answers/{its_id}/")
        if not number:
            fine(page)
        page.get_by_label("The answer").fill(f"What we would say of this: {answer_to(words)}")
        press(page, "Keep the draft")
        expect(done(page)).to_be_visible()
    expect(story.me.get_by_role("button", name="Publish what is ready")).to_be_hidden()
    second = story.second
    for _ in to_write:
        second.goto(story.at("answers/"))
        second.get_by_role("link", name=re.compile("^Look it over")).first.click()
        press(second, "I have looked it over")
        expect(done(second)).to_be_visible()
    press(second, "Publish what is ready")
    expect(done(second)).to_contain_text(f"{len(to_write)} answers are published")
    fine(second)
    for words in to_write:
        story.wording_comes_to(outcomes.ANSWER, words)


def answer_to(words: str) -> str:
    return f"it helps to talk early. ({words})"


def the_library_has_them(story: Story) -> None:
    page = story.me
    story.served.let_in(page, STAFF)
    page.goto(story.served.at("/app/library/"))
    page.get_by_label("Series").select_option("After hard days")
    press(page, "Find")
    expect(page.get_by_text(f"{WRITTEN + 2} answers found")).to_be_visible()
    fine(page)
    nothing_of_originals(story, page.content())
    answered = [words for words, ones in story.worded.items() if story.came_to[ones[0].id] == outcomes.ANSWER]
    for words in answered:
        expect(page.get_by_role("link", name=words, exact=False)).to_be_visible()


def each_receipt_says_what_became_of_it(story: Story, page: Page) -> None:
    with story.served.inside():
        assert stage_journey.became(SLUG) == story.came_to
        worded = stage_journey.wordings(SLUG)
        client = story.served.app.test_client()
        answers = {
            one.id: client.post("/q/", data={"slug": SLUG, "do": "status", "receipt": one.receipt}).text
            for one in story.asked
        }
    for code in (outcomes.ANSWER, outcomes.CARRIED_ON):
        one = next(one for one in story.asked if story.came_to[one.id] == code)
        page.goto(story.served.at(f"/q/{SLUG}/"))
        page.get_by_label("Your receipt").fill(one.receipt)
        press(page, "See what became of it")
        expect(page.locator(".lede")).to_contain_text(IN_WORDS[code])
        fine(page)
    wording_of = {one.id: words for words, ones in story.worded.items() for one in ones}
    for one in story.asked:
        it_says_what_became_of(story, one, answers[one.id], wording_of.get(one.id, ""))
    counted = Counter(story.came_to.values())
    assert counted.total() == len(story.asked) and len(counted) == 9, counted
    left_open = [one for one in outcomes.OPEN if counted[one] and one != outcomes.WITH_REVIEWER]
    assert left_open == []
    assert {words: one.asked for words, one in worded.items() if words != ADDED} == {
        words: len(ones) for words, ones in story.worded.items() if story.came_to[ones[0].id] != outcomes.NOT_USED
    }


def it_says_what_became_of(story: Story, one: Asked, answer: str, wording: str) -> None:
    page = shown_as_read(answer)
    said_first = " ".join(shown_as_read(found) for found in re.findall(r'<p class="lede">(.*?)</p>', answer, re.S))
    code = story.came_to[one.id]
    assert [name for name, words in IN_WORDS.items() if words in said_first] == [code], (one.name, said_first)
    if code == outcomes.WITH_REVIEWER:
        assert "The reviewer has read it" in said_first
    assert " ".join(one.text.split()) in page
    texts = {" ".join(other.text.split()) for other in story.asked} - {" ".join(one.text.split())}
    assert [text for text in texts if len(text) >= LONG_ENOUGH and text in page and text not in one.text] == []
    is_read_aloud = wording and code != outcomes.NOT_USED
    assert [words for words in story.worded if words in page] == ([wording] if is_read_aloud else [])


def shown_as_read(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", "", page)).split())


class Keyboard:
    """Whoever has no mouse: Tab to it, then Enter or Space; what is typed goes where the focus is."""

    settings: dict[str, Any] = {}

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        self._reach(target)
        self.page.keyboard.press("Enter")

    def check(self, target: Locator) -> None:
        self._reach(target)
        if not target.is_checked():
            self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def fill(self, target: Locator, words: str) -> None:
        self._reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(words)

    def choose(self, target: Locator, words: str) -> None:
        self._reach(target)
        self.page.keyboard.type(words)

    def _reach(self, target: Locator) -> None:
        """Whether the focus is there is asked in the page itself; a group of choices is one stop."""
        expect(target).to_be_visible()
        here = target.evaluate_handle("one => one.type === 'radio' ? [...document.getElementsByName(one.name)] : [one]")
        for _ in range(MOST_TABS):
            if here.evaluate("these => these.includes(document.activeElement)"):
                break
            self.page.keyboard.press("Tab")
        for _ in range(20):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{target} is not reached by Tab")


class Phone:
    """Whoever has a screen 390 wide: nothing may have to be scrolled sideways for."""

    settings: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        expect(target).to_be_visible()
        assert not scrolls_sideways(self.page), self.page.url
        target.tap()

    def check(self, target: Locator) -> None:
        target.check()

    def fill(self, target: Locator, words: str) -> None:
        target.fill(words)

    def choose(self, target: Locator, words: str) -> None:
        target.select_option(words)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("means", [Keyboard, Phone])
def test_the_same_by_keyboard_alone_and_on_a_phone(
    means: type[Keyboard] | type[Phone], served: Served, open_browser: Opener
) -> None:
    slug = f"by-{means.__name__.lower()}"
    served.go_to(TUESDAY)
    plain = [one for one in stage_journey.samples() if not one.flags]
    name = next(name for name, number in Counter(one.cluster for one in plain).items() if number > 1)
    alike = [one for one in plain if one.cluster == name][:2]
    asked = [*alike, *[one for one in plain if one.cluster != name][:3]]
    with served.inside():
        stage_journey.open_box(slug)
        stage_journey.ask_all(slug, asked, [])
    hand = means(open_browser(**means.settings))
    served.let_in(hand.page, FACILITATOR)
    hand.page.goto(served.at(f"/app/desk/{slug}/"))
    sort_by(hand, alike, asked[2:])
    plan_by(hand)
    served.go_to(STARTS)
    served.let_in(hand.page, FACILITATOR)
    run_and_close_by(hand)
    with served.inside():
        came_to = stage_journey.became(slug)
    answered, written, aside = (came_to[one.id] for one in asked[2:])
    assert [came_to[one.id] for one in alike] == [outcomes.CARRIED_ON] * 2
    assert (answered, written, aside) == (outcomes.ANSWERED_IN_THE_HOUR, outcomes.TO_BE_WRITTEN, outcomes.OUT_OF_SCOPE)


def sort_by(hand: Keyboard | Phone, alike: list[Asked], others: list[Asked]) -> None:
    """Two are worded, two merged, one is set aside; all by the way that the hub shows."""
    page = hand.page
    hand.press(page.get_by_role("link", name="Sort the new questions"))
    for number, one in enumerate(others[:2], start=1):
        row = page.locator("table.triage tbody tr", has=page.locator(f"[value='question:{one.id}']"))
        hand.press(row.get_by_role("link", name=re.compile("^Word it")))
        hand.fill(page.get_by_label("Read-aloud wording"), f"Wording number {number}")
        hand.press(page.get_by_role("button", name="Keep and put on the agenda"))
        expect(page.get_by_role("region", name="Agenda")).to_contain_text(f"Wording number {number}")
    hand.check(page.locator(f"[name=chosen][value='question:{others[2].id}']"))
    hand.press(page.locator("summary", has_text="Theme, who sees to it, set aside"))
    hand.choose(page.get_by_label("Why it is set aside; the asker reads it"), "Out of scope")
    hand.press(page.get_by_role("button", name="Set aside", exact=True))
    expect(page.get_by_text("Set aside: Q")).to_be_visible()
    for one in alike:
        hand.check(page.locator(f"[name=chosen][value='question:{one.id}']"))
    hand.press(page.get_by_role("button", name="Merge", exact=True))
    hand.fill(page.get_by_label("New wording"), "Wording number 3")
    hand.press(page.get_by_role("button", name="Merge them"))
    row = page.locator("table.triage tbody tr", has_text="Wording number 3")
    hand.press(row.get_by_role("button", name="Put on agenda"))
    expect(page.get_by_role("region", name="Agenda")).to_contain_text("Wording number 3")


def plan_by(hand: Keyboard | Phone) -> None:
    page = hand.page
    hand.press(page.get_by_role("link", name="Minutes, sections, opening and close"))
    hand.check(page.locator("[name=kind][value=close]"))
    card = page.get_by_role("region", name="Add something else")
    hand.fill(card.get_by_label("Words"), "Where help can be had")
    hand.press(card.get_by_role("button", name="Add it"))
    expect(page.locator(".running > li")).to_have_count(4)
    hand.press(page.get_by_role("button", name=re.compile("Move down: Wording number 1")))
    expect(page.locator(".running > li").first).to_contain_text("Wording number 2")
    hand.press(page.get_by_role("button", name=re.compile("Move up: Wording number 1")))
    expect(page.locator(".running > li").first).to_contain_text("Wording number 1")


def run_and_close_by(hand: Keyboard | Phone) -> None:
    page = hand.page
    page.goto(page.url.split("agenda/")[0])
    hand.press(page.get_by_role("link", name="Run the hour"))
    hand.press(page.get_by_role("button", name="Start the clock"))
    for number, button in enumerate(("Answered", "In writing", "Later"), start=1):
        expect(page.locator("#now-title")).to_have_text(f"Wording number {number}")
        hand.press(page.locator(".now").get_by_role("button", name=button, exact=True))
    expect(page.locator("#now-title")).to_have_text("Where help can be had")
    hand.press(page.get_by_role("button", name="End the hour"))
    hand.press(page.get_by_role("link", name="Decide what becomes of the rest"))
    hand.check(page.get_by_role("radio", name=re.compile("^Carry it on")))
    hand.press(page.get_by_role("button", name="Keep what is chosen"))
    expect(page.get_by_role("heading", name="Everything has come to something")).to_be_visible()
