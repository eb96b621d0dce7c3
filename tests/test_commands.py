"""The command line, as an operator meets it: real files, exit codes, dry runs."""

import json
from pathlib import Path

import pytest

from phonein import formats
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.passes import issue
from phonein.schedule import rolling
from phonein.schedule.models import PhoneIn, Series
from tests import servers
from tests.builders import make_ada, make_person, make_phone_in
from tests.conftest import TUESDAY
from tests.replies import first_seat, message

DATA = "phonein/demo/data"


@pytest.fixture
def run(app):
    def run(*words: str):
        db.session.rollback()
        return app.test_cli_runner().invoke(args=list(words))

    return run


@pytest.fixture
def run_with(app):
    """The same, with something on standard input."""

    def run_with(given: bytes, *words: str):
        db.session.rollback()
        return app.test_cli_runner().invoke(args=list(words), input=given)

    return run_with


def count(model) -> int:
    number = db.session.scalar(db.select(db.func.count()).select_from(model))
    db.session.rollback()
    return number


def test_the_people_of_the_demonstration_come_in_once(run):
    first = run("import-people", f"{DATA}/staff.csv")
    assert (first.exit_code, count(Person)) == (1, 402)
    assert "Added: 402" in first.output
    assert "Refused: 11" in first.output
    assert "Row 139: “tomos huws-dale@example.org” is not an e-mail address: it has a space in it." in first.output
    second = run("import-people", f"{DATA}/staff.csv")
    assert "Added: 0" in second.output
    assert "Left as they were: 402" in second.output


def test_whoever_is_a_facilitator_or_an_admin_from_now_on_hides_no_asker_any_more(run, tmp_path):
    with transaction():
        phone_in, people = make_phone_in(holders=0), [make_person(name) for name in ("Sam", "Kim", "Lee")]
        for person in people:
            issue.draw(phone_in, by=person)
    seen = [phone_in.holders]
    file = tmp_path / "staff.csv"
    file.write_text(
        "email,name,unit,region,timezone,role\nsam@example.org,Sam,HMP Tarn,North West,Europe/London,facilitator\n"
    )
    for words in (["import-people", str(file)], ["make-admin", "kim@example.org", "--name", "Kim"]):
        assert run(*words).exit_code == 0
        seen.append(db.session.scalar(db.select(PhoneIn.holders)))
    assert seen == [3, 2, 1]


def test_a_dry_run_says_the_same_and_writes_nothing(run):
    answer = run("import-people", f"{DATA}/staff.csv", "--dry-run")
    assert (answer.exit_code, count(Person)) == (1, 0)
    assert "Dry run: nothing was written." in answer.output
    assert "Added: 402" in answer.output


def test_series_come_in_and_the_programme_has_every_gold_instant(run):
    run("import-people", f"{DATA}/staff.csv")
    assert run("import-series", f"{DATA}/series.json", "--dry-run").exit_code == 0
    assert count(Series) == 0
    first = run("import-series", f"{DATA}/series.json")
    assert (first.exit_code, count(Series)) == (0, 12)
    phone_ins = count(PhoneIn)
    assert run("import-series", f"{DATA}/series.json").exit_code == 0
    assert count(PhoneIn) == phone_ins
    programme = json.loads(run("programme", "--json").output)
    assert programme == sorted(programme, key=lambda row: (row["starts_at"], row["slug"]))
    with Path(DATA, "series.json").open(encoding="utf-8") as file:
        for series in json.load(file)["series"]:
            starts = [row["starts_at"] for row in programme if row["series"] == series["id"]]
            gold = series["gold"]["first_starts_utc"]
            ahead = formats.machine(TUESDAY + rolling.AHEAD)
            assert starts[: len(gold)] == [start for start in gold if start <= ahead]


