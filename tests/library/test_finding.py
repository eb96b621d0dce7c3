"""Finding by words: what is typed, and whether a text is found by it."""

import pytest

from phonein.library import finding

ENGLISH = "How do we welcome back colleagues who were off with stress? Ask them what would help; supervision is theirs."
WELSH = "Sut mae cael goruchwyliaeth? Mae fy nghydweithiwr yn methu cysgu ac mae'n rhaid i ni ei gefnogi ar yr adain."


@pytest.mark.parametrize(
    ("typed", "in_english", "in_welsh"),
    [
        ("colleague", True, True),  # another form; and the everyday word for it in Welsh
        ("COLLEAGUES welcoming", True, False),
        ("supervis", True, True),  # typed so far
        ("cydweithiwr", True, True),  # Welsh: unmutated, and in English
        ("gydweithiwr", True, True),  # mutated otherwise
        ("oruchwyliaeth", True, True),
        ("cysgu", False, True),
        ("gwsg", False, True),  # sleep, by another word
        ("cefnogi", False, True),
        ("Cefnogì", False, True),  # an accent too many
        ("the of to", False, False),
        ("pension", False, False),
        ("stress pension", False, False),  # all words must be there
        ("🦉", False, False),
        ("%_'\"", False, False),
    ],
)
def test_words_are_found_in_either_language_with_accents_or_without_and_mutated(typed, in_english, in_welsh):
    words = finding.wanted(typed)

    found = [bool(words) and finding.score(words, "", text) > 0 for text in (ENGLISH, WELSH)]

    assert found == [in_english, in_welsh]


def test_small_words_count_only_where_there_are_no_others():
    assert finding.wanted("how do I sleep after the nights") == ["sleep", "nights"]
    assert finding.wanted("sut mae cysgu") == ["cysgu"]
    assert finding.wanted("to be") == ["to", "be"]


def test_a_title_weighs_more_than_the_text():
    assert finding.score(["stress"], ENGLISH, "") > finding.score(["stress"], "", ENGLISH) > 0


def test_the_language_is_marked():
    assert (finding.language(ENGLISH), finding.language(WELSH)) == ("en", "cy")
