"""Gets what the tests need and pip cannot give: ical.js for a calendar engine that is not Python's, and a browser.

`make test` runs this once. Nothing here comes from the machine's own Node: the virtual environment has one.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

BIN = Path(sys.executable).parent
ENGINES = Path(__file__).parent / "engines"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The path of a Chromium that runs: the one in $CHROMIUM, one on the PATH, or playwright's own."""
    return next((path for path in _candidates() if _runs(path)), None)


def main() -> None:
    get_icaljs()
    get_chromium()


def get_icaljs() -> None:
    """Exactly what the lock file names. Raises SystemExit where the registry cannot be reached."""
    print("Getting ical.js for the calendar tests…", flush=True)
    # npm's scripts look for `node` on the PATH.
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [BIN / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ENGINES, env=environment, check=False).returncode:
        sys.exit(f"npm could not install ical.js in {ENGINES}: its own words are above.")


def get_chromium() -> None:
    """Leaves the machine with a Chromium that runs, or raises SystemExit and says what would help."""
    wished = os.environ.get("CHROMIUM")
    if wished and not _runs(wished):
        sys.exit(f"CHROMIUM names {wished}, which does not run as a Chromium. Correct it, or unset it.")
    if not find_chromium():
        _install_by_apt()
    if not find_chromium():
        print("Getting playwright's own Chromium…", flush=True)
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    found = find_chromium()
    if not found:
        sys.exit("No browser could be had, and the tests of whole journeys need one. Install Chromium by this "
                 "machine's package manager, or set CHROMIUM to the path of one, and run this again.")  # fmt: skip
    print(f"The browser tests use {found}.", flush=True)


def _candidates() -> Iterator[str]:
    if wished := os.environ.get("CHROMIUM"):
        yield wished
    yield from filter(None, map(shutil.which, NAMES))
    # In a process of its own, because playwright cannot be started twice in one.
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as own: print(own.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, check=False)
    if answer.returncode == 0:
        yield answer.stdout.strip()


def _runs(path: str) -> bool:
    """Whether it answers as a Chromium: some systems have a stand-in of that name which only says what to install."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "Chrom" in answer.stdout


def _install_by_apt() -> None:
    if not shutil.which("apt-get"):
        return
    if os.geteuid() == 0:
        as_root: list[str] = []
    elif shutil.which("sudo") and _run("sudo", "-n", "true", quiet=True):
        as_root = ["sudo", "-n"]
    else:
        print("No Chromium here, and no right to install one for everybody.", flush=True)
        return
    print("Installing Chromium with apt-get (once, some minutes)…", flush=True)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    _run(*apt, "update", "-qq")
    _run(*apt, "install", "-y", "-qq", "--no-install-recommends", "chromium")


def _run(*command: str, quiet: bool = False) -> bool:
    """Whether it succeeded. What it says is shown as it says it."""
    where = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdout=where, stderr=where, check=False).returncode == 0


if __name__ == "__main__":
    main()