def test_a_table_of_series_is_told_by_the_name_of_its_file_and_a_dry_run_shows_every_date(run, tmp_path):
    run("import-people", f"{DATA}/staff.csv")
    table = tmp_path / "year.csv"
    table.write_text(
        "id,title,timezone,start_local,rrule,duration_minutes,capacity,opens_days_before,closes_hours_before,number,"
        "facilitators\n"
        "nights,Nights,Europe/London,2026-10-24 19:30,FREQ=DAILY;COUNT=2,60,9,7,24,020 7946 0111,"
        "hannah.yeardsley@example.com\nbad,,,,,,,,,,\n"
    )
    answer = run("import-series", str(table), "--dry-run")
    assert (answer.exit_code, count(Series)) == (1, 0)
    assert "Sunday 25 October 2026, 7:30pm to 8:30pm (UK time): the clocks change on this day" in answer.output
    assert "Row 3: “timezone” is missing." in answer.output
    assert run("import-series", str(table)).exit_code == 1
    assert (count(Series), count(PhoneIn)) == (1, 2)


def test_a_series_whose_facilitators_are_unknown_is_refused_with_their_address(run):
    answer = run("import-series", f"{DATA}/series.json")
    assert (answer.exit_code, count(Series)) == (1, 0)
    assert "hannah.yeardsley@example.com" in answer.output


def test_the_first_admin_is_made_by_hand_and_a_second_time_changes_nothing(run):
    for _ in range(2):
        assert run("make-admin", "ada@example.org", "--name", "Ada").exit_code == 0
    assert [(p.email, p.role) for p in db.session.scalars(db.select(Person))] == [("ada@example.org", "admin")]


def test_an_admin_without_an_address_is_not_made(run):
    answer = run("make-admin", "not an address", "--name", "Ada")
    assert answer.exit_code != 0
    assert "is not an e-mail address" in answer.output
    assert count(Person) == 0


def test_the_demonstration_is_for_an_empty_database_only(run, app):
    with transaction():
        make_ada()
    answer = run("demo")
    assert answer.exit_code == 1
    assert "There are people in this database already" in answer.output


def test_rounds_can_be_run_by_hand_as_of_another_time(run):
    assert run("release", "--as-of", "2026-10-01T22:30:00Z").output == "Released: 0 phone-ins.\n"
    assert run("deliver").output == "Sent: 0 letters.\n"
    assert "questions: 0" in run("forget", "--as-of", "2027-01-01").output
    assert run("release", "--as-of", "tomorrow").exit_code == 2


def test_a_mail_server_pipes_a_reply_and_hears_that_it_was_taken_in(app, run_with):
    with transaction():
        seats.take(make_phone_in(), by=make_person())
    decline = message("google-declined", first_seat())
    answers = [run_with(each, "reply") for each in (decline, decline, message("plain-mail"), b"", bytes(1_000_000))]
    assert [(answer.exit_code, answer.output) for answer in answers] == [
        (0, "given-back\n"),
        (0, "given-back\n"),
        (0, "written\n"),
        (0, "written\n"),
        (0, "too-large\n"),
    ]
    assert not first_seat().is_live


def test_with_the_database_away_the_mail_server_is_asked_to_come_again(app, run_with):
    db.drop_all()
    answer = run_with(message("plain-mail"), "reply")
    assert (answer.exit_code, answer.stdout) == (75, "")
    assert "so this message was not taken in" in answer.stderr


def test_the_look_at_the_settings_ends_well_or_says_what_is_wrong(run, app):
    app.config["QUESTIONS_URL"] = f"http://127.0.0.1:{servers.closed_port()}"
    answer = run("check")
    assert answer.exit_code == 0
    assert "Nothing found that would break a promise." in answer.output
    assert "Advice: " in answer.output
    assert "could not be reached from here" in answer.output
    app.config["SEAL_DIR"] = app.config["DATA"] / "seal"
    answer = run("check")
    assert answer.exit_code == 1
    assert "SEAL_DIR lies inside the data folder" in answer.output
