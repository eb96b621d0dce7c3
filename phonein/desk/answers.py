"""Answers in writing: drafted, looked over by a second pair of eyes, published together, put right in the open."""

from sqlalchemy import select

from phonein.db import add_unless_there, db, hold
from phonein.desk import answer_letters
from phonein.desk.models import Draft
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.read_aloud import answers as published
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn


class DraftChanged(Refused):
    """Somebody else has changed this draft since you opened the page. Both texts are shown: keep what is right."""

    title = "This draft changed"

    def __init__(self, theirs: Draft) -> None:
        super().__init__()
        self.theirs = theirs


class OwnDraft(Refused):
    """You wrote this as it stands, so somebody else has to look it over: another person who leads this phone-in."""

    title = "A second pair of eyes"


class NotReady(Refused):
    """There is nothing to publish: each answer has to be written, and looked over by somebody else."""

    title = "Nothing is ready"


def to_answer(phone_in: PhoneIn) -> list[ReadAloud]:
    """What is to be answered in writing, what has been, and what was answered in the hour and may be written up."""
    written = (outcomes.TO_BE_WRITTEN, outcomes.ANSWER, outcomes.TAKEN_DOWN, outcomes.ANSWERED_IN_THE_HOUR)
    return [
        one
        for one in published.all_of(phone_in.slug)
        if outcomes.of_wording(one, phone_in.slug, is_over=True) in written
    ]


def drafts_of(read_alouds: list[ReadAloud]) -> dict[str, Draft]:
    ids = [one.id for one in read_alouds]
    return {
        draft.read_aloud_id: draft for draft in db.session.scalars(select(Draft).where(Draft.read_aloud_id.in_(ids)))
    }


def names(drafts: list[Draft]) -> dict[int, str]:
    """Who wrote them, and who looked them over."""
    numbers = {number for draft in drafts for number in (draft.written_by_id, draft.looked_over_by_id) if number}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(numbers)))
    return {row.id: row.name for row in found}


def draft_of(read_aloud: ReadAloud) -> Draft | None:
    return db.session.get(Draft, read_aloud.id)


def write(
    phone_in: PhoneIn, read_aloud: ReadAloud, words: str, *, by: Person, seen: int, what_changed: str = ""
) -> Draft:
    """Keep the draft, as changed from its revision `seen` (0: there was none). Whoever writes last is who wrote it, and
    nobody has looked it over then. The same twice is once. Raises DraftChanged."""
    hold(phone_in)
    add_unless_there(Draft, read_aloud_id=read_aloud.id, words="", what_changed="", written_by_id=by.id, revision=0)
    draft = db.session.scalars(
        select(Draft).where(Draft.read_aloud_id == read_aloud.id), execution_options={"populate_existing": True}
    ).one()
    if draft.revision and (draft.words, draft.what_changed) == (words, what_changed):
        return draft
    if draft.revision != seen:
        raise DraftChanged(draft)
    draft.words, draft.what_changed, draft.revision = words, what_changed, draft.revision + 1
    draft.written_by_id, draft.looked_over_by_id = by.id, None
    return draft


def throw_away(phone_in: PhoneIn, read_aloud: ReadAloud) -> None:
    hold(phone_in)
    if draft := draft_of(read_aloud):
        db.session.delete(draft)


def look_over(phone_in: PhoneIn, read_aloud: ReadAloud, *, by: Person, seen: int) -> None:
    """Somebody else has read it and stands by it, as it was at revision `seen`. Raises OwnDraft, DraftChanged."""
    hold(phone_in)
    draft = draft_of(read_aloud)
    if draft is None:
        return
    db.session.refresh(draft)
    if draft.revision != seen:
        raise DraftChanged(draft)
    if draft.written_by_id == by.id:
        raise OwnDraft
    draft.looked_over_by_id = by.id


def has_second(phone_in: PhoneIn) -> bool:
    """Whether there is anybody to look over what another wrote."""
    return sum(leader.may_sign_in() for leader in phone_in.leaders) > 1


def is_ready(draft: Draft) -> bool:
    return draft.looked_over_by_id is not None and draft.looked_over_by_id != draft.written_by_id


def publish(phone_in: PhoneIn, *, alone: bool = False) -> int:
    """Everything that is ready, in one act; how many answers. Where one person leads alone, they may say that they have
    read it again (`alone`). If anything is answered for the first time, everybody who has a seat gets one letter, the
    same for all; a correction sends none. Raises NotReady."""
    hold(phone_in)
    may_alone = alone and not has_second(phone_in)
    worded = {one.id: one for one in to_answer(phone_in)}
    ready = [draft for draft in drafts_of(list(worded.values())).values() if may_alone or is_ready(draft)]
    if not ready:
        raise NotReady
    is_first = False
    for draft in ready:
        edition = published.publish(worded[draft.read_aloud_id], draft.words, draft.what_changed)
        is_first = is_first or edition.edition == 1
        db.session.delete(draft)
    if is_first:
        answer_letters.tell(phone_in)
    return len(ready)
