"""Gets what the tests need and pip cannot give: calendar engines that are not Python's, a browser, a mail server that
hands out mail, and a proxy.

`make test` runs this once. Nothing here comes from the machine's own Node: the virtual environment has one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

BIN = Path(sys.executable).parent
ENGINES = Path(__file__).parent / "engines"
NGINX = BIN.parent / "nginx"
SHELL = "chromium-headless-shell"  # the same engine without the parts of a browser that nobody sees: half the work
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome")
SYSTEMS_OWN = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"  # seldom on the PATH of whoever is not root


def find_chromium() -> str | None:
    """The path of a Chromium that runs: the one in $CHROMIUM, one on the PATH, or playwright's own."""
    return next((path for path in _candidates() if _runs(path)), None)


def find_dovecot() -> str | None:
    """The path of Dovecot, the IMAP server."""
    return shutil.which("dovecot") or shutil.which("dovecot", path=SYSTEMS_OWN)


def find_nginx() -> str | None:
    """The path of nginx: the system's own, or the one that was unpacked beside the virtual environment's programs."""
    unpacked = NGINX / "usr/sbin/nginx"
    return str(unpacked) if unpacked.exists() else shutil.which("nginx") or shutil.which("nginx", path=SYSTEMS_OWN)


def main() -> None:
    get_engines()
    get_chromium()
    get_dovecot()
    get_nginx()


def get_engines() -> None:
    """Exactly what the lock file names. Raises SystemExit where the registry cannot be reached."""
    print("Getting ical.js and node-ical for the calendar tests…", flush=True)
    # npm's scripts look for `node` on the PATH.
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [BIN / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ENGINES, env=environment, check=False).returncode:
        sys.exit(f"npm could not install the calendar engines in {ENGINES}: its own words are above.")


def get_chromium() -> None:
    """Leaves the machine with a Chromium that runs, or raises SystemExit and says what would help."""
    wished = os.environ.get("CHROMIUM")
    if wished and not _runs(wished):
        sys.exit(f"CHROMIUM names {wished}, which does not run as a Chromium. Correct it, or unset it.")
    if not wished and not shutil.which(SHELL):
        _install_by_apt(SHELL, "Chromium’s headless shell")
    if not find_chromium():
        _install_by_apt("chromium", "Chromium")
    if not find_chromium():
        print("Getting playwright's own Chromium…", flush=True)
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    found = find_chromium()
    if not found:
        sys.exit("No browser could be had, and the tests of whole journeys need one. Install Chromium by this "
                 "machine's package manager, or set CHROMIUM to the path of one, and run this again.")  # fmt: skip
    print(f"The browser tests use {found}.", flush=True)


def get_dovecot() -> None:
    """Where there is none to be had, the tests of the mailbox are left out, and say so."""
    if not find_dovecot():
        _install_by_apt("dovecot-imapd", "Dovecot")
    found = find_dovecot()
    print(
        f"The mailbox tests use {found}." if found else "There is no Dovecot, so no test reads a mailbox.", flush=True
    )


def get_nginx() -> None:
    """Unpacked and not installed, because an installed one is started at once and listens to the world. Where there is
    none to be had, the canary run is left out, and says so."""
    if not find_nginx() and shutil.which("apt-get"):
        print("Getting nginx for the canary run…", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            if os.geteuid() == 0:
                _run("apt-get", "update", "-qq")
            _run("apt-get", "download", "-qq", "nginx", cwd=folder)
            for package in Path(folder).glob("nginx_*.deb"):
                _run("dpkg-deb", "-x", str(package), str(NGINX))
    found = find_nginx()
    print(f"The canary run uses {found}." if found else "There is no nginx, so there is no canary run.", flush=True)


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


def _install_by_apt(package: str, name: str) -> None:
    if not shutil.which("apt-get"):
        return
    if os.geteuid() == 0:
        as_root: list[str] = []
    elif shutil.which("sudo") and _run("sudo", "-n", "true", quiet=True):
        as_root = ["sudo", "-n"]
    else:
        print(f"No {name} here, and no right to install it for everybody.", flush=True)
        return
    print(f"Installing {name} with apt-get (once, some minutes)…", flush=True)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    _run(*apt, "update", "-qq")
    _run(*apt, "install", "-y", "-qq", "--no-install-recommends", package)


def _run(*command: str, quiet: bool = False, cwd: str | None = None) -> bool:
    """Whether it succeeded. What it says is shown as it says it."""
    where = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdout=where, stderr=where, cwd=cwd, check=False).returncode == 0


if __name__ == "__main__":
    main()
