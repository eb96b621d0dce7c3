"""A real IMAP server on loopback: Dovecot, from the system's packages, with one mailbox, all of it in one folder."""

import grp
import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.prepare import find_dovecot
from tests.servers import closed_port

NAME, PASSWORD = "phone-in@service.example", "a-password"
# It keeps mail as nobody's root, so as root it needs somebody else to be.
MAIL_USER = "mail"
SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {group}
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {secure}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


class Mailbox:
    """One mailbox, looked at with Python's own client, past the code under test."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(NAME, PASSWORD)
            yield client

    def gets(self, *messages: bytes, folder: str = "INBOX") -> None:
        with self.opened() as client:
            for message in messages:
                assert client.append(folder, None, None, message)[0] == "OK"

    def holds(self, folder: str) -> int:
        """How many messages lie there."""
        with self.opened() as client:
            status, found = client.select(f'"{folder}"', readonly=True)
            return int(found[0]) if status == "OK" else 0

    def flags(self) -> list[bytes]:
        with self.opened() as client:
            client.select("INBOX", readonly=True)
            return [answer for answer in client.fetch("1:*", "(FLAGS)")[1] if answer]

    def is_empty_now(self) -> None:
        """Forget everything, folders too."""
        with self.opened() as client:
            for line in client.list()[1]:
                name = line.decode().rpartition(' "." ')[2].strip('"')
                if name != "INBOX":
                    client.delete(f'"{name}"')
            if int(client.select("INBOX")[1][0] or 0):
                client.store("1:*", "+FLAGS", r"(\Deleted)")
                client.expunge()


@contextmanager
def dovecot(certificate: Path | None = None, secret: Path | None = None) -> Iterator[tuple[Mailbox, int]]:
    """The mailbox, and the port where TLS is spoken with this certificate."""
    folder = Path(tempfile.mkdtemp(prefix="phonein-imap-"))
    folder.chmod(0o755)
    plain, secure = closed_port(), closed_port()
    written = SETTINGS.format(
        folder=folder, plain=plain, secure=secure, password=PASSWORD, **_people(), **_tls(certificate, secret)
    )
    (folder / "dovecot.conf").write_text(written)
    (folder / "mail").mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder / "mail", MAIL_USER, MAIL_USER)
    command = [str(find_dovecot()), "-F", "-c", str(folder / "dovecot.conf")]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        _wait_for(plain, folder / "log")
        yield Mailbox(plain, folder), secure
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _people() -> dict[str, str]:
    """As root Dovecot's own users and another one for the mail; as anybody else that person alone."""
    if os.geteuid() == 0:
        return {
            "user": MAIL_USER,
            "group": MAIL_USER,
            "internal": "dovecot",
            "internal_group": "dovecot",
            "login": "dovenull",
        }
    me, mine = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    return {"user": me, "group": mine, "internal": me, "internal_group": mine, "login": me}


def _tls(certificate: Path | None, secret: Path | None) -> dict[str, str]:
    if certificate is None:
        return {"ssl": "no", "certificate": ""}
    return {"ssl": "yes", "certificate": f"ssl_cert = <{certificate}\nssl_key = <{secret}"}


def _wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        with suppress(OSError, imaplib.IMAP4.error), imaplib.IMAP4("127.0.0.1", port, timeout=2):
            return
        said = log.read_text() if log.exists() else "nothing"
        assert time.monotonic() < deadline, f"Dovecot does not answer. It says: {said}"
        time.sleep(0.05)
