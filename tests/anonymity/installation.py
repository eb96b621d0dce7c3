"""The product as an operator runs it: nginx with the very lines of docs/operations.md, gunicorn, a database; and every
file that any of them writes.
"""

import os
import re
import socket
import ssl
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests import servers
from tests.certificates import self_signed
from tests.prepare import find_nginx
from tests.processes import ROOT, started, until

NGINX = """\
daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/client;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  log_format talkative '$remote_addr $http_x_forwarded_for "$http_user_agent" $request_body';
  server {{
    listen 127.0.0.1:{port} ssl sndbuf=8k;  # a line that takes a little at a time
    ssl_certificate {certificate};
    ssl_certificate_key {secret};
{locations}
  }}
}}
"""
# What an operator might write who has not read the page.
BAD = """
    location / {
      proxy_pass http://127.0.0.1:8000;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $http_x_forwarded_for;
      client_body_in_file_only on;
      access_log ACCESS talkative;
    }
"""


def documented() -> str:
    """The locations that docs/operations.md has for nginx."""
    said = (ROOT / "docs" / "operations.md").read_text("utf-8")
    [found] = re.findall(r"For nginx:\n\n((?:    .*\n|\n)+)", said)
    return str(found)


@dataclass
class Installation:
    """`folder`: where nginx and the processes write; with the database's and the data it is everything."""

    address: str
    folder: Path
    trusted: ssl.SSLContext
    nginx: int  # its process


@contextmanager
def behind_nginx(folder: Path, settings: dict[str, str], locations: str) -> Iterator[Installation]:
    """The web server of production behind a proxy, on loopback; both end with the block."""
    _, certificate = self_signed(folder)
    port, inner = servers.closed_port(), servers.closed_port()
    address = f"https://127.0.0.1:{port}"
    environment = settings | {"PUBLIC_URL": address, "PORT": str(inner), "TMPDIR": str(folder / "tmp")}
    (folder / "tmp").mkdir()
    with started(folder / "said", environment, "-m", "phonein", "web", cwd=folder):
        until(lambda: _listens(inner), "gunicorn does not answer")
        with _nginx(folder, port, locations.replace("8000", str(inner)), certificate) as nginx:
            until(lambda: _listens(port), "nginx does not answer")
            yield Installation(address, folder, ssl.create_default_context(cafile=certificate), nginx)


@contextmanager
def _nginx(folder: Path, port: int, locations: str, certificate: Path) -> Iterator[int]:
    written = NGINX.format(
        user="user root;\n" if os.geteuid() == 0 else "",
        folder=folder,
        port=port,
        certificate=certificate,
        secret=certificate.with_name("key.pem"),
        locations=locations.replace("ACCESS", f"{folder}/talkative.log"),
    )
    (folder / "nginx.conf").write_text(written)
    command = [str(find_nginx()), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    with (folder / "nginx-said").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(20)


def open_files(process: int) -> list[Path]:
    """What a process and its children have open, files without a name too. Only Linux says so."""
    all_ = [process, *(child.pid for child in psutil.Process(process).children(recursive=True))]
    return [file for pid in all_ for file in Path(f"/proc/{pid}/fd").glob("*") if _is_a_file(file)]


def _is_a_file(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except OSError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
