"""The word lists and texts: editions, two admins at once, lines that cannot be read."""

import pytest

from phonein import wording
from phonein.db import transaction
from phonein.wording import WordedMeanwhile
from tests.builders import csrf, make_ada, sign_in_as

AT = "/app/admin/wording/titles/en/"


@pytest.fixture
def ada(client):
    with transaction():
        ada = make_ada()
    sign_in_as(client, ada)
    return client


def save(client, words: str, edition: int = 0, at: str = AT):
    return client.post(at, data={"csrf_token": csrf(client, at), "words": words, "edition": str(edition)})


def test_the_newest_edition_wins_over_the_shipped_one_and_every_edition_stays(app):
    assert wording.newest("titles", "en").edition == 0
    with transaction():
        assert wording.keep("titles", "en", "Mr\nBoss", after=0) == 1
    with transaction():
        assert wording.keep("titles", "en", "Mr", after=1) == 2
    assert [(one.edition, one.words) for one in wording.editions("titles", "en")][:2] == [(2, "Mr"), (1, "Mr\nBoss")]
    assert wording.editions("titles", "en")[-1] == wording.shipped("titles", "en")
    assert wording.in_force()["titles", "en"] == "Mr"
    assert wording.in_force()["titles", "cy"] == wording.shipped("titles", "cy").words
    assert wording.latest_editions() == {("titles", "en"): 2, ("support-lines", "en"): 1}


def test_of_two_who_follow_the_same_edition_the_second_is_told(app):
    with transaction():
        wording.keep("titles", "en", "Mr", after=0)
    with pytest.raises(WordedMeanwhile), transaction():
        wording.keep("titles", "en", "Ms", after=0)
    assert wording.newest("titles", "en").words == "Mr"


def test_what_was_never_shipped_cannot_be_worded(app):
    with pytest.raises(KeyError):
        wording.newest("spells", "en")
    with pytest.raises(KeyError), transaction():
        wording.keep("spells", "en", "abracadabra", after=0)


def test_an_admin_finds_every_list_and_saves_a_new_edition(ada):
    page = ada.get("/app/admin/wording/").text
    assert all(f"/app/admin/wording/{name}/{language}/" in page for name, language in wording.names())
    assert save(ada, "Mr\r\nBoss").status_code == 303
    assert "Edition 1 is in force from now on." in ada.get(AT).text
    assert wording.newest("titles", "en").words == "Mr\nBoss"
    assert "edition 1" in ada.get("/app/admin/wording/").text
    assert "Mister" in ada.get(f"{AT}editions/0").text
    assert "Boss" in ada.get(f"{AT}editions/1").text
    for nowhere in ("editions/2", "../../spells/en/", "../de/"):
        assert ada.get(AT + nowhere).status_code == 404


def test_the_same_words_make_no_edition(ada):
    assert save(ada, wording.shipped("titles", "en").words).status_code == 303
    assert "Nothing was changed" in ada.get(AT).text
    assert wording.newest("titles", "en").edition == 0


def test_a_second_admin_is_told_and_loses_nothing(ada):
    save(ada, "Mr")
    answer = save(ada, "Ms typed with care")
    assert answer.status_code == 409
    assert "This changed while you were writing" in answer.text
    assert "Ms typed with care" in answer.text
    assert wording.newest("titles", "en").words == "Mr"
    assert save(ada, "Ms typed with care", edition=1).status_code == 303


@pytest.mark.parametrize(
    "name, words, said",
    [
        ("titles", "Mr\nM4", "Line 2: Write only letters"),
        ("crisis-self", "# remark\n\nend (it", "Line 3: “(” has no meaning here"),
        ("crisis-self", "...", "Line 1: "),
        ("hints", "crn | A number.", "Line 1: Write three parts"),
        ("hints", "wizard | A wizard. | somebody", "“wizard” is no kind of find"),
        ("titles", "# only a remark", "Leave at least one line"),
        ("titles", "", "Leave at least one line"),
        ("titles", "a" * 401, "400 characters or fewer"),
        ("titles", "Mr\u202e", "invisible or control characters"),
    ],
)
def test_a_line_that_cannot_be_read_is_explained_and_nothing_is_saved_or_lost(ada, name, words, said):
    at = f"/app/admin/wording/{name}/en/"
    answer = save(ada, words, at=at)
    assert answer.status_code == 422
    assert said in answer.text
    assert words.replace("#", "#") in answer.text
    assert wording.newest(name, "en").edition == 0


def test_every_list_comes_through_the_form_unchanged(ada):
    for name, language in wording.names():
        at = f"/app/admin/wording/{name}/{language}/"
        words = wording.shipped(name, language).words + "\n# seen"
        newest = wording.newest(name, language).edition
        assert save(ada, words, at=at, edition=newest).status_code == 303, (name, language)
        assert wording.newest(name, language).words == words.strip()
