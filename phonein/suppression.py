"""Figures made safe to show: nobody learns from them that one to four people said or did something.

Whoever attacks is taken to see all that is shown, to know this file, and to add and subtract. So three rules:

- Figures are about **blocks** that share nobody, are complete and never change again: one phone-in about which no more
  can be said, one quarter that is over. A block is shown from five on, or not at all: none looks like four.
- Within a block, what too few have in common is put together with more of its kind, until it could as well be nobody
  or five and more (`broken_down` for names, `opinion` for ratings from 1 to 5, `can_be_pooled` for small blocks).
- Whatever is about several blocks is reckoned **from what is shown of each**, never from what lies behind. So
  nothing can be learnt by comparing two reports that was not in one of them.

The thresholds are constants: no request and no setting can lower them. docs/decisions.md says how it was tried.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

FEWEST = 5
FEWEST_TO_BREAK_DOWN = 10
MOST_HIDDEN = FEWEST - 1
RATINGS = (5, 4, 3, 2, 1)


def enough(how_many: int) -> int | None:
    """The number where it may be shown, else None."""
    return how_many if how_many >= FEWEST else None


def can_be_pooled(sizes: Sequence[int]) -> bool:
    """Whether blocks that are each too small can be shown as one: all must be small, and each could be empty."""
    return FEWEST <= sum(sizes) <= MOST_HIDDEN * (len(sizes) - 1)


@dataclass(frozen=True)
class Breakdown:
    """How many there are of each name, as far as it may be shown; `rest` is what the `hidden` names have together."""

    total: int
    shown: dict[str, int]
    hidden: tuple[str, ...]
    rest: int


def broken_down(counts: Mapping[str, int]) -> Breakdown | None:
    """The counts of one block by name, or None where they are too few to be broken down.

    Names with fewer than five are hidden. Where their sum would give them away, so is the smallest of the others, with
    all that are equal to it: then any of the hidden could be that one.
    """
    total = sum(counts.values())
    if total < FEWEST_TO_BREAK_DOWN:
        return None
    hidden = {name for name, number in counts.items() if number < FEWEST}
    few = [counts[name] for name in hidden]
    if sum(few) and not can_be_pooled(few):
        smallest = min((number for number in counts.values() if number >= FEWEST), default=0)
        hidden |= {name for name, number in counts.items() if number == smallest}
    shown = {name: number for name, number in counts.items() if name not in hidden}
    in_order = tuple(name for name in counts if name in hidden)
    return Breakdown(total, shown, in_order, total - sum(shown.values()))


def together(breakdowns: Iterable[Breakdown]) -> Breakdown | None:
    """Several blocks as one, from what is shown of each; the largest first. None where nothing is broken down."""
    each = list(breakdowns)
    shown = Counter[str]()
    for one in each:
        shown.update(one.shown)
    total = sum(one.total for one in each)
    return Breakdown(total, dict(shown.most_common()), (), total - shown.total()) if each else None


@dataclass(frozen=True)
class Band:
    """So many answers rated from `lowest` to `highest`."""

    lowest: int
    highest: int
    answers: int


@dataclass(frozen=True)
class Opinion:
    """What a block thinks: how many answered, between which tenths their mean lies, and, from ten on, in bands."""

    answers: int
    low: float
    high: float
    bands: tuple[Band, ...] = ()

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2


def opinion(ratings: Iterable[int]) -> Opinion | None:
    """What may be shown of one block's ratings, or None where too few have answered."""
    given = list(ratings)
    counts = tuple(given.count(rating) for rating in RATINGS)
    if len(given) < FEWEST:
        return None
    bands = _bands(counts)
    low, high = next(window for window in _windows(bands) if window[0] <= sum(given) <= window[1])
    shown = tuple(Band(min(names), max(names), number) for names, number in bands) if len(bands) > 1 else ()
    return Opinion(len(given), _tenths(low, len(given)) / 10, _tenths(high, len(given)) / 10, shown)


def mean_of(opinions: Iterable[Opinion]) -> float | None:
    """The mean of several blocks, from what is shown of each."""
    shown = list(opinions)
    answers = sum(one.answers for one in shown)
    return round(sum(one.mean * one.answers for one in shown) / answers, 1) if answers else None


_Counts = tuple[int, ...]
_Bands = tuple[tuple[_Counts, int], ...]  # the ratings of each, and how many answers


