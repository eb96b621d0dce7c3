"""A page in one state, to be looked at."""

from dataclasses import dataclass

from tests.browser.deeds import Deed, nothing

NOBODY = ""


@dataclass(frozen=True)
class Look:
    """One page in one state. `heading` is its h1, so that no test looks at the wrong one."""

    endpoint: str
    address: str
    heading: str
    who: str = NOBODY
    deed: Deed = nothing
