"""Questions that seem to ask the same. Only ever a suggestion: people merge. Pure, and nothing of a text is kept.

How alike two texts are: mostly the cosine of their stems, weighed by how rare each is in these texts (TF-IDF), and for
the rest how much of the shorter one's stems stand in the other. docs/decisions.md says what else was tried.
"""

import hashlib
import math
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping
from threading import Lock

from rapidfuzz import fuzz

from phonein.desk import similar_groups, similar_words
from phonein.questions import checks_seen

LONGEST = 1500  # characters that are read: what is asked stands before that
_OF_WORDS = 0.75  # the share of the cosine in how alike two texts are
_HARDLY = 0.06  # a cosine below this is chance
_ALIKE, _ALIKE_OF, _MORE_PER_DOUBLING = 0.295, 160, 0.01  # the more texts there are, the more are alike by chance
_MOST = 5  # neighbours of one text

Pairs = dict[tuple[int, int], float]


def groups(texts: Mapping[str, str]) -> list[list[str]]:
    """The ids of texts that seem to ask the same, in groups of two and more; ids and groups in order."""
    return _looked_at(texts)[0]


def likely(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """For each id those of the texts most like its own, the most alike first; none for most. Symmetric but for length:
    no more than five."""
    return _looked_at(texts)[1]


Found = tuple[list[list[str]], dict[str, list[str]]]
_known: "OrderedDict[bytes, Found]" = OrderedDict()  # ids only, by a digest of the texts: in this process alone
_lock = Lock()


def _looked_at(texts: Mapping[str, str]) -> Found:
    digest = hashlib.blake2b(repr(sorted(texts.items())).encode("utf-8", "surrogatepass"), digest_size=32).digest()
    with _lock:
        if digest in _known:
            _known.move_to_end(digest)
            return _known[digest]
    found = _look(texts)
    with _lock:
        _known[digest] = found
        while len(_known) > 64:
            _known.popitem(last=False)
    return found


def _look(texts: Mapping[str, str]) -> Found:
    nodes = _nodes(texts)
    pairs = _pairs([text for text, _ in nodes])
    enough = _ALIKE + _MORE_PER_DOUBLING * math.log2(max(len(nodes), 20) / _ALIKE_OF)
    joined = similar_groups.together(len(nodes), pairs, enough)
    grouped = [sorted(number for node in group for number in nodes[node][1]) for group in joined]
    return sorted(group for group in grouped if len(group) > 1), _neighbours(texts, nodes, pairs, joined, enough)


def _neighbours(
    texts: Mapping[str, str], nodes: "list[Node]", pairs: Pairs, joined: list[list[int]], enough: float
) -> dict[str, list[str]]:
    near: dict[int, dict[int, float]] = defaultdict(dict)
    group_of = {node: at for at, group in enumerate(joined) for node in group}
    for (a, b), how in pairs.items():
        if how >= enough or group_of[a] == group_of[b]:
            near[a][b] = near[b][a] = how
    found: dict[str, list[str]] = {number: [] for number in texts}
    for at, (_, numbers) in enumerate(nodes):
        others = [
            number
            for other in sorted(near[at], key=lambda other: (-near[at][other], nodes[other][0]))
            for number in nodes[other][1]
        ]
        for number in numbers:
            found[number] = [*(twin for twin in numbers if twin != number), *others][:_MOST]
    return found


Node = tuple[str, list[str]]


def _nodes(texts: Mapping[str, str]) -> list[Node]:
    """Each text once, with the ids that have it, in an order of its own: whoever comes first must not matter."""
    ids: dict[str, list[str]] = defaultdict(list)
    for number, text in texts.items():
        ids[checks_seen.plain(text[:LONGEST])].append(number)
    same: dict[str, Node] = {}
    for plain, numbers in sorted(ids.items()):
        if key := similar_words.same(plain):
            same.setdefault(key, (plain, []))[1].extend(numbers)
    return [(plain, sorted(numbers)) for _, (plain, numbers) in sorted(same.items())]


def _pairs(texts: list[str]) -> Pairs:
    """How alike the texts are, by their places, the smaller first; pairs that are not alike at all are left out."""
    stems = similar_words.stems(texts)
    weights = _weights(stems)
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    found: Pairs = {}
    said = [" ".join(sorted(weighed)) for weighed in weights]
    for at, weighed in enumerate(weights):
        cosines: dict[int, float] = defaultdict(float)
        for stem, weight in weighed.items():
            for other, others_weight in having[stem]:
                cosines[other] += weight * others_weight
            having[stem].append((at, weight))
        for other, cosine in cosines.items():
            if cosine >= _HARDLY and (len(weighed) > 1 < len(weights[other]) or said[at] == said[other]):
                within = fuzz.token_set_ratio(said[other], said[at]) / 100
                found[other, at] = _OF_WORDS * min(cosine, 1.0) + (1 - _OF_WORDS) * within
    return found


def _weights(stems: list[list[str]]) -> list[dict[str, float]]:
    texts_with = Counter(stem for one in stems for stem in set(one))
    found = []
    for one in stems:
        weighed = {
            stem: (1 + math.log(often)) * (1 + math.log((1 + len(stems)) / (1 + texts_with[stem])))
            for stem, often in sorted(Counter(one).items())
        }
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        found.append({stem: weight / length for stem, weight in weighed.items()})
    return found
