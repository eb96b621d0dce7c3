"""Why a letter did not arrive, for people who read no mail logs. Pure: made from its own `error` and `bounce`."""

import re

WRONG_ADDRESS = "There is no mailbox of that address"
NOT_OURS = "Their mail server takes no letters from our address"
FAULT_HERE = "It could not be put together: a fault of this program"

# RFC 3463: the subject of a status, and a few whose detail makes all the difference.
STATUSES = (
    (r"\d\.1\.[78]", NOT_OURS),
    (r"\d\.1\.", WRONG_ADDRESS),
    (r"\d\.2\.1", "The mailbox is switched off"),
    (r"\d\.2\.2", "The mailbox is full"),
    (r"\d\.2\.3|\d\.3\.4", "The letter is too large for that mailbox"),
    (r"\d\.2\.", "The mailbox takes no letters"),
    (r"\d\.3\.", "Their mail server has a fault"),
    (r"\d\.4\.", "Their mail server could not be reached, for days"),
    (r"\d\.7\.", "Their mail server does not let it in, or takes it for unwanted"),
)
ERRORS = (
    (r"RCPT 552", "The mailbox is full"),
    (r"RCPT 5", "The mail server refuses that address"),
    (r"RCPT 4", "The mail server says: not now"),
    (r"(DATA|GO) 5", "The mail server refuses the letter"),
    (r"(DATA|GO) 4", "The mail server had it, and says: not now"),
    (r"MAIL|greeting", "The mail server takes no letters from this service: look at the settings"),
    (r"could not be built", FAULT_HERE),
    (r"the server", "{}: look at the settings"),
    (r"the worker stopped", "This program was stopped while it was at it"),
    (r"nobody could send it in time", "Nobody could send it while it was of use"),
    (r"OperationalError|InterfaceError|DBAPIError", "The database was away"),
)
SILENCE = "The mail server does not answer"
CUT_OFF = "The connection broke while the letter was being handed over"
CAME_BACK = "It came back without a reason that we know"


def in_words(error: str | None, bounce: str | None, *, may_have_arrived: bool = False) -> str:
    """Why, as one sentence without its full stop."""
    if bounce is not None:
        return _first(STATUSES, bounce) or CAME_BACK
    error = error or ""
    found = _first(ERRORS, error)
    return found.format(error[:1].upper() + error[1:]) if found else CUT_OFF if may_have_arrived else SILENCE


def is_about_address(error: str | None, bounce: str | None) -> bool:
    """Whether the address itself seems to be wrong: then no further try helps."""
    if bounce is not None:
        return _first(STATUSES, bounce) == WRONG_ADDRESS
    return re.match(r"RCPT 5(50|51|53)", error or "") is not None


def _first(known: tuple[tuple[str, str], ...], said: str) -> str | None:
    return next((words for pattern, words in known if re.match(pattern, said)), None)
