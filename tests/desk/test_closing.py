"""After the hour: everything comes to exactly one thing."""

import pytest

from phonein.db import db, transaction
from phonein.desk import agenda, answers, closing, deeds, hour_notes, sorting, triage
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud import outcomes, wordings
from phonein.read_aloud.models import ReadAloud
from tests.builders import press, sign_in_as
from tests.conftest import TUESDAY
from tests.desk.at_work import (
    ask,
    at,
    came_to,
    item,
    on_agenda,
    phone_in,
    set_up,
    stay_signed_in,
    wording,
)
from tests.questions import rows

CLOSE = "/app/desk/sleep/close/"


@pytest.fixture
def fay(app, client, monkeypatch):
    stay_signed_in(monkeypatch)
    set_up()
    on_agenda("a", "b", "c", "d")
    return sign_in_as(client, person("Fay"))


def person(name):
    return db.session.scalars(db.select(Person).where(Person.name == name)).one()


def decide(client, rest="", slug="sleep", **fates):
    """Press “keep”, or the button for the rest: fates by the name of the question, with a reason after a colon."""
    fields = {}
    for name, fate in fates.items():
        word, _, reason = fate.partition(":")
        fields |= {f"fate_{wording(name).id}": word, f"reason_{wording(name).id}": reason}
    return press(client, f"/app/desk/{slug}/close/", **fields, **({"rest": rest} if rest else {}))


def open_ones(slug="sleep"):
    db.session.rollback()
    return [one.words[-1] for one in closing.undecided(phone_in(slug))]


def test_each_is_decided_in_its_own_way_and_the_rest_together(fay, client):
    with at(61):
        assert (
            decide(client, a="answered", b="in_writing", c="not_used:Nobody was there to answer it").status_code == 303
        )
        assert open_ones() == ["d"]
        assert decide(client, "carried").status_code == 303
        assert (open_ones(), "Everything has come to something" in client.get(CLOSE).text) == ([], True)
    assert came_to() == {"Wording a": "answered", "Wording b": "in_writing", "Wording d": "carried"}
    set_aside = {q.id: (q.outcome, q.set_aside) for q in rows(Question) if q.is_set_aside}
    assert set_aside == {"c": ("not_used", "Nobody was there to answer it")}
    assert [one.words for one in answers.to_answer(phone_in()) if one.outcome] == ["Wording b"]
    carried = wording("d")
    assert (carried.phone_in_slug, carried.asked_slug, carried.carried) == ("sleep-2", "sleep", 1)
    assert [one.words for one in wordings.of("sleep-2")] == ["Wording d"]
    told = {q.id: outcomes.of(q, q.read_aloud_id and db.session.get(ReadAloud, q.read_aloud_id), is_over=True)
            for q in rows(Question)}  # fmt: skip
    assert told == {"a": "answered", "b": "in_writing", "c": "not_used", "d": "carried_on"}


def test_before_the_end_nothing_is_decided(fay, client):
    with at(30):
        assert "The hour has not ended yet" in client.get(CLOSE).text
        assert decide(client, a="answered").status_code == 409
    assert len(open_ones()) == 4


def test_what_is_not_used_needs_a_reason_and_what_else_was_chosen_stays_chosen(fay, client):
    with at(61):
        page = decide(client, a="not_used", b="carried")
    assert (page.status_code, "Write why it is not used" in page.text) == (422, True)
    assert f'name="fate_{wording("b").id}" value="carried" checked' in page.text
    assert len(open_ones()) == 4


def test_it_is_carried_on_again_and_again_and_counted_and_at_the_last_date_not_at_all(fay, client):
    with at(61):
        decide(client, a="carried")
    with transaction():
        triage_there = phone_in("sleep-2")
        with deeds.done(triage_there, by=person("Fay"), what="put on the agenda"):
            agenda.put_on(triage_there, wordings.of("sleep-2")[0])
    with at(7 * 24 * 60 + 61):
        page = client.get("/app/desk/sleep-2/close/").text
        assert ("Carried on once" in page, "no other date of this series" in page, "Carry it on" in page) == (
            True,
            True,
            False,
        )
        assert decide(client, "carried", slug="sleep-2").status_code == 303
        assert open_ones("sleep-2") == ["a"]
        decide(client, slug="sleep-2", a="not_used:There is no time left")
    assert [(q.outcome, q.set_aside) for q in rows(Question) if q.id == "a"] == [("not_used", "There is no time left")]
    assert open_ones("sleep-2") == []


