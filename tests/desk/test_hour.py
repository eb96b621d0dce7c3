"""The hour: kept as it happens, on any number of devices."""

import re
from datetime import timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.desk import agenda, deeds, hour, hour_notes
from phonein.desk.models import Deed, Hour
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud import wordings
from phonein.read_aloud.models import BREAK, SECTION, ReadAloud
from tests.builders import make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.desk.at_work import STARTS, at, came_to, item, on_agenda, phone_in, set_up, stay_signed_in
from tests.questions import at_once, rows

RUN = "/app/desk/sleep/run"


@pytest.fixture
def fay(app, client, monkeypatch):
    stay_signed_in(monkeypatch)
    set_up()
    on_agenda("a", "b", "c")
    return sign_in_as(client, person("Fay"))


def person(name):
    return db.session.scalars(db.select(Person).where(Person.name == name)).one()


def begun(client):
    with at(0):
        assert press(client, f"{RUN}/begin").status_code == 303


def mark(client, name, came_to, **fields):
    return press(client, f"{RUN}/items/{item(name).id}/came-to", came_to=came_to, **fields)


def spoken_of():
    kept = rows(Hour)[0]
    return next((one.said for one in agenda.items(phone_in()) if one.id == kept.item_id), None)


def clock_of(client):
    """What the clock on the page says: gone, left, and left of this item."""
    page = client.get(f"{RUN}/").text
    return re.findall(r"<b[^>]*>([^<]*)</b>", page.split('class="clock"')[1].split("</section>")[0])


def test_the_clock_is_what_is_kept_so_that_a_reload_or_another_device_shows_the_same(fay, client):
    begun(client)
    with at(4), clock.stopped_at(STARTS + timedelta(minutes=4, seconds=30)):
        here = clock_of(client)
        there = clock_of(sign_in_as(client.application.test_client(), person("Kim")))
    assert here == there == ["4:30", "55:30 left", "0:30 left"]
    with at(64):
        assert clock_of(client) == ["64:00", "4:00 over", "59:00 over"]


def test_whoever_begins_late_has_less_time_and_beginning_twice_is_beginning_once(fay, client):
    with at(10):
        press(client, f"{RUN}/begin")
        press(client, f"{RUN}/begin")
        assert clock_of(client)[:2] == ["0:00", "50:00 left"]
    with at(20):
        press(client, f"{RUN}/begin")
        assert clock_of(client)[:2] == ["10:00", "40:00 left"]
    assert phone_in().ends_at - STARTS == timedelta(hours=1)


def test_it_is_begun_half_an_hour_before_at_the_earliest_and_never_when_cancelled(fay, client):
    with at(-31):
        answer = press(client, f"{RUN}/begin")
        assert (answer.status_code, "from half an hour before" in answer.text) == (409, True)
        assert (mark(client, "a", "answered").status_code, came_to()["Wording a"]) == (409, "")
    with at(-30):
        assert press(client, f"{RUN}/begin").status_code == 303
    with transaction():
        phone_in().cancelled_at = TUESDAY
    with at(0):
        assert press(client, f"{RUN}/begin").status_code == 409


def test_one_tap_marks_an_item_and_goes_to_the_next_and_a_second_tap_is_quietly_the_same(fay, client):
    begun(client)
    with at(3):
        seen, first = deeds.newest(phone_in()), item("a").id
        for _ in range(2):
            answer = press(client, f"{RUN}/items/{first}/came-to", came_to="answered", seen=seen)
            assert (answer.status_code, answer.location) == (303, f"{RUN}/")
    assert (came_to(), spoken_of()) == (
        {"Wording a": "answered", "Wording b": "", "Wording c": ""},
        "Wording b",
    )
    assert [deed.what for deed in rows(Deed)] == ["answered"]
    with at(5):
        assert clock_of(client)[2] == "3:00 left"


