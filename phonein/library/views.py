"""The library's pages, for everybody who is signed in."""

from typing import Any

from flask import abort, render_template, request

from phonein import clock
from phonein.identity import access
from phonein.library import asked, shelf
from phonein.library.shelf import Wanted

LONGEST = 200  # characters that are looked for
FARTHEST = 100_000  # page: a database counts no further than it can
bp = access.blueprint("library", __name__, url_prefix="/app/library")


@bp.get("/")
@access.signed_in
def list_page() -> Any:
    wanted, page = _wanted(), request.args.get("page", 1, type=int)
    entries, number = shelf.find(wanted, page=min(max(page, 1), FARTHEST))
    pages = max(1, -(-number // shelf.ON_A_PAGE))
    if not 1 <= page <= pages:
        abort(404)
    themes, series = shelf.choices()
    return render_template(
        "library/list.html",
        entries=entries,
        number=number,
        page=page,
        pages=pages,
        wanted=wanted,
        themes=themes,
        series=series,
    )


@bp.get("/print")
@access.signed_in
def print_page() -> Any:
    wanted = _wanted()
    entries, number = shelf.find(wanted, most=shelf.MOST_PRINTED)
    themes, _ = shelf.choices()
    return render_template(
        "library/print.html", entries=entries, number=number, wanted=wanted, themes=themes, today=clock.today()
    )


@bp.get("/asked/")
@access.signed_in
def asked_page() -> Any:
    blocks = asked.blocks()
    return render_template(
        "library/asked.html",
        year=asked.added("All", blocks),
        series=asked.by_series(blocks),
        quarters=asked.by_quarter(blocks),
    )


@bp.get("/<entry_id>/")
@access.signed_in
def answer_page(entry_id: str) -> Any:
    entry = shelf.one(entry_id) or abort(404)
    return render_template("library/answer.html", entry=entry, editions=shelf.editions(entry))


def _wanted() -> Wanted:
    typed = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST]
    theme, series = (request.args.get(name, "").replace("\x00", "") for name in ("theme", "series"))
    return Wanted(typed, theme, series)
