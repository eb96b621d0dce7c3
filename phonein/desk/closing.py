"""After the hour: everything that was not answered comes to exactly one thing, and nothing stays open unnoticed."""

from sqlalchemy import select

from phonein import clock
from phonein.db import db, hold
from phonein.desk import agenda, deeds, hour, hour_notes, triage
from phonein.desk.models import Hour
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.read_aloud import answers, outcomes
from phonein.read_aloud.models import ANSWERED, CARRIED, IN_WRITING, QUESTION, ReadAloud
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

OPEN = (outcomes.PREPARING, outcomes.NOT_REACHED, outcomes.ON_AGENDA)
DROPPED = outcomes.NOT_USED
FATES = {CARRIED: "Carry it on", IN_WRITING: "In writing", ANSWERED: "It was answered", DROPPED: "Not used"}


class NotOver(Refused):
    """What becomes of the rest is decided once the hour has ended."""

    title = "Not yet"


class NoNextDate(Refused):
    """There is no other date of this series to carry it on to. Answer it in writing, or say why it is not used."""

    title = "No next date"


def is_over(phone_in: PhoneIn) -> bool:
    return phone_in.is_cancelled or hour.is_over(phone_in, hour.of(phone_in), clock.now())


def undecided(phone_in: PhoneIn) -> list[ReadAloud]:
    """What has been put into words, and nothing has come of it: in the running order, then the rest."""
    place = {item.read_aloud_id: item.place for item in agenda.items(phone_in)}
    found = [
        one for one in answers.all_of(phone_in.slug) if outcomes.of_wording(one, phone_in.slug, is_over=True) in OPEN
    ]
    return sorted(found, key=lambda one: (place.get(one.id, len(place) + 1), one.id))


def not_worded(phone_in: PhoneIn) -> list[Question]:
    """Questions that nobody has put into words or set aside."""
    return [one for one in triage.questions_for(phone_in) if not one.is_worded and not one.is_set_aside]


def next_date(phone_in: PhoneIn) -> PhoneIn | None:
    """To where questions are carried on."""
    after = max(clock.now(), phone_in.starts_at)
    return next(iter(programme.other_dates(phone_in, after, 1)), None)


def decide(phone_in: PhoneIn, fates: dict[str, tuple[str, str]], *, by: Person) -> int:
    """Each wording comes to one of FATES; with what its askers read, where it is not used. How many.

    Raises NotOver, NoNextDate, ChangedMeanwhile where somebody else has decided otherwise.
    """
    if not is_over(phone_in):
        raise NotOver
    to = next_date(phone_in) if any(fate == CARRIED for fate, _ in fates.values()) else None
    programme.hold_all({phone_in.slug, *([to.slug] if to else [])})
    open_ones = {one.id: one for one in undecided(phone_in)}
    gone = [key for key, (fate, _) in fates.items() if key not in open_ones and _is(phone_in, key) != fate]
    if gone:
        raise deeds.ChangedMeanwhile
    chosen = [(open_ones[key], fate, reason) for key, (fate, reason) in fates.items() if key in open_ones]
    was_carried = any(fate == DROPPED and one.asked_slug != phone_in.slug for one, fate, _ in chosen)
    with deeds.done(phone_in, by=by, what=deeds.DROPPED_CARRIED if was_carried else "decided after the hour"):
        for one, fate, reason in chosen:
            _come_to(phone_in, one, fate, reason, to)
    return len(chosen)


def set_aside_the_rest(phone_in: PhoneIn, outcome: str, words: str, *, by: Person) -> int:
    """All that nobody has put into words, for one reason that its askers read; how many. Raises NotOver."""
    if not is_over(phone_in):
        raise NotOver
    hold(phone_in)
    left = not_worded(phone_in)
    with deeds.done(phone_in, by=by, what="set aside after the hour"):
        for question in left:
            triage.set_aside(question, words, outcome=outcome)
    return len(left)


def hand_over(phone_in: PhoneIn, words: str, *, seen: str) -> None:
    """A note for whoever leads the next date. Raises NoteChanged."""
    kept = hour.take_up(phone_in)
    if kept.hand_over == words:
        return
    if hour_notes.edition_of(kept.hand_over) != seen:
        raise hour_notes.NoteChanged(kept.hand_over)
    kept.hand_over = words


def handed_over(phone_in: PhoneIn) -> tuple[PhoneIn, str] | None:
    """What whoever led the last date before this one left for whoever leads this one; None, if nothing."""
    before = programme.date_before(phone_in)
    kept = db.session.scalar(select(Hour.hand_over).where(Hour.phone_in_slug == before.slug)) if before else None
    return (before, kept) if before and kept else None


def _come_to(phone_in: PhoneIn, one: ReadAloud, fate: str, reason: str, to: PhoneIn | None) -> None:
    if fate == CARRIED:
        _carry_on(phone_in, one, to)
    elif fate == IN_WRITING:
        one.outcome = IN_WRITING
        if item := one.item:
            item.came_to = IN_WRITING
    elif fate == ANSWERED:
        item = one.item or agenda.add(phone_in, QUESTION, minutes=0, read_aloud_id=one.id)
        item.came_to = ANSWERED
    else:
        _drop(one, reason)


def _carry_on(phone_in: PhoneIn, one: ReadAloud, to: PhoneIn | None) -> None:
    """It waits among what is worded at the next date's desk. Here it leaves a line that says so."""
    if to is None:
        raise NoNextDate
    item = one.item or agenda.add(phone_in, QUESTION, minutes=0, read_aloud_id=one.id)
    item.came_to = CARRIED
    one.phone_in_slug, one.outcome, one.carried = to.slug, "", one.carried + 1


def _drop(one: ReadAloud, reason: str) -> None:
    """All who ask it read why. What was asked aloud has nobody to read it, and only goes."""
    number = one.id
    for question in triage.asked_as(one):
        triage.set_aside(question, reason)
    if left := db.session.get(ReadAloud, number):
        db.session.delete(left)
        db.session.flush()


def _is(phone_in: PhoneIn, read_aloud_id: str) -> str:
    """What somebody else has decided of it."""
    one = db.session.get(ReadAloud, read_aloud_id)
    if one is None:
        return DROPPED
    if one.phone_in_slug != phone_in.slug:
        return CARRIED
    return IN_WRITING if one.outcome == IN_WRITING else ANSWERED
