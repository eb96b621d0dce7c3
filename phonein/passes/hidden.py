"""What a browser sends to have its passes signed: it has hidden them, so there is nothing in it to read but numbers."""

from typing import Any

from phonein.errors import Refused
from phonein.questions import keys, tokens


class NotHidden(Refused):
    """That is not a list of hidden passes, so nothing was drawn. Reload the page: it may be an old one."""

    status = 422
    title = "Nothing was drawn"


def read(sent: Any) -> dict[str, list[bytes]]:
    """By purpose, the hidden passes in this JSON. Raises NotHidden."""
    if not isinstance(sent, dict):
        raise NotHidden
    lists = {purpose: sent.get(purpose, []) for purpose in keys.SIGNING}
    if not all(isinstance(some, list) and all(isinstance(one, str) for one in some) for some in lists.values()):
        raise NotHidden
    try:
        return {purpose: [tokens.raw(one) for one in some] for purpose, some in lists.items()}
    except ValueError:
        raise NotHidden from None
