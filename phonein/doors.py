"""Which door a view stands behind. Every view carries a mark, and a house rule holds it; `identity.access` has those of
the known door."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def anyone(view: View) -> View:
    """Open to all: nothing personal is shown."""
    view.door = "anyone"  # type: ignore[attr-defined]
    return view


def unknown(view: View) -> View:
    """The anonymous door: `questions.doorway` turns away whoever brings a name."""
    view.door = "unknown"  # type: ignore[attr-defined]
    return view
