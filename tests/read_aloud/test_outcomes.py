"""Exactly one thing has become of a question, whatever was done with it."""

from itertools import product

from phonein.questions.models import Question
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import ANSWERED, CARRIED, IN_WRITING, LATER, AgendaItem, Answer, ReadAloud

NO_ITEM = NO_ANSWER = None
NOT_CARRIED, CARRIED_FROM_HERE, CARRIED_TO_HERE = "", "from here", "to here"  # here: where the question was asked
FACTS = {
    "reviewer": (False, True),
    "aside": (False, True),
    "code": ("", *outcomes.SET_ASIDE),
    "worded": (False, True),
    "in_writing": ("", IN_WRITING),
    "came_to": (NO_ITEM, "", ANSWERED, LATER, IN_WRITING, CARRIED),
    "carried": (NOT_CARRIED, CARRIED_FROM_HERE, CARRIED_TO_HERE),
    "answer": (NO_ANSWER, "", "So it is"),
    "is_over": (False, True),
}
STATES = [dict(zip(FACTS, values, strict=True)) for values in product(*FACTS.values())]


def said(reviewer, aside, code, worded, in_writing, came_to, carried, answer, is_over):
    words = "Its asker reads this" if aside else None
    here = "before" if carried == CARRIED_FROM_HERE else "now"
    question = Question(phone_in_slug=here, is_for_reviewer=reviewer, set_aside=words, outcome=code)
    items = [AgendaItem(phone_in_slug="before", came_to=CARRIED)] if carried else []
    if came_to is not NO_ITEM:
        items.append(AgendaItem(phone_in_slug="now", came_to=came_to))
    answers = [] if answer is NO_ANSWER else [Answer(edition=1, words="Old"), Answer(edition=2, words=answer)]
    where = {"asked_slug": "before" if carried else "now", "phone_in_slug": "now", "outcome": in_writing}
    wording = ReadAloud(items=items, answers=answers, **where) if worded else None
    return outcomes.of(question, wording, is_over=is_over)


def holding(reviewer, aside, code, worded, in_writing, came_to, carried, answer, is_over):
    """The same once more, as what must hold for each; those that hold."""
    used = worded and not reviewer and not aside
    open_ = used and answer is NO_ANSWER and came_to != ANSWERED and not in_writing
    refused = aside and not reviewer
    waits = open_ and carried != CARRIED_FROM_HERE
    holds = {
        outcomes.WITH_REVIEWER: reviewer,
        outcomes.ANSWER: used and bool(answer),
        outcomes.TAKEN_DOWN: used and answer == "",
        outcomes.ANSWERED_IN_THE_HOUR: used and answer is NO_ANSWER and came_to == ANSWERED,
        outcomes.TO_BE_WRITTEN: used and answer is NO_ANSWER and came_to != ANSWERED and in_writing == IN_WRITING,
        outcomes.CARRIED_ON: open_ and carried == CARRIED_FROM_HERE,
        outcomes.ON_AGENDA: waits and came_to is not NO_ITEM and not is_over,
        outcomes.NOT_REACHED: waits and came_to is not NO_ITEM and is_over,
        outcomes.PREPARING: (not reviewer and not aside and not worded) or (waits and came_to is NO_ITEM),
        outcomes.NOT_USED: refused and code in ("", outcomes.NOT_USED),
        **{name: refused and code == name for name in outcomes.SET_ASIDE[:-1]},
    }
    return [name for name in outcomes.IN_WORDS if holds[name]]


def test_every_question_has_exactly_one_outcome_whatever_was_done_with_it_and_each_can_come_to_be():
    found = [said(**state) for state in STATES]
    assert [state for state, one in zip(STATES, found, strict=True) if holding(**state) != [one]] == []
    assert set(found) == set(outcomes.IN_WORDS)
