"""A look at a question before it is sent, with the lists as they are in force. Nothing is kept, logged or refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from phonein import wording
from phonein.db import db
from phonein.questions import checks, checks_language, checks_seen, word_lists
from phonein.questions.checks import Finding
from phonein.questions.word_lists import Lists


@dataclass(frozen=True)
class Look:
    """What the check has to say about a question. `rewritten` is the question in neutral words (itself, where nothing
    was found), `support` what is said above the support lines, its heading first: empty, unless `is_crisis`.
    `language` is that of all these words: "en" or "cy"."""

    findings: Sequence[Finding]
    rewritten: str
    is_crisis: bool
    language: str
    support: Sequence[str]


def look(text: str) -> Look:
    """The door's own database role may read the lists. Where it cannot, those that came with the program do."""
    return look_with(lists(), text)


def look_with(listed: Lists, text: str) -> Look:
    findings, is_crisis = checks.look(text, listed)
    language = checks_language.of(checks_seen.seen(text))
    return Look(
        findings=findings,
        rewritten=checks.in_neutral_words(text, findings),
        is_crisis=is_crisis,
        language=language,
        support=listed.paragraphs("support", language) if is_crisis else (),
    )


def lists() -> Lists:
    try:
        return word_lists.read(wording.in_force())
    except SQLAlchemyError:  # a look is worth more than the newest edition
        db.session.rollback()
        return shipped_lists()


def shipped_lists() -> Lists:
    """As they came with the program: no database is asked."""
    return word_lists.read({listed: wording.shipped(*listed).words for listed in wording.names()})
