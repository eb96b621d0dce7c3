"""The numbers under which those who lead speak of questions: “Q07”.

Each is drawn by lot from those that are free in its phone-in, once, and stands at the beginning of the question's own
id. So it stays the same whatever comes or is taken back, and neither it nor a gap says when a question came, in which
release, or how many there were.
"""

import random
import re
import secrets
from hashlib import sha256

from sqlalchemy import select

from phonein.db import db
from phonein.questions.models import Question

_NUMBERED = re.compile(r"(\d{2,3})-")
_ROUNDS = (range(1, 100), range(100, 1000))
_ENOUGH = 20  # numbers left to draw from, or the last ones would not be by lot


def new_ids(slug: str, how_many: int) -> list[str]:
    """Ids for so many questions of this phone-in."""
    there = db.session.scalars(select(Question.id).where(Question.phone_in_slug == slug))
    taken = {int(found[1]) for one in there if (found := _NUMBERED.match(one))}
    free = [[number for number in numbers if number not in taken] for numbers in _ROUNDS]
    from_these = free[0] if len(free[0]) >= how_many + _ENOUGH else free[1]
    drawn: list[int | None] = [*random.SystemRandom().sample(from_these, min(how_many, len(from_these)))]
    drawn += [None] * (how_many - len(drawn))
    return [f"{number:02}-{secrets.token_urlsafe(9)}" if number else secrets.token_urlsafe(9) for number in drawn]


def said(question_id: str) -> str:
    """As it is said at the desk. One that was never given a number has one that its id comes to, of four digits."""
    if found := _NUMBERED.match(question_id):
        return f"Q{found[1]}"
    return f"Q{1000 + int.from_bytes(sha256(question_id.encode()).digest()[:4], 'big') % 9000}"


def place(question_id: str) -> tuple[int, str]:
    """Where it stands in a list."""
    return int(said(question_id)[1:]), question_id
