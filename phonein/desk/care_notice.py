"""A general notice on the page of a phone-in, where something that was written is a worry: to everybody, because nobody
knows who it was, and without a word of it."""

import re

from phonein.db import hold
from phonein.desk import review, triage
from phonein.identity import audit
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

IN_A_ROW = 4  # words: so many of somebody's own, one after the other, are known again


def put_up(phone_in: PhoneIn, words: str, *, by: Person) -> None:
    """On its page from now on; "" takes it down. Noted without the words, and without any question."""
    hold(phone_in)
    if words != phone_in.care_notice:
        phone_in.care_notice = words
        what = "put a notice on the page" if words else "took the notice off the page"
        audit.note(what, by=by, about=phone_in.slug)


def repeats(phone_in: PhoneIn, words: str) -> bool:
    """Whether this has a few words in a row from anything that was asked there."""
    mine = _rows_of(words)
    originals = [*review.sent_in(phone_in), *triage.questions_for(phone_in)]
    return any(mine & _rows_of(question.text) for question in originals)


def _rows_of(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + IN_A_ROW]) for at in range(len(words) - IN_A_ROW + 1)}
