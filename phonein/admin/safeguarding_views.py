"""The organisation's safeguarding procedure: written here by admins, needed before anything is published."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from phonein import wording
from phonein.admin import safeguarding
from phonein.admin.safeguarding_forms import ProcedureForm
from phonein.db import transaction
from phonein.identity import access
from phonein.safeguarding import procedure
from phonein.safeguarding.hours import DAYS

bp = access.blueprint("safeguarding", __name__, url_prefix="/app/admin/safeguarding")


@bp.get("/")
@access.admins
def procedure_page() -> Any:
    return _page(ProcedureForm(data=safeguarding.values()))


@bp.post("/")
@access.admins
def keep_procedure() -> Any:
    form = ProcedureForm()
    if not form.validate():
        return _page(form, status=422)
    after = (form.edition.data or 0, form.support_edition.data or 0)
    try:
        with transaction():
            is_new = safeguarding.keep(
                form.facts(), form.support_lines, is_checked=form.is_checked.data, after=after, by=g.person
            )
    except (procedure.ProcedureChanged, wording.WordedMeanwhile) as refusal:
        there = procedure.newest()
        form.edition.raw_data, form.edition.data = None, there.edition if there else 0
        form.support_edition.raw_data, form.support_edition.data = None, safeguarding.support_edition()
        return _page(form, meanwhile=refusal, status=409)
    if is_new:
        flash("Kept. This is in force from now on.")
    else:
        flash("Nothing was changed: this is what is in force.", "warn")
    return redirect(url_for("safeguarding.procedure_page"), 303)


def _page(form: ProcedureForm, *, meanwhile: Any = None, status: int = 200) -> Any:
    editions = procedure.editions()
    page = render_template("admin/safeguarding.html", form=form, days=DAYS, editions=editions, meanwhile=meanwhile)
    return page, status
