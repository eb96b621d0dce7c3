"""Bringing in a year of series from a file: a look at what it would do, then the doing."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from phonein import clock
from phonein.admin import planning
from phonein.admin.import_forms import LARGEST, AgainForm, FileForm
from phonein.db import after_commit, rehearsal, transaction
from phonein.formats import listed
from phonein.identity import access
from phonein.identity.import_report import WHOLE_FILE, Report, counted
from phonein.questions.keys import draw_pass_keys_ahead
from phonein.schedule import series_file, series_import

bp = access.blueprint("importing", __name__, url_prefix="/app/admin/import")


@bp.url_value_preprocessor
def take_a_whole_file(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Before anything reads the form, which the check of its token does; half as much again for its being base64."""
    request.max_content_length = request.max_form_memory_size = LARGEST * 3 // 2


@bp.get("/")
@access.admins
def import_page() -> Any:
    return render_template("admin/import.html", form=FileForm())


@bp.post("/")
@access.admins
def look() -> Any:
    form = FileForm()
    if not form.validate():
        return render_template("admin/import.html", form=form), 422
    content, name = form.content, form.file.data.filename or ""
    with rehearsal():
        report = series_import.import_series(series_file.read(content, name), now=clock.now(), tell=planning.tell_of)
    unreadable = [remark.words for remark in report.refused if remark.number == WHOLE_FILE]
    if unreadable:
        form.file.errors = unreadable
        return render_template("admin/import.html", form=form), 422
    return render_template("admin/import-check.html", report=report, form=AgainForm.holding(content, name), name=name)


@bp.post("/series")
@access.admins
def bring_in() -> Any:
    form = AgainForm()
    if not form.validate():
        flash("That was not the whole file. Choose it again: nothing was changed.", "warn")
        return redirect(url_for("importing.import_page"), 303)
    with transaction():
        reading = series_file.read(form.content, form.file_name.data or "")
        report = series_import.import_series(reading, now=clock.now(), tell=planning.tell_of)
        after_commit(draw_pass_keys_ahead)
    flash(_said(report))
    if report.refused:
        flash(f"{counted(len(report.refused), 'row or series', 'rows or series')} could not be taken.", "warn")
    return redirect(url_for("series.series_list"), 303)


def _said(report: Report) -> str:
    """3 series were added, 1 was changed and 2 were left as they were."""
    did = {"added": report.added, "changed": report.changed, "left as they were": report.left}
    parts = [f"{counted(len(names), 'was', 'were')} {what}" for what, names in did.items() if names]
    return f"Of the series in the file, {listed(parts)}." if parts else "Nothing was changed."