def test_what_is_put_off_comes_again_at_the_end_and_then_that_was_all(fay, client):
    begun(client)
    order = []
    with at(1):
        for name, word in [("a", "later"), ("b", "answered"), ("c", "in_writing"), ("a", "answered")]:
            order.append(spoken_of())
            mark(client, name, word)
        page = client.get(f"{RUN}/").text
    assert order == ["Wording a", "Wording b", "Wording c", "Wording a"]
    assert (spoken_of(), "That was all" in page) == (None, True)
    assert came_to() == {"Wording a": "answered", "Wording b": "answered", "Wording c": "in_writing"}
    assert [one.outcome for one in wordings.of("sleep") if one.words == "Wording c"] == ["in_writing"]


def test_a_slip_of_the_finger_is_taken_back(fay, client):
    begun(client)
    with at(1):
        mark(client, "a", "in_writing")
        assert "Take that back" in client.get(f"{RUN}/").text
        mark(client, "a", "")
        assert "Take that back" not in client.get(f"{RUN}/").text
    assert (came_to()["Wording a"], spoken_of()) == ("", "Wording a")
    assert {one.outcome for one in wordings.of("sleep")} == {""}


def test_any_item_can_be_gone_to_and_titles_of_sections_are_passed_over(fay, client):
    with transaction():
        section = agenda.add(phone_in(), SECTION, "After incidents", minutes=0)
        agenda.move_to(phone_in(), section, 1)
        agenda.add(phone_in(), BREAK, "Breathe", minutes=2)
    begun(client)
    assert spoken_of() == "Wording a"
    with at(2):
        press(client, f"{RUN}/items/{item('c').id}/now")
        assert (spoken_of(), "Number 3 of 4: After incidents" in client.get(f"{RUN}/").text) == ("Wording c", True)
        mark(client, "c", "answered")
        assert spoken_of() == "Breathe"


def test_two_who_mark_the_same_differently_at_once_are_both_told_and_nothing_typed_is_lost(fay, client):
    begun(client)
    with at(1):
        seen = deeds.newest(phone_in())
        other = sign_in_as(client.application.test_client(), person("Kim"))
        assert mark(client, "a", "answered", seen=seen).status_code == 303
        late = mark(other, "a", "later", seen=seen, words="Ask about rotas", edition=hour_notes.edition_of(""))
    assert (late.status_code, "has been marked meanwhile: <b>Answered</b>" in late.text) == (409, True)
    assert "Ask about rotas</textarea>" in late.text
    assert (came_to()["Wording a"], item("a").note) == ("answered", "")


def test_everybody_at_once_on_one_button_marks_one_item(fay, app):
    begun(fay)
    first = item("a").id

    def tap():
        with transaction():
            hour.mark(phone_in(), agenda.one(phone_in(), first), "answered", by=person("Fay"), seen=None)

    assert at_once(app, [tap] * 4, at=STARTS + timedelta(minutes=2)) == [None] * 4
    assert (list(came_to().values()), spoken_of(), len(rows(Deed))) == (["answered", "", ""], "Wording b", 1)


def test_notes_are_kept_as_they_were_typed_and_by_a_script_too(fay, client):
    begun(client)
    with at(1):
        path = f"{RUN}/items/{item('a').id}/note"
        words = "Rota: two signatures\n  ask “HQ” <b>"
        assert press(client, path, words=words, edition=hour_notes.edition_of("")).status_code == 303
        page = client.get(f"{RUN}/").text
        assert "Rota: two signatures\n  ask “HQ” &lt;b&gt;</textarea>" in page
        typed = {"words": "More", "edition": hour_notes.edition_of(""), "csrf_token": csrf_of(page)}
        answer = client.post(f"{RUN}/notes", data=typed, headers={"X-Requested-With": "fetch"})
        assert (answer.status_code, answer.json) == (200, {"edition": hour_notes.edition_of("More")})
        mark(client, "a", "answered", words="Said all", edition=hour_notes.edition_of(words))
    assert (item("a").note, rows(Hour)[0].notes) == ("Said all", "More")


