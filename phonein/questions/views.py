"""The anonymous door: ask, see what became of it, change it, take it back, say that one wants to hear a question too,
and afterwards how it was.

Everything is one POST to one address, so that the address says nothing; `do` in the body says what is wanted. It may be
a plain form, or what a script sends in its place: the same fields as one JSON object, filled up to one size.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort

from phonein.db import transaction
from phonein.doors import unknown
from phonein.forms import flat_fields
from phonein.questions import asking, box, doorway, pages, saying, votes
from phonein.questions.asking import Fields
from phonein.questions.forms import ReceiptForm, SayForm, VoteForm
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

bp = Blueprint("questions", __name__, url_prefix="/q")
bp.after_request(doorway.keep_no_trace)
bp.add_app_template_global(votes.in_words, "votes_in_words")


@bp.get("/<slug>/")
@unknown
def ask_page(slug: str) -> Any:
    return pages.front_page(programme.at_the_door(slug) or abort(404))


@bp.get("/<slug>/feedback/")
@unknown
def say_page(slug: str) -> Any:
    return pages.say_page(programme.at_the_door(slug) or abort(404), SayForm())


@bp.post("/")
@unknown
def act() -> Any:
    fields = flat_fields()
    phone_in = programme.at_the_door(fields.get("slug", "")) or abort(404)
    return ACTIONS.get(fields.get("do", ""), _nothing)(phone_in, fields)


def _status(phone_in: PhoneIn, fields: Fields) -> Any:
    form = ReceiptForm(fields)
    if not form.validate():
        return pages.receipt_page(phone_in, form)
    try:
        found = box.standing(phone_in, form.receipt.data)
    except box.NotKnown as refusal:
        form.receipt.errors = [str(refusal)]
        return pages.receipt_page(phone_in, form, refusal.status)
    return pages.standing_page(phone_in, found, form.receipt.data)


def _withdraw(phone_in: PhoneIn, fields: Fields) -> Any:
    form = ReceiptForm(fields)
    if not form.validate():
        return pages.receipt_page(phone_in, form)
    with transaction():
        box.withdraw(phone_in, receipt=form.receipt.data)
    return pages.withdrawn_page(phone_in)


def _vote(phone_in: PhoneIn, fields: Fields) -> Any:
    form = VoteForm.of(votes.ballot(phone_in), fields)
    if not form.validate():
        return pages.vote_page(phone_in, form)
    try:
        with transaction():
            box.vote(phone_in, pass_=form.pass_.data, question_id=form.question.data)
    except box.NotAPass as refusal:
        form.pass_.errors = [str(refusal)]
        return pages.vote_page(phone_in, form, refusal.status)
    return pages.voted_page(phone_in)


def _say(phone_in: PhoneIn, fields: Fields) -> Any:
    form = SayForm(fields)
    if not form.validate():
        return pages.say_page(phone_in, form)
    with transaction():
        saying.say(phone_in, once=form.once.data, rating=int(form.rating.data), comment=form.comment.data)
    return pages.said_page(phone_in)


def _nothing(phone_in: PhoneIn, fields: Fields) -> Any:
    abort(400)


ACTIONS: dict[str, Callable[[PhoneIn, Fields], Any]] = {
    "ask": asking.ask,
    "edit": asking.edit,
    "status": _status,
    "withdraw": _withdraw,
    "vote": _vote,
    "say": _say,
}
