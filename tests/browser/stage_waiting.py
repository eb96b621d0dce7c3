"""Full phone-ins, people in each state in which somebody who waits can be, and every letter that they get."""

from datetime import timedelta

from sqlalchemy import select

from phonein import clock
from phonein.admin import planning
from phonein.booking import in_line, offer_links, seats, settling, waiting
from phonein.booking.waiting_models import Offer
from phonein.db import db, transaction
from tests.browser.served import ADMIN, FACILITATOR, STAFF, TUESDAY
from tests.browser.stage import LEADS_NOTHING, NEW_HERE, person, phone_in
from tests.builders import make_person, make_phone_in, make_series
from tests.replies import deliver

HELD = (
    "held",
    "held-to-take",
    "held-to-pass-on",
    "held-in-the-letter",
    "taken-in-the-letter",
    "passed-on-in-the-letter",
)
LAPSED = ("let-pass", "let-pass-in-the-letter")
IN_SERIES = ("queue", "any-date")
SOON, SOON_AND_FREE = "soon-full", "soon-and-free"
OTHERS = {"bartholomew": "Bartholomew Featherstonehaugh-Cholmondeley", "ng": "Ng", "olu": "Olu"}


def set_up() -> None:
    """Stan has every seat at first, Fay is before me in the line of `queue`, and I wait for nearly all of them."""
    with clock.stopped_at(TUESDAY - timedelta(days=4)):
        make_full_phone_ins()
        let_people_wait()
        deliver()
    settling.lapse_due()
    with transaction():
        for slug in (*HELD, SOON_AND_FREE):
            seats.give_back(phone_in(slug), by=person(NEW_HERE))
        [olu] = in_line.waiting_by(person("waiting-olu@example.org"))
        waiting.move_to(phone_in("queue"), olu.id, 3, by=person(ADMIN), reason="Was left out by a mistake of ours")
    change_what_is_waited_for()


def make_full_phone_ins() -> None:
    with transaction():
        fay, stan = person(FACILITATOR), person(NEW_HERE)
        series = make_series(slug="wanted-series", title="Waking up well", leaders=[fay])
        for number, slug in enumerate((*IN_SERIES, "queue-to-leave", "called-off", *HELD, *LAPSED)):
            starts_at = TUESDAY + timedelta(days=31 + number)
            one = make_phone_in(slug=slug, starts_at=starts_at, seats=1, leaders=[fay])
            one.series = series if slug in IN_SERIES else None
            seats.take(one, by=stan)
        for slug in (SOON, SOON_AND_FREE):
            seats.take(
                make_phone_in(slug=slug, starts_at=TUESDAY + timedelta(hours=3), seats=1, leaders=[fay]), by=stan
            )


def let_people_wait() -> None:
    me = person(STAFF)
    with transaction():
        for slug in ("queue", "called-off"):
            waiting.join(phone_in(slug), by=person(LEADS_NOTHING))
        for slug in ("queue", "queue-to-leave", SOON, SOON_AND_FREE, *HELD, *LAPSED):
            waiting.join(phone_in(slug), by=me)
        waiting.join(phone_in("any-date"), by=me, any_date=True)
        for email, name in OTHERS.items():
            waiting.join(phone_in("queue"), by=make_person(name, email=f"waiting-{email}@example.org"))
    with transaction():
        for slug in LAPSED:
            seats.give_back(phone_in(slug), by=person(NEW_HERE))


def change_what_is_waited_for() -> None:
    """Cancelled, put back on, put at another time: and each is told."""
    for change in (
        lambda one: planning.cancel(one, reason="The line is being repaired"),
        planning.put_back_on,
        lambda one: planning.move(one, to=one.starts_at + timedelta(hours=1), minutes=60),
    ):
        with transaction():
            change(phone_in("called-off"))
        deliver()


def offer_link(slug: str) -> str:
    """Where the letter to us about the seat that is or was held in this phone-in leads."""
    return offer_links.address(db.session.scalars(select(Offer).where(Offer.phone_in_id == phone_in(slug).id)).one())
