"""What reaches the anonymous door besides a request, for the operator to see: names of headers, never what is in them.

`phonein check` asks for it at the public address, so it sees what a proxy or a single sign-on adds on the way.
"""

from typing import Any

from flask import Blueprint, jsonify

from phonein.doors import unknown
from phonein.questions import doorway

bp = Blueprint("door_health", __name__, url_prefix="/q")
bp.after_request(doorway.keep_no_trace)


# Also with a slash behind it, where the page of a phone-in would be.
@bp.get(doorway.HEALTH.removeprefix(doorway.DOOR), strict_slashes=False)
@unknown
def bare() -> Any:
    return jsonify(door="q", names=doorway.names_found(), traces=doorway.traces_found())