def _bands(counts: _Counts) -> _Bands:
    """From the best rating down: a band is full as soon as it holds five. What is left over joins the last."""
    if sum(counts) < FEWEST_TO_BREAK_DOWN:
        return ((RATINGS, sum(counts)),)
    full: list[list[int]] = [[]]
    number = 0
    for rating, answers in zip(RATINGS, counts, strict=True):
        if number >= FEWEST and sum(counts[len(RATINGS) - rating :]) >= FEWEST:
            full, number = [*full, []], 0
        full[-1].append(rating)
        number += answers
    return tuple((tuple(names), sum(counts[len(RATINGS) - name] for name in names)) for names in full)


def _is_broken_down(bands: _Bands) -> bool:
    return sum(number for _, number in bands) >= FEWEST_TO_BREAK_DOWN


@cache
def _windows(bands: _Bands) -> list[tuple[int, int]]:
    """The sums of all ratings that are possible with these bands, in runs that are shown alike.

    They depend on nothing but the bands, which are shown, so being in one run says no more than that. A run is as short
    as a tenth of the mean allows and as long as it must be to keep everybody safe.
    """
    tables = [_tables(band, _is_broken_down(bands), band is bands[-1]) for band in bands]
    sums = [{_rated(band, table) for table in of_band} for band, of_band in zip(bands, tables, strict=True)]
    answers = sum(number for _, number in bands)
    windows: list[tuple[int, int]] = []
    begun: int | None = None
    for _, run in groupby(sorted(_added(sums)), key=lambda total: _tenths(total, answers)):
        alike = list(run)
        begun = alike[0] if begun is None else begun
        if _is_safe(bands, tables, sums, (begun, alike[-1])):
            windows.append((begun, alike[-1]))
            begun = None
        last = alike[-1]
    if begun is not None:
        first, _ = windows.pop() if windows else (begun, last)
        windows.append((first, last))
    return windows


def _is_safe(bands: _Bands, tables: list[set[_Counts]], sums: list[set[int]], window: tuple[int, int]) -> bool:
    """Whether somebody who knows the bands, and that the sum lies in this window, can be sure of none from one to four,
    nor of what everybody said."""
    everybody = sum(number for _, number in bands)
    for place, (band, of_band) in enumerate(zip(bands, tables, strict=True)):
        others = _added(sums[:place] + sums[place + 1 :])
        own_sums = {own for own in sums[place] if any(window[0] <= own + other <= window[1] for other in others)}
        possible = [table for table in of_band if _rated(band, table) in own_sums]
        for numbers in zip(*possible, strict=True):
            if all(0 < number < FEWEST for number in numbers) or set(numbers) == {everybody}:
                return False
    return True


def _tables(band: tuple[_Counts, int], is_broken_down: bool, is_last: bool) -> set[_Counts]:
    """Every way in which the answers of a band can be spread over its ratings."""
    names, number = band
    if not is_broken_down:
        return set(_spread(number, len(names)))
    fullest = range(len(names)) if is_last else range(len(names) - 1, len(names))
    return {
        (*before, number - sum(before) - sum(after), *after)
        for place in fullest  # where it became full
        for before in _few(place)
        for after in _few(len(names) - place - 1)
        if number - sum(after) >= FEWEST and number - sum(before) - sum(after) >= 0
    }


def _few(places: int) -> Iterator[_Counts]:
    """Every way to have fewer than five in so many places."""
    for number in range(FEWEST):
        yield from _spread(number, places)


def _spread(number: int, places: int) -> Iterator[_Counts]:
    """Every way to spread so many over so many places."""
    if places == 0:
        yield from [()] if number == 0 else []
        return
    for first in range(number + 1):
        yield from ((first, *others) for others in _spread(number - first, places - 1))


def _rated(band: tuple[_Counts, int], table: _Counts) -> int:
    return sum(rating * number for rating, number in zip(band[0], table, strict=True))


def _added(sums: Sequence[set[int]]) -> set[int]:
    """Every sum of one from each."""
    found = {0}
    for one in sums:
        found = {already + more for already in found for more in one}
    return found


def _tenths(total: int, answers: int) -> int:
    """The mean in tenths, halves upwards."""
    return (20 * total + answers) // (2 * answers)
