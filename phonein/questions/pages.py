"""What the pages of the door show, whoever looks: the phone-in, and nothing about who that might be."""

from typing import Any

from flask import current_app, render_template

from phonein import clock
from phonein.questions import box, codes, safeguarding, saying, typed, votes
from phonein.questions.checking import Look
from phonein.questions.forms import AskForm, EditForm, ReceiptForm, SayForm, VoteForm, least_holders
from phonein.questions.topics import TOPICS
from phonein.read_aloud import outcomes
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

# What comes to nothing where the phone-in itself does.
CALLED_OFF = ("sealed", outcomes.PREPARING, outcomes.ON_AGENDA, outcomes.NOT_REACHED)


def ask_page(
    phone_in: PhoneIn, form: AskForm, status: int | None = None, *, is_spent: bool = False, is_reworded: bool = False
) -> Any:
    """`is_spent`: the pass that came with it is used, so a browser that keeps passes can forget this one."""
    about = {"form": form, "receipt_form": ReceiptForm(), "is_spent": is_spent, "is_reworded": is_reworded}
    return _shown("ask", phone_in, **about), _status_of(form, status)


def front_page(phone_in: PhoneIn) -> Any:
    """The page for asking, and below it what others have asked. Only this one has that list: it may be long, and the
    answers to what is sent are to be of one size."""
    vote_form = VoteForm.of(votes.ballot(phone_in))
    about = {"form": AskForm(), "receipt_form": ReceiptForm(), "is_spent": False, "is_reworded": False}
    return _shown("ask", phone_in, vote_form=vote_form, **about)


def check_page(phone_in: PhoneIn, form: AskForm, look: Look) -> Any:
    about = {"topic": TOPICS.get(form.topic.data), "has_reviewer": safeguarding.has_reviewer(phone_in)}
    return _shown("check", phone_in, form=form, look=look, receipt=codes.new_receipt(), **about)


def sent_page(phone_in: PhoneIn, receipt: str, look: Look, *, to_reviewer: bool) -> Any:
    return _shown("sent", phone_in, receipt=receipt, look=look, to_reviewer=to_reviewer)


def receipt_page(phone_in: PhoneIn, form: ReceiptForm, status: int = 422) -> Any:
    return _shown("receipt", phone_in, form=form), status


def standing_page(phone_in: PhoneIn, found: box.Standing, receipt: str) -> Any:
    return _standing(phone_in, found, receipt, None)


def changed_page(phone_in: PhoneIn, changed: box.Standing, receipt: str, look: Look) -> Any:
    """How it stands, and what the check has to say about the new words."""
    return _standing(phone_in, changed, receipt, look)


def edit_page(
    phone_in: PhoneIn, form: EditForm, receipt: str, status: int | None = None, *, is_reworded: bool = False
) -> Any:
    return _shown("edit", phone_in, form=form, receipt=receipt, is_reworded=is_reworded), _status_of(form, status)


def withdrawn_page(phone_in: PhoneIn) -> Any:
    return _shown("withdrawn", phone_in)


def vote_page(phone_in: PhoneIn, form: VoteForm, status: int | None = None) -> Any:
    """The list once more, with what was wrong."""
    return _shown("vote", phone_in, vote_form=form, form=form), _status_of(form, status)


def voted_page(phone_in: PhoneIn) -> Any:
    return _shown("voted", phone_in)


def say_page(phone_in: PhoneIn, form: SayForm) -> Any:
    """How was it? Whoever looks, and whether anybody has said so."""
    about = {"is_open": saying.is_open(phone_in), "open_days": saying.OPEN_FOR.days, "longest": saying.LONGEST}
    return _shown("say", phone_in, form=form, **about), _status_of(form, None)


def said_page(phone_in: PhoneIn) -> Any:
    return _shown("said", phone_in)


def _standing(phone_in: PhoneIn, found: box.Standing, receipt: str, look: Look | None) -> str:
    """Exactly one thing has become of it; `where` is the phone-in in which it is now, if it was carried on."""
    now, worded = clock.now(), found.read_aloud
    became = "sealed"
    if found.question:
        became = outcomes.of(found.question, worded, is_over=phone_in.has_ended(now))
    where = programme.at_the_door(worded.phone_in_slug) if worded and worded.phone_in_slug != phone_in.slug else None
    return _shown(
        "standing",
        phone_in,
        found=found,
        became="cancelled" if phone_in.is_cancelled and became in CALLED_OFF else became,
        where=where,
        topic=TOPICS.get(found.topic),
        receipt=receipt,
        look=look,
    )


def _shown(page: str, phone_in: PhoneIn, **what: Any) -> str:
    now = clock.now()
    next_release = next((time for time in phone_in.release_times if time > now), phone_in.release_times[-1])
    facts = {"now": now, "next_release": next_release, "longest": typed.LONGEST, "least_holders": least_holders()}
    facts |= {"original_days": current_app.config["ORIGINALS_DAYS"]}
    could_have_asked = could_have_asked_in_words(phone_in.holders)
    return render_template(
        f"questions/{page}.html", phone_in=phone_in, could_have_asked=could_have_asked, **facts | what
    )


def could_have_asked_in_words(holders: int) -> str:
    """Rounded down to tens, so that nobody can watch passes being drawn one by one."""
    tens = holders // 10 * 10
    return f"At least {tens} people could have asked" if tens else "Fewer than 10 people could have asked so far"


def _status_of(form: Any, status: int | None) -> int:
    return status or (422 if form.errors else 200)
