"""Questions that ask the same get one wording. Only people do that, and every time it can be undone."""

from collections.abc import Iterable

from sqlalchemy import select

from phonein.db import db
from phonein.desk import triage
from phonein.desk.models import Draft
from phonein.errors import Refused
from phonein.questions.models import Question
from phonein.read_aloud import wordings
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn


class NotMerged(Refused):
    """One of them has been spoken of already, has an answer, was asked aloud in the hour, or was carried on from
    another date. Let that wording lead: the others can be merged into it. Two of this kind stay as they are."""

    title = "Not merged"


def wordings_of(questions: list[Question], phone_in: PhoneIn, also: Iterable[ReadAloud] = ()) -> list[ReadAloud]:
    """In which these are asked here, and `also` those, each once. First what can only lead, then the one on the agenda,
    then the one that most people ask."""
    named = {question.read_aloud_id for question in questions} | {one.id for one in also}
    found = [one for one in wordings.of(phone_in.slug) if one.id in named]
    return sorted(found, key=lambda one: (not _is_asked_elsewhere(one), not one.is_on_agenda, -one.asked, one.id))


def merge(
    phone_in: PhoneIn,
    questions: list[Question],
    into: ReadAloud | None,
    words: str = "",
    also: Iterable[ReadAloud] = (),
) -> ReadAloud:
    """All of these are asked in one wording from now on: in that of `into`, changed to `words` if there are any; with
    no `into`, in the first one's, which is made if there is none.

    `also`: wordings without an original here. Whoever is asked in the wording of one of them comes with it. If one of
    them is on the agenda, what leads is there.
    Raises NotMerged, NeedsALook, AnswerStands.
    """
    if any(question.needs_a_look for question in questions):
        raise triage.NeedsALook
    lead = into or next(iter(wordings_of(questions, phone_in, also)), None) or triage.reword(questions[0], words)
    if lead is None:
        raise triage.NotReworded
    if words:
        triage.change_words(lead, words)
    others = [one for one in wordings_of(questions, phone_in, also) if one.id != lead.id]
    _refuse_what_has_begun(others)
    for other in others:
        _take_its_place(other, lead)
        questions = [*questions, *triage.asked_as(other)]
    for question in {one.id: one for one in questions}.values():
        triage.merge(question, lead)
    wordings.tidy(phone_in.slug)
    return lead


def _take_its_place(other: ReadAloud, lead: ReadAloud) -> None:
    if lead.item is None and (item := other.item):
        item.read_aloud_id, lead.outcome = lead.id, ""
        db.session.flush()
        db.session.expire(lead, ["items"])
        db.session.expire(other, ["items"])


def _refuse_what_has_begun(others: list[ReadAloud]) -> None:
    """It would go with the wording that nobody asks any more."""
    ids = [one.id for one in others]
    has_draft = db.session.scalar(select(Draft.read_aloud_id).where(Draft.read_aloud_id.in_(ids)).limit(1))
    has_begun = any(one.answers or one.carried or (one.item and one.item.came_to) for one in others)
    if has_draft or has_begun or any(_is_asked_elsewhere(one) for one in others):
        raise NotMerged


def _is_asked_elsewhere(one: ReadAloud) -> bool:
    """Whether somebody asks it of whom there is no original at this desk: aloud, or at an earlier date."""
    return one.asked > sum(question.phone_in_slug == one.phone_in_slug for question in triage.asked_as(one))
