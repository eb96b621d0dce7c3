"""The check before sending, sentence by sentence; its aims on the samples; and whatever anybody may type."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phonein import wording
from phonein.questions import checking, checks, phrases, word_lists
from phonein.questions.typed import LONGEST
from tests.questions.sentences import every_sentence

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "questions.csv"
LISTS = checking.shipped_lists()
AIMS = [("service_user_identifier", 0.95, 0.8), ("self_identifying", 0.95, 0.8)]
FALSE_ALARMS = 0.1  # of the questions in which nobody is at risk: support shown there costs little
QUICK = 120  # times what an ordinary question takes, for one thirty times as long


@pytest.mark.parametrize("flags, text", every_sentence())
def test_each_sentence_says_what_it_gives_away_and_nothing_else(flags, text):
    assert [str(flag) for flag in checks.flags(text, LISTS)] == flags


def kinds(text: str) -> dict[str, str]:
    return {text[one.start : one.end]: one.kind for one in checks.find(text, LISTS)}


@pytest.mark.parametrize(
    "text, found",
    [
        ("Prison number A4417QX, CRN X204417", {"Prison number A4417QX": "prison-number", "CRN X204417": "crn"}),
        ("PNC 2033/0123456A", {"PNC 2033/0123456A": "pnc"}),
        ("A44\u200b17QX came", {"A44\u200b17QX": "prison-number"}),
        ("My name is Siân Prydderch-Lowe.", {"Siân Prydderch-Lowe": "own-name"}),
        ("My name is Sia\u0302n and I work", {"Sia\u0302n": "own-name"}),
        ("our SO, Karen Tillotson, is great", {"Karen Tillotson": "colleague-name"}),
        ("Officer Tillotson is great", {"Officer Tillotson": "colleague-name"}),
        ("my wife Karen Tillotson worries", {"Karen Tillotson": "somebodys-name"}),
        ("Y Bonwr Prydderch ar yr adain", {"Y Bonwr Prydderch": "held-title"}),
        ("He was moved to HMP Larkstone", {"HMP Larkstone": "other-site"}),
        ("we at HMP Larkstone", {"HMP Larkstone": "own-site"}),
        ("NI number QQ123456C", {"QQ123456C": "ni-number"}),
    ],
)
def test_each_find_is_told_by_its_kind(text, found):
    assert kinds(text) == found


@pytest.mark.parametrize(
    "text, neutral",
    [
        ("Declan Abernethy (CRN X204417) rang me.", "Someone I supervise rang me."),
        ("A lad (A4417QX) rang me.", "A lad rang me."),
        ("I supervise A4417QX, and like it.", "I supervise someone I supervise, and like it."),
        ("Our SO, Karen Tillotson, left.", "Our SO, a colleague, left."),
        ("The OMU team at HMP Larkstone is tired.", "The OMU team at my place of work is tired."),
        ("Dw i'n gweithio yng Ngharchar Larkstone ac wedi blino.", "Dw i'n gweithio yng fy ngweithle ac wedi blino."),
        ("Nothing in here.", "Nothing in here."),
    ],
)
def test_the_neutral_words_read_as_a_sentence(text, neutral):
    assert checks.rewritten(text, LISTS) == neutral


def test_the_neutral_words_give_nothing_away_any_more():
    left = {
        text: again
        for _, text in every_sentence()
        if (again := [one.kind for one in checks.find(checks.rewritten(text, LISTS), LISTS) if one.flag])
    }
    assert left == {}


def rows() -> list[dict[str, str]]:
    if not SAMPLES.exists():
        pytest.skip(f"{SAMPLES} is not here: the aims on the samples are NOT checked")
    with SAMPLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("flag, recall, precision", AIMS)
def test_the_aims_on_the_samples_are_met(flag, recall, precision):
    every = rows()
    meant = {row["id"] for row in every if flag in row["flags"].split(";")}
    found = {row["id"] for row in every if flag in map(str, checks.flags(row["text"], LISTS))}
    right = len(meant & found)
    assert right / len(meant) >= recall, sorted(meant - found)
    assert right / len(found) >= precision, sorted(found - meant)


def test_support_comes_first_where_somebody_is_at_risk_and_seldom_elsewhere():
    every = rows()
    meant = {row["id"] for row in every if "risk_self_harm" in row["flags"].split(";")}
    found = {row["id"] for row in every if "risk_self_harm" in map(str, checks.flags(row["text"], LISTS))}
    assert len(meant & found) / len(meant) >= 0.9, sorted(meant - found)
    assert len(found - meant) / (len(every) - len(meant)) < FALSE_ALARMS, sorted(found - meant)


ANY = st.text(st.characters(), max_size=400)
PIECES = """A4417QX|Kelvin|Mr|Jones|my name is|HMP|at|@|dot|Thanks,|
|I|don't see the point|one|07700|(|\u202e|é|ﬁ|-|x"""
BITS = st.lists(st.sampled_from(PIECES.split("|")), max_size=60).map(" ".join)
OVER_AND_OVER = """word |a |A|Kelvin Marchbanks |I can't see the point of |0|a-|sam at |. |one two |@.|Aa Bb |x.x.x.|1/
|'|é|Ab-
|I work |(0 |my name is |Thanks, |he she |[|his number is |Mr """


