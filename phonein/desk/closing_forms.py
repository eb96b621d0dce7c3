"""What becomes of each question after the hour, as it is chosen."""

from typing import Any

from wtforms import RadioField, StringField

from phonein.desk.closing import DROPPED, FATES
from phonein.forms import Filled, Form, OneLine, choices
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import CARRIED, IN_WRITING, ReadAloud

LONGEST_REASON = 300
# Why questions are set aside that nobody has put into words: the kind of no, and what the askers read.
WHY = {
    "no_time": (outcomes.NOT_USED, "There was no time for it"),
    "asked_already": (outcomes.NOT_USED, "The same has been asked"),
    "out_of_scope": (outcomes.OUT_OF_SCOPE, "Outside what this phone-in is about"),
}
TO_THE_REST = (CARRIED, IN_WRITING)


class SetAsideRestForm(Form):
    why = RadioField(
        "Why are they not used?",
        description="The askers can read this with their receipts",
        choices=choices({name: words for name, (_, words) in WHY.items()}),
        validators=[Filled("Choose why they are not used")],
    )


class FatesForm(Form):
    """A choice for each wording, made for those that are open. Those that nobody chose for stay open."""

    open_ones: list[ReadAloud]

    @classmethod
    def of(cls, open_ones: list[ReadAloud], *, can_carry: bool, **given: Any) -> "FatesForm":
        offered = {fate: words for fate, words in FATES.items() if can_carry or fate != CARRIED}
        fields: dict[str, Any] = {}
        for one in open_ones:
            fields[f"fate_{one.id}"] = RadioField(one.words, choices=choices(offered), validate_choice=False)
            fields[f"reason_{one.id}"] = StringField(
                "If it is not used: why? Its askers read this.", validators=[OneLine(LONGEST_REASON)]
            )
        form: FatesForm = type("Fates", (cls,), fields)(**given)
        form.open_ones, form.offered = open_ones, offered
        return form

    offered: dict[str, str]

    def fate(self, one: ReadAloud) -> Any:
        return self[f"fate_{one.id}"]

    def reason(self, one: ReadAloud) -> Any:
        return self[f"reason_{one.id}"]

    def chosen(self, rest: str = "") -> dict[str, tuple[str, str]] | None:
        """What each comes to; with `rest` for those for which nothing is chosen. None where something is wrong."""
        is_right, found = self.validate(), {}
        for one in self.open_ones:
            fate, reason = self.fate(one), self.reason(one)
            wanted = fate.data or (rest if rest in self.offered and rest in TO_THE_REST else "")
            if wanted and wanted not in self.offered:
                fate.errors, is_right = ["Choose one of these"], False
            elif wanted == DROPPED and not reason.data:
                reason.errors, is_right = ["Write why it is not used"], False
            elif wanted:
                found[one.id] = (wanted, reason.data or "")
        return found if is_right else None
