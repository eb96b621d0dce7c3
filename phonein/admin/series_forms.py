"""The shape of what an admin types about a series: its facts, its rhythm, and the dates that are different."""

from datetime import datetime, time, timedelta
from typing import Any

from wtforms import BooleanField, Field, SelectField, TextAreaField, ValidationError

from phonein import bank_holidays
from phonein.admin import date_lines
from phonein.admin.forms import AskingForm, EditionForm, FactsForm
from phonein.admin.rhythm_forms import RhythmForm
from phonein.forms import PlainText, choices
from phonein.schedule import new_series, rhythm

LOOKED_AHEAD = timedelta(days=366 * 12)
LIKE_LEFT_OUT, LIKE_EXTRA = "2026-12-29 Between the years", "2026-12-30 18:00"


class SeriesForm(FactsForm, RhythmForm, AskingForm, EditionForm):
    """A series as it is to be."""

    bank_holidays = SelectField(
        "Bank holidays of", default="", choices=choices({"": "nowhere"} | bank_holidays.REGIONS)
    )
    skips_bank_holidays = BooleanField("Leave those dates out (otherwise they take place and are only pointed out)")
    left_out = TextAreaField(
        "Dates left out, and why (optional)",
        description=f"One a line, like {LIKE_LEFT_OUT}. Whoever has booked that day reads the reason.",
        validators=[PlainText(20_000)],
        render_kw={"rows": 4},
    )
    extra = TextAreaField(
        "Extra dates (optional)",
        description=f"One a line, like 2026-12-30, or {LIKE_EXTRA} where the time is another one.",
        validators=[PlainText(20_000)],
        render_kw={"rows": 3},
    )
    changes_pin = BooleanField("Give each new date a PIN of its own")

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        series = new_series.unsaved(self.draft() | {"leaders": []})
        if series.starts(until=self.instant + LOOKED_AHEAD):
            return True
        self.form_errors.append("It would never take place: every date is left out or skipped")
        return False

    def validate_left_out(self, field: Any) -> None:
        _, wrong = self._lines(field, LIKE_LEFT_OUT)
        if wrong:
            raise ValidationError(date_lines.problems(wrong))

    def validate_extra(self, field: Any) -> None:
        lines, wrong = self._lines(field, LIKE_EXTRA)
        off = {line.local for line in self._lines(self.left_out, LIKE_LEFT_OUT)[0]}
        for line in lines:
            if line.local in off:
                wrong.append(f"Line {line.number}: this date is left out above as well. Take it out of one of the two.")
            elif self.says_when() and rhythm.is_skipped(line.local, self.zone):
                wrong.append(f"Line {line.number}: the clocks go forward that night and jump over this time.")
        if wrong:
            raise ValidationError(date_lines.problems(wrong))

    def _lines(self, field: Any, example: str) -> tuple[list[date_lines.Line], list[str]]:
        return date_lines.read(field.data or "", usual=self.usual_time, example=example)

    @property
    def usual_time(self) -> time:
        return self.starts_at.data or time()

    def leave_out(self, text: str) -> None:
        """Write one more date into the list of those left out; an extra date is only taken out of its own list."""
        local = self._wall_clock(text)
        if local is None:
            return
        if any(line.local == local for line in self._lines(self.extra, LIKE_EXTRA)[0]):
            self.extra.data = date_lines.take_out(self.extra.data, local, self.usual_time)
        else:
            self.left_out.data = date_lines.put_in(self.left_out.data or "", date_lines.said(local, self.usual_time))

    def take_back(self, text: str) -> None:
        """Take a date out of the list of those left out."""
        if local := self._wall_clock(text):
            self.left_out.data = date_lines.take_out(self.left_out.data or "", local, self.usual_time)

    def _wall_clock(self, text: str) -> datetime | None:
        lines, _ = date_lines.read(text, usual=self.usual_time, example=LIKE_EXTRA)
        return lines[0].local if lines else None

    @property
    def _reckoned_with(self) -> list[Field]:
        when = [self.starts_on, self.starts_at, self.zone_name, self.repeat, self.every, self.weekdays]
        return [*when, self.ends, self.count, self.until, self.bank_holidays, self.left_out, self.extra]

    @property
    def rhythm_is_clear(self) -> bool:
        """Whether dates can be reckoned with what has been typed so far."""
        return self.says_when() and not any(field.errors for field in self._reckoned_with)

    @property
    def what_is_unclear(self) -> list[str]:
        """Why dates cannot be reckoned, where something was typed and cannot be right."""
        return [field.errors[0] for field in self._reckoned_with if field.errors and _is_filled(field)]

    def forgive_what_is_missing(self) -> None:
        """Who only looks at the preview may leave empty what no date depends on, and when it begins."""
        may_be_empty = {field.name for field in self} - {field.name for field in self._reckoned_with}
        for name in (*may_be_empty, "starts_on", "starts_at"):
            if not _is_filled(self[name]):
                self[name].errors = []

    def draft(self) -> dict[str, Any]:
        """The series as it is to be: its columns, the dates left out with their reasons, and the extra dates."""
        return self.facts() | {
            "zone_name": self.zone_name.data,
            "first_on": self.starts_on.data,
            "starts_at_time": self.starts_at.data,
            "rule": self.rule,
            "minutes": None if self.minutes.errors else self.minutes.data,
            "asks_open_days": self.asks_open_days.data,
            "asks_close_hours": self.asks_close_hours.data,
            "bank_holidays": self.bank_holidays.data or "",
            "skips_bank_holidays": bool(self.bank_holidays.data) and self.skips_bank_holidays.data,
            "changes_pin": self.changes_pin.data,
            "left_out": {line.local: line.words for line in self._lines(self.left_out, LIKE_LEFT_OUT)[0]},
            "extra": {line.local for line in self._lines(self.extra, LIKE_EXTRA)[0]},
        }


def _is_filled(field: Field) -> bool:
    return any(str(value).strip() for value in field.raw_data or ())
