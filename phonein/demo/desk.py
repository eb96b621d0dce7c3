"""What those who lead have done with the questions of the demonstration by now: each desk in a state of its own.

Where asking is still open a question or two are worded. Where it is closed all is ready for the hour: some asked the
same and are one, there is an agenda, one gets its answer in writing, one is set aside, a few are new.
Where the hour is over, every item came to something.
"""

from collections import defaultdict
from itertools import accumulate, chain, zip_longest

from phonein import clock
from phonein.db import transaction
from phonein.demo.wordings import CLOSING, NOTES, OPENING, WORDINGS
from phonein.desk import agenda, deeds, triage
from phonein.questions.models import Question
from phonein.read_aloud import outcomes, wordings
from phonein.read_aloud.models import ANSWERED, CLOSE, IN_WRITING, OPENER, SECTION, ReadAloud
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

LEFT_NEW = 2
MINUTES = (8, 10, 6, 12, 8)
NOT_HERE = "An hour cannot do this justice. Reflective sessions can: your care team knows when they are."


def prepare(phone_in: PhoneIn) -> None:
    now = clock.now()
    if not phone_in.leaders or not triage.questions_for(phone_in):
        return
    is_closed = phone_in.asks_close_at <= now
    _word(phone_in, most=None if is_closed else 1)
    if is_closed:
        _order(phone_in)
        _set_one_aside(phone_in)
    if phone_in.has_ended(now):
        _hold(phone_in)


def _word(phone_in: PhoneIn, most: int | None) -> None:
    """Those of one topic in turn: the first is worded, the next asked the same, the one after is worded anew."""
    of_topic: defaultdict[str, list[str]] = defaultdict(list)
    for question in triage.questions_for(phone_in):
        if not question.needs_a_look:
            of_topic[question.topic].append(question.id)
    in_turn = [one for one in chain(*zip_longest(*of_topic.values())) if one]
    used: defaultdict[str, list[ReadAloud]] = defaultdict(list)
    for question_id in in_turn[: len(in_turn) - LEFT_NEW if most is None else most]:
        with transaction(), deeds.done(phone_in, by=phone_in.leaders[0], what="worded"):
            if found := triage.question(phone_in, question_id):
                _word_one(found, used[found.topic])


def _word_one(question: Question, already: list[ReadAloud]) -> None:
    words = WORDINGS.get(question.topic, WORDINGS["off_topic"])
    if len(already) < len(words) and (not already or already[-1].asked > 1):
        if made := triage.reword(question, words[len(already)]):
            made.content_note = NOTES.get(question.topic, "")
            already.append(made)
    else:
        triage.merge(question, already[-1])


def _order(phone_in: PhoneIn) -> None:
    most_wanted = sorted(wordings.of(phone_in.slug), key=lambda one: (-one.asked, one.words))
    there_is = round(phone_in.length.total_seconds() / 60)
    around = min(5, there_is // 10)
    fitting = len([total for total in accumulate(MINUTES) if total <= there_is - 2 * around])
    with transaction(), deeds.done(phone_in, by=phone_in.leaders[0], what="put on the agenda"):
        agenda.add(phone_in, OPENER, OPENING, minutes=around)
        for number, wording in enumerate(most_wanted[:fitting]):
            if number == 2:
                agenda.add(phone_in, SECTION, "Looking after ourselves and one another", minutes=0)
            agenda.put_on(phone_in, wording).minutes = MINUTES[number]
        agenda.add(phone_in, CLOSE, CLOSING, minutes=around)
    for wording in most_wanted[fitting : fitting + 1]:
        with transaction(), deeds.done(phone_in, by=phone_in.leaders[0], what="to be answered in writing"):
            triage.answer_in_writing(wording)


def _set_one_aside(phone_in: PhoneIn) -> None:
    new = [one for one in triage.questions_for(phone_in) if not one.is_worded and not one.needs_a_look]
    for question in new[LEFT_NEW - 1 : LEFT_NEW]:
        with transaction(), deeds.done(phone_in, by=phone_in.leaders[0], what="set aside"):
            triage.set_aside(question, NOT_HERE, outcome=outcomes.SIGNPOST)


def _hold(phone_in: PhoneIn) -> None:
    """The hour was too short, as ever: the last question goes on to the next date, the one before is answered later."""
    asked = [item for item in agenda.items(phone_in) if item.read_aloud]
    following = programme.other_dates(phone_in, clock.now(), 1)
    with transaction(), deeds.done(phone_in, by=phone_in.leaders[0], what="held"):
        for item in asked:
            item.came_to = ANSWERED
        for item in asked[-2:-1]:
            item.came_to = IN_WRITING
        for item in asked[-1:] if following and len(asked) > 2 else []:
            assert item.read_aloud is not None
            item.came_to = "carried"
            item.read_aloud.phone_in_slug, item.read_aloud.carried = following[0].slug, 1
