"""What an organisation has settled before anybody is asked anything: who is responsible, what happens next, when
somebody looks, and whom people can turn to. Until all of it is there nothing is published."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from flask import Flask, g
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from phonein import clock
from phonein.db import db, on_sqlite
from phonein.errors import Refused
from phonein.safeguarding import hours, notices, support
from phonein.safeguarding.models import Procedure

Found = TypeVar("Found")
FACTS = ("lead_name", "lead_contact", "escalation", "official_routes", "hours", "zone_name", "target_hours")
NEEDED = {
    "lead_name": "who is responsible",
    "lead_contact": "how to reach them",
    "escalation": "what happens when something worries you",
    "hours": "the hours at which somebody looks",
}
AT = "/app/admin/safeguarding/"


class ProcedureChanged(Refused):
    """Somebody else has saved another edition of the procedure since you opened this page."""

    title = "Changed meanwhile"


class ProcedureMissing(Refused):
    """Nothing is published before the safeguarding procedure is filled in: what is asked may worry somebody, and then
    it has to be clear who looks at it, when, and what they do."""

    title = "The safeguarding procedure comes first"

    def __init__(self, lacking: list[str]) -> None:
        super().__init__(f"{' '.join((self.__doc__ or '').split())} Still missing: {'; '.join(lacking)}. It is at {AT}")


def newest() -> Procedure | None:
    """What is in force; None before anybody has written anything."""
    found: Procedure | None = db.session.scalar(select(Procedure).order_by(Procedure.edition.desc()).limit(1))
    return found


def editions() -> list[Procedure]:
    """All there were, the newest first."""
    return list(db.session.scalars(select(Procedure).order_by(Procedure.edition.desc())))


def missing() -> list[str]:
    """What is still to be filled in, in words."""
    there = newest()
    lacking = [words for name, words in NEEDED.items() if not (there and getattr(there, name).strip())]
    return lacking + ([] if support.is_checked() else ["your own support lines, checked"])


def refuse_if_incomplete() -> None:
    """Raises ProcedureMissing."""
    if lacking := missing():
        raise ProcedureMissing(lacking)


def advice() -> list[str]:
    """For the look at an installation: what is to be done here yet."""
    lacking = "; ".join(missing())
    return (
        [f"Nothing can be published yet: the safeguarding procedure lacks {lacking}. It is at {AT}"] if lacking else []
    )


def keep(facts: dict[str, Any], *, after: int) -> int:
    """Make this the newest edition, following edition number `after` (0: the first), and say its number.

    Raises ProcedureChanged where that is no longer the newest, also where two do it at one moment.
    """
    there = newest()
    if (there.edition if there else 0) != after:
        raise ProcedureChanged
    insert = sqlite.insert(Procedure) if on_sqlite() else postgresql.insert(Procedure)
    row = {name: facts[name] for name in FACTS} | {"edition": after + 1, "made_on": clock.today()}
    made = db.session.scalar(insert.values(row).on_conflict_do_nothing().returning(Procedure.edition))
    if made is None:
        raise ProcedureChanged
    return after + 1


def looked_at() -> hours.Hours:
    """The hours at which somebody looks; none where they are not settled."""
    there = newest()
    if there is None:
        return hours.Hours(ZoneInfo("Europe/London"))
    return hours.read(there.hours, there.zone_name)


def due(since: datetime) -> datetime | None:
    """By when somebody should have looked at what is there since then, see `hours.target`."""
    there = newest()
    return hours.target(looked_at(), since, there.target_hours) if there else None


def next_check() -> str:
    """When somebody looks next, for the line that says that nobody looks at once. Asked once for a page; where the
    database is away there is nothing to be promised, and the page with the numbers to call is still there."""
    if "next_check" not in g:
        g.next_check = quietly(lambda: hours.next_check(looked_at(), clock.now()), "")
    return str(g.next_check)


def hours_in_words() -> str:
    """For letters, which are read whenever: the hours, and not which of them come next."""
    return looked_at().in_words


def official_routes() -> str:
    """Where wrongdoing, harassment, or that a child or adult is at risk is reported, as the organisation says; ""."""
    there = newest()
    return there.official_routes if there else ""


def own_support(language: str = "en") -> list[support.SupportLine]:
    """Whom people can turn to where they work; as it came with the program, where the database is away."""
    kept: dict[str, list[support.SupportLine]] = g.setdefault("own_support", {})
    if language not in kept:
        kept[language] = quietly(lambda: support.lines(language), support.shipped(language))
    return kept[language]


def own_support_checked() -> date | None:
    if "own_support_checked" not in g:
        g.own_support_checked = quietly(support.checked_on, None)
    return cast(date | None, g.own_support_checked)


def quietly(ask: Callable[[], Found], otherwise: Found) -> Found:
    try:
        return ask()
    except SQLAlchemyError:
        db.session.rollback()
        return otherwise


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        next_check=next_check,
        hours_looked_at=hours_in_words,
        official_routes=official_routes,
        own_support=own_support,
        own_support_checked=own_support_checked,
        procedure_missing=missing,
        language_of_notice=notices.language_of,
    )
