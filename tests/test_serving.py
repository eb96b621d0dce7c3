"""The processes that production runs, as far as one alone can show it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from phonein.booking import seats
from phonein.db import db, transaction
from tests.builders import make_person, make_phone_in


@pytest.fixture
def sweep(app, settings):
    """A sweep of its own, without a queue server, on the database of this test."""
    environment = os.environ | settings | {"PHONEIN_EMBEDDED": "1"}
    process = subprocess.Popen([sys.executable, "-m", "phonein", "sweep"], env=environment, stderr=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


def wait_for_letters(folder: Path, seconds: float = 30) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not (folder.exists() and any(folder.iterdir())):
        time.sleep(0.2)
    return len(list(folder.iterdir()))


def test_without_a_queue_server_the_sweep_delivers_and_ends_when_told(app, settings, sweep):
    with transaction():
        seats.take(make_phone_in(), by=make_person())
    db.session.rollback()
    assert wait_for_letters(Path(settings["PHONEIN_DATA"], "mailbox", "new")) == 1
    sweep.send_signal(signal.SIGTERM)
    assert sweep.wait(10) == 0
