"""The facilitator's pack as a PDF, tagged for screen readers, from values alone."""

import json
from typing import Any

from phonein.desk import typesetter
from phonein.desk.briefing import QUESTION, Briefing, in_short, spelled_out
from phonein.desk.pack_letters import UNKNOWN, printable


def pdf(briefing: Briefing, *, is_large: bool = False) -> bytes:
    """The whole pack; `is_large` for 18 point type."""
    return typesetter.pdf("pack.typ", _told(briefing), kind="large" if is_large else "plain")


def _told(briefing: Briefing) -> dict[str, Any]:
    told: dict[str, Any] = _printable(spelled_out(briefing))
    title = told["title"] or "Phone-in"
    facts = [
        ("Who leads it", told["leaders"]),
        ("Seats", told["seats"]),
        ("Time", told["time"]),
        ("Fingerprint", told["fingerprint"]),
    ]
    for part in told["parts"]:
        part["words"] = part["words"] or ("(no wording yet)" if part["kind"] == QUESTION else "")
        part["short"] = in_short(part["words"])
    return told | {
        "title": title,
        "name": f"Facilitator’s pack: {title}, {told['when']}",
        "short": f"{in_short(title)}, {told['when'].split(',')[0]}",
        "facts": [fact for fact in facts if fact[1]],
        "has_boxes": UNKNOWN in json.dumps(told["parts"], ensure_ascii=False),
        "is_too_long": briefing.planned > briefing.there_is,
    }


def _printable(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _printable(each) for key, each in told.items()}
    if isinstance(told, list):
        return [_printable(each) for each in told]
    return printable(told) if isinstance(told, str) else told
