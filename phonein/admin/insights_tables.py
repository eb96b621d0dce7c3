"""The figures of the programme as tables to take away: the very ones that the page shows."""

from collections.abc import Callable, Iterator

from phonein.admin import insights
from phonein.admin.insights import Figures
from phonein.desk import feedback, taking_away
from phonein.desk.tables import Cell, Table

TOO_FEW = "too few to show"


def figures() -> Table:
    quarters = insights.over_all().quarters
    rows = [row for one in quarters for row in _rows(one)]
    about = (
        "Of each quarter that is over. Nothing is shown of fewer than five, no breakdown of fewer than ten; what was"
        " asked is added up from the series of which it can be shown."
    )
    return Table.of("insights", "Figures of the programme", ("Quarter", "What", "Number"), rows, about)


def _rows(one: Figures) -> Iterator[tuple[Cell, ...]]:
    quarter = str(one.quarter)
    yield quarter, "Phone-ins held", one.held
    yield quarter, "Seats there were", one.seats
    for name, number in (("Seats taken", one.taken), ("People who came", one.heads), ("Questions asked", one.asked)):
        yield quarter, name, TOO_FEW if number is None else number
    for what, breakdown in (("Outcome", one.outcomes), ("Theme", one.themes)):
        if breakdown is None:
            yield quarter, f"{what}s", TOO_FEW
            continue
        for name, number in breakdown.shown.items():
            yield quarter, f"{what}: {name}", number
        if breakdown.rest:
            yield quarter, f"{what}: not told apart, too few each", breakdown.rest


TABLES: dict[str, Callable[[], Table]] = {
    "figures": figures,
    "feedback": lambda: taking_away.feedback_of(feedback.over_all()),
    "comments": lambda: taking_away.comments_of(feedback.over_all()),
}
