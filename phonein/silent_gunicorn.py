"""gunicorn without its command line; and what it writes down, whatever its settings say: nothing about a request."""

import gc
import importlib
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]


class Silent(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Neither GUNICORN_CMD_ARGS nor a gunicorn.conf.py that lies about can make it keep an access log, and what it says
    of a request that went wrong would name its address, or where it came from, and the time."""

    def _compute_access_log_enabled(self) -> bool:
        return False

    def access(self, *args: Any, **kwargs: Any) -> None:
        return

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if "request" not in msg.lower():
            super().exception(msg, *args, **kwargs)

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if "request" not in msg.lower():
            super().warning(msg, *args, **kwargs)


class Gunicorn(BaseApplication):  # type: ignore[misc]
    """Settings are gunicorn's own, and win over what GUNICORN_CMD_ARGS says."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        by_operator = vars(self.cfg.parser().parse_args(self.cfg.get_cmd_args_from_env()))
        said = {name: value for name, value in by_operator.items() if value is not None and name != "args"}
        ours = {"preload_app": True, "logger_class": Silent, "pre_fork": _leave_alone}
        for name, value in (said | self.settings | ours).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Made anew, for the door and the settings of production that the environment has named since."""
        app: Flask = importlib.reload(importlib.import_module("wsgi")).app
        return app


def _leave_alone(arbiter: object, worker: object) -> None:
    """What is there before a process is made from this one is not looked through for garbage by either, or each would
    soon have a copy of its own."""
    gc.freeze()
