from collections.abc import Iterator

import pytest

from phonein.delivery import runner
from tests import servers
from tests.delivery.outage import Outage
from tests.post_office import PostOffice


@pytest.fixture
def office(app) -> Iterator[PostOffice]:
    """A mail server, to which the app hands its letters from now on."""
    with servers.smtp() as (office, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        yield office


@pytest.fixture
def bell(app) -> runner.InThread:
    """The embedded default's bell, to be looked at; its thread is not started."""
    app.extensions["phonein.runner"] = runner.InThread()
    return app.extensions["phonein.runner"]


@pytest.fixture
def database(app, settings, monkeypatch) -> Iterator[Outage]:
    """The database, that can be away for a moment."""
    with Outage(settings["DATABASE_URL"], monkeypatch) as outage:
        yield outage
