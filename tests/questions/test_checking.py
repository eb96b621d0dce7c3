"""The look before sending as the door has it: the lists in force, and a page that shows anything as mere text."""

import json
import re

import pytest
from flask import render_template_string
from sqlalchemy import event
from sqlalchemy import text as sql

from phonein import wording
from phonein.db import db, transaction
from phonein.questions import checking
from tests.questions.test_checks import rows

PAGE = """{% from "questions/_checks.html" import marked, support_first %}
{% if look.is_crisis %}{{ support_first(look) }}{% endif %}<form id="ask">{{ marked(text, look) }}</form>"""


def shown(text: str) -> str:
    return render_template_string(PAGE, text=text, look=checking.look(text))


def test_the_page_marks_says_why_and_offers_neutral_words(app):
    page = shown("Declan Abernethy is due on Monday.")
    assert "<bdi><mark>Declan Abernethy</mark> is due on Monday.</bdi>" in page
    assert "A full name of somebody supervised or held." in page
    assert "<bdi>Someone I supervise is due on Monday.</bdi>" in page
    assert '<button class="btn btn-2" name="rewrite" value="1">' in page


def test_a_question_that_gives_nothing_away_is_shown_as_it_is(app):
    page = shown("How do you rest?")
    assert "<bdi>How do you rest?</bdi>" in page
    assert "<mark>" not in page
    assert "<button" not in page


def test_support_comes_first_and_takes_nothing_away(app):
    page = shown("I'm Bev at HMP Larkstone and my kids would be better off without me")
    assert page.index("Samaritans") < page.index("<mark>")
    assert "it changes nothing about your question" in page
    assert "Samaritans" not in shown("How do you rest?")


def test_a_question_in_welsh_is_answered_in_welsh(app):
    page = shown("Dw i'n gweithio yng Ngharchar Larkstone a dw i ddim yn gweld y pwynt bellach.")
    assert '<h2 id="support-first" lang="cy">Cyn dim arall' in page
    assert "Lle rydych chi&#39;n gweithio" in page


HOSTILE = [
    "<script>alert(1)</script> A4417QX",
    "\u202eA4417QX\u202c",
    '"><img src=x onerror=alert(1)> Declan Abernethy',
    "{{ 7*7 }} A4417QX",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_was_typed_is_shown_as_text(app, text):
    assert_harmless(shown(text))


def assert_harmless(page: str) -> None:
    """No element of somebody else's, and marks that turn text around end with the piece they stand in."""
    tags = set(re.findall(r"</?([a-z0-9]+)", page))
    assert tags <= {"form", "blockquote", "bdi", "mark", "h2", "h3", "ul", "li", "span", "p", "button"}
    outside = re.sub(r"<bdi>.*?</bdi>", "", page, flags=re.DOTALL)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", outside)


def test_the_hostile_samples_are_harmless(app):
    hostile = [row["text"] for row in rows() if "injection" in row["flags"].split(";")]
    assert len(hostile) == 8
    for text in hostile:
        assert_harmless(shown(text))


def test_the_newest_edition_is_what_counts(app):
    assert checking.look("Ask the wizard A4417QX").findings != []
    with transaction():
        wording.keep("references", "en", "wizard", after=0)
    assert checking.look("Ask the wizard A4417QX").findings == []


def test_the_lists_are_read_in_one_query_and_nothing_is_written(app):
    said = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    checking.look("My name is Bev")
    assert [one.split()[0] for one in said if not one.startswith(("BEGIN", "PRAGMA"))] == ["SELECT"]


def test_without_the_table_the_shipped_lists_do(app):
    db.session.execute(sql("DROP TABLE wording"))
    db.session.commit()
    assert [one.kind for one in checking.look("My name is Bev").findings] == ["own-name"]


def test_try_checks_has_an_entry_for_every_row_and_needs_no_database(app, tmp_path):
    db.drop_all()
    file = tmp_path / "questions.csv"
    file.write_bytes('\ufeffid,text\r\nD1,"My name is Bev\nTillotson"\r\nD2,\r\nD3,I want to die\r\n'.encode())
    answer = app.test_cli_runner().invoke(args=["try-checks", str(file)])
    assert answer.exit_code == 0
    assert json.loads(answer.output) == {"D1": ["self_identifying"], "D2": [], "D3": ["risk_self_harm"]}


@pytest.mark.parametrize(
    "content, said",
    [
        (None, "cannot be read"),
        (b"", "has no column"),
        (b"id;text\n1;a\n", "has no column"),
        (b"id,text\n1\n", "Row 2"),
        (b"id,text\n1,a,b\n", "Row 2"),
        (b"id,text\n1,a\n1,b\n", "a second time"),
        (b'id,text\n1,"a\n', "is not a CSV file"),
        (b"id,text\n1,\xff\n", "is not UTF-8"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_a_sentence(app, tmp_path, content, said):
    file = tmp_path / "questions.csv"
    if content is not None:
        file.write_bytes(content)
    answer = app.test_cli_runner().invoke(args=["try-checks", str(file)])
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert answer.stderr.strip().endswith((".", "”."))
