"""Phonein as an operator has it: started by `make run`, asked by its command line, stopped by a signal."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
START_SECONDS, STOP_SECONDS = 60, 10


class Product:
    """One installation. It may be stopped and started again: port and data folder stay."""

    def __init__(self, data: Path, *, mail_port: int) -> None:
        self.data = data
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.said = data.with_name("said.txt")
        inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        self.environment = inherited | {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mail_port)}
        self.make: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Returns once it says it is ready, and how many seconds that took."""
        # The tests' own environment is the installed one (-o): nothing is fetched in the middle of a test.
        command = ["make", "-o", ".venv/installed", "run", f"PORT={self.port}", f"PHONEIN_DATA={self.data}", "DEMO=0"]
        began = time.monotonic()
        with self.said.open("ab") as said:
            self.make = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=said, stderr=said, start_new_session=True
            )
        while not self.is_ready():
            assert self.make.poll() is None, f"make run ended: {self.said.read_text()}"
            assert time.monotonic() - began < START_SECONDS, f"not ready: {self.said.read_text()}"
            time.sleep(0.1)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def terminate(self) -> float:
        """Asks it to stop, as an operator would. Returns the seconds until nothing of it was left."""
        assert self.make
        began = time.monotonic()
        self.make.terminate()
        self.make.wait(STOP_SECONDS)
        while self._is_anything_left():
            assert time.monotonic() - began < STOP_SECONDS, "something of it goes on"
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self) -> None:
        """Whatever happened in the test, nothing of it goes on."""
        if self.make is None:
            return
        if self._is_anything_left():
            os.killpg(self.make.pid, signal.SIGKILL)
        self.make.wait(STOP_SECONDS)

    def command(self, *words: str) -> str:
        """What `phonein …` prints, with the same settings as the running service."""
        settings = self.environment | {"PHONEIN_DATA": str(self.data), "PORT": str(self.port)}
        done = subprocess.run(
            [BIN / "phonein", *words], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"phonein {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def programme(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.command("programme", "--json"))
        return rows

    def files_with(self, text: str) -> list[str]:
        """Every file of this installation in which the text can be read: database, journal, keys, log of the server."""
        spellings = [text.encode("utf-8"), text.encode("utf-16-le"), text.encode("utf-16-be")]
        folder = self.data.parent
        return sorted(
            str(file.relative_to(folder))
            for file in folder.rglob("*")
            if file.is_file() and any(spelling in file.read_bytes() for spelling in spellings)
        )

    def _is_anything_left(self) -> bool:
        assert self.make
        if self.make.poll() is None:
            return True
        try:
            os.killpg(self.make.pid, 0)
        except ProcessLookupError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