def csrf_of(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def test_two_who_write_the_same_note_both_find_both_texts(fay, client):
    begun(client)
    path, edition = f"{RUN}/items/{item('a').id}/note", hour_notes.edition_of("")
    with at(1):
        press(client, path, words="Mine", edition=edition)
        assert press(client, path, words="Mine", edition=edition).status_code == 303
        page = press(client, path, words="Yours", edition=edition)
        by_script = client.post(
            path,
            data={"words": "Yours", "edition": edition, "csrf_token": csrf_of(page.text)},
            headers={"X-Requested-With": "fetch"},
        )
    assert (page.status_code, "Mine</bdi>" in page.text, "Yours</textarea>" in page.text) == (409, True, True)
    assert (by_script.status_code, by_script.json) == (
        409,
        {"edition": hour_notes.edition_of("Mine"), "theirs": "Mine"},
    )
    assert item("a").note == "Mine"
    with at(1):
        again = {"words": "Yours and mine", "edition": hour_notes.edition_of("Mine")}
        press(client, path, **again)
    assert item("a").note == "Yours and mine"


def test_what_is_asked_aloud_comes_next_counts_as_asked_and_is_not_tidied_away(fay, client):
    begun(client)
    with at(2):
        press(client, f"{RUN}/additions", addition="Asked aloud", next="1")
        press(client, f"{RUN}/additions", addition="Asked aloud", next="1")
        press(client, f"{RUN}/additions", addition="Asked at last")
        assert press(client, f"{RUN}/additions", addition=" ").status_code == 422
        mark(client, "a", "answered")
    with transaction():
        wordings.tidy("sleep")
    assert list(came_to()) == ["Wording a", "Asked aloud", "Wording b", "Wording c", "Asked at last"]
    assert (spoken_of(), {one.asked for one in rows(ReadAloud)}) == ("Asked aloud", {1})


def test_heads_are_a_number_within_reason(fay, client):
    begun(client)
    with at(1):
        answers = [press(client, f"{RUN}/heads", heads=heads).status_code for heads in ("3", "5", "-1", "many", "4")]
        assert (answers, rows(Hour)[0].heads) == ([303, 422, 422, 422, 303], 4)
        press(client, f"{RUN}/heads", heads="")
    assert rows(Hour)[0].heads is None


def test_it_ends_once_goes_on_after_all_and_stands_at_nothing_if_it_was_begun_by_mistake(fay, client):
    begun(client)
    with at(50):
        press(client, f"{RUN}/end")
    with at(55):
        press(client, f"{RUN}/end")
        page = client.get(f"{RUN}/").text
        assert ("It took 50 minutes" in page, "Decide what becomes of the rest" in page) == (True, True)
        press(client, f"{RUN}/begin")
        assert clock_of(client)[0] == "55:00"
        press(client, f"{RUN}/set-back")
        assert "Start the clock" in client.get(f"{RUN}/").text
    assert rows(Hour)[0].begun_at is None


def test_an_open_page_learns_that_another_device_went_on_and_the_page_stays_small(fay, client):
    begun(client)
    names = [f"n{n}" for n in range(30)]
    on_agenda(*names)
    with at(1):
        before = client.get(f"{RUN}/edition").json
        page = client.get(f"{RUN}/")
        assert f'data-edition="{before["edition"]}"' in page.text
        mark(client, "a", "later")
        assert client.get(f"{RUN}/edition").json != before
    assert len(page.data) < 60_000


def test_no_original_is_on_the_page_and_nobody_else_finds_it(fay, client):
    begun(client)
    with at(1):
        assert [q.text for q in rows(Question) if q.text in client.get(f"{RUN}/").text] == []
    with transaction():
        make_phone_in(slug="others", leaders=[make_person("Flo", "facilitator")], starts_at=STARTS)
    assert client.get("/app/desk/others/run/").status_code == 404
    assert press(client, "/app/desk/others/run/begin").status_code == 404
