"""Asking, in two steps: look at it once more, with the receipt in hand; then send it."""

from typing import Any

from werkzeug.datastructures import MultiDict

from phonein.db import transaction
from phonein.errors import Refused
from phonein.questions import box, checking, codes, pages, safeguarding, tokens
from phonein.questions.forms import AskForm, EditForm, ReceiptForm
from phonein.questions.rewrite import come_first
from phonein.schedule.models import PhoneIn

Fields = MultiDict[str, str]


class CodeInQuestion(Refused):
    """A receipt or pass of yours stands in the question itself: whoever reads it could pass for you. Take it out."""

    status = 422
    title = "Take the code out of the question"


def ask(phone_in: PhoneIn, fields: Fields) -> Any:
    form, receipt = AskForm(fields), receipt_in(fields)
    if not form.validate() or "change" in fields:
        return pages.ask_page(phone_in, form)
    look = checking.look(form.text.data)
    if "rewrite" in fields:
        form.text.data = look.rewritten
        return pages.ask_page(phone_in, form, is_reworded=True)
    to_reviewer = fields.get("to") == "reviewer"
    if refused := _refused_ask(phone_in, form, receipt, to_reviewer=to_reviewer):
        about_the_pass = isinstance(refused, box.NotAPass | box.PassSpent)
        (form.pass_ if about_the_pass else form.text).errors = [str(refused)]
        return pages.ask_page(phone_in, form, refused.status, is_spent=isinstance(refused, box.PassSpent))
    if receipt:
        return pages.sent_page(phone_in, receipt, look, to_reviewer=to_reviewer)
    return pages.check_page(phone_in, form, look)


def edit(phone_in: PhoneIn, fields: Fields) -> Any:
    """Without new words this opens the question to be changed; with them it changes it, and looks at them after that:
    it is sealed still, and can be changed again."""
    who = ReceiptForm(fields)
    if not who.validate():
        if fields.get("text"):
            raise box.NotKnown
        return pages.receipt_page(phone_in, who)
    receipt = str(who.receipt.data)
    if "text" not in fields:
        found = box.standing(phone_in, receipt)
        if not found.is_sealed:
            raise box.AlreadyReleased
        is_reworded = "rewrite" in fields
        words = checking.look(found.text).rewritten if is_reworded else found.text
        return pages.edit_page(phone_in, EditForm(text=words, topic=found.topic), receipt, is_reworded=is_reworded)
    form = EditForm(fields)
    if refused := _refused_edit(phone_in, form, receipt):
        return pages.edit_page(phone_in, form, receipt, refused)
    changed = box.standing(phone_in, receipt)
    return pages.changed_page(phone_in, changed, receipt, checking.look(changed.text))


def receipt_in(fields: Fields) -> str:
    """The receipt, if the asker has been shown one: then this is the sending and not the looking."""
    form = ReceiptForm(fields)
    return str(form.receipt.data) if form.validate() else ""


def _refused_ask(phone_in: PhoneIn, form: AskForm, receipt: str, *, to_reviewer: bool) -> Refused | None:
    """Sends it, where there is a receipt, or else looks whether it could be sent: better to hear that now."""
    text, pass_ = form.text.data, form.pass_.data
    try:
        with transaction():
            if not receipt:
                box.may_ask(phone_in, pass_)
                return None
            _refuse_codes_in(phone_in, text, receipt, pass_)
            question = {"pass_": pass_, "receipt": receipt, "text": text, "topic": form.topic.data}
            if to_reviewer:
                safeguarding.send_to_reviewer(phone_in, **question)
            else:
                box.ask(phone_in, anyway=form.anyway.data == "1", **question)
    except Refused as refusal:
        return refusal
    return None


def _refused_edit(phone_in: PhoneIn, form: EditForm, receipt: str) -> int | None:
    """The status of a refusal; None, if the question is changed."""
    if not form.validate():
        return 422
    try:
        with transaction():
            _refuse_codes_in(phone_in, form.text.data, receipt)
            box.edit(phone_in, receipt=receipt, text=form.text.data, topic=form.topic.data)
    except Refused as refusal:
        form.text.errors = [str(refusal)]
        return refusal.status
    return None


def _refuse_codes_in(phone_in: PhoneIn, text: str, *secret: str) -> None:
    come_first()
    if any(codes.stands_in(code, text) for code in secret) or tokens.stands_in(phone_in.slug, text):
        raise CodeInQuestion
