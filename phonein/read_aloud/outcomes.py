"""What a question has come to: at every moment exactly one thing, the same for its asker, the desk and all figures."""

from typing import Protocol

from phonein.read_aloud.models import ANSWERED, IN_WRITING, ReadAloud

WITH_REVIEWER, PREPARING, ON_AGENDA, NOT_REACHED = "with_reviewer", "preparing", "on_agenda", "not_reached"
ANSWERED_IN_THE_HOUR, CARRIED_ON, TO_BE_WRITTEN = "answered", "carried_on", "in_writing"
ANSWER, TAKEN_DOWN = "answer", "taken_down"
SIGNPOST, ONE_TO_ONE, OUT_OF_SCOPE, ANOTHER_ROUTE = "signpost", "one_to_one", "out_of_scope", "another_route"
NOT_USED = "not_used"
SET_ASIDE = (SIGNPOST, ONE_TO_ONE, OUT_OF_SCOPE, ANOTHER_ROUTE, NOT_USED)
IN_WORDS = {
    WITH_REVIEWER: "With the safeguarding reviewer",
    PREPARING: "Being prepared",
    ON_AGENDA: "On the agenda",
    NOT_REACHED: "There was no time for it",
    ANSWERED_IN_THE_HOUR: "Answered in the hour",
    CARRIED_ON: "Carried on to another date",
    TO_BE_WRITTEN: "To be answered in writing",
    ANSWER: "Answered in writing",
    TAKEN_DOWN: "The answer was taken down",
    SIGNPOST: "Where help can be had",
    ONE_TO_ONE: "A talk with one person is offered",
    OUT_OF_SCOPE: "Outside what this phone-in is about",
    ANOTHER_ROUTE: "Another, official route",
    NOT_USED: "Not used",
}
OPEN = (WITH_REVIEWER, PREPARING, ON_AGENDA, NOT_REACHED, TO_BE_WRITTEN)  # something is still to be done


class Decided(Protocol):
    """A question, as far as what was decided about it goes."""

    phone_in_slug: str
    outcome: str
    is_for_reviewer: bool

    @property
    def is_set_aside(self) -> bool: ...


def of(question: Decided, read_aloud: ReadAloud | None, *, is_over: bool) -> str:
    """One of IN_WORDS. `read_aloud` is the wording in which it is asked, if there is one; `is_over` whether the
    phone-in in which it was asked has ended."""
    if question.is_for_reviewer:
        return WITH_REVIEWER
    if question.is_set_aside:
        return question.outcome or NOT_USED
    return of_wording(read_aloud, question.phone_in_slug, is_over=is_over) if read_aloud else PREPARING


def of_wording(read_aloud: ReadAloud, slug: str, *, is_over: bool) -> str:
    """The same for all who ask it in this wording in the phone-in `slug`: carried on for those of the date before, and
    not for those who ask the same at the date to which it came."""
    if read_aloud.answer:
        return ANSWER if read_aloud.answer.words else TAKEN_DOWN
    item = read_aloud.item
    if item and item.came_to == ANSWERED:
        return ANSWERED_IN_THE_HOUR
    if read_aloud.outcome == IN_WRITING:
        return TO_BE_WRITTEN
    if read_aloud.phone_in_slug != slug:
        return CARRIED_ON
    if item is None:
        return PREPARING
    return NOT_REACHED if is_over else ON_AGENDA
