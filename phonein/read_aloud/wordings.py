"""What there is to read aloud in a phone-in, and how many ask it. Whoever takes a question back lowers that number at
the same moment at which somebody at the desk may raise it: so it is only ever changed by one statement."""

from typing import Protocol

from sqlalchemy import delete, select, update

from phonein.db import db
from phonein.read_aloud.models import AgendaItem, Answer, ReadAloud

IS_ASKED = ReadAloud.asked > 0


class Worded(Protocol):
    """A question that can be joined to a wording."""

    read_aloud_id: str | None


def of(slug: str) -> list[ReadAloud]:
    """All that is to be answered in this phone-in, whoever asked it, in an order that says nothing."""
    return list(
        db.session.scalars(select(ReadAloud).where(ReadAloud.phone_in_slug == slug, IS_ASKED).order_by(ReadAloud.id))
    )


def one(slug: str, read_aloud_id: str) -> ReadAloud | None:
    """The one of this name, if it belongs to this phone-in."""
    this = (ReadAloud.id == read_aloud_id, ReadAloud.phone_in_slug == slug, IS_ASKED)
    return db.session.scalar(select(ReadAloud).where(*this))


def agenda(slug: str) -> list[AgendaItem]:
    """The running order. A question that everybody has taken back who asked it is not in it any more."""
    found = db.session.scalars(
        select(AgendaItem).where(AgendaItem.phone_in_slug == slug).order_by(AgendaItem.place, AgendaItem.id)
    )
    return [item for item in found if item.read_aloud is None or item.read_aloud.asked > 0]


def join(question: Worded, read_aloud_id: str | None) -> None:
    """The question is asked in this wording from now on, or in none; and both wordings count it. First the question,
    then the numbers: so does whoever takes it back, or two at one moment would wait for one another."""
    if (left := question.read_aloud_id) == read_aloud_id:
        return
    question.read_aloud_id = read_aloud_id
    db.session.flush()
    count_one_less(left)
    if read_aloud_id:
        _count(read_aloud_id, 1)


def count_one_less(read_aloud_id: str | None) -> None:
    if read_aloud_id:
        _count(read_aloud_id, -1)


def tidy(slug: str) -> None:
    """What nobody asks any more goes, with its place on the agenda; unless its answer is published already."""
    db.session.flush()
    is_published = select(Answer).where(Answer.read_aloud_id == ReadAloud.id).exists()
    forgotten = delete(ReadAloud).where(ReadAloud.phone_in_slug == slug, ReadAloud.asked <= 0, ~is_published)
    went = db.session.execute(forgotten.returning(ReadAloud.id), execution_options={"synchronize_session": False}).all()
    if went:
        db.session.expire_all()


def _count(read_aloud_id: str, by: int) -> None:
    counted = update(ReadAloud).where(ReadAloud.id == read_aloud_id).values(asked=ReadAloud.asked + by)
    db.session.execute(counted, execution_options={"synchronize_session": False})
    if (there := db.session.get(ReadAloud, read_aloud_id)) is not None:
        db.session.expire(there, ["asked"])
