"""Writing down a new series."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from phonein.db import db
from phonein.schedule.models import ExtraDate, LeftOut, Series
from phonein.schedule.slugs import plain


def make(draft: Mapping[str, Any]) -> Series:
    """A series as a draft: it has no dates until it is published."""
    series = unsaved(draft)
    series.slug = free_slug(series.title)
    db.session.add(series)
    db.session.flush()
    return series


def unsaved(draft: Mapping[str, Any]) -> Series:
    """What a draft would be, to reckon with and not to keep: it has no address."""
    columns = {name: value for name, value in draft.items() if name not in ("leaders", "left_out", "extra")}
    return Series(
        left_out=[
            LeftOut(starts_text=local.isoformat(), reason=why) for local, why in sorted(draft["left_out"].items())
        ],
        extra=[ExtraDate(starts_text=local.isoformat()) for local in sorted(draft["extra"])],
        leaders=list(draft["leaders"]),
        **columns,
    )


def free_slug(title: str) -> str:
    """A slug for a series of this title that no other has."""
    wanted = slug = plain(title)
    taken, number = set(db.session.scalars(select(Series.slug).where(Series.slug.startswith(wanted)))), 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
