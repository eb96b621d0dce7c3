"""Series that are one to the people in them: a change "from this date on" makes another of the later dates."""

from sqlalchemy import CTE, select
from sqlalchemy.orm import aliased

from phonein.db import db
from phonein.schedule.models import Series


def roots() -> CTE:
    """For each series, in column `root`, the one with which it began."""
    earlier = aliased(Series)
    is_first = Series.continues_id.is_(None) | ~select(earlier.id).where(earlier.id == Series.continues_id).exists()
    began = select(Series.id, Series.id.label("root")).where(is_first).cte("roots", recursive=True)
    later = aliased(Series)
    return began.union_all(select(later.id, began.c.root).join(began, later.continues_id == began.c.id))


def root_of_each() -> dict[int, int]:
    """The same for use in Python: there are few series."""
    found = roots()
    return {int(one): int(root) for one, root in db.session.execute(select(found.c.id, found.c.root))}
