"""What the demonstration programme lacks: rare states, so that every page can be looked at in each of them."""

from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import select

from phonein import clock
from phonein.admin import planning
from phonein.booking import adjustments, confirming, moving, reminders, seat_links, seats, telling, thanks
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import mailbox, postman
from phonein.delivery.models import Letter
from phonein.desk import handing_over, review, review_log, triage
from phonein.desk.review_forms import OUTCOMES
from phonein.identity import sign_in
from phonein.identity.models import Calendar, Person
from phonein.questions import box, codes, keys, release, safeguarding
from phonein.read_aloud import wordings
from phonein.read_aloud.models import Answer, ReadAloud, Tally
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn, Series
from tests.browser import stage_desk
from tests.browser.served import FACILITATOR, STAFF, TUESDAY
from tests.builders import make_fay, make_person, make_phone_in, make_series
from tests.replies import deliver, message, take_in

BUSY, SEALED, OPEN = (
    "last-thursday-thriving-in-critical-occupations-2026-11-26",
    "before-the-gate-2026-11-25",
    "monday-check-in-2026-11-30",
)
NEW_HERE, LEADS_NOTHING = "stan@example.org", "fay@example.org"
RECEIPTS = {state: codes.new_receipt() for state in ("sealed", "withdrawn", "agenda", "aside", "reviewer", "wanted")}
QUESTION = "What do others do in the hour after an incident, before they drive home?"
WORRYING = "I have not slept since, and I do not know how to go on"
ANSWER = (
    "Most of us need an hour before we drive home: something warm to drink, and somebody who has been there. "
    "Say out loud what went well.\n\nIf sleep does not come, get up and read something dull."
)
WORDING = "What helps in the first hour afterwards?"


def set_up() -> None:
    """Call it inside the app, on the demonstration programme."""
    make_rare_phone_ins()
    send_to_the_reviewer()
    ask_and_decide()
    let_others_vote()
    post_every_kind_of_letter()
    post_the_rarer_letters()
    answer_from_calendars()
    ask_for_adjustments()
    remind_of_seats()
    lose_some_letters()
    answer_in_writing()
    stage_desk.set_up()


def answer_in_writing() -> None:
    """Answers: one that was corrected, one in Welsh, one to be prepared for; and a quarter that is counted."""
    long_ago, today = TUESDAY - timedelta(days=150), TUESDAY.date()
    with transaction():
        make_phone_in(slug="in-the-library", starts_at=TUESDAY - timedelta(days=6))
        make_phone_in(slug="counted", starts_at=long_ago)
        for name, words, note, asked, editions in (
            ("corrected", "What helps after a hard night?", "", 6, (f"Company.\n\n{ANSWER}", ANSWER)),
            ("prepared", "How do we look after each other after a death at work?", "A death at work", 2, (ANSWER,)),
            (
                "welsh",
                "Sut mae cael cwsg ar ôl y nos, ac mae'n rhaid i mi godi?",
                "",
                1,
                ("Mae'n dda cael ystafell dywyll.",),
            ),
        ):
            db.session.add(
                ReadAloud(
                    id=name, phone_in_slug="in-the-library", asked_slug="in-the-library", words=words,
                    content_note=note, asked=asked, theme="workload_and_rest",
                )
            )  # fmt: skip
            db.session.flush()
            for edition, answer in enumerate(editions, start=1):
                changed = "The advice on driving home was missing." if edition > 1 else ""
                db.session.add(
                    Answer(read_aloud_id=name, edition=edition, words=answer, what_changed=changed, published_on=today)
                )
        for word, how_many in (("answered", 14), ("answer", 9), ("carried_on", 6), ("not_used", 2), ("signpost", 5)):
            db.session.add(Tally(phone_in_slug="counted", kind="outcome", word=word, how_many=how_many))


