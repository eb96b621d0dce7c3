"""Grouping by average likeness: two groups become one while their members are, on average, alike enough. Pure."""

import heapq
from collections.abc import Mapping


def together(count: int, pairs: Mapping[tuple[int, int], float], enough: float) -> list[list[int]]:
    """The places 0 to `count` - 1 in groups, each in exactly one; a pair that is not named is not alike at all."""
    sums: dict[int, dict[int, float]] = {place: {} for place in range(count)}
    for (a, b), how in pairs.items():
        sums[a][b] = sums[b][a] = how
    members = {place: [place] for place in range(count)}
    waiting = [(-how, a, b) for (a, b), how in pairs.items() if how >= enough]
    heapq.heapify(waiting)
    grown = count  # a new group has a number that none had before, so that what waits of its parts is seen to be past
    while waiting:
        _, a, b = heapq.heappop(waiting)
        if a not in members or b not in members:
            continue
        members[grown] = members.pop(a) + members.pop(b)
        sums[grown] = _added(sums.pop(a), sums.pop(b), (a, b))
        for other, total in sums[grown].items():
            sums[other].pop(a, None)
            sums[other].pop(b, None)
            sums[other][grown] = total
            average = total / (len(members[grown]) * len(members[other]))
            if average >= enough:
                heapq.heappush(waiting, (-average, other, grown))
        grown += 1
    return sorted(sorted(group) for group in members.values())


def _added(one: dict[int, float], other: dict[int, float], without: tuple[int, int]) -> dict[int, float]:
    every = sorted({*one, *other} - set(without))
    return {place: one.get(place, 0.0) + other.get(place, 0.0) for place in every}
