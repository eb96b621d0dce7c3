"""Phonein as processes, each started in a session of its own so that we can see whether anything of it stays."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


class Started:
    def __init__(self, process: "subprocess.Popen[bytes]", said: Path) -> None:
        self.process, self.said = process, said

    def kill(self) -> None:
        """Everything of it at once, as when a machine dies."""
        for pid in self.alive():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> float:
        """SIGTERM, as an operator would; the seconds until nothing of it was left."""
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(20)
        until(lambda: not self.alive(), "something of it goes on")
        return time.monotonic() - began

    def alive(self) -> list[int]:
        """Also those who have a process group of their own, like RQ's work-horses: they share the session."""
        found = []
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process.pid)
            except (OSError, psutil.Error):
                continue
        return found


@contextmanager
def started(said: Path, settings: Mapping[str, str], *words: str, cwd: Path = ROOT) -> Iterator[Started]:
    """`python …words`, with these settings and nothing else in its environment. It ends with the block, whatever."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ} | dict(settings)
    with said.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=cwd, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    it = Started(process, said)
    try:
        yield it
    finally:
        it.kill()


def until(true: Callable[[], object], otherwise: str = "it never came to be", seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


class Visitor:
    """A browser without a screen."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def is_ready(self) -> bool:
        try:
            return bool(self.get("/health/ready"))
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            return False

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=20) as answer:
            return str(answer.read().decode())

    def press(self, page: str, path: str, **fields: str) -> str:
        """POST what a form on `page` would."""
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.get(page))
        assert token, f"no form on {page}"
        typed = urllib.parse.urlencode({"csrf_token": token.group(1)} | fields).encode()
        with self.opener.open(self.address + path, typed, timeout=20) as answer:
            return str(answer.read().decode())
