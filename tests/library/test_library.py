"""“You asked, we answered”: what everybody who is signed in can find there, and what nobody can."""

import re
from datetime import date, timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.questions.models import Question
from phonein.read_aloud.models import Answer, ReadAloud, Tally
from phonein.schedule.models import PhoneIn, Series
from tests.builders import make_person, make_phone_in, make_series, sign_in_as
from tests.conftest import TUESDAY

ORIGINAL = "my own words that nobody but the desk may see"


def answered(words, *editions, phone_in="sleep", on=date(2026, 11, 20), **columns):
    """A wording with these published editions of its answer."""
    wording = ReadAloud(phone_in_slug=phone_in, asked_slug=phone_in, words=words, **columns)
    db.session.add(wording)
    db.session.flush()
    for number, text in enumerate(editions, start=1):
        changed = f"Change {number}" if number > 1 else ""
        published_on = on + timedelta(days=number)
        db.session.add(
            Answer(
                read_aloud_id=wording.id, edition=number, words=text, what_changed=changed, published_on=published_on
            )
        )
    return wording


@pytest.fixture
def sam(app, client):
    with transaction():
        person = make_person()
        make_phone_in(starts_at=TUESDAY - timedelta(days=7), series=make_series(title="Tuesdays together"))
        make_phone_in(slug="draft", published_at=None, starts_at=TUESDAY - timedelta(days=7))
    return sign_in_as(client, person)


def titles(answer) -> list[str]:
    return re.findall(r"<h2 lang=.*?<bdi>(.*?)</bdi>", answer.text)


def test_what_is_published_is_there_and_nothing_else(sam):
    with transaction():
        shown = answered("How do we sleep?", "With earplugs", "With earplugs and curtains", theme="workload_and_rest")
        answered("Only drafted?")
        answered("Taken down?", "It was wrong", "")
        answered("Of a draft?", "Not yet", phone_in="draft")
        db.session.add(Question(phone_in_slug="sleep", receipt_hash=b"1", text=ORIGINAL, read_aloud_id=shown.id))

    page, one = sam.get("/app/library/"), sam.get(f"/app/library/{shown.id}/")

    assert titles(page) == ["How do we sleep?"] and "1 answer<" in page.text.replace("\n", "")
    assert "With earplugs and curtains" in page.text and "corrected" in page.text
    assert "Change 2" in one.text and "Edition 1, published" in one.text and "Tuesdays together" in one.text
    pages = [page, one, sam.get("/app/library/print"), sam.get("/app/phone-ins/sleep/")]
    assert all("How do we sleep?" in each.text and ORIGINAL not in each.text for each in pages)
    hidden = db.session.scalars(db.select(ReadAloud.id).where(ReadAloud.id != shown.id)).all()
    assert [sam.get(f"/app/library/{other}/").status_code for other in hidden] == [404] * 3


def test_what_was_said_before_an_answer_was_taken_down_is_read_by_nobody_once_it_is_published_clean(sam):
    with transaction():
        shown = answered("Who was on call?", "It was Bob", "It was Rob", "", "A doctor", "Two doctors", asked=3)
    for page in (sam.get(f"/app/library/{shown.id}/"), sam.get("/app/phone-ins/sleep/")):
        assert ("Two doctors" in page.text, "Change 4" in page.text, "Change 5" in page.text) == (True, True, True)
        assert [old for old in ("Bob", "Rob", "Change 2", "Change 3") if old in page.text] == []
    one = sam.get(f"/app/library/{shown.id}/").text
    assert ("A doctor" in one, "Edition 4, published" in one) == (True, True)


def test_fewer_than_five_who_asked_are_not_counted(sam):
    with transaction():
        few = answered("Few?", "Yes", asked=4, votes=3)
        many = answered("Many?", "Yes", asked=5)

    assert "people" not in sam.get(f"/app/library/{few.id}/").text.split("<main")[1].split(">The phone-in<")[0]
    assert "Asked by 5 people" in sam.get(f"/app/library/{many.id}/").text
    assert sam.get("/app/library/").text.count("Asked by") == 1