@settings(max_examples=300, deadline=None)
@given(st.one_of(ANY, BITS))
@example("\ud800 A4417QX \U0010ffff")
@example("ﬁﬁﬁ A4417QXﬁ")
def test_whatever_is_typed_the_finds_lie_in_it_one_after_the_other(text):
    finds = checks.find(text, LISTS)
    edges = [edge for one in finds for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= one.start < one.end <= len(text) for one in finds)
    assert all(one.words and one.rewrite for one in finds)
    checks.rewritten(text, LISTS)


@pytest.mark.parametrize("bit", OVER_AND_OVER.split("|"))
def test_the_longest_question_is_looked_at_in_no_time(bit):
    text = (bit * LONGEST)[:LONGEST]
    ordinary = "How do I look after a colleague who has been on nights for two weeks now? I only see her at handover."
    least, most = (min(seconds(words) for _ in range(3)) for words in (ordinary, text))
    assert most < QUICK * least


def seconds(text: str) -> float:
    """Of our own: not what else the machine does meanwhile."""
    started = time.thread_time()
    checks.look(text, LISTS)
    return time.thread_time() - started


def test_time_grows_with_the_text_and_not_with_its_square():
    for bit in ("I can't see the point of ", "Kelvin Ab-", "sam at dot ", "a a a "):
        short, long = (min(seconds(bit * times) for _ in range(3)) for times in (100, 400))
        assert long < short * 12, bit


@pytest.mark.parametrize(
    "line, said",
    [("… end", "two words"), ("a/", "empty place"), ("[a b", "bracket"), ("_ _", "fixed"), ("a (b", "“(”")],
)
def test_a_phrase_that_cannot_be_read_is_explained(line, said):
    with pytest.raises(phrases.NotAPhrase, match=said.replace("(", r"\(")):
        phrases.parsed(line)


def test_every_shipped_list_can_be_read_and_stands_in_english_and_welsh():
    every = {listed: wording.shipped(*listed).words for listed in wording.names()}
    assert {
        listed: faults for listed, text in every.items() if (faults := word_lists.faults(listed[0], text, text))
    } == {}
    names = {name for name, _ in every}
    assert set(every) == {(name, language) for name in names for language in wording.LANGUAGES}
    assert all(len(word_lists.remarks(text)) > 1 for text in every.values())


def test_both_languages_have_words_for_every_kind_of_find():
    english, welsh = (
        {line.split(" | ")[0] for line in word_lists.lines(wording.shipped("hints", each).words)}
        for each in ("en", "cy")
    )
    assert english == welsh
    used = {one.kind for _, text in every_sentence() for one in checks.find(text, LISTS)}
    assert used <= english
