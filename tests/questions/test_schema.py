"""The shape of the anonymous tables, and what the anonymous side of the source can reach: no time, no way to a person.

tests/test_house_rules.py holds the order of imports; here the database itself is asked.
"""

import ast
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import phonein
from phonein.db import Model, db, on_sqlite
from phonein.schedule.models import PhoneIn

pytestmark = pytest.mark.own_database

PACKAGE = Path(phonein.__file__).parent
GROUND = {"bank_holidays", "clock", "db", "doors", "engine", "errors", "formats", "forms", "turnstile", "wording"}
# Every table of `questions`, and each of its columns: a new one is to be thought about here first.
ANONYMOUS = {
    "pass_key": ["phone_in_slug", "public", "purpose", "secret"],
    "seal_key": ["phone_in_slug", "public"],
    "spent_pass": ["hash", "phone_in_slug"],
    "envelope": ["blob", "handle", "phone_in_slug", "public"],
    "question": [
        "flags",
        "id",
        "is_cleared",
        "is_for_reviewer",
        "outcome",
        "phone_in_slug",
        "place",
        "read_aloud",
        "read_aloud_id",
        "receipt_hash",
        "reviewer_is_done",
        "reviewer_reply",
        "reviewer_was_told",
        "set_aside",
        "text",
        "topic",
        "votes",
    ],
    "feedback": ["comment", "id", "phone_in_slug", "rating", "series_slug"],
}


def test_the_anonymous_tables_have_these_columns_and_no_others(app):
    mine = {
        m.class_.__tablename__ for m in Model.registry.mappers if m.class_.__module__.startswith("phonein.questions")
    }
    found = inspect(db.engine)
    assert mine == set(ANONYMOUS)
    assert {name: sorted(c["name"] for c in found.get_columns(name)) for name in ANONYMOUS} == ANONYMOUS


def test_no_column_is_a_time_or_a_number_that_counts_and_none_is_filled_by_the_database(app):
    """Words, bytes and yes or no; the numbers are the place on the agenda, which a facilitator gives, the votes,
    and how it was."""
    found = inspect(db.engine)
    columns = {f"{name}.{c['name']}": c for name in ANONYMOUS for c in found.get_columns(name)}
    plain = ("VARCHAR", "TEXT", "BLOB", "BYTEA", "BOOLEAN")
    numbers = [name for name, c in columns.items() if str(c["type"]) not in plain]
    assert [(name, str(columns[name]["type"])) for name in numbers] == [
        ("question.place", "INTEGER"),
        ("question.votes", "INTEGER"),
        ("feedback.rating", "INTEGER"),
    ]
    assert [name for name, c in columns.items() if c["default"] or c.get("identity") or c.get("computed")] == []


def test_no_key_leads_out_of_the_anonymous_tables_and_none_into_them(app):
    found = inspect(db.engine)
    leads = [
        (name, key["referred_table"])
        for name in found.get_table_names()
        for key in found.get_foreign_keys(name)
        if name in ANONYMOUS or key["referred_table"] in ANONYMOUS
    ]
    assert leads == []
    assert ("booking", "person") in {
        (name, key["referred_table"]) for name in found.get_table_names() for key in found.get_foreign_keys(name)
    }


def test_the_database_numbers_no_anonymous_row_and_does_nothing_by_itself(app):
    if on_sqlite():
        made = dict(db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
        assert [name for name in [*ANONYMOUS, "pass_issue"] if "WITHOUT ROWID" not in made[name]] == []
        assert db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all() == []
    else:
        owned = db.session.scalars(text("SELECT d.refobjid::regclass::text FROM pg_class c JOIN pg_depend d ON "
                                        "d.objid = c.oid WHERE c.relkind = 'S' AND d.deptype = 'a'")).all()  # fmt: skip
        assert ("person" in owned, [name for name in ANONYMOUS if name in owned]) == (True, [])
        assert db.session.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).all() == []


def test_how_often_somebody_drew_passes_has_no_time_and_no_number(app):
    assert sorted(c["name"] for c in inspect(db.engine).get_columns("pass_issue")) == [
        "draws",
        "has_ballot",
        "person_id",
        "phone_in_id",
    ]


def test_from_a_phone_in_the_anonymous_side_reaches_who_leads_it_and_nobody_who_booked():
    assert {relation.key for relation in inspect(PhoneIn).relationships} == {"series", "leaders"}


def test_nothing_that_the_anonymous_side_imports_leads_on_to_bookings_passes_or_the_desk():
    """People are reached only through `schedule`, which has to know who leads."""
    reached = all_reached_from((PACKAGE / "questions").glob("*.py"))
    areas, ground = {name.split(".")[1] for name in reached}, GROUND
    assert areas == ground | {"delivery", "identity", "questions", "read_aloud", "safeguarding", "schedule"}
    by_whom = {area_of(file) for file in modules() if any(".identity" in name for name in imports_of(file))}
    assert by_whom & areas == {"identity", "schedule"}


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def area_of(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file):
    """The names of all our modules that this file imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("phonein"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("phonein."))


def all_reached_from(files):
    reached, ahead = set(), list(files)
    while ahead:
        for name in imports_of(ahead.pop()):
            path = PACKAGE.joinpath(*name.split(".")[1:])
            for file in (path.with_suffix(".py"), path.parent.with_suffix(".py")):
                if file.exists() and file not in reached:
                    reached.add(file)
                    ahead.append(file)
    return {f"phonein.{'.'.join(file.relative_to(PACKAGE).with_suffix('').parts)}" for file in reached}
