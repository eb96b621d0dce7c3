"""What the attacker makes of each kind of evidence. Every function gives his guesses: the words of a question, and who.

Where nothing joins a question to a moment, he lines up an order of the questions with the moments that he knows, and
tries every order that he can find.
"""

import random
import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from phonein.db import on_sqlite
from tests.anonymity import evidence
from tests.anonymity.attack import Score, Visits, in_step, score, spread_over
from tests.anonymity.people import words_of
from tests.anonymity.worlds import NIGHT, World, pseudonym

Orders = dict[str, list[str]]  # by its name, the words of all questions in this order
Arrivals = dict[str, list[tuple[datetime, bytes]]]  # by phone-in: when something came, and the key it has in its table


class Attacker:
    """He knows who holds passes, and everything that the world has noted for him; `exact`: the very times of all visits
    too, as an identity provider's log has them."""

    def __init__(self, world: World, seed: int = 1) -> None:
        self.world, self.people = world, world.people
        self.lot = random.Random(seed)
        self.holders = {one.slug: one.holders for one in self.people.phone_ins}
        self.window = {one.slug: (one.asks_open_at, one.asks_close_at) for one in self.people.phone_ins}
        named = ", ".join([*world.keys, world.slug, world.words])
        rows = evidence.read(f"SELECT {named} FROM {world.table}")
        self.words = {evidence.raw(row[0]): row[-1] for row in rows}
        self.slug_of = {row[-1]: row[-2] for row in rows}
        found = evidence.orders(world.app, world.table, list(world.keys))
        self.orders: Orders = {name: [self.words[key] for key in order] for name, order in found.items()}
        self.exact = Visits([(deed.at, deed.person) for deed in self.people.visits], self.lot)
        self.person_of = {number: n for n, number in world.ids.items()}

    def scored(self, guesses: dict[str, int]) -> Score:
        held = len(self.people.phone_ins[0].holders)
        return score(guesses, self.people.asked_by, 1 / held)

    # Where a question can be dated by itself

    def by_time_column(self) -> dict[str, int]:
        rows = evidence.read("SELECT words, asked_at FROM bare")
        times = {words: _utc(at) for words, at in rows}
        return self._who(times, self.exact.just_before)

    def by_row_versions(self) -> dict[str, int]:
        """Between which dated rows of other tables PostgreSQL numbers the transaction that wrote the question."""
        if self.world.table == "bare":
            dated = evidence.read("SELECT xmin::text::bigint, person FROM visited ORDER BY 1")
        else:
            dated = sorted({(number, person) for night in self.world.notes.versions
                            for number, _, person in night["sign_in"]})  # fmt: skip
        found = {}
        for number, words in evidence.read(f"SELECT xmin::text::bigint, {self.world.words} FROM {self.world.table}"):
            among = self.holders[self.slug_of[words]]
            before = (self.person_of[person] for at, person in reversed(dated) if at < number)
            found[words] = next((person for person in before if person in among), among[0])
        return found

    def by_pseudonym(self) -> dict[str, int]:
        """With the keys that stood in a backup before they were destroyed."""
        found: dict[str, int] = {}
        secrets = {row["slug"]: row["secret"] for _, stored in self.world.notes.dumps
                   for row in stored["pseudonym_key"]}  # fmt: skip
        for words, slug, author in evidence.read("SELECT words, slug, author FROM bare"):
            for person in self.holders[slug] if slug in secrets else ():
                if pseudonym(secrets[slug], self.world.ids[person]) == author:
                    found[words] = person
        return found

    def by_access_log(self) -> dict[str, int]:
        """The rows that are new in each night's backup, in their order, beside that day's lines of the log."""
        lines = [re.match(r'(\S+) - (\S+) \[(\S+)\] "POST (\S+)', line) for line in self.world.notes.log_lines]
        who = {line[1]: int(line[2][6:]) for line in lines if line and line[4] == "/app/"}
        asked = [(datetime.fromisoformat(line[3]), line[1]) for line in lines if line and line[4] == "/q/"]
        found: dict[str, int] = {}
        known: set[str] = set()
        last = datetime.min.replace(tzinfo=asked[0][0].tzinfo)
        nights = [*self.world.notes.dumps, (asked[-1][0] + NIGHT, {"bare": self._now()})]
        for night, stored in nights:
            new = [row["words"] for row in stored["bare"] if row["words"] not in known]
            came = [address for at, address in asked if last <= at < night]
            found |= {words: who[came[n]] for words, n in _steps(new, len(came)) if came[n] in who}
            known |= set(new)
            last = night
        return found

    def _now(self) -> list[dict[str, str]]:
        return [{"words": words} for [words] in evidence.read("SELECT words FROM bare")]

    def by_arrival(self, arrivals: Arrivals) -> dict[str, int]:
        """Where what came in has the key that the question still has."""
        times = {self.words[key]: at for came in arrivals.values() for at, key in came if key in self.words}
        return self._who(times, self.exact.just_before)

    def broken(self) -> Score:
        """The best that he can do where a question can be dated, or its author found, by itself."""
        ways = {
            "bare random key": self.by_arrival_or_row_version,
            "a column with the time": self.by_time_column,
            "HMAC pseudonym": self.by_pseudonym,
            "an access log": self.by_access_log,
        }
        return self.scored(ways[self.world.name]())

    def by_arrival_or_row_version(self) -> dict[str, int]:
        """PostgreSQL's final database is enough; on SQLite it takes a copy now and then."""
        return self.by_arrival(self.arrivals_in_log()) if on_sqlite() else self.by_row_versions()

    # Where he has to line up an order

    def final_database(self) -> dict[str, Score]:
        """Nothing but the final database, and the times of all visits."""
        return self._by_every_order(
            lambda slug, order: spread_over(order, *self.window[slug]), self.exact.just_before, self.orders
        )

    def with_arrivals(
        self, arrivals: Arrivals, who: Callable[..., int], more: Orders | None = None
    ) -> dict[str, Score]:
        times = {slug: sorted(at for at, _ in came) for slug, came in arrivals.items()}
        return self._by_every_order(
            lambda slug, order: in_step(order, times.get(slug, [])), who, self.orders | (more or {})
        )

    def _by_every_order(self, line_up: Callable[..., dict[str, datetime]], who: Callable[..., int], orders: Orders
                        ) -> dict[str, Score]:  # fmt: skip
        scores = {}
        for name, order in orders.items():
            times: dict[str, datetime] = {}
            for slug in self.holders:
                times |= line_up(slug, [words for words in order if self.slug_of[words] == slug])
            scores[name] = self.scored(self._who(times, who))
        return scores

    def _who(self, times: dict[str, datetime], who: Callable[..., int]) -> dict[str, int]:
        return {words: who(at, self.holders[self.slug_of[words]]) for words, at in times.items()}

    def levels(self) -> dict[str, dict[str, Score]]:
        """Everything that he tries on the product: by what he holds, each by every order."""
        came, noted = self.arrivals_in_log(), self.order_in_log()
        found = {
            "final database, exact times of visits": self.final_database(),
            "nightly dumps, visits by the day": self.with_arrivals(self.arrivals_in_dumps(), self.on_the_day),
            "log of changes, visits by the day": self.with_arrivals(came, self.on_the_day, noted),
            "log of changes, exact times of visits": self.with_arrivals(came, self.exact.just_before, noted),
        }
        if not on_sqlite():
            found["final database, exact times of visits"]["by row version"] = self.scored(self.by_row_versions())
            own = self.visits_in_log().just_before
            found["log of changes alone, visits out of it"] = self.with_arrivals(came, own, noted)
        return found

    def on_the_day(self, at: datetime, among: tuple[int, ...]) -> int:
        return self.exact.on_day(at.date(), among)

    # What came when

    def arrivals_in_dumps(self) -> Arrivals:
        """On which day, and in which order of the day: what is new in each night's backup."""
        found: Arrivals = {}
        known: set[bytes] = set()
        key = "handle" if self.world.comes_in == "envelope" else "id"
        for night, stored in self.world.notes.dumps:
            new = [row for row in stored[self.world.comes_in] if evidence.raw(row[key]) not in known]
            for n, row in enumerate(new):
                at = night - timedelta(hours=14) + timedelta(hours=11) * n / len(new)  # the day before
                found.setdefault(row[self.world.slug], []).append((at, evidence.raw(row[key])))
            known |= {evidence.raw(row[key]) for row in new}
        return found

    def arrivals_in_log(self) -> Arrivals:
        """When a row came in: PostgreSQL's log of changes dates it; on SQLite a copy of the file after each change."""
        found: Arrivals = {}
        if on_sqlite():
            for at, slug, key in self.world.notes.copies:
                found.setdefault(slug, []).append((at, key))
            return found
        log, sweeps = self.log, self._sweeps()
        for change in log.changes:
            if (
                change.kind == "INSERT"
                and change.file in self.world.notes.files
                and change.transaction in log.committed
            ):
                at, slug = (
                    self._time(log.committed[change.transaction]),
                    re.search(rb"call-\d{3}", log.words_of(change)),
                )
                if slug and at not in sweeps:
                    found.setdefault(slug[0].decode(), []).append((at, b""))
        return found

    def visits_in_log(self) -> Visits:
        """The rows of sign-ins say the day; the log of changes says when they were written."""
        rows = {(number, person) for night in self.world.notes.versions for number, _, person in night["sign_in"]}
        committed = self.log.committed
        return Visits([(self._time(committed[number]), self.person_of[person]) for number, person in rows
                       if number in committed], self.lot)  # fmt: skip

    def order_in_log(self) -> Orders:
        """In which order a release wrote the questions down."""
        if on_sqlite():
            return {}
        first = self.log.order_of(words.encode() for words in self.slug_of)
        return {"in the log of changes": [words.decode() for words in first]}

    @property
    def log(self) -> evidence.LogOfChanges:
        if not hasattr(self, "_log"):
            self._log = evidence.LogOfChanges.read(self.world.notes.begun_at)
        return self._log

    def _time(self, place: int) -> datetime:
        """The log itself has the time of each commit; that of the simulation is noted beside it."""
        ticks = self.world.notes.ticks
        return ticks[min(bisect_left(ticks, place, key=lambda tick: tick[0]), len(ticks) - 1)][1]

    def _sweeps(self) -> set[datetime]:
        """When the product writes everything anew, which is no secret."""
        ends = {one.asks_close_at for one in self.people.phone_ins}
        return ends | {max(ends) + timedelta(minutes=1)} | {at for at, _ in self.world.notes.dumps}

    def share_found_by_time(self) -> Score:
        """p: how often the very moment of asking, if he had it, would lead to who asked."""
        times = {words_of(d.slug, d.number): d.at for d in self.people.deeds if d.what == "ask"}
        return self.scored(self._who({w: at for w, at in times.items() if w in self.slug_of}, self.exact.just_before))


def _steps(new: list[str], many: int) -> list[tuple[str, int]]:
    return [(words, min(int((n + 0.5) * many / len(new)), many - 1)) for n, words in enumerate(new) if many]


def _utc(at: datetime | str) -> datetime:
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).replace(tzinfo=UTC)
