"""The admin and one person: found by searching, a seat booked for them, left and back."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.admin import people
from phonein.booking import seats, waiting
from phonein.booking.waiting_models import Wait
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.identity import feed_addresses, leaving, sign_in
from phonein.identity.audit import AuditEntry
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person, SignIn
from phonein.safeguarding import cover
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY


@pytest.fixture
def ada(app) -> Person:
    with transaction():
        make_phone_in(leaders=[make_fay()])
        make_person("Sam", unit="Northfold ambulance")
        return make_ada()


def person(name: str) -> Person:
    return db.session.scalars(db.select(Person).where(Person.name == name)).one()


def phone_in(slug: str = "sleep") -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one()


def noted() -> list[tuple[str, str, str]]:
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.what, entry.about, entry.reason) for entry in entries]


def at(name: str, end: str = "") -> str:
    return f"/app/admin/people/{person(name).code}/{end}"


def found(client, words: str) -> list[str]:
    page = press(client, "/app/admin/people/", words=words).text
    return [line.split("<bdi>")[1].split("</bdi>")[0] for line in page.splitlines() if "<tr><td>" in line]


def test_people_are_found_by_parts_of_name_address_or_unit_and_nobody_before_that(client, ada):
    with transaction():
        make_person("Émile", email="e.mile@northfold.example", unit="Control 50%")
        make_person("Sal", left_on=TUESDAY.date())
    sign_in_as(client, ada)
    before = client.get("/app/admin/people/").text
    assert [name for name in ("Sam", "Fay", "Sal") if name in before] == []
    assert found(client, "northfold") == ["Sam", "Émile"]
    assert found(client, "AMBULANCE sa") == ["Sam"]
    assert found(client, "émile") == found(client, "ÉMILE") == found(client, "50%") == ["Émile"]
    assert found(client, "sa") == ["Sam", "Sal"]  # who has left comes last
    assert found(client, "%%") == found(client, "nobody") == []
    assert press(client, "/app/admin/people/", words="s").status_code == 422
    assert press(client, "/app/admin/people/", words="").status_code == 422


def test_at_most_fifty_are_shown_and_it_is_said_that_there_are_more(client, ada):
    with transaction():
        for number in range(51):
            make_person(f"Pat{number:02}")
    sign_in_as(client, ada)
    page = press(client, "/app/admin/people/", words="pat").text
    assert page.count("<tr><td>") == 50
    assert "Here are the first 50" in page
    assert "Pat50" not in page


def test_an_admin_books_a_seat_for_somebody_who_is_told_and_no_reason_is_kept(client, ada, office):
    sign_in_as(client, ada)
    assert "why" not in client.get(at("Sam")).text.lower()
    answer = press(client, at("Sam", "seat"), phone_in="sleep")
    assert (answer.status_code, answer.location) == (303, at("Sam"))
    press(client, at("Sam", "seat"), phone_in="sleep")
    postman.deliver_due()
    [letter] = db.session.scalars(db.select(Letter))
    assert (letter.name, letter.to_address, letter.method) == ("seat-booked", "sam@example.org", "REQUEST")
    assert [booking.person.name for booking in seats.live_bookings(phone_in())] == ["Sam"]
    assert noted() == [("Booked a seat for somebody", f"person {person('Sam').code}", "")]


def test_where_it_is_full_they_wait_in_the_same_step_if_the_admin_says_so(client, ada):
    with transaction():
        for name in ("Stan", "Sue"):
            seats.take(phone_in(), by=make_person(name))
    sign_in_as(client, ada)
    refused = press(client, at("Sam", "seat"), phone_in="sleep")
    assert refused.status_code == 409
    assert "every seat in this phone-in has been taken" in refused.text
    assert noted() == []
    press(client, at("Sam", "seat"), phone_in="sleep", or_wait="y")
    assert [wait.person.name for wait in db.session.scalars(db.select(Wait))] == ["Sam"]
    assert "is on the waiting list" in client.get(at("Sam")).text
    assert noted() == [("Put somebody on a waiting list", f"person {person('Sam').code}", "")]


def test_which_seats_somebody_has_is_for_them_to_know(client, ada):
    with transaction():
        other = make_phone_in(slug="other", title="After a hard shift", published_at=TUESDAY)
        seats.take(other, by=person("Sam"))
        other.published_at = None  # so that it is not among those that can be chosen
    sign_in_as(client, ada)
    page = client.get(at("Sam")).text
    assert "1 seat, on no waiting list" in page
    assert "After a hard shift" not in page


@pytest.mark.parametrize("fields", [{}, {"phone_in": ""}, {"phone_in": "draft"}, {"phone_in": "nowhere"}])
def test_only_what_can_be_booked_can_be_chosen(client, ada, fields):
    with transaction():
        make_phone_in(slug="draft", published_at=None)
    sign_in_as(client, ada)
    assert press(client, at("Sam", "seat"), **fields).status_code == 422


def test_whoever_has_left_loses_seats_waits_sign_ins_and_feeds_at_once(client, ada, office):
    sam, stan = person("Sam"), None
    with transaction():
        full = make_phone_in(slug="full", seats=1)
        seats.take(full, by=make_person("Sue"))
        waiting.join(full, by=sam)
        phone_in().seats = 1
        seats.take(phone_in(), by=sam)
        stan = make_person("Stan")
        waiting.join(phone_in(), by=stan)
        token = feed_addresses.of(sam, Purpose.SEATS).token
    sams = sign_in_as(client.application.test_client(), sam)
    postman.deliver_due()
    sign_in_as(client, ada)
    page = client.get(at("Sam", "leaving")).text
    assert "1 coming seat is given back" in page
    press(client, at("Sam", "leaving"))
    press(client, at("Sam", "leaving"))
    assert (sam.left_on, sams.get("/app/").status_code) == (TUESDAY.date(), 303)
    assert (seats.live_bookings(phone_in()), waiting.waiting_by(sam)) == ([], [])
    assert [offer.wait.person.name for offer in waiting.live_offers(phone_in())] == ["Stan"]
    assert (feed_addresses.find(token), feed_addresses.of(sam, Purpose.SEATS)) == (None, None)
    assert {one.ended_on for one in db.session.scalars(db.select(SignIn).where(SignIn.person_id == sam.id))} == {
        TUESDAY.date()
    }
    postman.deliver_due()
    theirs = db.select(Letter.name, Letter.method).where(Letter.to_address == sam.email, Letter.turn == 1)
    assert ("seat-given-back", "CANCEL") in {tuple(row) for row in db.session.execute(theirs)}
    assert noted() == [("Marked somebody as having left", f"person {sam.code}", "")]


def test_whoever_is_back_can_sign_in_and_has_no_seats(client, ada):
    with transaction():
        seats.take(phone_in(), by=person("Sam"))
        people.leave(person("Sam"), by=ada)
    sign_in_as(client, ada)
    assert press(client, at("Sam", "seat"), phone_in="sleep").status_code == 409
    press(client, at("Sam", "leaving/take-back"))
    press(client, at("Sam", "leaving/take-back"))
    assert (person("Sam").may_sign_in(), seats.booked_by(person("Sam"))) == (True, [])
    assert [what for what, _, _ in noted()] == ["Marked somebody as having left", "Marked somebody as being back"]


def test_the_only_admin_stays(client, ada):
    sign_in_as(client, ada)
    answer = press(client, at("Ada", "leaving"))
    assert (answer.status_code, person("Ada").left_on, noted()) == (409, None, [])
    assert "They are the only admin." in answer.text
    with transaction():
        make_person("Abe", "admin")
    assert press(client, at("Ada", "leaving")).status_code == 303
    assert client.get("/app/admin/").status_code == 303  # signed out


def test_what_somebody_leads_is_named_before_they_leave(client, ada):
    with transaction():
        fay = person("Fay")
        make_series(title="Every Tuesday", leaders=[fay])
        make_series(slug="reviewed", title="Every Friday", reviewer_id=fay.id)
        make_phone_in(slug="reviewed", title="Between shifts", reviewer_id=fay.id)
    sign_in_as(client, ada)
    page = client.get(at("Fay", "leaving")).text
    assert "Every Tuesday</a>, and nobody else does" in page
    assert "Sleeping better, Tuesday 31 March 2026" in page
    assert "reviewer of the series" in page
    assert "Between shifts" in page
    assert "Every Tuesday" not in client.get(at("Sam", "leaving")).text


def test_whom_they_stand_in_for_is_named_before_they_leave(client, ada):
    with transaction():
        fay = person("Fay")
        make_series(slug="reviewed", title="Every Friday", deputy_id=fay.id)
        make_phone_in(slug="reviewed", title="Between shifts", deputy_id=fay.id)
        cover.add(fay.id, from_on=clock.today(), until_on=clock.today() + timedelta(days=3))
    sign_in_as(client, ada)
    page = client.get(at("Fay", "leaving")).text
    assert (
        'deputy of the safeguarding reviewer of the series <a href="/app/admin/series/reviewed/">Every Friday' in page
    )
    assert 'deputy of the safeguarding reviewer of <a href="/app/admin/phone-ins/reviewed/">Between shifts' in page
    assert "Stands in as deputy from Tuesday 24 March 2026 to Friday 27 March 2026" in page


def test_a_seat_in_a_phone_in_that_has_begun_stays(ada):
    sam = person("Sam")
    with transaction():
        seats.take(phone_in(), by=sam)
    with clock.stopped_at(phone_in().starts_at), transaction():
        people.leave(sam, by=ada)
    assert [booking.person.name for booking in seats.live_bookings(phone_in())] == ["Sam"]


def test_an_open_sign_in_link_is_dead_for_whoever_has_left(ada):
    with transaction():
        sign_in.ask("sam@example.org", browser="b", source="s")
        [letter] = db.session.scalars(db.select(Letter))
        link = next(line for line in letter.text.splitlines() if "/link/" in line).rpartition("/")[2].strip()
        people.leave(person("Sam"), by=ada)
    with pytest.raises(sign_in.LinkUsed), transaction():
        sign_in.by_link(link, browser="b")
    assert leaving.find("sam", 2) == [person("Sam")]
