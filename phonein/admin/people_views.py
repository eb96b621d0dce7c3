"""The admin's pages about one person at a time: found by searching, never in a list of everybody."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from phonein.admin import people
from phonein.admin.people_forms import BookForm, SearchForm
from phonein.db import transaction
from phonein.errors import Refused
from phonein.identity import access, leaving
from phonein.identity.models import Person

bp = access.blueprint("people", __name__, url_prefix="/app/admin/people")


@bp.get("/")
@access.admins
def search_page() -> Any:
    return render_template("admin/people.html", form=SearchForm(), found=None, has_more=False)


@bp.post("/")
@access.admins
def search() -> Any:
    """By POST, although nothing is changed: names in an address would stand in the logs of whatever lies between."""
    form = SearchForm()
    if not form.validate():
        return render_template("admin/people.html", form=form, found=None, has_more=False), 422
    found, has_more = people.find(form.words.data)
    return render_template("admin/people.html", form=form, found=found, has_more=has_more)


@bp.get("/<code>/")
@access.admins
def person_page(code: str) -> Any:
    return _page(_person(code), BookForm())


@bp.post("/<code>/seat")
@access.admins
def book(code: str) -> Any:
    person, form = _person(code), BookForm()
    phone_ins = {one.slug: one for one in people.offered()}
    form.offer(phone_ins.values())
    if not form.validate():
        return _page(person, form, 422)
    phone_in = phone_ins[form.phone_in.data]
    try:
        with transaction():
            has_seat = people.book(person, phone_in, by=g.person, or_wait=form.or_wait.data)
    except Refused as refusal:
        form.phone_in.errors = [str(refusal)]
        return _page(person, form, refusal.status)
    done = "has a seat" if has_seat else "is on the waiting list"
    flash(f"{person.name} {done} in {phone_in.title} and is told by letter.")
    return redirect(url_for("people.person_page", code=code), 303)


@bp.get("/<code>/leaving")
@access.admins
def leaving_page(code: str) -> Any:
    return _leaving(_person(code))


@bp.post("/<code>/leaving")
@access.admins
def leave(code: str) -> Any:
    person = _person(code)
    try:
        with transaction():
            people.leave(person, by=g.person)
    except leaving.OnlyAdmin as refusal:
        return _leaving(person, refusal)
    flash(f"{person.name} has left: they can no longer sign in, and their coming seats are given back.")
    return redirect(url_for("people.person_page", code=code), 303)


@bp.post("/<code>/leaving/take-back")
@access.admins
def come_back(code: str) -> Any:
    person = _person(code)
    with transaction():
        people.come_back(person, by=g.person)
    flash(f"{person.name} is back and can sign in. Seats that were given back are not booked again.")
    return redirect(url_for("people.person_page", code=code), 303)


def _person(code: str) -> Person:
    return leaving.by_code(code) or abort(404)


def _page(person: Person, form: BookForm, status: int = 200) -> Any:
    form.offer(people.offered())
    return render_template("admin/person.html", somebody=person, form=form, stake=people.stake(person)), status


def _leaving(person: Person, refusal: Refused | None = None) -> Any:
    status = refusal.status if refusal else 200
    return render_template("admin/leaving.html", somebody=person, stake=people.stake(person), refusal=refusal), status
