"""Whether the words hint at a crisis of the asker or of a colleague, so that people to talk to are shown first.

Wrongly shown, support costs a few lines on a page; wrongly left out, it may cost far more. So whoever is not clearly
somebody supervised or held counts.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from phonein.questions import checks_weights
from phonein.questions.checks_finds import Reading
from phonein.questions.checks_words import words
from phonein.questions.phrases import Hit, Token

_SIGNS = ("crisis-signs", "crisis-unsaid", "crisis-self", "crisis-other")
# One hint is enough, or two of how hard it is to say.
_WEIGHTS = {"crisis-hints": 2, "crisis-frames": 1}
_ENOUGH = 2
_FAR_BACK = 60  # words in which who is spoken of is looked for
_SUICIDE = {"suicide", "suicides"}
_FIRST = words("i im ive id ill me myself mine dwi dw fi mi hebdda hebof rwy rydw")
_OF_ANOTHER = words("is was has wants wanted keeps says")  # “the prisoner I keywork is …”
_THIRD = words(
    "he hes she shes they theyre him her them his hers their himself herself themselves hell shell"
    " theyll hed shed theyd who someone somebody e o hi ei eu fo fe nhw hebddo hebddi"
)


def is_one(reading: Reading) -> bool:
    tokens = reading.seen.tokens
    not_meant = reading.lists.phrases("crisis-not").hits(tokens)

    def counts(hit: Hit) -> bool:
        return not any(hit.overlaps(other) for other in not_meant) and _is_of_staff(reading, hit)

    signs = list(chain.from_iterable(reading.lists.phrases(name).hits(tokens) for name in _SIGNS))
    if _echoes(reading) or any(map(counts, signs)):
        return True
    hints = reading.lists.phrases("crisis-hints").every_hit(tokens)
    weights = (
        weight * len(_apart(filter(counts, reading.lists.phrases(name).every_hit(tokens))))
        for name, weight in _WEIGHTS.items()
    )
    if sum(weights) >= _ENOUGH:
        return True
    # Whatever is said in so many words has been judged by now, and single words know nothing of who is meant.
    is_judged = not_meant or signs or not all(map(counts, hints))
    return not is_judged and checks_weights.lean(reading.lists.weights, tokens) > 0


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Of each line of the list the first, where no earlier one stands."""
    kept: dict[int, Hit] = {}
    for hit in hits:
        if hit.line not in kept and not any(hit.overlaps(other) for other in kept.values()):
            kept[hit.line] = hit
    return list(kept.values())


def _echoes(reading: Reading) -> bool:
    """A suicide is spoken of, and of somebody at work what went before it: “… and now she says the same things”."""
    if not any(token.word in _SUICIDE or token.word.startswith("hunanladd") for token in reading.seen.tokens):
        return False
    return any(
        reading.nearest(hit.start) == "staff" for hit in reading.lists.phrases("crisis-after").hits(reading.seen.tokens)
    )


def _is_of_staff(reading: Reading, hit: Hit) -> bool:
    """Said of the asker, of a colleague, or of nobody: not “a lad on my caseload says he …” nor “a resident told me:
    “I …””."""
    said = reading.seen.tokens
    for place in range(hit.past - 1, max(-1, hit.first - _FAR_BACK), -1):
        if said[place].sentence != said[hit.first].sentence:
            break
        if _is_first(said, place) and not (
            place < hit.first and _OF_ANOTHER & {token.word for token in said[hit.first - 1 : hit.first + 1]}
        ):
            return not _is_quoted(reading, hit)
        if said[place].word in _THIRD or _names_somebody(reading, said[place].start):
            return _whose(reading, hit) != "held"
    return not _is_quoted(reading, hit)


def _is_first(said: Sequence[Token], place: int) -> bool:
    """“i”, but not that of “fy adain i” (my wing)."""
    is_of_my = said[place].word == "i" and any(token.word in ("fy", "ein") for token in said[max(0, place - 3) : place])
    return said[place].word in _FIRST and not is_of_my


def _whose(reading: Reading, hit: Hit) -> str:
    """Who was spoken of last in this sentence; or first in the last one that speaks of somebody: “he” is who did
    something there, and not to whom."""
    begins = hit.start - len(reading.seen.sentence_before(hit.start))
    here = reading.named_last(begins, hit.start) or reading.named_in(hit.start, _sentence_ends(reading, hit))
    if here or not (before := reading.last_before(begins)):
        return here
    begins = before - len(reading.seen.sentence_before(before))
    return reading.named_in(begins, before + 1)


def _names_somebody(reading: Reading, start: int) -> bool:
    return any(hit.start <= start < hit.end for hit in reading.held)


def _is_quoted(reading: Reading, hit: Hit) -> bool:
    """Between quotation marks, and the last who was spoken of before them is supervised or held."""
    before = reading.seen.sentence_before(hit.start)
    return before.count('"') % 2 == 1 and reading.nearest(hit.start) == "held"


def _sentence_ends(reading: Reading, hit: Hit) -> int:
    return hit.end + len(reading.seen.sentence_after(hit.end))
