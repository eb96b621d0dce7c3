"""What is taken out of an original is nowhere any more: not at the desk, not in its history, not in any file."""

import secrets

import pytest

from phonein.db import db, transaction
from phonein.desk import deeds
from phonein.questions.models import Question
from tests.builders import press, sign_in_as
from tests.desk import DESK, at_a_desk, person, sleep
from tests.questions import files_holding, in_tables, rows, shown

pytestmark = pytest.mark.own_database


def test_the_old_words_are_in_no_file_after_a_redaction_that_is_confirmed_and_before_it_nothing_changes(app, client):
    canary = f"canary bird {secrets.token_hex(8)}"
    at_a_desk("ab")
    with transaction():
        db.session.get_one(Question, "a").text = f"{canary}. Mr Example (A1234BC) keeps me awake"
    fay, at = sign_in_as(client, person()), f"{DESK}questions/a/redaction"
    offered = fay.get(at).text
    assert ("A1234BC" in offered.split("<textarea")[1].split("</textarea>")[0], "A1234BC" in offered) == (False, True)
    checked = press(fay, at, text="Somebody keeps me awake")
    assert (checked.status_code, "This cannot be undone" in shown(checked)) == (200, True)
    assert press(fay, at, text="").status_code == 422
    assert "Changed my mind" in press(fay, at, text="Changed my mind", again="1").text
    assert in_tables(files_holding(canary, app)) != []
    done = press(fay, at, text="Somebody keeps me awake", for_good="1")
    page = fay.get(done.location).text
    assert (canary in page, "/undo" in page, "Somebody keeps me awake" in page) == (False, False, True)
    assert in_tables(files_holding(canary, app)) == []
    assert sorted(question.text for question in rows(Question)) == ["Original b", "Somebody keeps me awake"]
    assert [deed.what for deed in deeds.history(sleep())] == ["redacted"]
