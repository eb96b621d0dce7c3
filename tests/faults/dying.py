"""A process that books a seat for Sam and is killed on the way: `before` or `after` its commit."""

import os
import signal
import sys

from sqlalchemy import event, select

import config
from phonein import create_app
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with create_app(config.from_environment()).app_context(), transaction():
        event.listen(db.session, f"{sys.argv[1]}_commit", die)
        phone_in = db.session.scalars(select(PhoneIn)).one()
        seats.take(phone_in, by=db.session.scalars(select(Person)).first())