def test_words_theme_and_series_narrow_it_and_can_be_cleared(sam):
    with transaction():
        answered("How do we sleep after nights?", "Earplugs", theme="workload_and_rest")
        answered("Is supervision confidential?", "Sleep on it", theme="supervision", on=date(2026, 11, 25))
        make_phone_in(slug="one-off", title="Once only", starts_at=TUESDAY - timedelta(days=9))
        answered("How do I ask?", "Openly", phone_in="one-off", theme="supervision", on=date(2026, 11, 1))

    assert titles(sam.get("/app/library/?q=sleep")) == ["How do we sleep after nights?", "Is supervision confidential?"]
    assert titles(sam.get("/app/library/?theme=supervision")) == ["Is supervision confidential?", "How do I ask?"]
    assert titles(sam.get("/app/library/?theme=supervision&series=Tuesdays+together&q=goruchwyliaeth")) == [
        "Is supervision confidential?"
    ]
    assert titles(sam.get("/app/library/print?theme=supervision&q=ask")) == ["How do I ask?"]
    nothing = sam.get("/app/library/?q=%00%27%25&theme=none")
    assert "No answers match" in nothing.text and "Clear filters" in nothing.text


def test_an_empty_library_says_what_will_be_there(sam):
    assert "No answers yet" in sam.get("/app/library/").text
    assert "Too few to show" in sam.get("/app/library/asked/").text


def test_many_answers_are_paged_and_every_one_is_on_one_page(sam):
    with transaction():
        for number in range(45):
            answered(f"Question {number}?", "Sleep", on=date(2026, 11, 1) + timedelta(days=number % 3))

    for looked_for in ("", "q=sleep&"):
        pages = [titles(sam.get(f"/app/library/?{looked_for}page={number}")) for number in (1, 2, 3)]
        assert [len(page) for page in pages] == [20, 20, 5] and len({one for page in pages for one in page}) == 45
    assert sam.get("/app/library/?page=4").status_code == sam.get("/app/library/?page=0").status_code == 404


def test_what_became_of_questions_is_counted_in_settled_quarters_and_never_of_few(sam):
    """Of a quarter that is over: one series with enough of everything, one with few."""
    with transaction():
        series = db.session.scalars(db.select(Series)).one()
        small = make_series(slug="small", title="Small series")
        for slug, of, starts_at in (
            ("settled", series, TUESDAY - timedelta(days=120)),
            ("tiny", small, TUESDAY - timedelta(days=120)),
            ("recent", series, TUESDAY - timedelta(days=20)),
            ("half-gone", series, TUESDAY - timedelta(days=363)),
        ):
            make_phone_in(slug=slug, series=of, starts_at=starts_at)
        add_tally("settled", answered=12, answer=7, carried_on=3, not_used=1)
        add_tally("tiny", answered=4)
        add_tally("recent", answered=50)
        add_tally("half-gone", answered=50)

    text = re.sub(r"<[^>]*>|\s+", " ", sam.get("/app/library/asked/").text.split("<main")[1])

    assert "October to December 2025 23 12 – – – 11" in re.sub(" +", " ", text)
    assert "Tuesdays together 23 12 – – – 11" in re.sub(" +", " ", text)
    assert "Small series" not in text and "50" not in text and " 27 " not in text


def add_tally(slug, **how_many):
    for word, number in how_many.items():
        db.session.add(Tally(phone_in_slug=slug, kind="outcome", word=word, how_many=number))


def test_the_library_is_for_those_who_are_signed_in(client, sam):
    assert '<a href="/app/library/" aria-current="page">Answers</a>' in sam.get("/app/library/").text
    assert "/app/library/" in sam.get("/app/").text.split("</nav>")[0]


def test_a_phone_in_that_has_not_begun_asks_nothing(sam):
    with transaction():
        make_phone_in(slug="coming")

    assert "Answered in writing" not in sam.get("/app/phone-ins/coming/").text
    assert db.session.scalars(db.select(PhoneIn).filter_by(slug="coming")).one().starts_at > clock.now()
