"""Words that weigh: a hint where no phrase is. The list stands in crisis-weights.*.txt."""

import pytest

from phonein.questions import checks, checks_seen, checks_weights, word_lists
from phonein.questions.checking import shipped_lists
from phonein.questions.checks_finds import Flag


def tokens(text):
    return checks_seen.seen(text).tokens


def test_words_and_pairs_add_up_and_each_counts_once():
    weights = checks_weights.read(["-1.00", "+0.60 tired", "+0.70 so tired", "-0.20 today"])
    leans = [checks_weights.lean(weights, tokens(text)) for text in ("", "Tired. Tired.", "so tired", "so tired today")]
    assert leans == pytest.approx([-1.0, -0.4, 0.3, 0.1])


@pytest.mark.parametrize("line", ["+0.45 end it", "-2.05", "+1.20 pwynt"])
def test_a_weight_and_up_to_two_words_are_a_line(line):
    assert word_lists.faults("crisis-weights", line, line) == []


@pytest.mark.parametrize("line", ["0.45 tired", "+0.45 three words here", "tired", "+x tired", "+10.5 tired"])
def test_anything_else_is_explained(line):
    [(number, said)] = word_lists.faults("crisis-weights", f"+0.10 fine\n{line}", "")
    assert (number, said) == (2, "Write a weight with its sign, as in +0.45, a blank, and one word or two")


@pytest.mark.parametrize(
    ("text", "is_crisis"),
    [
        ("Lately I have been thinking about having tablets in the drawer and nobody knows any of it", True),
        ("How do we share the rota more fairly between the teams?", False),
    ],
)
def test_what_no_phrase_has_can_still_be_a_hint(text, is_crisis):
    assert (Flag.CRISIS in checks.flags(text, shipped_lists())) is is_crisis
