"""Bringing people in from a file."""

from datetime import date

import pytest
from sqlalchemy import func, select

from phonein.db import db, transaction
from phonein.identity.import_report import Remark, Report
from phonein.identity.models import Person
from phonein.identity.people import import_people
from phonein.identity.people_file import read
from tests.identity.test_people_file import MALFORMED, SAM, STAFF, rows

ADA = "ada@example.org,Ada Admin,Head office,London,Europe/London,admin"


@pytest.fixture(autouse=True)
def _app(app):
    return app


def bring(*lines: str) -> Report:
    with transaction():
        return import_people(read(rows(*lines)))


def people() -> dict[str, tuple[str, str]]:
    return {person.email: (person.name, person.role) for person in db.session.scalars(select(Person))}


def test_the_staff_file_adds_402_people_and_says_what_it_did_with_every_other_row():
    with transaction():
        report = import_people(read(STAFF))
    assert (len(report.added), report.changed, report.left) == (402, {}, [])
    assert [str(remark) for remark in sorted(report.refused + report.warned)] == [
        row["message"] for row in MALFORMED["rows"]
    ]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 402


def test_a_second_run_changes_nothing():
    with transaction():
        first = import_people(read(STAFF))
    before = people()
    with transaction():
        second = import_people(read(STAFF))
    assert (second.added, second.changed, sorted(second.left)) == ([], {}, sorted(first.added))
    assert second.refused == first.refused
    assert [str(remark).rpartition(". ")[2] for remark in second.warned] == [
        "Merrick Tolhurst-Baptiste was here already.",
        "Ottoline Braithwaite-Eze was here already.",
    ]
    assert people() == before


def test_a_person_is_added_with_all_that_the_row_says():
    bring("Sam@Example.org,Sam Seat,Night desk,Wales,Asia/Kolkata,facilitator")
    sam = Person.by_email("sam@example.org")
    facts = (sam.email, sam.email_key, sam.name, sam.unit, sam.region, sam.zone_name, sam.role, sam.left_on)
    assert facts == (
        "Sam@Example.org", "sam@example.org", "Sam Seat", "Night desk", "Wales", "Asia/Kolkata", "facilitator", None,
    )  # fmt: skip


def test_what_is_different_is_changed_and_the_address_keeps_its_spelling():
    bring(SAM)
    report = bring("SAM@example.org,Sam Seat,Day desk,Wales,Asia/Kolkata,facilitator")
    assert report == Report(changed={"SAM@example.org": ["unit", "time zone", "role"]})
    assert people() == {"sam@example.org": ("Sam Seat", "facilitator")}


def test_people_who_are_not_in_the_file_stay():
    bring(SAM)
    bring(ADA)
    assert people() == {"sam@example.org": ("Sam Seat", "staff"), "ada@example.org": ("Ada Admin", "admin")}


def test_the_only_admin_keeps_the_role():
    bring(ADA)
    report = bring(ADA.replace(",admin", ",staff"), SAM)
    words = "Ada Admin is the only admin, so the role stays. Make somebody else an admin first."
    assert report == Report(added=["sam@example.org"], refused=[Remark(2, "Row 2", words)])
    assert people() == {"ada@example.org": ("Ada Admin", "admin"), "sam@example.org": ("Sam Seat", "staff")}


def test_an_admin_may_hand_over_to_somebody_further_down_the_file():
    bring(ADA, SAM)
    report = bring(ADA.replace(",admin", ",staff"), SAM.replace(",staff", ",admin"))
    assert report == Report(changed={"sam@example.org": ["role"], "ada@example.org": ["role"]})
    assert people() == {"ada@example.org": ("Ada Admin", "staff"), "sam@example.org": ("Sam Seat", "admin")}


def test_of_two_admins_who_would_both_stop_one_stays():
    zed = ADA.replace("ada@", "zed@").replace("Ada", "Zed")
    bring(ADA, zed)
    report = bring(ADA.replace(",admin", ",staff"), zed.replace(",admin", ",staff"))
    assert (report.changed, [remark.number for remark in report.refused]) == ({"ada@example.org": ["role"]}, [3])


def test_an_admin_who_has_left_does_not_count_as_one():
    bring(ADA, SAM.replace(",staff", ",admin"))
    with transaction():
        Person.by_email("sam@example.org").left_on = date(2026, 3, 1)
    assert [remark.number for remark in bring(ADA.replace(",admin", ",staff")).refused] == [2]


def test_somebody_who_has_left_is_not_let_in_again_by_a_file():
    bring(SAM)
    with transaction():
        Person.by_email("sam@example.org").left_on = date(2026, 3, 1)
    words = "Sam Seat has left (on 2026-03-01) and stays so until an admin lets them in again."
    assert bring(SAM.replace("Night", "Day")) == Report(refused=[Remark(2, "Row 2", words)])
    assert Person.by_email("sam@example.org").unit == "Night desk"


def test_a_file_that_is_rolled_back_adds_nobody():
    with transaction():
        report = import_people(read(rows(SAM)))
        db.session.rollback()
    assert (report.added, people()) == (["sam@example.org"], {})


def test_the_report_can_be_printed():
    bring(SAM, ADA)
    report = bring(SAM.replace("Wales", "London"), ADA, ADA.replace("@", ""))
    assert report.lines(dry_run=True) == [
        "Dry run: nothing was written.",
        "Added: 0",
        "Changed: 1",
        "  sam@example.org: region",
        "Left as they were: 1",
        "Warnings: 0",
        "Refused: 1",
        "  Row 4: “adaexample.org” is not an e-mail address: it has no @ sign. This person was not added.",
    ]
