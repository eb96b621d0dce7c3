"""The anonymous door: ask, see what became of it, change it, take it back. Everything is one POST to one address, so
that the address says nothing; `do` in the body says what is wanted."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request

from phonein import clock
from phonein.db import transaction
from phonein.doors import unknown
from phonein.errors import Refused
from phonein.questions import box, codes, doorway
from phonein.questions.forms import AskForm, EditForm, ReceiptForm
from phonein.questions.topics import TOPICS
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn


class CodeInQuestion(Refused):
    """Your receipt or pass stands in the question itself: whoever reads it could pass for you. Take it out first."""

    status = 422
    title = "Take the code out of the question"


bp = Blueprint("questions", __name__, url_prefix="/q")
bp.after_request(doorway.keep_no_trace)


@bp.get("/<slug>/")
@unknown
def ask_page(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    return _ask_page(phone_in, AskForm())


@bp.get("/<slug>/keys")
@unknown
def keys_page(slug: str) -> Any:
    """The public keys of blind passes: none yet, printed codes are in use."""
    _ = programme.by_slug(slug) or abort(404)
    return jsonify(keys={})


@bp.post("/")
@unknown
def act() -> Any:
    if request.is_json:
        abort(415)
    phone_in = programme.by_slug(request.form.get("slug", "")) or abort(404)
    return ACTIONS.get(request.form.get("do", ""), _nothing)(phone_in)


def _ask(phone_in: PhoneIn) -> Any:
    """Ask in two steps: look at it once more, with the receipt in hand; then send it."""
    form, receipt = AskForm(request.form), _receipt_in_hand()
    if not form.validate() or "change" in request.form:
        return _ask_page(phone_in, form)
    try:
        with transaction():
            if receipt:
                _send(phone_in, form, receipt)
            else:
                box.may_ask(phone_in, form.pass_.data)
    except Refused as refusal:
        about_the_pass = isinstance(refusal, box.NotAPass | box.PassSpent)
        (form.pass_ if about_the_pass else form.text).errors = [str(refusal)]
        return _ask_page(phone_in, form, refusal.status)
    if receipt:
        return render_template(
            "questions/sent.html", phone_in=phone_in, receipt=receipt, next_release=_next_release(phone_in)
        )
    return render_template(
        "questions/check.html",
        phone_in=phone_in,
        form=form,
        topic=TOPICS.get(form.topic.data),
        receipt=codes.new_receipt(),
    )


def _send(phone_in: PhoneIn, form: AskForm, receipt: str) -> None:
    _refuse_codes_in(form.text.data, receipt, form.pass_.data)
    box.ask(phone_in, pass_=form.pass_.data, receipt=receipt, text=form.text.data, topic=form.topic.data)


def _receipt_in_hand() -> str:
    """The receipt, if the asker has been shown one: then this is the sending and not the looking."""
    form = ReceiptForm(request.form)
    return str(form.receipt.data) if form.validate() else ""


def _status(phone_in: PhoneIn) -> Any:
    form = ReceiptForm(request.form)
    if not form.validate():
        return render_template("questions/receipt.html", phone_in=phone_in, form=form), 422
    try:
        found = box.standing(phone_in, form.receipt.data)
    except box.NotKnown as refusal:
        form.receipt.errors = [str(refusal)]
        return render_template("questions/receipt.html", phone_in=phone_in, form=form), 404
    return _standing(phone_in, found)


def _edit(phone_in: PhoneIn) -> Any:
    """Without new words this opens the question to be changed; with them it changes it."""
    who = ReceiptForm(request.form)
    if not who.validate():
        if request.form.get("text"):
            raise box.NotKnown
        return render_template("questions/receipt.html", phone_in=phone_in, form=who), 422
    if "text" not in request.form:
        found = box.standing(phone_in, who.receipt.data)
        if not found.is_sealed:
            raise box.AlreadyReleased
        form = EditForm(text=found.text, topic=found.topic)
        return render_template("questions/edit.html", phone_in=phone_in, form=form, receipt=who.receipt.data)
    form = EditForm(request.form)
    if refused := _refused_edit(phone_in, form, who.receipt.data):
        again = render_template("questions/edit.html", phone_in=phone_in, form=form, receipt=who.receipt.data)
        return again, refused
    return _standing(phone_in, box.standing(phone_in, who.receipt.data), done="Your question has been changed.")


def _refused_edit(phone_in: PhoneIn, form: EditForm, receipt: str) -> int | None:
    """The status of a refusal; None, if the question is changed."""
    if not form.validate():
        return 422
    try:
        with transaction():
            _refuse_codes_in(form.text.data, receipt)
            box.edit(phone_in, receipt=receipt, text=form.text.data, topic=form.topic.data)
    except Refused as refusal:
        form.text.errors = [str(refusal)]
        return refusal.status
    return None


def _withdraw(phone_in: PhoneIn) -> Any:
    form = ReceiptForm(request.form)
    if not form.validate():
        return render_template("questions/receipt.html", phone_in=phone_in, form=form), 422
    with transaction():
        box.withdraw(phone_in, receipt=form.receipt.data)
    return render_template("questions/withdrawn.html", phone_in=phone_in)


def _nothing(phone_in: PhoneIn) -> Any:
    abort(400)


ACTIONS: dict[str, Callable[[PhoneIn], Any]] = {"ask": _ask, "status": _status, "edit": _edit, "withdraw": _withdraw}


def _ask_page(phone_in: PhoneIn, form: AskForm, status: int | None = None) -> Any:
    now = clock.now()
    status = status or (422 if form.errors else 200)
    return render_template(
        "questions/ask.html",
        phone_in=phone_in,
        form=form,
        receipt_form=ReceiptForm(),
        now=now,
        longest=box.LONGEST,
        next_release=_next_release(phone_in),
    ), status


def _standing(phone_in: PhoneIn, found: box.Standing, done: str = "") -> Any:
    return render_template(
        "questions/standing.html",
        phone_in=phone_in,
        found=found,
        done=done,
        now=clock.now(),
        topic=TOPICS.get(found.topic),
        receipt=request.form["receipt"],
        next_release=_next_release(phone_in),
    )


def _next_release(phone_in: PhoneIn) -> Any:
    now = clock.now()
    return next((time for time in phone_in.release_times if time > now), phone_in.release_times[-1])


def _refuse_codes_in(text: str, *secret: str) -> None:
    if any(codes.stands_in(code, text) for code in secret):
        raise CodeInQuestion