def make_rare_phone_ins() -> None:
    day = timedelta(days=1)
    with transaction():
        fay = person(FACILITATOR)
        make_person("Stan")
        make_fay()
        make_person("Lee Gone", email="lee@example.org", left_on=TUESDAY.date())
        make_phone_in(slug="full", starts_at=TUESDAY + 3 * day, seats=1, leaders=[fay])
        make_phone_in(slug="full-soon", starts_at=TUESDAY + 3 * day, seats=1, leaders=[fay])
        make_phone_in(slug="over", starts_at=TUESDAY - 3 * day, leaders=[fay])
        make_phone_in(slug="far", starts_at=TUESDAY + 60 * day, seats=30, leaders=[fay])
        make_phone_in(slug="draft", starts_at=TUESDAY + 9 * day, published_at=None, leaders=[fay])
        make_phone_in(slug="cancelled", starts_at=TUESDAY + 4 * day, leaders=[fay])
        make_phone_in(slug="decided", starts_at=TUESDAY + 1 * day, leaders=[fay], seats=30)
        make_series(slug="draft-series", leaders=[fay])
        make_series(slug="odd-series", title="Twice a year", rule="FREQ=YEARLY;BYMONTH=3,6;BYDAY=4TU", leaders=[fay])
        seats.take(phone_in("full"), by=person(NEW_HERE))


def send_to_the_reviewer() -> None:
    """Something for the reviewer to read, and something that is done."""
    decided, reviewer = phone_in("decided"), person(FACILITATOR)
    with clock.stopped_at(TUESDAY - timedelta(days=3)):
        with transaction():
            decided.reviewer_id = reviewer.id
        for text in (WORRYING, "Somebody spoke to me as nobody should"):
            with transaction():
                pass_ = codes.printed_pass(keys.pass_secret("decided"), "decided")
                safeguarding.send_to_reviewer(
                    decided, pass_=pass_, receipt=codes.new_receipt(), text=text, topic="workload_and_rest"
                )
        with transaction():
            done = next(found for found in review.sent_in(decided) if found.text != WORRYING)
            review.reply(done, "Thank you for saying so. The harassment unit can be reached day and night.")
            review.close(done, OUTCOMES["route"])
        review_log.tell_reviewers()


def ask_and_decide() -> None:
    """One question on the agenda and one set aside, each with a receipt we know; one that is still sealed."""
    with clock.stopped_at(TUESDAY - timedelta(days=3)), transaction():
        for state in ("agenda", "aside"):
            ask("decided", state, f"{QUESTION} ({state})")
    with transaction():
        release.release(phone_in("decided"))
        ask(OPEN, "sealed", QUESTION)
        ask(OPEN, "withdrawn", QUESTION)
    with transaction():
        questions = {found.text: found for found in triage.questions_for(phone_in("decided"))}
        triage.reword(questions[f"{QUESTION} (agenda)"], WORDING)
        triage.put_on_agenda(phone_in("decided"), questions[f"{QUESTION} (agenda)"])
        triage.set_aside(questions[f"{QUESTION} (aside)"], "The same has been asked")


def let_others_vote() -> None:
    """Asking goes on at a phone-in that has a reviewer and, after a first release, something to vote for."""
    day = timedelta(days=1)
    with clock.stopped_at(TUESDAY - 8 * day), transaction():
        begin, opened = TUESDAY + 9 * day, TUESDAY - 10 * day
        reviewer = person(FACILITATOR)
        make_phone_in(
            slug="ballot", starts_at=begin, asks_open_at=opened, holders=24, reviewer_id=reviewer.id, leaders=[reviewer]
        )
        for state in ("wanted", "reviewer"):
            ask("ballot", state, f"{QUESTION} ({state})")
        ask("ballot", "other", "Another question")
    with transaction():
        release.release(phone_in("ballot"))
        questions = {found.text: found for found in triage.questions_for(phone_in("ballot"))}
        for found in questions.values():
            triage.reword(found, f"{WORDING} ({found.text[-7:-1]})")
        wanted, reviewed = (questions[f"{QUESTION} ({state})"] for state in ("wanted", "reviewer"))
        wordings.one("ballot", str(wanted.read_aloud_id)).votes = 3
        triage.leave_wording(reviewed)
        reviewed.is_for_reviewer, reviewed.reviewer_reply = True, "Thank you. It has been stopped."
        triage.put_on_agenda(phone_in("ballot"), wanted)


