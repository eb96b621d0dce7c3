"""Importing a year in the browser: first a look, then the doing, and between the two nothing is kept."""

import base64
import io
import re

import pytest

from phonein.db import db, transaction
from phonein.schedule import programme
from phonein.schedule.models import Series
from tests import builders
from tests.schedule.test_series_table import ONCE, one_more, row, table

PAGE = "/app/admin/import/"
NAME = "tuesdays (Tuesday talk)"


@pytest.fixture
def ada(client):
    with transaction():
        builders.make_fay(email="fay@example.org")
        ada = builders.make_ada()
    return builders.sign_in_as(client, ada)


def choose(client, content: bytes, name: str = "year.csv"):
    fields = {"csrf_token": builders.csrf(client, PAGE), "file": (io.BytesIO(content), name)}
    page = client.post(PAGE, data=fields, content_type="multipart/form-data")
    page.request.environ["wsgi.input"].close()  # the client keeps a large body in a file, and forgets it
    return page


def confirm(client, page):
    """Press "Import" on the page that shows what it would do."""
    hidden = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.text))
    return client.post(f"{PAGE}series", data=hidden)


def test_a_look_shows_every_date_and_every_problem_by_row_and_saves_nothing(ada):
    content = table(row(**ONCE), one_more("2026-10-25 19:30"), row(id="next", capacity="many"))
    page = choose(ada, content)
    assert page.status_code == 200
    for said in (
        f"{NAME}: 2 dates",
        "Tuesday 31 March 2026, 7:30pm to 8:30pm (UK time)",
        "Sunday 25 October 2026, 7:30pm to 8:30pm (UK time): the clocks change on this day",
        "Row 4: “capacity” must be a whole number from 1 to 100000, not “many”.",
    ):
        assert said in page.text
    assert programme.published() == []


def test_the_file_that_was_looked_at_is_then_brought_in(ada):
    page = choose(ada, table(row(**ONCE), row(id="next", capacity="many")))
    assert "Import the rest" in page.text
    answer = confirm(ada, page)
    assert (answer.status_code, answer.location) == (303, "/app/admin/series/")
    said = ada.get("/app/admin/series/").text
    assert "Of the series in the file, 1 was added." in said
    assert "1 row or series could not be taken." in said
    assert [one.slug for one in programme.published()] == ["tuesday-talk-2026-03-31"]
    assert [series.slug for series in db.session.scalars(db.select(Series))] == ["tuesdays"]


def test_a_second_time_nothing_is_different(ada):
    content = table(row(**ONCE))
    confirm(ada, choose(ada, content))
    page = choose(ada, content)
    assert "As it is" in page.text
    confirm(ada, page)
    assert "1 was left as they were" in ada.get("/app/admin/series/").text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "year.csv", "Choose a file that is not empty"),
        (b"x" * (1024 * 1024 + 1), "year.csv", "Choose a file of 1 MB or less"),
        (b"id;title\r\n", "year.csv", "Its cells are separated by semicolons"),
        (b"{", "year.json", "It is not JSON"),
        (b"\xff\xfe", "year.csv", "It is not in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_at_the_field(ada, content, name, words):
    page = choose(ada, content, name)
    assert page.status_code == 422
    assert words in page.text


def test_no_file_at_all_is_said_at_the_field(ada):
    page = ada.post(PAGE, data={"csrf_token": builders.csrf(ada, PAGE)}, content_type="multipart/form-data")
    assert (page.status_code, "Choose a file" in page.text) == (422, True)


def test_a_file_of_almost_a_megabyte_goes_there_and_back(ada):
    long = table(row(**ONCE, description="é" * 9_000), *(row(id=f"n{n}", description="é" * 9_000) for n in range(55)))
    assert 950_000 < len(long) < 1024 * 1024
    page = choose(ada, long)
    assert page.status_code == 200
    assert confirm(ada, page).status_code == 303
    assert len(programme.published()) > 100


def test_what_is_far_too_large_is_turned_away(ada):
    assert choose(ada, b"x" * 3_000_000).status_code == 413


@pytest.mark.parametrize("sent", ["", "not base64!", base64.b64encode(b"{").decode()])
def test_a_file_that_was_lost_on_the_way_changes_nothing(ada, sent):
    builders.press(ada, f"{PAGE}series", file_content=sent, file_name="year.json")
    assert db.session.scalar(db.select(Series)) is None


def test_the_page_needs_no_script_and_is_linked_from_the_series(ada):
    assert f'href="{PAGE}"' in ada.get("/app/admin/series/").text
    assert 'enctype="multipart/form-data"' in ada.get(PAGE).text


def test_only_admins_import(client):
    with transaction():
        sam = builders.make_person()
    builders.sign_in_as(client, sam)
    assert client.get(PAGE).status_code == 403


def test_a_file_is_not_shown_as_something_that_was_typed(ada):
    answer = ada.post(
        f"{PAGE}series", data={"file_content": "QUJD" * 100, "file_name": "a-rather-long-name-of-a-file.csv"}
    )
    assert answer.status_code == 400
    assert "QUJD" not in answer.text
