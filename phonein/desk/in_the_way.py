"""What keeps a deed from being undone: what somebody has built on it since, here or at the desk of another date."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from phonein.db import db
from phonein.desk.models import Deed, Draft
from phonein.questions.models import Question
from phonein.read_aloud.models import AgendaItem, Answer, ReadAloud


def is_any(deed: Deed, now: dict[str, dict[str, Any]]) -> bool:
    """`now`: the rows of its desk as they are."""
    carried = _carried(deed)
    return (
        _is_of_another_desk(deed, set(carried))
        or _is_used_where_it_went(carried)
        or _others_lean_on(deed, now)
        or _changed_what_is_answered(deed)
        or _stands_on_what_went(deed, now)
    )


def desks_of(deed: Deed) -> set[str]:
    """The slugs of all at which undoing it would change something."""
    rows = [row for rows in _wordings(deed).values() for row in rows if row]
    return {deed.phone_in_slug, *(row["phone_in_slug"] for row in rows if "phone_in_slug" in row)}


def counted_again(deed: Deed) -> Counter[str]:
    """How many questions each wording gets back when it is undone; who else asks it has no original here, or none any
    more."""
    before = [old for key, (old, _) in deed.changes.items() if key.startswith("question:") and old]
    return Counter(old["read_aloud_id"] for old in before if old.get("read_aloud_id"))


def _wordings(deed: Deed) -> dict[str, tuple[Any, Any]]:
    theirs = {key: rows for key, rows in deed.changes.items() if key.startswith("read_aloud:")}
    return {key.partition(":")[2]: (old, new) for key, (old, new) in theirs.items()}


def _carried(deed: Deed) -> dict[str, str]:
    """To where it carried on what."""
    moved = {name: new for name, (old, new) in _wordings(deed).items() if old and new and "phone_in_slug" in new}
    return {name: new["phone_in_slug"] for name, new in moved.items()}


def _is_of_another_desk(deed: Deed, carried: set[str]) -> bool:
    """Whether it changed a wording that is another date's now, but by carrying it on there."""
    wordings = _wordings(deed)
    named = {row["read_aloud_id"] for rows in deed.changes.values() for row in rows if row and row.get("read_aloud_id")}
    there = select(ReadAloud.phone_in_slug).where(ReadAloud.id.in_((wordings.keys() | named) - carried))
    would_be = {old["phone_in_slug"] for old, new in wordings.values() if old and not new}
    return bool({*db.session.scalars(there), *would_be} - {deed.phone_in_slug})


def _is_used_where_it_went(carried: dict[str, str]) -> bool:
    """Whether what it carried on has a place there, or an answer begun, or others that were merged into it."""
    placed = select(AgendaItem.read_aloud_id, AgendaItem.phone_in_slug).where(AgendaItem.read_aloud_id.in_(carried))
    asked = select(Question.read_aloud_id, Question.phone_in_slug).where(Question.read_aloud_id.in_(carried))
    used = {(name, slug) for name, slug in db.session.execute(placed.union(asked))}
    decided = select(ReadAloud.id).where(ReadAloud.id.in_(carried), ReadAloud.outcome != "")
    return bool(used & set(carried.items())) or _is_answered(set(carried)) or db.session.scalar(decided) is not None


def _others_lean_on(deed: Deed, now: dict[str, dict[str, Any]]) -> bool:
    """Whether a wording that it made has been used since: for another question, in the hour, for an answer."""
    made = {name for name, (old, _) in _wordings(deed).items() if not old}
    lean = [row for key, row in now.items() if key not in deed.changes and row.get("read_aloud_id") in made]
    return bool(lean) or _is_answered(made)


def _changed_what_is_answered(deed: Deed) -> bool:
    """Whether it changed the words of a question above an answer that is published."""
    reworded = [name for name, (old, new) in _wordings(deed).items() if old and new and "words" in new]
    return any(one.readable for one in db.session.scalars(select(ReadAloud).where(ReadAloud.id.in_(reworded))))


def _stands_on_what_went(deed: Deed, now: dict[str, dict[str, Any]]) -> bool:
    """Whether something would come back to a wording that went since, because nobody asks it any more."""
    named = {
        old["read_aloud_id"]
        for key, (old, _) in deed.changes.items()
        if old and old.get("read_aloud_id") and (key in now or not key.startswith("question:"))
    }
    come_back = {name for name, (old, new) in _wordings(deed).items() if old and not new}
    return not named <= {*come_back, *db.session.scalars(select(ReadAloud.id).where(ReadAloud.id.in_(named)))}


def _is_answered(names: set[str]) -> bool:
    written = select(Draft.read_aloud_id).where(Draft.read_aloud_id.in_(names))
    published = select(Answer.read_aloud_id).where(Answer.read_aloud_id.in_(names))
    return bool(names) and db.session.scalar(written.union(published)) is not None
