"""What needs a look gets nowhere before somebody has looked, and nothing of a desk is there for strangers."""

import re

import pytest

from phonein.db import db, transaction
from phonein.desk import agenda, deeds, triage
from phonein.questions.models import Question
from phonein.read_aloud.models import AgendaItem, ReadAloud
from tests.builders import csrf, make_person, sign_in_as
from tests.desk import DESK, at_a_desk, do, person, put_on, sleep, take, word, worded
from tests.questions import rows, shown

CLEARS = {"question.clear", "marking.clear", "marking.redact"}
TYPED = {"read_aloud": "In neutral words", "agenda": "1", "lead": "", "words": "For both", "theme": "supervision"}
TOGETHER = ("agenda", "writing", "theme", "merge", "aside")


@pytest.fixture
def phone_in(app):
    """`d` needs a look; `a` is worded and on the agenda."""
    phone_in = at_a_desk("abcd", flagged="d")
    word("a"), put_on("a")
    return phone_in


def desk_routes(app, method):
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/app/desk/<slug>/")]
    return sorted({rule.rule: rule.endpoint for rule in rules if method in rule.methods}.items())


def filled(rule, question="d", item="none", wording="none"):
    known = {"slug": "sleep", "question_id": question, "item_id": item, "read_aloud_id": wording, "number": "1"}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], "none"), rule)


def test_no_button_of_the_desk_brings_a_flagged_question_to_agenda_print_or_presenter(app, client, phone_in):
    fay, got_there = sign_in_as(client, person()), []
    there = {"item": rows(AgendaItem)[0].id, "wording": rows(ReadAloud)[0].id}
    for rule, endpoint in desk_routes(app, "POST"):
        if endpoint in CLEARS or endpoint == "desk.hand_over":
            continue
        for act in TOGETHER:
            typed = TYPED | {"do": act, "chosen": "question:d", "flag": "abusive", "reason": "out_of_scope"}
            many = {"q": ["question:d", "question:b"], "set_theme": "supervision", "set_reason": "abusive"}
            fay.post(filled(rule, **there), data=typed | many | {"csrf_token": csrf(fay)})
            found = db.session.get_one(Question, "d")
            if found.is_worded or not found.needs_a_look:
                got_there.append((rule, act))
            if "together" not in rule:
                break
    assert got_there == []
    pages = [fay.get(filled(rule)) for rule, _ in desk_routes(app, "GET") if "question" not in rule]
    said = [shown(page) for page in pages if page.mimetype == "text/html"]
    assert ([page for page in said if "Original d" in page], len(said) > 4) == ([], True)


def test_undoing_neither_brings_a_flagged_question_to_a_wording_nor_takes_back_the_look_of_a_worded_one(phone_in):
    cleared = do("looked at", lambda _: triage.clear(take("d")))
    worded_by = word("d")
    with pytest.raises(deeds.NotUndone), transaction():
        deeds.undo(sleep(), cleared, by=person())
    with transaction():
        deeds.undo(sleep(), worded_by, by=person())
    with transaction():
        deeds.undo(sleep(), cleared, by=person())
    with pytest.raises(deeds.NotUndone), transaction():
        deeds.undo(sleep(), worded_by + 1, by=person())
    assert [(q.needs_a_look, q.is_worded) for q in rows(Question) if q.id == "d"] == [(True, False)]


def test_a_question_that_is_marked_later_leaves_wording_and_agenda_until_somebody_looks(app, client, phone_in):
    fay = sign_in_as(client, person())
    fay.post(f"{DESK}questions/a/flag", data={"flag": "abusive", "csrf_token": csrf(fay)})
    assert (agenda.items(sleep()), [q.needs_a_look for q in rows(Question) if q.id == "a"]) == ([], [True])
    page = fay.get(f"{DESK}questions/?tab=look").text
    assert ("Original a" in page, "<details" in page, "Abusive" in page) == (True, True, True)
    assert page.index('<details class="hidden-first">') < page.index("Original a")
    fay.post(f"{DESK}questions/a/look", data={"csrf_token": csrf(fay)})
    word("a"), put_on("a")
    assert [item.said for item in agenda.items(sleep())] == ["Reworded a"]


def test_everything_of_anothers_phone_in_is_not_found(app, client, phone_in):
    with transaction():
        fred = make_person("Fred", "facilitator")
    before, answers = [deed.number for deed in deeds.history(sleep())], {}
    there = {"item": rows(AgendaItem)[0].id, "wording": rows(ReadAloud)[0].id}
    fred = sign_in_as(client, fred)
    for method in ("GET", "POST"):
        for rule, _ in desk_routes(app, method):
            sent = TYPED | {"csrf_token": csrf(fred), "do": "agenda", "chosen": "question:b", "flag": "abusive"}
            answer = fred.open(filled(rule, "b", **there), method=method, data=sent if method == "POST" else None)
            answers[method, rule] = answer.status_code
            assert "Original" not in answer.text
            assert "Reworded" not in answer.text
    assert {route: status for route, status in answers.items() if status != 404} == {}
    assert ([deed.number for deed in deeds.history(sleep())], len(answers) > 20) == (before, True)


def test_nothing_is_found_at_an_address_that_names_a_question_of_another_phone_in_of_mine(app, client, phone_in):
    with transaction():
        db.session.get_one(Question, "b").phone_in_slug = "elsewhere"
    fay = sign_in_as(client, person())
    answers = {
        rule: fay.open(filled(rule, "b"), method=method, data={"csrf_token": csrf(fay)} if method == "POST" else None)
        for method in ("GET", "POST")
        for rule, _ in desk_routes(app, method)
        if "<question_id>" in rule
    }
    assert {rule: answer.status_code for rule, answer in answers.items() if answer.status_code != 404} == {}
    assert worded("a").words == "Reworded a"