def post_every_kind_of_letter() -> None:
    """Booked, changed, cancelled, given back, a sign-in link and the desk's; delivered to the local mailbox."""
    me = person(STAFF)
    with transaction():
        seats.take(phone_in("cancelled"), by=me)
        seats.take(phone_in("decided"), by=me)
        sign_in.ask(STAFF, browser="b", source="s")
    postman.deliver_due()
    with transaction():
        planning.cancel(phone_in("cancelled"), reason="The line is being repaired")
        planning.move(phone_in("decided"), to=phone_in("decided").starts_at + timedelta(hours=1), minutes=60)
    postman.deliver_due()
    with transaction():
        seats.give_back(phone_in("decided"), by=me)
    postman.deliver_due()


def post_the_rarer_letters() -> None:
    """A cancellation taken back, handed over, told once more, a calendar set right, and a seat moved."""
    with transaction():
        fay, sue = person(FACILITATOR), make_person("Sue")
        make_phone_in(slug="back-on", starts_at=TUESDAY + timedelta(days=25), leaders=[fay])
        seats.take(phone_in("back-on"), by=sue)
    deliver()
    for change in (
        lambda one: planning.cancel(one, reason="The line is being repaired"),
        planning.put_back_on,
        lambda one: handing_over.hand_over(one, by=person(FACILITATOR), to=person(LEADS_NOTHING)),
        lambda one: telling.send_again(seat(one.slug)),
        lambda one: choose_the_feed(person("sue@example.org")),
    ):
        with transaction():
            change(phone_in("back-on"))
        deliver()
    with transaction():
        sid = make_person("Sid")
        seats.take(phone_in("back-on"), by=sid)
    deliver()
    with transaction():
        moving.move(seats.booked_by(sid)[0], to=phone_in("far"))
    deliver()


def choose_the_feed(somebody: Person) -> None:
    somebody.calendar = Calendar.FEED
    telling.tell(seats.booked_by(somebody))


def ask_for_adjustments() -> None:
    """Ours, somebody else's, and one with a name."""
    busy, me = phone_in(BUSY), person(STAFF)
    others = [booking for booking in seats.live_bookings(busy) if booking.person != me]
    with transaction():
        mine = seats.take(busy, by=me)
        adjustments.ask(mine, kinds=["captions", "other"], text="The number to call in large print", is_named=False)
        adjustments.ask(others[0], kinds=["captions", "relay"], text="", is_named=False)
        adjustments.ask(others[1], kinds=["language"], text="Polish, if there is somebody", is_named=True)


def answer_from_calendars() -> None:
    """Every letter that we write because of a reply, and messages that an admin has to look at."""
    with transaction():
        fay, sid = person(FACILITATOR), person("sid@example.org")
        for slug in ("answered", "given-back"):
            make_phone_in(slug=slug, starts_at=TUESDAY + timedelta(days=20), leaders=[fay])
            seats.take(phone_in(slug), by=sid)
    deliver()
    for name in ("spoofed-from", "forwarded-accepted", "counter"):
        take_in(message(name, seat("answered")))
    with transaction():
        planning.move(phone_in("answered"), to=TUESDAY + timedelta(days=21), minutes=60)
        seats.give_back(phone_in("given-back"), by=person("sid@example.org"))
    deliver()
    take_in(message("stale-declined", seat("answered")))
    take_in(message("delegated", seat("answered")))
    deliver()
    for slug in ("answered", "given-back"):
        take_in(message("later-accepted", seat(slug)))
    for name in ("plain-mail", "unknown-seat"):
        take_in(message(name, sam="a-rather-long-address-of-somebody@northfold-ambulance.test"))
    deliver()


