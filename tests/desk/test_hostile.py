"""Whatever is sent to the desk, the library or a reviewer's pages, there is an answer: nothing breaks."""

import re
from pathlib import Path

import pytest

from phonein import clock
from phonein.db import transaction
from phonein.desk import hour
from tests.builders import csrf, press, sign_in_as
from tests.desk import at_work

ROOT = Path(__file__).parent.parent.parent
HUGE = "9" * 25
WORDED = {"words": "Said", "text": "Said", "came_to": "answered", "up": "1", "kind": "section", "minutes": "5"}
NUMBERS = ("seen", "revision", "place", "page", "step", "heads", "each")


def field_names() -> set[str]:
    """Of every field that a page or a form of these parts has."""
    templates = [
        file.read_text("utf-8") for part in ("desk", "review") for file in (ROOT / "templates" / part).iterdir()
    ]
    forms = [file.read_text("utf-8") for file in (ROOT / "phonein" / "desk").glob("*.py")]
    found = re.findall(r'name="(\w+)"', "".join(templates))
    found += re.findall(r'^    (\w+) = \w+Field\(|request\.\w+\.get(?:list)?\("(\w+)"', "".join(forms), re.MULTILINE)
    names = {name for one in found for name in ([one] if isinstance(one, str) else one) if name}
    return names - {"csrf_token"}


@pytest.fixture
def fay(app, client):
    """Leads the hour, which has begun, and is its reviewer; one question is on the agenda and one is new."""
    phone_in = at_work.set_up()
    at_work.on_agenda("a", "b")
    at_work.ask("new")
    with clock.stopped_at(at_work.STARTS):
        with transaction():
            found = at_work.phone_in()
            found.reviewer_id = phone_in.leaders[0].id
            hour.begin(found)
        sign_in_as(client, phone_in.leaders[0])
        yield phone_in.leaders[0]


def addresses(app) -> list[tuple[str, str]]:
    known = {
        "slug": "sleep",
        "question_id": "new",
        "item_id": at_work.item("a").id,
        "read_aloud_id": at_work.wording("b").id,
        "entry_id": HUGE,
        "number": HUGE,
    }
    return sorted(  # GET comes before POST
        (method, re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], HUGE), rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if rule.rule.startswith(("/app/desk/", "/app/library/", "/app/review/")) and "pdf" not in rule.rule
    )


def test_nothing_that_is_sent_breaks_anything(app, client, fay):
    token, names = csrf(client), sorted(field_names())
    item = at_work.item("a").id
    numbers = dict.fromkeys((*NUMBERS, f"was-{item}"), HUGE)
    sent = ({}, dict.fromkeys(names, "\x00"), dict.fromkeys(names, HUGE), WORDED | {f"minutes-{item}": "5"} | numbers)
    broken = []
    for method, path in addresses(app):
        for fields in sent if method == "POST" else sent[-1:]:
            if method == "GET":
                answer = client.get(path, query_string=fields)
            else:
                answer = client.post(path, data={"csrf_token": token} | fields)
            if answer.status_code >= 500:
                broken.append(f"{method} {path} {sorted(fields.items())[-1:]}")
    assert len(names) > 30
    assert broken == []


def test_a_number_that_can_be_none_of_ours_is_not_seen_or_not_found(client, fay):
    item = at_work.item("a").id
    mark = f"/app/desk/sleep/run/items/{item}/came-to"
    far = [client.get(f"/app/library/?page={number}").status_code for number in (HUGE, f"-{HUGE}", "2")]
    assert far == [404, 404, 404]
    for number in (HUGE, "9" * 5000, "2147483648"):
        assert press(client, f"/app/desk/sleep/history/{number}/undo").status_code == 404
    for seen, came in ((HUGE, "later"), ("x", "in_writing"), ("", "answered")):
        assert press(client, f"/app/desk/sleep/agenda/{item}/move", seen=seen, up="1").status_code == 303
        assert press(client, mark, seen=seen, came_to=came).status_code == 303
    assert at_work.came_to()["Wording a"] == "answered"
