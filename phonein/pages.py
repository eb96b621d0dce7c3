"""How templates are read: everything that all of them know is laid before each as one plain dictionary."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Pages(Environment):
    """Jinja's own looks for each name in two places, and copies it name by name for every page and every part of one.
    Ours are all there before the first template is read, which Jinja's documentation asks for anyway."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}
