"""What goes into the facilitator's pack and onto the screen: what is on the agenda, and so has been looked at."""

from dataclasses import dataclass

from phonein import formats
from phonein.desk import agenda
from phonein.desk.briefing import QUESTION, Briefing, Part, timed
from phonein.questions import votes
from phonein.questions.topics import TOPICS
from phonein.read_aloud.models import AgendaItem, ReadAloud
from phonein.safeguarding import procedure
from phonein.schedule.models import PhoneIn

FOR_EVERYBODY = (
    "999, if anyone’s life or safety is at risk now",
    "Samaritans, 116 123: free, day and night, every day",
    "NHS 111, option 2: mental health help in England and Wales",
    "Text SHOUT to 85258: when talking is hard",
)


@dataclass(frozen=True)
class Slide:
    """One step of the presenter view: a question, what to be prepared for before it, or, at the end, where help is.

    `number` is that of the question, 0 at the end.
    """

    number: int
    words: str
    is_note: bool = False


def briefing_of(phone_in: PhoneIn) -> Briefing:
    return Briefing(
        title=phone_in.title,
        when=formats.when(phone_in),
        leaders=[person.name for person in phone_in.leaders],
        taken=phone_in.taken,
        seats=phone_in.seats,
        there_is=int(phone_in.length.total_seconds() // 60),
        parts=timed_parts(phone_in, agenda.items(phone_in)),
        support=_support(),
        fingerprint=phone_in.key_print or "",
    )


def slides_of(phone_in: PhoneIn) -> list[Slide]:
    """The questions alone, in order, each after what it touches, where that is hard to hear; help at the end."""
    slides: list[Slide] = []
    questions = [item.read_aloud for item in agenda.items(phone_in) if item.read_aloud]
    for number, read_aloud in enumerate(questions, start=1):
        if read_aloud.content_note:
            slides.append(Slide(number, read_aloud.content_note, is_note=True))
        slides.append(Slide(number, read_aloud.words))
    return [*slides, Slide(0, "")] if slides else []


def timed_parts(phone_in: PhoneIn, items: list[AgendaItem]) -> list[Part]:
    """These items with the numbers of the questions and with when each begins, if all goes to plan."""
    return timed([_part(item) for item in items], phone_in)


def _support() -> list[str]:
    """As on every page where somebody may need it: the lines for everybody, then the organisation's own."""
    own = [f"{line.name}: {line.reach}{f' ({line.hours})' if line.hours else ''}" for line in procedure.own_support()]
    return [*FOR_EVERYBODY, *own]


def _part(item: AgendaItem) -> Part:
    if item.read_aloud is None:
        return Part(item.kind, item.words, item.minutes)
    return _question(item.read_aloud, item.minutes)


def _question(read_aloud: ReadAloud, minutes: int) -> Part:
    theme = TOPICS.get(read_aloud.theme, "Something else") if read_aloud.theme else ""
    also = votes.in_words(max(read_aloud.asked - 1, 0) + read_aloud.votes)
    return Part(QUESTION, read_aloud.words, minutes, topic=theme, also=also, content_note=read_aloud.content_note)
