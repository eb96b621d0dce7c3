"""Guessing who asked, from what has been found; and how good a guess is, beside pure chance."""

import random
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, lgamma, log, sqrt

NEAR = timedelta(minutes=30)  # a visit longer ago says nothing
Guesses = Mapping[str, int]


@dataclass(frozen=True)
class Score:
    """So many right of so many; `chance` is what pure guessing gets."""

    right: int
    total: int
    chance: float

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        z, n = 1.96, max(self.total, 1)
        middle, spread = self.share + z * z / (2 * n), z * sqrt(self.share * (1 - self.share) / n + (z / (2 * n)) ** 2)
        return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)

    @property
    def p(self) -> float:
        """How often pure guessing would be as good or better."""
        q, n = log(self.chance), self.total
        ways = (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) for k in range(self.right, n + 1))
        no = log(1 - self.chance)
        return min(1.0, sum(exp(way + k * q + (n - k) * no) for k, way in enumerate(ways, start=self.right)))

    @property
    def holds_chance(self) -> bool:
        low, high = self.interval
        return low <= self.chance <= high


def score(guesses: Guesses, truth: Mapping[str, int], chance: float) -> Score:
    """A question about which nothing was guessed counts as a wrong guess."""
    return Score(sum(guesses.get(words) == person for words, person in truth.items()), len(truth), chance)


class Visits:
    """When somebody was here, as far as the attacker knows: to the second, or by the day."""

    def __init__(self, known: Iterable[tuple[datetime, int]], lot: random.Random) -> None:
        self.by_time = sorted(known)
        self.times = [at for at, _ in self.by_time]
        self.lot = lot

    def just_before(self, at: datetime, among: Sequence[int]) -> int:
        """Who of these was here last before this moment; where nobody was for half an hour, anybody."""
        for n in range(bisect_right(self.times, at) - 1, -1, -1):
            seen, person = self.by_time[n]
            if at - seen > NEAR:
                break
            if person in among:
                return person
        return self.lot.choice(list(among))

    def on_day(self, day: date, among: Sequence[int]) -> int:
        """Anybody of these who was here on that day."""
        here = sorted({person for at, person in self.by_time if at.date() == day and person in among})
        return self.lot.choice(here or list(among))


def in_step(order: Sequence[str], times: Sequence[datetime]) -> dict[str, datetime]:
    """Questions in some order, and times at which something came: the first belongs to the first, and so on. With more
    times than questions, some of them were taken back, and nobody knows which."""
    if not times:
        return {}
    stretch = len(times) / max(len(order), 1)
    return {words: times[min(int((n + 0.5) * stretch), len(times) - 1)] for n, words in enumerate(order)}


def spread_over(order: Sequence[str], begin: datetime, end: datetime) -> dict[str, datetime]:
    """Without any time: as if they had come evenly over the days on which asking was open."""
    return {words: begin + (end - begin) * (n + 0.5) / len(order) for n, words in enumerate(order)}
