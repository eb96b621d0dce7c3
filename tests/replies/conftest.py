import pytest
from flask import Flask

from phonein.booking import seats
from phonein.db import transaction
from tests.builders import make_fay, make_person, make_phone_in
from tests.replies import deliver


@pytest.fixture
def booked(app) -> Flask:
    """Sam has a seat, Fay leads; the letter with the invitation has left."""
    app.config["REPLIES_AUTHSERV"] = ["mx.service.example"]
    with transaction():
        seats.take(make_phone_in(leaders=[make_fay()]), by=make_person())
    deliver()
    return app
