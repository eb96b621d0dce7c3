"""How much may be asked of the anonymous door in a minute, counted so that nothing can be learned from it.

In the memory of this process alone, for the length of a minute, by a hash whose secret is forgotten with it: never in
the queue server, in no log, in no answer but the one that says “wait”. Where the limit lies exactly is drawn by lot for
each place and minute: or somebody could ask until they are stopped, and so count what others of that place have sent.
"""

from typing import Any

from flask import Flask, current_app

from phonein import turnstile
from phonein.errors import page

# A question takes five requests or so, and a whole station may share an address. Behind a proxy that says nothing of
# where requests come from, which docs/operations.md asks for, all of them are counted as one.
FROM_ONE_PLACE, FROM_ALL = 600, 6000


def init_app(app: Flask) -> None:
    app.extensions["phonein.crowd"] = turnstile.Minute()


def answer() -> Any:
    """What whoever sends too much hears; None while there is room. It is the same for all, to the letter."""
    where = turnstile.place()
    times, hidden = current_app.extensions["phonein.crowd"].count(where)
    least = FROM_ONE_PLACE if where else FROM_ALL
    if times <= least + int.from_bytes(hidden) % (least // 2):
        return None
    text, code = page(
        429,
        title="One moment, please",
        said="More was sent to this page than it can take in for everybody just now. Nothing was kept, and your pass "
        "has not been used.",
        todo="Wait a minute, then go back and send it again.",
    )
    return text, code, {"Retry-After": str(turnstile.A_MINUTE)}
