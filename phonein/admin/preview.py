"""The next dates of a series that is being written, before anything is saved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from phonein import clock, formats
from phonein.admin.forms import SeriesForm
from phonein.schedule import rhythm

SHOWN = 10
LOOK_AHEAD = timedelta(days=366 * 3)


@dataclass(frozen=True)
class Upcoming:
    """One date of the preview: when it starts, and what is worth knowing about that day."""

    starts_at: datetime
    remark: str = ""


def next_dates(form: SeriesForm) -> list[Upcoming]:
    """The first ten dates, or none while the form does not yet say when."""
    rhythm_fields = (form.repeat, form.weekdays, form.ends, form.count, form.until)
    if not form.says_when() or any(field.errors for field in rhythm_fields):
        return []
    if (form.ends.data == "count" and not form.count.data) or (form.ends.data == "until" and not form.until.data):
        return []
    first = rhythm.instant(form.starts_local, form.zone)
    starts = rhythm.starts(form.starts_local, form.zone, form.rule, until=first + LOOK_AHEAD)
    return [Upcoming(start, _remark(start, form)) for start in starts[:SHOWN]]


def _remark(start: datetime, form: SeriesForm) -> str:
    local = start.astimezone(form.zone)
    if start < clock.now():
        return "in the past"
    if formats.is_clock_change(local.date(), form.zone):
        return "the clocks change on this day"
    return ""
