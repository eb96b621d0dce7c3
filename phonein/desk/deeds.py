"""Every change at the desk is a deed: its history, its undoing, and who changed what meanwhile all come from there.

What is compared and kept are rows as they are before and after. An original's words are not among them.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, or_, select, update
from sqlalchemy.orm.exc import StaleDataError

from phonein import clock
from phonein.db import db, hold
from phonein.desk import in_the_way
from phonein.desk.models import Deed, DeskNote
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud import wordings
from phonein.read_aloud.models import AgendaItem, ReadAloud
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

Row = dict[str, Any]
Rows = dict[str, Row]
AGENDA = "agenda_item"
# Written down about a row that came or went, and otherwise counted by itself while people ask, vote and take back.
COUNTED = {"read_aloud": {"asked", "votes"}}
NOT_READ = {"text", "receipt_hash", "read_aloud", "place", "votes"}
DROPPED_CARRIED = "not used after it was carried on"  # its askers are those of another date
FINAL = ("redacted", "sent to the reviewer", DROPPED_CARRIED)  # there is no way back from these


class ChangedMeanwhile(Refused):
    """Somebody else has changed this since you opened the page. Nothing of yours is lost: look at how it is now, then
    do it again if it is still right."""

    title = "This list changed"


class TakenBackMeanwhile(Refused):
    """Whoever asked this has taken it back a moment ago, so it is gone from the desk."""

    status = 404
    title = "Taken back"


class NotUndone(Refused):
    """This cannot be undone: it was changed again since, or there is no way back from it."""

    title = "Not undone"


@contextmanager
def done(phone_in: PhoneIn, *, by: Person, what: str, undoes: int | None = None) -> Iterator[None]:
    """Do something at this desk, in the open transaction: one after the other, and written down.

    Where nothing changes nothing is written. Raises TakenBackMeanwhile, where a question went while it was in hand.
    """
    hold(phone_in)
    wordings.tidy(phone_in.slug)
    before = _rows(phone_in)
    try:
        yield
        db.session.flush()
    except StaleDataError:
        raise TakenBackMeanwhile from None
    changes = _differences(before, _rows(phone_in))
    if changes or what in FINAL:
        number = newest(phone_in) + 1
        facts = {"by_id": by.id, "done_at": clock.now(), "what": what, "undoes": undoes}
        db.session.add(Deed(phone_in_slug=phone_in.slug, number=number, changes=changes, **facts))
        db.session.flush()


def newest(phone_in: PhoneIn) -> int:
    """The number of the last deed at this desk; 0 before the first. Every form of the desk carries it."""
    return db.session.scalar(select(func.max(Deed.number)).where(Deed.phone_in_slug == phone_in.slug)) or 0


def history(phone_in: PhoneIn, *keys: str, most: int = 200) -> list[Deed]:
    """What was done at this desk, the newest first; about these rows only, where any are named."""
    found = select(Deed).where(Deed.phone_in_slug == phone_in.slug).order_by(Deed.number.desc())
    deeds = db.session.scalars(found if keys else found.limit(most))
    return [deed for deed in deeds if not keys or any(_is_about(deed, key) for key in keys)][:most]


def one(phone_in: PhoneIn, number: int) -> Deed | None:
    return db.session.get(Deed, (phone_in.slug, number))


def refuse_if_changed(phone_in: PhoneIn, seen: int | None, *keys: str, by: Person | None = None) -> None:
    """Raises ChangedMeanwhile where one of these rows ("question:…", "read_aloud:…"; AGENDA for the order of all of it)
    was changed after deed number `seen`, by somebody else than `by`. Ask inside the transaction. None: whoever sends
    it has seen no number."""
    if seen is None:
        return
    hold(phone_in)
    since = select(Deed).where(Deed.phone_in_slug == phone_in.slug, Deed.number > seen)
    if by is not None:
        since = since.where(Deed.by_id != by.id)
    if any(_is_about(deed, key) for deed in db.session.scalars(since) for key in keys):
        raise ChangedMeanwhile


def can_undo(deed: Deed) -> bool:
    """Whether there is a way back from it at all."""
    return deed.what not in FINAL and bool(deed.changes)


def undo(phone_in: PhoneIn, number: int, *, by: Person) -> None:
    """Put every row back as it was before this deed. Raises NotUndone, where one of them is not as the deed left it, or
    something else stands on it by now."""
    deed = one(phone_in, number)
    if deed is None or not can_undo(deed):
        raise NotUndone
    programme.hold_all(in_the_way.desks_of(deed))
    with done(phone_in, by=by, what=f"undone: {deed.what}", undoes=number):
        now = _rows(phone_in)
        if any(not _is_as(key, now.get(key), after) for key, (_, after) in deed.changes.items()):
            raise NotUndone
        if in_the_way.is_any(deed, now):
            raise NotUndone
        counted_again = in_the_way.counted_again(deed)
        for key in sorted(deed.changes, key=_parents_first):
            before, after = deed.changes[key]
            _put_back(key, before, after, counted_again)
        db.session.expire_all()
        if any(found.needs_a_look and found.is_worded for found in _questions_in(deed)):
            raise NotUndone  # it has been worded since somebody looked at it
        wordings.tidy(phone_in.slug)  # what came back and is asked by nobody any more


def _is_about(deed: Deed, key: str) -> bool:
    return any(changed == key or changed.startswith(f"{key}:") for changed in deed.changes)


def _tables(slug: str) -> dict[str, tuple[Table, ColumnElement[bool]]]:
    listed = select(AgendaItem.read_aloud_id).where(AgendaItem.phone_in_slug == slug)  # carried on from here, it may be
    where = {
        Question: Question.phone_in_slug == slug,
        ReadAloud: or_(ReadAloud.phone_in_slug == slug, ReadAloud.asked_slug == slug, ReadAloud.id.in_(listed)),
        AgendaItem: AgendaItem.phone_in_slug == slug,
        DeskNote: DeskNote.phone_in_slug == slug,
    }
    return {model.__tablename__: (model.__table__, here) for model, here in where.items()}  # type: ignore[misc]


def _rows(phone_in: PhoneIn) -> Rows:
    found: Rows = {}
    for name, (table, here) in _tables(phone_in.slug).items():
        [key] = table.primary_key
        left_out = NOT_READ if name == "question" else set()
        columns = [column for column in table.columns if column.name not in left_out]
        rows = select(*columns).where(here)
        if name == "question":  # whoever takes one back waits for the deed, before anything else is theirs
            rows = rows.with_for_update()
        for row in db.session.execute(rows).mappings():
            found[f"{name}:{row[key.name]}"] = {column.name: row[column.name] for column in columns}
    return found


def _differences(before: Rows, after: Rows) -> dict[str, list[Any]]:
    """Of a row that was there and still is, the columns that differ; of one that came or went all of it."""
    changes: dict[str, list[Any]] = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            changes[key] = [old, new]
            continue
        differ = [name for name in new if old[name] != new[name] and name not in COUNTED.get(key.split(":")[0], ())]
        if differ:
            changes[key] = [{name: old[name] for name in differ}, {name: new[name] for name in differ}]
    return changes


def _is_as(key: str, row: Row | None, expected: Row | None) -> bool:
    """Whether the row is as the deed left it. A question that was taken back since is no hindrance to the others."""
    if row is None and key.startswith("question:"):
        return True
    if row is None or expected is None:
        return row is None and expected is None
    return all(row.get(name) == value for name, value in expected.items() if name not in ("asked", "votes"))


def _questions_in(deed: Deed) -> list[Question]:
    ids = [key.partition(":")[2] for key in deed.changes if key.startswith("question:")]
    return list(db.session.scalars(select(Question).where(Question.id.in_(ids))))


def _parents_first(key: str) -> tuple[int, str]:
    return (["read_aloud", "agenda_item", "desk_note", "question"].index(key.split(":")[0]), key)


def _put_back(key: str, before: Row | None, after: Row | None, counted_again: Counter[str]) -> None:
    name, _, row_id = key.partition(":")
    table = db.metadata.tables[name]
    [id_column] = table.primary_key
    this = id_column == row_id
    if name == "question" and before and "read_aloud_id" in before:
        if (question := db.session.get(Question, row_id)) is None:
            return
        wordings.join(question, before["read_aloud_id"])
        db.session.flush()
    if before is None:
        db.session.execute(delete(table).where(this))
    elif after is None:
        others = {"asked": before["asked"] - counted_again[row_id]} if name == "read_aloud" else {}
        db.session.execute(insert(table).values({**before, **others}))  # each question counts when it is put back
    else:
        db.session.execute(update(table).where(this).values(before))
