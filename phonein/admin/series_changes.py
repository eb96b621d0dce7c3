"""What an admin is writing: a new series, all of one that is there, or one from some date on; and what saving does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from phonein import clock
from phonein.admin import date_lines, planning
from phonein.admin.preview import Standing
from phonein.admin.rhythm_forms import KEEP, Stored
from phonein.admin.series_effect import becomes
from phonein.admin.series_forms import SeriesForm
from phonein.db import db
from phonein.identity.models import Person
from phonein.identity.people import facilitators
from phonein.schedule import changes, new_series, revision, rhythm, splitting
from phonein.schedule.models import PhoneIn, Series
from phonein.schedule.pattern import LAST, Pattern
from phonein.schedule.revision import Plan

FAR = timedelta(days=366 * 12)
FACTS = ("title", "summary", "description", "seats", "dial_in_number", "freephone", "pin", "reviewer_id", "deputy_id")
AS_THEY_ARE = ("zone_name", "minutes", "asks_open_days", "asks_close_hours", "bank_holidays", "skips_bank_holidays")


@dataclass(frozen=True)
class Writing:
    """Nothing yet: a new series. With `series`, all its coming dates; with `phone_in` too, that date and all later."""

    series: Series | None = None
    phone_in: PhoneIn | None = None

    @property
    def continues(self) -> Series | None:
        """The series of which this is the later part."""
        before = self.series.continues_id if self.series else None
        return db.session.get(Series, before) if before else None

    @property
    def from_start(self) -> datetime | None:
        return self.phone_in.planned_at if self.phone_in else None

    @property
    def address(self) -> str:
        """Where this is written."""
        if self.series is None:
            return url_for("series.new_series_page")
        if self.phone_in is None:
            return url_for("series.series_page", slug=self.series.slug)
        return url_for("series.later_page", slug=self.series.slug, phone_in_slug=self.phone_in.slug)

    def form(self) -> SeriesForm:
        """The form with what is there now in it, and with what was sent over that."""
        stored = self._stored()
        form = SeriesForm(stored, data=self._values(stored)) if self.series and stored else SeriesForm()
        form.offer(self._can_lead(), planning.reviewers(self.series))
        return form

    def draft(self, form: SeriesForm) -> dict[str, Any]:
        chosen = set(form.leaders.data or [])
        return form.draft() | {"leaders": [person for person in self._can_lead() if person.id in chosen]}

    def standing(self, plan: Plan | None) -> Standing:
        """What there is for the preview to point out."""
        if self.series is None:
            return Standing()
        coming = [one for one in self.series.phone_ins if one.planned_at and not one.has_begun(clock.now())]
        return Standing(
            series=self.series,
            since=self.from_start or clock.now(),
            phone_ins={one.planned_at: one for one in coming if one.planned_at},
            becomes={one.start: becomes(one) for one in plan.dates if one.start} if plan else {},
        )

    def refuse_if_changed(self, form: SeriesForm) -> None:
        """Raises ChangedMeanwhile where the form shows another edition than there is now."""
        if self.series and form.edition.data != self.series.edition:
            raise changes.ChangedMeanwhile

    def plan(self, draft: dict[str, Any]) -> Plan | None:
        """What saving would do to the dates that are there. Raises Refused."""
        if self.series is None:
            return None
        return revision.plan(self.series, draft, from_start=self.from_start, now=clock.now())

    def save(self, draft: dict[str, Any], edition: int | None) -> tuple[Series, Plan | None]:
        """Call it inside a transaction. Raises Refused, and ChangedMeanwhile where it is no longer that edition."""
        if self.series is None:
            return new_series.make(draft), None
        plan = planning.carry_out(self.series, draft, from_start=self.from_start, edition=edition)
        later = next((one.phone_in.series for one in plan.dates if one.phone_in), None) if self.phone_in else None
        return later or self.series, plan

    def _can_lead(self) -> Sequence[Person]:
        """Facilitators, and whoever leads it now."""
        there = list(self.series.leaders) if self.series else []
        return sorted({*facilitators(), *there}, key=lambda person: person.name)

    def _stored(self) -> Stored | None:
        series, start = self.series, self.from_start
        if series is None:
            return None
        if start is None:
            return Stored(series.first_local, series.zone, series.rule)
        by_rule = rhythm.starts(series.first_local, series.zone, series.rule, until=start + FAR)
        start = next((one for one in by_rule if one >= start), None)
        if start is None:  # only extra dates remain
            first = (self.from_start or clock.now()).astimezone(series.zone)
            return Stored(first.replace(tzinfo=None), series.zone, None)
        return Stored(_local(series, start), series.zone, splitting.later_part(series, start)["rule"])

    def _is_meant(self, series: Series, local: datetime) -> bool:
        """Whether a date of the series lies in what is being written."""
        return self.from_start is None or rhythm.instant(local, series.zone) >= self.from_start

    def _values(self, stored: Stored) -> dict[str, Any]:
        series = self.series
        assert series is not None
        usual, first = stored.first_local.time(), stored.first_local
        left_out = [gap for gap in series.left_out if self._is_meant(series, gap.starts_local)]
        extra = [one for one in series.extra if self._is_meant(series, one.starts_local)]
        return {
            **{name: getattr(series, name) for name in (*FACTS, *AS_THEY_ARE)},
            "leaders": [leader.id for leader in series.leaders],
            "changes_pin": series.changes_pin,
            "starts_on": first.date(),
            "starts_at": usual,
            "edition": series.edition,
            "left_out": "\n".join(date_lines.said(gap.starts_local, usual, gap.reason) for gap in left_out),
            "extra": "\n".join(date_lines.said(one.starts_local, usual) for one in extra),
            **_repeat(stored.pattern),
        }


def _local(series: Series, start: datetime) -> datetime:
    """The wall-clock start on the day of an instant, at the usual time of the series."""
    return datetime.combine(start.astimezone(series.zone).date(), series.starts_at_time)


def _repeat(pattern: Pattern | None) -> dict[str, Any]:
    if pattern is None:
        return {"repeat": KEEP}
    names = {("nth", LAST): "last", ("working", 1): "first-working", ("working", LAST): "last-working"}
    return {
        "repeat": names.get((pattern.kind, pattern.nth), pattern.kind),
        "every": pattern.interval,
        "weekdays": list(pattern.days) if pattern.kind == "weekly" else [],
        "ends": "count" if pattern.count else "until" if pattern.until else "never",
        "count": pattern.count,
        "until": pattern.until,
    }
