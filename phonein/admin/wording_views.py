"""The word lists and texts of the check before sending: see them, make a new edition, look at older ones."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from phonein import wording
from phonein.admin.wording_forms import MOST_TOLD, WordsForm
from phonein.db import transaction
from phonein.identity import access
from phonein.questions import word_lists

bp = access.blueprint("wording", __name__, url_prefix="/app/admin/wording")


@bp.get("/")
@access.admins
def every_list() -> Any:
    changed = wording.latest_editions()
    every: dict[str, list[tuple[str, int]]] = {}
    for name, language in sorted(wording.names(), key=lambda listed: list(wording.LANGUAGES).index(listed[1])):
        every.setdefault(name, []).append((language, changed.get((name, language), 0)))
    return render_template(
        "admin/wording.html",
        every=[(name, word_lists.remarks(wording.shipped(name, "en").words), found) for name, found in every.items()],
        languages=wording.LANGUAGES,
    )


@bp.get("/<name>/<language>/")
@access.admins
def one_list(name: str, language: str) -> Any:
    return _page(name, language, _form(name, language))


@bp.post("/<name>/<language>/")
@access.admins
def keep(name: str, language: str) -> Any:
    form = _form(name, language)
    if not form.validate():
        return _page(name, language, form, status=422)
    if form.words.data == wording.newest(name, language).words.strip():
        flash("Nothing was changed: these are the words in force.", "warn")
        return redirect(url_for("wording.one_list", name=name, language=language), 303)
    try:
        with transaction():
            edition = wording.keep(name, language, form.words.data, after=form.after)
    except wording.WordedMeanwhile as refusal:
        form.edition.data = str(wording.newest(name, language).edition)
        return _page(name, language, form, meanwhile=refusal, status=409)
    flash(f"Edition {edition} is in force from now on.")
    return redirect(url_for("wording.one_list", name=name, language=language), 303)


@bp.get("/<name>/<language>/editions/<int:edition>")
@access.admins
def one_edition(name: str, language: str, edition: int) -> Any:
    found = next((one for one in _editions(name, language) if one.edition == edition), None) or abort(404)
    return render_template("admin/wording-edition.html", found=found, **_said(name, language))


def _form(name: str, language: str) -> WordsForm:
    editions = _editions(name, language)
    return WordsForm(name, editions[-1].words, editions[0])


def _page(name: str, language: str, form: WordsForm, *, meanwhile: Any = None, status: int = 200) -> Any:
    page = render_template(
        "admin/wording-list.html",
        form=form,
        editions=_editions(name, language),
        faults=form.faults[:MOST_TOLD],
        further=len(form.faults) - MOST_TOLD,
        meanwhile=meanwhile,
        is_phrases=name in word_lists.PHRASES,
        **_said(name, language),
    )
    return page, status


def _said(name: str, language: str) -> dict[str, Any]:
    """What a list is called and what it is for, as its shipped edition says."""
    title, *what_for = word_lists.remarks(wording.shipped(name, language).words)
    return {
        "title": title if language == "en" or "Welsh" in title else f"{title}, {wording.LANGUAGES[language]}",
        "what_for": " ".join(what_for),
        "here": url_for("wording.one_list", name=name, language=language),
        "language": language,
    }


def _editions(name: str, language: str) -> Any:
    if (name, language) not in wording.names():
        abort(404)
    return wording.editions(name, language)
