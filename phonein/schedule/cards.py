"""What a card says of a phone-in to everybody alike. A page shows thirty, and everybody looks at that page."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import current_app
from markupsafe import Markup

from phonein.schedule.models import PhoneIn

KEPT = 2000  # of about half a kilobyte


@dataclass(frozen=True)
class Facts:
    """All that the card depends on: when one of these is different, it is another card."""

    slug: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone_name: str
    leaders: str
    is_cancelled: bool

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


def card_facts(phone_in: PhoneIn, level: int) -> Markup:
    """The day, the title as a heading of this level, the hours and who leads it."""
    return _written(
        Facts(
            phone_in.slug,
            phone_in.title,
            phone_in.starts_at,
            phone_in.ends_at,
            phone_in.zone_name,
            ", ".join(leader.name for leader in phone_in.leaders),
            phone_in.is_cancelled,
        ),
        level,
    )


@lru_cache(maxsize=KEPT)
def _written(facts: Facts, level: int) -> Markup:
    local = facts.starts_at.astimezone(facts.zone)
    template = current_app.jinja_env.get_template("schedule/card-facts.html")
    return Markup(template.render(p=facts, local=local, level=level))
