"""Answers in writing, once they are published: in editions, of which the newest counts and the others stay."""

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from phonein import clock
from phonein.db import db
from phonein.read_aloud.models import Answer, ReadAloud
from phonein.read_aloud.wordings import IS_ASKED

_HAS_ANSWER = select(Answer).where(Answer.read_aloud_id == ReadAloud.id).exists()
LONGEST, LONGEST_WHY = 4000, 300  # with the question itself, a page of the anonymous door still fits into one step


def all_of(slug: str) -> list[ReadAloud]:
    """All that is to be answered in this phone-in, with its place in the hour and its answers, in the order of lots.
    What has an answer is there also when nobody asks it any more: it can be read, so it can be put right."""
    here = (ReadAloud.phone_in_slug == slug, or_(IS_ASKED, _HAS_ANSWER))
    found = select(ReadAloud).where(*here).order_by(ReadAloud.id)
    return list(db.session.scalars(found.options(selectinload(ReadAloud.items), selectinload(ReadAloud.answers))))


def published_in(slug: str) -> list[ReadAloud]:
    """What has been answered in writing in this phone-in, and still is."""
    found = select(ReadAloud).where(ReadAloud.phone_in_slug == slug, _HAS_ANSWER).order_by(ReadAloud.id)
    worded = db.session.scalars(found.options(selectinload(ReadAloud.answers)))
    return [one for one in worded if one.readable]


def publish(read_aloud: ReadAloud, words: str, what_changed: str = "") -> Answer:
    """The next edition; without words the answer is taken down, and `what_changed` says why."""
    last = read_aloud.answer
    edition = last.edition + 1 if last else 1
    answer = Answer(
        read_aloud_id=read_aloud.id, edition=edition, words=words, what_changed=what_changed, published_on=clock.today()
    )
    read_aloud.answers.append(answer)
    db.session.flush()
    return answer
