from collections.abc import Iterator

import pytest

from phonein.delivery import runner
from tests.delivery.outage import Outage


@pytest.fixture
def bell(app) -> runner.InThread:
    """The embedded default's bell, to be looked at; its thread is not started."""
    app.extensions["phonein.runner"] = runner.InThread()
    return app.extensions["phonein.runner"]


@pytest.fixture
def database(app, settings, monkeypatch) -> Iterator[Outage]:
    """The database, that can be away for a moment."""
    with Outage(settings["DATABASE_URL"]) as outage:
        yield outage
