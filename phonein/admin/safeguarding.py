"""Writing the safeguarding procedure: what the form begins with, and keeping what was written, noted."""

from typing import Any

from phonein import wording
from phonein.identity import audit
from phonein.identity.models import Person
from phonein.safeguarding import hours, procedure, support
from phonein.safeguarding.hours import DAYS
from phonein.safeguarding.support import MOST, SupportLine


def values() -> dict[str, Any]:
    """What is in force, as the form has it."""
    there, looked_at = procedure.newest(), procedure.looked_at()
    own = support.lines() if support.is_checked() else []
    rows = [{"name": line.name, "reach": line.reach, "hours": line.hours} for line in own]
    facts = {name: getattr(there, name) for name in procedure.FACTS if name != "hours"} if there else {}
    return facts | {
        "days": [_day(looked_at, number) for number in range(len(DAYS))],
        "region": looked_at.region,
        "support": rows + [{}] * (MOST - len(rows)),
        "edition": there.edition if there else 0,
        "support_edition": support_edition(),
    }


def support_edition() -> int:
    return wording.newest(support.NAME, "en").edition


def keep(
    facts: dict[str, Any], lines: list[SupportLine], *, is_checked: bool, after: tuple[int, int], by: Person
) -> bool:
    """Keep what differs from what is in force; whether anything did. The support lines count as checked today where
    they are new, or where `is_checked` says so. Raises ProcedureChanged, WordedMeanwhile."""
    there = procedure.newest()
    is_new = there is None or any(getattr(there, name) != facts[name] for name in procedure.FACTS)
    are_new = bool(lines) and (is_checked or lines != support.lines())
    if is_new:
        edition = procedure.keep(facts, after=after[0])
        audit.note("wrote the safeguarding procedure", by=by, about=f"safeguarding, edition {edition}")
    if are_new:
        support.keep(lines, after=after[1])
        audit.note("checked the support lines", by=by, about="safeguarding, support lines")
    return is_new or are_new


def _day(looked_at: hours.Hours, number: int) -> dict[str, Any]:
    begin, end = looked_at.days.get(number, (None, None))
    return {"begin": begin, "end": end}
