"""Changing a series, all coming dates or from one on: what is planned is what happens, and nobody is forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event, select

from phonein import clock
from phonein.admin import planning
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.schedule import by_hand, changes, publishing, revision, splitting
from phonein.schedule.models import PhoneIn, Series
from tests.builders import make_fay, make_person, make_series
from tests.conftest import TUESDAY

# Tuesdays at 19:30 in London, from 24 March 2026, five times: the clocks change after the first.
STARTS = ["03-24 19:30", "03-31 18:30", "04-07 18:30", "04-14 18:30", "04-21 18:30"]
ON_THE_WALL = datetime.fromisoformat("2026-04-07T19:30")


@pytest.fixture
def series(app) -> Series:
    with transaction():
        series = make_series(rule="FREQ=WEEKLY;BYDAY=TU;COUNT=5", leaders=[make_fay()])
        publishing.publish_series(series)
    return series


def starts(series: Series | None = None) -> list[str]:
    query = select(PhoneIn).where(PhoneIn.cancelled_at.is_(None)).order_by(PhoneIn.starts_at)
    if series:
        query = query.where(PhoneIn.series_id == series.id)
    return [f"{one.starts_at:%m-%d %H:%M}" for one in db.session.scalars(query)]


def on(day: str) -> PhoneIn:
    return db.session.scalars(select(PhoneIn).where(PhoneIn.slug == f"looking-out-for-each-other-2026-{day}")).one()


def book(day: str, *names: str) -> None:
    with transaction():
        for name in names:
            seats.take(on(day), by=make_person(name))


def carry_out(series: Series, *, from_day: str | None = None, edition: int | None = None, **changed) -> revision.Plan:
    with transaction():
        from_start = on(from_day).planned_at if from_day else None
        part = splitting.later_part(series, from_start) if from_start else {}
        draft = revision.draft_of(series) | part | changed
        before = revision.plan(series, draft, from_start=from_start, now=clock.now())
        after = planning.carry_out(series, draft, from_start=from_start, edition=edition)
    shown = [(one.start, one.kind, one.changes, one.kept, one.told) for one in before.dates]
    assert shown == [(one.start, one.kind, one.changes, one.kept, one.told) for one in after.dates]
    return after


def kinds(plan: revision.Plan) -> list[str]:
    return [one.kind for one in plan.dates]


def test_nothing_different_changes_nothing(series):
    plan = carry_out(series)
    assert (kinds(plan), plan.letters, starts()) == (["same"] * 5, 0, STARTS)


def test_another_time_for_all_coming_dates_moves_them_and_tells_those_who_booked(series):
    book("04-07", "Sam", "Stan")
    plan = carry_out(series, starts_at_time=time(20))
    assert (kinds(plan), plan.letters) == (["moved"] * 5, 2)
    assert starts() == ["03-24 20:00", "03-31 19:00", "04-07 19:00", "04-14 19:00", "04-21 19:00"]


def test_another_weekday_moves_each_date_within_its_week(series):
    book("04-07", "Sam")
    carry_out(series, first_on=date(2026, 3, 25), rule="FREQ=WEEKLY;BYDAY=WE;COUNT=5")
    assert starts() == ["03-25 19:30", "04-01 18:30", "04-08 18:30", "04-15 18:30", "04-22 18:30"]
    assert (on("04-07").starts_at, on("04-07").taken) == (datetime(2026, 4, 8, 18, 30, tzinfo=UTC), 1)


def test_from_a_date_on_a_new_series_continues_and_the_old_one_ends(series):
    book("04-14", "Sam")
    plan = carry_out(series, from_day="04-07", starts_at_time=time(18), title="Earlier")
    heir = db.session.scalars(select(Series).where(Series.continues_id == series.id)).one()
    assert (starts(series), starts(heir)) == (STARTS[:2], ["04-07 17:00", "04-14 17:00", "04-21 17:00"])
    assert (plan.letters, on("04-14").title, on("03-31").title) == (1, "Earlier", "Looking out for each other")
    assert (heir.rule, heir.published_at) == ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", series.published_at)
    assert series.starts(until=TUESDAY + timedelta(365)) == [on("03-24").planned_at, on("03-31").planned_at]


def test_from_the_first_date_on_is_the_whole_series(series):
    carry_out(series, from_day="03-24", title="All of it")
    assert [one.title for one in db.session.scalars(select(Series))] == ["All of it"]


def test_rolling_on_after_a_split_makes_no_date_twice(series):
    with transaction():
        series.rule = "FREQ=WEEKLY;BYDAY=TU"
    carry_out(series, from_day="04-07", starts_at_time=time(18))
    count = db.session.scalar(select(db.func.count()).select_from(PhoneIn))
    with clock.stopped_at(TUESDAY + timedelta(hours=1)), transaction():
        from phonein.schedule import rolling

        assert rolling.roll_on_all(clock.now()) == []
    assert db.session.scalar(select(db.func.count()).select_from(PhoneIn)) == count


def test_what_was_changed_by_hand_stays_and_the_rest_follows(series):
    with transaction():
        planning.move(on("04-07"), to=datetime(2026, 4, 8, 9, tzinfo=UTC), minutes=60)
    with transaction():
        one = on("04-14")
        changes.change(one, leaders=one.leaders, seats=3)
    plan = carry_out(series, starts_at_time=time(20), title="Late", seats=50)
    assert [one.kept for one in plan.dates] == [[], [], ["its own time"], ["its own number of seats"], []]
    assert (on("04-07").starts_at, on("04-07").title, on("04-07").seats) == (
        datetime(2026, 4, 8, 9, tzinfo=UTC),
        "Late",
        50,
    )
    assert (on("04-14").starts_at, on("04-14").seats) == (datetime(2026, 4, 14, 19, tzinfo=UTC), 3)


def test_what_is_as_in_the_series_again_follows_it_again(series):
    one = on("04-07")
    for to in (datetime(2026, 4, 8, 9, tzinfo=UTC), datetime(2026, 4, 7, 18, 30, tzinfo=UTC)):
        with transaction():
            planning.move(one, to=to, minutes=60)
    assert by_hand.own(one) == set()


def test_a_date_the_series_has_no_more_is_cancelled_with_its_reason_and_told(series):
    book("04-07", "Sam")
    plan = carry_out(series, left_out={ON_THE_WALL: "Easter week"})
    assert (kinds(plan), plan.letters) == (["same", "same", "off", "same", "same"], 1)
    assert (on("04-07").is_cancelled, on("04-07").cancel_reason) == (True, "Easter week")
    plan = carry_out(series, left_out={})
    assert (kinds(plan), plan.letters, on("04-07").is_cancelled) == (["same", "same", "back", "same", "same"], 1, False)


def test_a_date_cancelled_by_hand_is_not_put_back_on_by_the_series(series):
    with transaction():
        planning.cancel(on("04-07"), reason="Fay is away.")
    carry_out(series, starts_at_time=time(20))
    assert (on("04-07").is_cancelled, on("04-07").cancel_reason) == (True, "Fay is away.")


def test_a_date_put_back_on_by_hand_stays_on_until_the_series_has_it_again(series):
    book("04-07", "Sam")
    carry_out(series, left_out={ON_THE_WALL: "Easter week"})
    with transaction():
        planning.put_back_on(on("04-07"))
    assert by_hand.own(on("04-07")) == {"on"}
    plan = carry_out(series, summary="A typo less")
    assert (kinds(plan), on("04-07").is_cancelled) == (["changed", "changed", "kept", "changed", "changed"], False)
    carry_out(series, left_out={})
    assert by_hand.own(on("04-07")) == set()


def test_a_date_held_early_is_not_planned_once_more(series):
    """Moved to an earlier day and over: neither a new time for all nor a split gives the 14th another phone-in."""
    with transaction():
        planning.move(on("04-14"), to=datetime(2026, 4, 2, 9, tzinfo=UTC), minutes=60)
    with clock.stopped_at(datetime(2026, 4, 3, 9, tzinfo=UTC)):
        plan = carry_out(series, from_day="04-07", title="Later")
        assert kinds(plan) == ["changed", "changed"]
    with clock.stopped_at(datetime(2026, 4, 14, 9, tzinfo=UTC)):
        heir = db.session.scalars(select(Series).where(Series.continues_id == series.id)).one()
        assert "new" not in kinds(carry_out(heir, starts_at_time=time(21)))
    assert db.session.scalar(select(db.func.count()).select_from(PhoneIn)) == 5


def test_a_phone_in_that_is_running_does_not_get_a_second_one_the_same_evening(series):
    with clock.stopped_at(datetime(2026, 3, 31, 19, tzinfo=UTC)):
        plan = carry_out(series, starts_at_time=time(21, 30))
    assert (kinds(plan), starts()[:2]) == (["moved"] * 3, ["03-24 19:30", "03-31 18:30"])


def test_what_fell_away_from_a_draft_is_not_shown_as_cancelled(series):
    with clock.stopped_at(TUESDAY - timedelta(days=30)):
        with transaction():
            publishing.unpublish_series(series)
        carry_out(series, rule="FREQ=WEEKLY;BYDAY=TU;COUNT=2")
        with transaction():
            publishing.publish_series(series)
    assert [one.is_published for one in series.phone_ins] == [True, True, False, False, False]


def test_a_date_moved_by_hand_stays_when_the_series_leaves_it_out(series):
    with transaction():
        planning.move(on("04-07"), to=datetime(2026, 4, 8, 9, tzinfo=UTC), minutes=60)
    plan = carry_out(series, left_out={ON_THE_WALL: ""})
    assert kinds(plan) == ["same", "same", "kept", "same", "same"]
    assert not on("04-07").is_cancelled


def test_fewer_seats_than_booked_on_a_date_is_refused_with_the_number_and_the_day(series):
    book("04-07", "Sam", "Stan")
    words = "2 seats are booked or held on Tuesday 7 April 2026, so there cannot be only 1"
    with pytest.raises(changes.FewerThanBooked, match=words):
        carry_out(series, seats=1)


def test_the_second_of_two_admins_is_shown_what_the_first_has_done(series):
    carry_out(series, edition=0, title="Ada's title")
    with pytest.raises(changes.ChangedMeanwhile):
        carry_out(series, edition=0, title="Abel's title")
    assert on("04-07").title == "Ada's title"


def test_what_has_been_stays_as_it_was(series):
    with clock.stopped_at(TUESDAY + timedelta(days=8)):
        carry_out(series, starts_at_time=time(20), title="Late")
    assert (on("03-24").title, on("03-31").title, on("04-07").title) == (
        "Looking out for each other",
        "Looking out for each other",
        "Late",
    )


def test_a_new_pin_for_each_date_is_one_for_each(series):
    book("04-07", "Sam")
    plan = carry_out(series, changes_pin=True)
    pins = {one.pin for one in db.session.scalars(select(PhoneIn))}
    assert (len(pins), plan.letters) == (5, 1)
    assert all(len(pin) == 6 and pin.isdigit() for pin in pins)
    assert carry_out(series, changes_pin=True, title="Other").letters == 1
    assert {one.pin for one in db.session.scalars(select(PhoneIn))} == pins


def test_after_a_release_asking_only_closes_earlier(series):
    one = on("03-31")
    with transaction():
        one.released_through = TUESDAY
        closes_at = one.asks_close_at
    carry_out(series, starts_at_time=time(21))
    assert on("03-31").asks_close_at == closes_at
    carry_out(series, starts_at_time=time(18))
    assert on("03-31").asks_close_at == closes_at - timedelta(hours=1, minutes=30)


@contextmanager
def held() -> Iterator[list[int]]:
    """The numbers of the phone-ins that are held meanwhile, in order."""
    numbers: list[int] = []

    def note(connection, cursor, statement, parameters, context, is_many):
        if statement.startswith("UPDATE phone_in SET revision"):
            numbers.append((list(parameters.values()) if isinstance(parameters, dict) else parameters)[-1])

    event.listen(db.engine, "before_cursor_execute", note)
    yield numbers
    event.remove(db.engine, "before_cursor_execute", note)


def test_its_dates_are_held_in_the_order_in_which_whoever_moves_a_seat_holds_them(series):
    first = series.phone_ins[0].id
    with transaction():
        planning.move(series.phone_ins[0], to=series.phone_ins[1].starts_at + timedelta(hours=3), minutes=60)
    db.session.expire_all()
    assert series.phone_ins[0].id != first
    with held() as numbers:
        carry_out(series, starts_at_time=time(20))
    assert len(numbers) > 1 and numbers == sorted(numbers)
    with held() as numbers, transaction():
        publishing.unpublish_series(series)
    assert len(numbers) > 1 and numbers == sorted(numbers)


def test_a_series_with_booked_seats_is_not_hidden(series):
    book("04-07", "Sam", "Stan")
    words = "2 people have booked on 1 date of this series. Cancel those dates first, so that people hear."
    with pytest.raises(publishing.SeatsBooked, match=words), transaction():
        publishing.unpublish_series(series)


def test_hiding_a_series_leaves_out_what_can_be_asked_about_already(series):
    with transaction():
        staying = publishing.unpublish_series(series)
    assert [one.slug[-5:] for one in staying] == ["03-24"]
    assert [on(day).is_published for day in ("03-24", "03-31", "04-07")] == [True, False, False]
    with transaction():
        publishing.publish_series(series)
    assert on("04-07").is_published


def test_one_date_is_hidden_and_shown_again(series):
    for day, refusal in (("03-24", publishing.QuestionsOpen), ("04-07", publishing.SeatsBooked)):
        if day == "04-07":
            book(day, "Sam")
        with pytest.raises(refusal), transaction():
            publishing.unpublish(on(day))
    with transaction():
        publishing.unpublish(on("04-14"))
    assert not on("04-14").is_published


def test_handing_over_changes_who_leads_this_date_alone(series):
    with transaction():
        kim = make_person("Kim", "facilitator")
        [fay] = series.leaders
        assert changes.hand_over(on("04-07"), by=fay, to=kim)
        assert not changes.hand_over(on("04-07"), by=fay, to=kim)
    assert ([p.name for p in on("04-07").leaders], [p.name for p in on("04-14").leaders]) == (["Kim"], ["Fay"])
    assert by_hand.own(on("04-07")) == {"leaders"}
