"""PostgreSQL restarted under people who book, gently and as in a crash, and not there at all when we start."""

import subprocess
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import flask_migrate
import psutil
import psycopg
import pytest

import config
from phonein import clock, create_app
from phonein.db import MIGRATIONS, db
from tests import servers
from tests.delivery.posting import rows
from tests.faults import at_once, booked, people_and_phone_in, recipients, visitor
from tests.processes import Visitor, started, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
PEOPLE = 48


class Server:
    """A PostgreSQL of its own, which can be stopped and started."""

    def __init__(self, url: str) -> None:
        self.url, self.folder = url, Path(url.split("host=")[1])
        process = psutil.Process(int((self.folder / "postmaster.pid").read_text().splitlines()[0]))
        self.pg_ctl, self.owner = Path(process.exe()).with_name("pg_ctl"), process.uids().real
        self.options = " ".join(f"'{word}'" for word in process.cmdline()[1:])

    def does(self, *words: str) -> None:
        """As `pg_ctl` does it, which refuses to be anybody but the owner."""
        asked = [self.pg_ctl, "-D", self.folder, "-w", "-l", self.folder / "log", *words]
        subprocess.run(asked, check=True, timeout=60, capture_output=True, user=self.owner)

    def starts(self) -> None:
        self.does("start", "-o", self.options)


@contextmanager
def installation(tmp_path, server: Server, name: str) -> Iterator[tuple[object, dict[str, str]]]:
    with servers.smtp() as (office, mail_port):
        port = servers.closed_port()
        yield (
            office,
            {
                "PHONEIN_DATA": str(tmp_path / "data"),
                "DATABASE_URL": servers.fresh_database(server.url, name),
                "SECRET_KEY": "t" * 32,
                "PORT": str(port),
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_PORT": str(mail_port),
            },
        )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with servers.postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:  # here somebody does pull the plug
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM RESET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield Server(url)


class Booker:
    """Somebody who presses until they have a seat, as people do, and what they were told on the way."""

    said: list[int] = []
    lock = Lock()

    def __init__(self, browser: Visitor) -> None:
        self.browser = browser

    def press_until_booked(self) -> None:
        while not self._press():
            pass

    def _press(self) -> bool:
        try:
            self.browser.press("/app/phone-ins/sleep/", "/app/phone-ins/sleep/seat")
        except urllib.error.HTTPError as error:
            self._note(error.code)
            error.close()
            return False
        except AssertionError:  # no form: they have the seat, and the answer that said so was lost
            return True
        except OSError:
            self._note(0)
            return False
        self._note(200)
        return True

    def _note(self, code: int) -> None:
        with self.lock:
            Booker.said.append(code)


def book_in_turn(bookers: list[Booker]) -> Callable[[], None]:
    def go() -> None:
        for booker in bookers:
            booker.press_until_booked()

    return go


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_restarted_under_eight_who_book_everybody_has_one_seat_and_one_letter(server, tmp_path, how):
    Booker.said.clear()
    with (
        installation(tmp_path, server, f"restarted_{how}") as (office, settings),
        started(tmp_path / "said", settings, "-m", "phonein", "up", "--no-demo") as up,
    ):
        until(Visitor(settings["PUBLIC_URL"]).is_ready, "never ready")
        app = create_app(config.Testing(settings))
        with app.app_context():
            with clock.stopped_at(datetime.now(UTC)) as now:
                people_and_phone_in(now, PEOPLE, PEOPLE)
                bookers = [
                    Booker(visitor(app, settings["PUBLIC_URL"], f"p{each}@example.org")) for each in range(PEOPLE)
                ]
            with at_once([book_in_turn(bookers[each::8]) for each in range(8)]):
                until(lambda: Booker.said.count(200) > 6, "nobody books")
                server.does("restart", "-m", how)
            until(lambda: len(office.taken) >= PEOPLE, "letters do not arrive", 90)
            until(lambda: all(letter.sent_at for letter in rows()), "a letter is in doubt", 90)
            assert booked() == (PEOPLE, PEOPLE)
            db.session.remove()
            db.engine.dispose()
        assert len(up.alive()) == 1
        errors = [code for code in Booker.said if code != 200]
        print(f"-m {how}: {len(errors)} × {sorted(set(errors))} of {len(Booker.said)} answers")
        assert set(errors) <= {503}, "only “come again”, and no page that says it is broken"
        assert recipients(office) == sorted(f"p{each}@example.org" for each in range(PEOPLE))


def test_not_there_when_we_start_the_process_lives_says_so_and_is_ready_as_soon_as_it_is(server, tmp_path):
    with installation(tmp_path, server, "late") as (_, settings):
        app = create_app(config.Testing(settings))
        with app.app_context():
            flask_migrate.upgrade(directory=str(MIGRATIONS))
            db.session.remove()
            db.engine.dispose()
        server.does("stop", "-m", "fast")
        with started(tmp_path / "said", settings | {"PHONEIN_EMBEDDED": "1"}, "-m", "phonein", "web") as web:
            browser = Visitor(settings["PUBLIC_URL"])
            until(lambda: lives(browser), "it does not live")
            assert not browser.is_ready()
            assert status(browser, "/app/sign-in/") == 200
            server.starts()
            until(browser.is_ready, "never ready", 20)
            assert web.process.poll() is None


def lives(browser: Visitor) -> bool:
    try:
        return bool(browser.get("/health/live"))
    except OSError:
        return False


def status(browser: Visitor, path: str) -> int:
    try:
        browser.get(path)
    except urllib.error.HTTPError as error:
        error.close()
        return int(error.code)
    return 200