def remind_of_seats() -> None:
    """Of what begins within the hour, and of what is full and begins soon."""
    with clock.stopped_at(TUESDAY - timedelta(days=5)), transaction():
        fay = person(FACILITATOR)
        soon = make_phone_in(slug="soon", starts_at=TUESDAY + timedelta(hours=1), leaders=[fay])
        scarce = make_phone_in(slug="scarce", starts_at=TUESDAY + timedelta(days=2, hours=3), leaders=[fay], seats=1)
        seats.take(soon, by=make_person("Sal"))
        seats.take(scarce, by=person(STAFF))
        series = db.session.scalars(select(Series).where(Series.slug == "dev-01")).one()
        just_over = make_phone_in(slug="just-over", starts_at=TUESDAY - timedelta(hours=2), series=series)
        seats.take(just_over, by=person("sal@example.org"))
    reminders.remind()
    confirming.ask()
    thanks.say()
    deliver()


def seat(slug: str) -> Booking:
    """The first that was booked in this phone-in."""
    booked = select(Booking).where(Booking.phone_in_id == phone_in(slug).id).order_by(Booking.id)
    return db.session.scalars(booked.limit(1)).one()


def lose_some_letters() -> None:
    """One in each state: given up, unsure, come back, still tried; two of them about a seat."""
    about = f"seat {seat('back-on').id}"
    states = {
        "given-up": {"given_up_at": clock.now(), "error": "RCPT 550"},
        "unsure": {"unknown_at": clock.now(), "error": "TimeoutError", "about": about},
        "back": {
            "sent_at": clock.now(),
            "bounced_on": clock.today(),
            "bounce": "5.2.2",
            "about": about,
            "telling": "{}",
        },
        "tried": {"error": "RCPT 451", "due_at": clock.now() + timedelta(hours=1)},
    }
    with transaction():
        for turn, (state, columns) in enumerate(states.items(), start=90):
            usual = {
                "name": "seat-booked",
                "to_address": "a-rather-long-address-of-somebody@northfold-ambulance.test",
                "subject": "",
                "text": "",
                "html": "",
                "message_id": f"<{state}@phonein.example>",
                "attempts": 3,
                "turn": turn,
            }
            db.session.add(Letter(**usual | columns))


def letters_by_kind() -> dict[str, EmailMessage]:
    """One letter of each kind in the local mailbox, by the first words of its subject."""
    return {letter["Subject"].split(":")[0]: letter for _, letter in mailbox.letters()}


def html_of_letter(kind: str) -> str:
    body = letters_by_kind()[kind].get_body(("html",))
    assert body is not None
    return str(body.get_content())


def new_pass(slug: str, purpose: str = "q") -> str:
    with transaction():
        return codes.printed_pass(keys.pass_secret(slug), slug, purpose)


def sign_in_link_for(email: str) -> str:
    """Where the sign-in letter leads that has been posted and not delivered yet."""
    waits = Letter.name == "sign-in-link", Letter.to_address == email, Letter.sent_at.is_(None)
    letter = db.session.scalars(select(Letter).where(*waits)).one()
    return next(line for line in letter.text.splitlines() if "/app/sign-in/link/" in line).strip()


def seat_link(slug: str) -> str:
    """Where the letter about our own seat in this phone-in leads to give it back."""
    mine = Booking.person_id == person(STAFF).id, Booking.phone_in_id == phone_in(slug).id
    return seat_links.address(db.session.scalars(select(Booking).where(*mine)).first())


def person(email: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def phone_in(slug: str) -> PhoneIn:
    return programme.by_slug(slug) or db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()


def ask(slug: str, state: str, text: str) -> None:
    pass_ = codes.printed_pass(keys.pass_secret(slug), slug)
    box.ask(phone_in(slug), pass_=pass_, receipt=RECEIPTS.get(state) or codes.new_receipt(), text=text, topic="work")
