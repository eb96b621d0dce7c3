"""What is to be done for one phone-in, in the order in which it is done."""

from dataclasses import dataclass

from flask import current_app, url_for

from phonein import clock, formats
from phonein.desk import agenda, sorting
from phonein.identity.models import Person
from phonein.read_aloud import outcomes
from phonein.read_aloud.models import QUESTION
from phonein.schedule.models import PhoneIn

NOTHING, TO_DO, DONE = "", "to_do", "done"


@dataclass
class Job:
    """One line: `at` is where it is done, `said` how it stands, `state` whether there is something to do."""

    name: str
    at: str
    said: str
    state: str = NOTHING
    is_next: bool = False


def of(phone_in: PhoneIn, person: Person) -> list[Job]:
    """Only what can be done; the first with something to do is what is next."""
    found = [entry for entry in sorting.entries(phone_in, person) if not entry.carried_to]  # that is another desk's
    listed = [job for job in [*_before(phone_in, found), *_around(phone_in, found)] if job.at]
    for job in listed:
        if job.state == TO_DO:
            job.is_next = True
            break
    return listed


def _before(phone_in: PhoneIn, found: list[sorting.Entry]) -> list[Job]:
    counts = sorting.counts(found)
    items = agenda.items(phone_in)
    there_is = int(phone_in.length.total_seconds() // 60)
    on_it = sum(item.kind == QUESTION for item in items)
    plan = f"{_questions(on_it)}, {agenda.minutes(items)} of {there_is} minutes" if items else "Nothing on it yet"
    is_over = phone_in.has_ended(clock.now())
    return [
        Job("Look at what is marked", _tab(phone_in, "look"), _left(counts["look"], "to look at"), _if(counts["look"])),
        Job("Sort the new questions", _tab(phone_in, "new"), _left(counts["new"], "new"), _if(counts["new"])),
        Job(
            "Find a place for what is worded",
            _tab(phone_in, "worded"),
            _left(counts["worded"], "without a place"),
            NOTHING if is_over and not counts["worded"] else _if(counts["worded"]),
        ),
        Job("Put the agenda in order", _at(phone_in, "agenda.agenda_page"), plan, _agenda_state(bool(items), is_over)),
        Job("Take the pack with you", _at(phone_in, "pack.printed"), "To print, as PDF or for Word"),
        Job("Show it to listeners", _at(phone_in, "pack.present"), "The presenter view"),
    ]


def _around(phone_in: PhoneIn, found: list[sorting.Entry]) -> list[Job]:
    has_begun, is_over = phone_in.has_begun(clock.now()), phone_in.has_ended(clock.now())
    to_write = sum(entry.outcome == outcomes.TO_BE_WRITTEN for entry in found)
    not_reached = sum(entry.outcome == outcomes.NOT_REACHED for entry in found)
    hour = f"{_questions(not_reached)} not reached" if not_reached else "Over" if is_over else formats.when(phone_in)
    return [
        Job(
            "Run the hour", _at(phone_in, *RUN), hour, TO_DO if has_begun and (not is_over or not_reached) else NOTHING
        ),
        Job("Close the hour", _at(phone_in, *CLOSE), "What was not reached, and a note for whoever leads next"),
        Job("Answer in writing", _at(phone_in, *ANSWERS), _left(to_write, "to answer"), _if(to_write)),
        Job("Take lists away", _at(phone_in, "taking_away.choose"), "CSV, workbook or PDF"),
        Job("What people said", _at(phone_in, "feedback.of_one"), "Shown two weeks after the end"),
    ]


RUN = ("hour.run",)
ANSWERS = ("answers.all_page",)
CLOSE = ("closing.close_page",)


def _at(phone_in: PhoneIn, *endpoints: str) -> str:
    """Where the first of these is that this program has; "" for none."""
    there = next((one for one in endpoints if one in current_app.view_functions), None)
    return url_for(there, slug=phone_in.slug) if there else ""


def _tab(phone_in: PhoneIn, tab: str) -> str:
    return url_for("triage.questions", slug=phone_in.slug, tab=tab)


def _agenda_state(has_items: bool, is_over: bool) -> str:
    if is_over:
        return NOTHING
    return DONE if has_items else TO_DO


def _if(number: int) -> str:
    return TO_DO if number else DONE


def _left(number: int, words: str) -> str:
    return f"{number} {words}" if number else "All done"


def _questions(number: int) -> str:
    return f"{number} question{'' if number == 1 else 's'}"