def test_what_was_carried_on_is_on_the_agenda_there_and_no_work_here_and_those_who_ask_it_there_hear_of_no_carrying(
    fay, client
):
    def tabs(slug):
        db.session.rollback()
        found = sorting.entries(phone_in(slug), person("Fay"))
        return {entry.words[-1]: entry.tab for entry in found if entry.words[-1] in "ae"}

    with at(61):
        decide(client, "carried")
        assert (tabs("sleep"), tabs("sleep-2")) == ({"a": "agenda"}, {"a": "worded"})
        assert ("without a place" in client.get("/app/desk/sleep/").text) is False
        ask("e", slug="sleep-2")
        with transaction():
            there = phone_in("sleep-2")
            one = next(one for one in wordings.of("sleep-2") if one.words == "Wording a")
            agenda.put_on(there, one)
            triage.merge(triage.take_up(there, "e"), one)
        assert (tabs("sleep"), tabs("sleep-2")) == ({"a": "agenda"}, {"a": "agenda"})
        one = wording("a")
        told = {name: outcomes.of(db.session.get(Question, name), one, is_over=False) for name in "ae"}
        assert told == {"a": outcomes.CARRIED_ON, "e": outcomes.ON_AGENDA}
        with transaction():
            triage.answer_in_writing(next(one for one in wordings.of("sleep-2") if one.words == "Wording a"))
        assert "1 to answer" in client.get("/app/desk/sleep-2/").text
        assert "1 to answer" not in client.get("/app/desk/sleep/").text


def test_carrying_on_is_undone_unless_it_is_used_where_it_went(fay, client):
    with at(61):
        decide(client, a="carried", b="carried")
        undo_last()
        assert (wording("a").phone_in_slug, wording("a").carried, item("a").came_to) == ("sleep", 0, "")
        decide(client, a="carried")
    with transaction():
        there = phone_in("sleep-2")

        agenda.put_on(there, wordings.of("sleep-2")[0])
    with pytest.raises(deeds.NotUndone), at(62):
        undo_last()


def undo_last():
    with transaction():
        found = phone_in()
        deeds.undo(found, deeds.newest(found), by=person("Fay"))


def test_two_who_decide_at_once_do_not_overrule_one_another(fay, client):
    with at(61):
        late = f"fate_{wording('a').id}"
        decide(client, a="carried")
        assert press(client, CLOSE, **{late: "carried"}).status_code == 303
        page = press(client, CLOSE, **{late: "in_writing", f"fate_{wording('b').id}": "answered"})
        assert (page.status_code, "This list changed" in page.text) == (409, True)
    assert (wording("a").phone_in_slug, item("b").came_to) == ("sleep-2", "")


def test_what_nobody_put_into_words_is_not_left_silently(fay, client):
    for name in "xy":
        ask(name)
    with at(61):
        assert "2 questions were not put into words" in client.get(CLOSE).text
        assert press(client, f"{CLOSE}set-aside", why="").status_code == 422
        press(client, f"{CLOSE}set-aside", why="out_of_scope")
        assert "not put into words" not in client.get(CLOSE).text
    reasons = {q.set_aside for q in triage.questions_for(phone_in()) if q.id in "xy"}
    assert reasons == {"Outside what this phone-in is about"}


def test_a_cancelled_phone_in_can_be_closed_too(fay, client):
    with transaction():
        phone_in().cancelled_at = TUESDAY
    assert decide(client, "carried").status_code == 303
    assert (open_ones(), len(wordings.of("sleep-2"))) == ([], 4)


def test_the_note_for_whoever_leads_next_is_theirs_to_read_and_two_who_write_it_find_both(fay, client):

    with at(61):
        seen = hour_notes.edition_of("")
        press(client, f"{CLOSE}hand-over-note", words="Begin with supervision", edition=seen)
        page = press(client, f"{CLOSE}hand-over-note", words="Begin with sleep", edition=seen)
    assert (
        page.status_code,
        "Begin with supervision</bdi>" in page.text,
        "Begin with sleep</textarea>" in page.text,
    ) == (
        409,
        True,
        True,
    )
    assert "Begin with supervision" in client.get("/app/desk/sleep-2/run/").text
    db.session.rollback()
    before, note = closing.handed_over(phone_in("sleep-2"))
    assert (before.slug, note, closing.handed_over(phone_in())) == ("sleep", "Begin with supervision", None)
