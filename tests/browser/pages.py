"""Every page of the product in every state worth looking at: who looks, where, what they do there, what they then see.

`every_page/test_the_looking` holds this list against the app's own map of addresses.
"""

from playwright.sync_api import Page

from tests.browser import stage, stage_desk
from tests.browser.deeds import (
    Deed,
    ask_and_look,
    ask_and_look_at,
    ask_for_link_and_open_it,
    ask_for_link_and_open_it_elsewhere,
    bring_a_cookie,
    choose,
    choose_a_file,
    choose_who_leads,
    fill,
    fill_in_a_series,
    follow,
    look_at_an_old_line,
    one_after_another,
    open_details,
    open_offer_link,
    open_seat_link,
    press,
    send,
    send_from_an_old_form,
    show_receipt,
    tick,
    type_the_pass_for_votes,
)
from tests.browser.look import Look
from tests.browser.pages_agenda import AGENDA_PAGES
from tests.browser.served import ADMIN, FACILITATOR, STAFF, Served
from tests.browser.stage import BUSY, LEADS_NOTHING, NEW_HERE, OPEN, SEALED

TITLES = {BUSY: "Last Thursday: thriving in critical occupations", SEALED: "Before the gate", OPEN: "Monday check-in"}
TOO_LONG = "a" * 1501
POINTING = "What should I have done when Mr Example (A1234BC) wrote to sam@example.org about his wing?"
IN_CRISIS = "I want to kill myself after that night. Who can I talk to?"


PUBLIC = {
    "landing": Look("public.landing", "/", "Call in, listen, and ask without giving your name"),
    "help": Look("public.help_page", "/help/", "Help"),
    "support": Look("public.support", "/help/support/", "Support you can use today"),
    "privacy": Look("public.privacy", "/privacy/", "Privacy and anonymity"),
    "accessibility": Look("public.accessibility", "/accessibility/", "Accessibility statement"),
    "404": Look("", "/nothing-here/", "Page not found"),
    "405": Look("", "/q/", "That cannot be done here"),
}

SIGN_IN = {
    "sign-in": Look("identity.sign_in_page", "/app/sign-in/", "Sign in"),
    "sign-in-error": Look("identity.sign_in_page", "/app/sign-in/", "Sign in", deed=press("Send me the link")),
    "code": Look("identity.code_page", "/app/sign-in/code/", "Look in your mail"),
    "code-error": Look("identity.code_page", "/app/sign-in/code/", "Look in your mail", deed=press("Sign in with")),
    "link": Look("identity.link_page", "/app/sign-in/", "One more step", deed=ask_for_link_and_open_it),
    "link-elsewhere": Look(
        "identity.link_page",
        "/app/sign-in/",
        "This is another browser",
        deed=ask_for_link_and_open_it_elsewhere,
    ),
    "link-used": Look("identity.link_page", "/app/sign-in/link/never-was", "That link has had its day"),
    "signed-out": Look(
        "",
        "/app/sign-in/",
        "You are signed out",
        deed=send("/app/admin/series/new", description="A long text that somebody has typed before"),
    ),
    "400-too-old": Look(
        "identity.sign_in_page",
        "/app/sign-in/",
        "That page was too old",
        deed=send("/app/sign-in/", csrf_token="old", email=STAFF),
    ),
    "413": Look("", "/app/sign-in/", "That is too long", deed=send("/app/sign-in/", email="a" * 70_000)),
    "429": Look(
        "",
        "/app/sign-in/",
        "Too many tries",
        deed=one_after_another(*[send("/app/sign-in/", email="x@example.org")] * 6),
    ),
}

FEED, MY_CALENDAR = "/app/bookings/feed", "Phone-ins in your calendar"
ADJUSTMENTS = f"/app/phone-ins/{OPEN}/seat/adjustments"
STAFF_PAGES = {
    "programme": Look("schedule.programme_page", "/app/", "Phone-ins", STAFF),
    "programme-at-night": Look("schedule.programme_page", "/app/?time=night", "Phone-ins", STAFF),
    "calendar": Look("schedule.calendar_page", "/app/calendar/?month=2026-12", "Phone-ins", STAFF),
    "calendar-empty": Look("schedule.calendar_page", "/app/calendar/?month=2031-01", "Phone-ins", STAFF),
    "phone-in": Look("schedule.phone_in_page", f"/app/phone-ins/{SEALED}/", TITLES[SEALED], NEW_HERE),
    "phone-in-booked": Look("schedule.phone_in_page", f"/app/phone-ins/{OPEN}/", TITLES[OPEN], STAFF),
    "phone-in-full": Look("schedule.phone_in_page", "/app/phone-ins/full/", "Sleeping better", STAFF),
    "phone-in-still-coming": Look("schedule.phone_in_page", "/app/phone-ins/scarce/", "Sleeping better", STAFF),
    "phone-in-far": Look("schedule.phone_in_page", "/app/phone-ins/far/", "Sleeping better", STAFF),
    "phone-in-over": Look("schedule.phone_in_page", "/app/phone-ins/over/", "Sleeping better", STAFF),
    "phone-in-cancelled": Look("schedule.phone_in_page", "/app/phone-ins/cancelled/", "Sleeping better", STAFF),
    "library": Look("library.list_page", "/app/library/", "You asked, we answered", STAFF),
    "library-no-match": Look(
        "library.list_page", "/app/library/?q=pension&theme=supervision", "You asked, we answered", STAFF
    ),
    "library-answer": Look("library.answer_page", "/app/library/corrected/", "What helps after a hard night?", STAFF),
    "library-print": Look("library.print_page", "/app/library/print?q=night", "You asked, we answered", STAFF),
    "library-asked": Look("library.asked_page", "/app/library/asked/", "What became of questions", STAFF),
    "phone-in-in-the-library": Look(
        "schedule.phone_in_page", "/app/phone-ins/in-the-library/", "Sleeping better", STAFF
    ),
    "passes": Look("", "/app/phone-ins/far/", "Your three passes", STAFF, press("Show me three passes")),
    "just-booked": Look(
        "schedule.phone_in_page", "/app/phone-ins/far/", "Sleeping better", NEW_HERE, press("Book my seat")
    ),
    "my-letters": Look("booking.my_letters", f"/app/phone-ins/{OPEN}/letters", "What your calendar was told", STAFF),
    "my-letters-again": Look(
        "booking.my_letters",
        f"/app/phone-ins/{OPEN}/letters",
        "What your calendar was told",
        STAFF,
        press("Send it again"),
    ),
    "move": Look("moving.move_page", f"/app/phone-ins/{OPEN}/seat/move", "Move to another date", STAFF),
    "move-refused": Look(
        "moving.move_page",
        f"/app/phone-ins/{OPEN}/seat/move",
        "Move to another date",
        STAFF,
        send(f"/app/phone-ins/{OPEN}/seat/move", to="full"),
    ),
    "adjustments": Look("adjustments.adjustments_page", ADJUSTMENTS, "Ask for an adjustment", STAFF),
    "phone-in-adjusted": Look("schedule.phone_in_page", f"/app/phone-ins/{BUSY}/", TITLES[BUSY], STAFF),
    "adjustments-error": Look(
        "adjustments.adjustments_page",
        ADJUSTMENTS,
        "Ask for an adjustment",
        STAFF,
        one_after_another(tick("Something else"), press("Keep this")),
    ),
    "bookings": Look("booking.my_bookings", "/app/bookings/", "My bookings", STAFF),
    "bookings-none": Look("booking.my_bookings", "/app/bookings/", "My bookings", ADMIN),
    "feed": Look("my_calendar.page", FEED, MY_CALENDAR, STAFF),
    "feed-none": Look("my_calendar.page", FEED, MY_CALENDAR, ADMIN),
    "feed-anew": Look("my_calendar.page", FEED, MY_CALENDAR, STAFF, press("Make a new address")),
    "feed-chosen": Look(
        "my_calendar.page",
        FEED,
        MY_CALENDAR,
        NEW_HERE,
        one_after_another(tick("A feed that my calendar reads"), press("Save my choice")),
    ),
    "feed-error": Look("", FEED, MY_CALENDAR, STAFF, send(f"{FEED}/choice", calendar="pigeons")),
    "feed-leads": Look("my_calendar.page", FEED, MY_CALENDAR, FACILITATOR, send(f"{FEED}/address", purpose="leads")),
    "reminders": Look("my_reminders.page", "/app/bookings/reminders", "Reminders", STAFF),
    "reminders-error": Look(
        "my_reminders.page",
        "/app/bookings/reminders",
        "Reminders",
        STAFF,
        one_after_another(fill(number="soon"), press("Save my choice")),
    ),
    "403": Look("", "/app/admin/", "This page is not for you", STAFF),
    "409": Look("", "/app/bookings/", "This phone-in is full", STAFF, send("/app/phone-ins/full/seat")),
}

SEAT_LINKS = {
    "seat-link": Look("seat_links.seat_page", "/help/", "Give your seat back", deed=open_seat_link(OPEN)),
    "seat-link-still-coming": Look(
        "seat_links.seat_page", "/help/", "Are you still coming?", deed=open_seat_link("scarce")
    ),
    "seat-link-given-back": Look(
        "seat_links.seat_page", "/help/", "Your seat has been given back", deed=open_seat_link("decided")
    ),
    "seat-link-cancelled": Look(
        "seat_links.seat_page", "/help/", "This phone-in was cancelled", deed=open_seat_link("cancelled")
    ),
}

WAITED, PHONE_IN = "Sleeping better", "schedule.phone_in_page"
QUEUE = "/app/admin/phone-ins/queue/waiting/"
WAITING = {
    "phone-in-join": Look(PHONE_IN, "/app/phone-ins/any-date/", WAITED, ADMIN),
    "phone-in-joined": Look(
        PHONE_IN,
        "/app/phone-ins/any-date/",
        WAITED,
        LEADS_NOTHING,
        one_after_another(tick("Any date in this series"), press("Join the waiting list")),
    ),
    "phone-in-in-line": Look(PHONE_IN, "/app/phone-ins/queue/", WAITED, STAFF),
    "phone-in-left-the-line": Look(
        PHONE_IN, "/app/phone-ins/queue-to-leave/", WAITED, STAFF, press("Leave the waiting list")
    ),
    "phone-in-held": Look(PHONE_IN, "/app/phone-ins/held/", WAITED, STAFF),
    "phone-in-held-taken": Look(PHONE_IN, "/app/phone-ins/held-to-take/", WAITED, STAFF, press("Take it")),
    "phone-in-held-passed-on": Look(PHONE_IN, "/app/phone-ins/held-to-pass-on/", WAITED, STAFF, press("No thanks")),
    "phone-in-let-pass": Look(PHONE_IN, "/app/phone-ins/let-pass/", WAITED, STAFF),
    "phone-in-first-come": Look(PHONE_IN, "/app/phone-ins/soon-full/", WAITED, STAFF),
    "phone-in-first-come-free": Look(PHONE_IN, "/app/phone-ins/soon-and-free/", WAITED, STAFF),
    "waiting-refused": Look(
        "", "/app/phone-ins/far/", "There is a seat free", STAFF, send("/app/phone-ins/far/waiting")
    ),
    "offer-refused": Look(
        "",
        "/app/phone-ins/let-pass/",
        "This seat is held for you no longer",
        STAFF,
        send("/app/phone-ins/let-pass/offer"),
    ),
    "bookings-waiting": Look("booking.my_bookings", "/app/bookings/", "My bookings", STAFF),
    "offer-link": Look(
        "offer_links.offer_page", "/help/", "A seat is held for you", deed=open_offer_link("held-in-the-letter")
    ),
    "offer-link-taken": Look(
        "offer_links.offer_page",
        "/help/",
        "The seat is yours",
        deed=one_after_another(open_offer_link("taken-in-the-letter"), press("Take it")),
    ),
    "offer-link-passed-on": Look(
        "offer_links.offer_page",
        "/help/",
        "The seat goes on to the next in line",
        deed=one_after_another(open_offer_link("passed-on-in-the-letter"), press("No thanks")),
    ),
    "offer-link-over": Look(
        "offer_links.offer_page",
        "/help/",
        "This seat is held for you no longer",
        deed=open_offer_link("let-pass-in-the-letter"),
    ),
    "admin-insights": Look("insights.over_all", "/app/admin/insights/", "Insights", ADMIN),
    "admin-waiting": Look("waiting_lists.one_list", QUEUE, "Waiting list", ADMIN),
    "admin-waiting-held": Look("waiting_lists.one_list", "/app/admin/phone-ins/held/waiting/", "Waiting list", ADMIN),
    "admin-waiting-error": Look("", QUEUE, "Waiting list", ADMIN, one_after_another(fill(place="99"), press("Move"))),
    "admin-waiting-meanwhile": Look(
        "",
        QUEUE,
        "Waiting list",
        ADMIN,
        one_after_another(look_at_an_old_line, fill(place="1", reason="A mistake of ours"), press("Move")),
    ),
    "admin-phone-in-waiting": Look("planning.phone_in_page", "/app/admin/phone-ins/queue/", WAITED, ADMIN),
}

DESK = f"/app/desk/{BUSY}/"
SAID = "/app/desk/last-thursday-thriving-in-critical-occupations-"  # the demonstration has feedback of these
MUCH = "/app/desk/much-to-do/"
QUESTIONS = f"{MUCH}questions/"
NEW, MARKED, ASIDE = f"{QUESTIONS}11-a/", f"{QUESTIONS}13-c/", f"{QUESTIONS}18-h/"
NOT_READ_ALOUD = "It is not read aloud"


def select_two(page: Page, served: Served) -> None:
    for number in (0, 1):
        page.get_by_label("Select Q").nth(number).check()


DESK_PAGES = {
    "desk": Look("desk.mine", "/app/desk/", "Your desk", FACILITATOR),
    "desk-none": Look("desk.mine", "/app/desk/", "Your desk", LEADS_NOTHING),
    "desk-hub": Look("desk.hub", DESK, TITLES[BUSY], FACILITATOR),
    "desk-hub-sealed": Look("desk.hub", f"/app/desk/{SEALED}/", TITLES[SEALED], FACILITATOR),
    "desk-hub-sorted": Look("desk.hub", "/app/desk/decided/", "Sleeping better", FACILITATOR),
    "desk-questions": Look("triage.questions", QUESTIONS, "Sort questions", FACILITATOR),
    "desk-sealed": Look("triage.questions", f"/app/desk/{SEALED}/questions/", "Sort questions", FACILITATOR),
    "desk-sorted": Look("triage.questions", "/app/desk/decided/questions/", "Sort questions", FACILITATOR),
    "desk-votes": Look("triage.questions", "/app/desk/ballot/questions/?tab=all", "Sort questions", FACILITATOR),
    "desk-no-match": Look("triage.questions", f"{QUESTIONS}?q=no+such+words", "Sort questions", FACILITATOR),
    "desk-nothing-ticked": Look(
        "triage.questions", QUESTIONS, "Sort questions", FACILITATOR, press("Answer in writing")
    ),
    "desk-together": Look(
        "triage.questions",
        QUESTIONS,
        "Sort questions",
        FACILITATOR,
        one_after_another(
            select_two,
            lambda page, _: page.get_by_text("Theme, who sees").click(),
            choose(set_theme="supervision"),
            press("Give the theme"),
        ),
    ),
    "desk-merge": Look(
        "merging.merge_page",
        QUESTIONS,
        "Do these ask the same?",
        FACILITATOR,
        one_after_another(select_two, press("Merge")),
    ),
    "desk-merge-error": Look(
        "",
        QUESTIONS,
        "Do these ask the same?",
        FACILITATOR,
        one_after_another(select_two, press("Merge"), press("Merge them")),
    ),
    "desk-history": Look("history.history", f"{MUCH}history/", "What was done at this desk", FACILITATOR),
    "desk-print-votes": Look("pack.printed", "/app/desk/ballot/print", "Sleeping better", FACILITATOR),
    "desk-hand-over": Look(
        "desk.hand_over_page", f"/app/desk/{SEALED}/hand-over", "Hand this phone-in over", FACILITATOR
    ),
    "desk-hand-over-error": Look(
        "desk.hand_over_page",
        f"/app/desk/{SEALED}/hand-over",
        "Hand this phone-in over",
        FACILITATOR,
        send(f"/app/desk/{SEALED}/hand-over", to=""),
    ),
    "desk-feedback": Look("feedback.of_one", f"{SAID}2026-10-29/feedback/", "What people said", FACILITATOR),
    "desk-feedback-few": Look("feedback.of_one", f"{SAID}2026-08-27/feedback/", "What people said", FACILITATOR),
    "desk-feedback-soon": Look("feedback.of_one", f"{DESK}feedback/", "What people said", FACILITATOR),
    "desk-feedback-over-all": Look("feedback.over_all", "/app/desk/feedback/", "What people said", FACILITATOR),
    "desk-feedback-none": Look("feedback.over_all", "/app/desk/feedback/", "What people said", LEADS_NOTHING),
    "run": Look("hour.run", "/app/desk/running/run/", "The hour", FACILITATOR),
    "run-before": Look("hour.run", f"/app/desk/{SEALED}/run/", "The hour", FACILITATOR),
    "run-error": Look(
        "",
        "/app/desk/running/run/",
        "The hour",
        FACILITATOR,
        send("/app/desk/running/run/heads", heads="many"),
    ),
    "close": Look("closing.close_page", "/app/desk/ended/close/", "After the hour", FACILITATOR),
    "close-error": Look(
        "closing.close_page",
        "/app/desk/ended/close/",
        "After the hour",
        FACILITATOR,
        one_after_another(tick("Not used"), press("Keep what is chosen")),
    ),
    "close-not-yet": Look("closing.close_page", "/app/desk/running/close/", "After the hour", FACILITATOR),
    "answers": Look("answers.all_page", "/app/desk/written/answers/", "Answers in writing", FACILITATOR),
    "answers-alone": Look("answers.all_page", "/app/desk/ended/answers/", "Answers in writing", FACILITATOR),
    "answer": Look(
        "answers.one_page", "/app/desk/written/answers/", "Answer in writing", FACILITATOR, follow("Look it over")
    ),
    "answer-put-right": Look(
        "",
        "/app/desk/written/answers/",
        "Put an answer right",
        FACILITATOR,
        one_after_another(follow("Put it right"), press("Keep the draft")),
    ),
    "phone-in-answered": Look("schedule.phone_in_page", "/app/phone-ins/written/", "Sleeping better", STAFF),
    "run-two-at-once": Look(
        "",
        "/app/desk/running/run/",
        "The hour",
        FACILITATOR,
        send("/app/desk/running/run/notes", words="Mine", edition="another"),
    ),
    "desk-take-away": Look("taking_away.choose", f"{DESK}take-away/", "Take away", FACILITATOR),
    "desk-print": Look("pack.printed", f"{DESK}print", TITLES[BUSY], FACILITATOR),
    "desk-print-empty": Look("pack.printed", f"/app/desk/{SEALED}/print", TITLES[SEALED], FACILITATOR),
    "desk-question": Look("question.question", NEW, "One question", FACILITATOR, open_details),
    "desk-question-merged": Look("question.question", f"{QUESTIONS}14-d/", "One question", FACILITATOR),
    "desk-question-aside": Look("question.question", ASIDE, "One question", FACILITATOR),
    "desk-question-error": Look(
        "",
        NEW,
        "One question",
        FACILITATOR,
        one_after_another(fill(read_aloud=TOO_LONG), press("Keep the wording")),
    ),
    "desk-question-meanwhile": Look(
        "",
        f"{QUESTIONS}17-g/",
        "One question",
        FACILITATOR,
        one_after_another(stage_desk.somebody_else_words_it, press("Keep the wording")),
    ),
    "desk-aside-error": Look(
        "",
        NEW,
        "One question",
        FACILITATOR,
        one_after_another(lambda page, _: page.get_by_text(NOT_READ_ALOUD).first.click(), press("Set it aside")),
    ),
    "desk-needs-a-look": Look("question.question", MARKED, "One question", FACILITATOR, open_details),
    "desk-redaction": Look(
        "marking.redaction_page", f"{MARKED}redaction", "Take out what points to somebody", FACILITATOR
    ),
    "desk-redaction-check": Look(
        "marking.redaction_page",
        f"{MARKED}redaction",
        "Delete the old words for good?",
        FACILITATOR,
        press("Look at it once more"),
    ),
    "desk-look": Look("triage.questions", f"{QUESTIONS}?tab=look", "Sort questions", FACILITATOR, open_details),
    "desk-all": Look("triage.questions", f"{QUESTIONS}?tab=all", "Sort questions", FACILITATOR),
}

REVIEW = "/app/review/decided/"
REVIEW_PAGES = {
    "review": Look("review.mine", "/app/review/", "Safeguarding", FACILITATOR),
    "review-phone-in": Look("review.one_phone_in", REVIEW, "Sleeping better", FACILITATOR),
    "review-open": Look("review.one_phone_in", REVIEW, "Sleeping better", FACILITATOR, open_details),
    "review-error": Look(
        "", REVIEW, "Sleeping better", FACILITATOR, one_after_another(open_details, press("Mark as done"))
    ),
}

YEAR = (
    "id,title,timezone,start_local,rrule,duration_minutes,capacity,opens_days_before,closes_hours_before,number,"
    "facilitators\r\n"
    "nights,Sleep after nights,Europe/London,2026-11-28 19:30,FREQ=WEEKLY;COUNT=20,60,12,7,24,0808 157 0133,"
    f"{FACILITATOR}\r\n"
    "nights,,,2027-03-28 10:00,,,,,,,\r\n"
    f"early,Early shift,Europe/London,2026-12-01 06:30,,45,many,7,24,0808 157 0133,{FACILITATOR}\r\n"
).encode()
IMPORTING = {
    "admin-import": Look("importing.import_page", "/app/admin/import/", "Import a year", ADMIN),
    "admin-import-error": Look(
        "importing.import_page",
        "/app/admin/import/",
        "Import a year",
        ADMIN,
        one_after_another(choose_a_file(b"id;title"), press("See what it would do")),
    ),
    "admin-import-check": Look(
        "importing.import_page",
        "/app/admin/import/",
        "What the file would do",
        ADMIN,
        one_after_another(choose_a_file(YEAR), press("See what it would do")),
    ),
}

PEOPLE_AT = "/app/admin/people/"


def find_person(words: str) -> Deed:
    return one_after_another(fill(words=words), press("Search"))


def open_person(name: str) -> Deed:
    return one_after_another(find_person(name), follow(name))


PEOPLE = {
    "admin-people": Look("people.search_page", PEOPLE_AT, "People", ADMIN),
    "admin-people-error": Look("people.search_page", PEOPLE_AT, "People", ADMIN, press("Search")),
    "admin-people-found": Look("people.search_page", PEOPLE_AT, "People", ADMIN, find_person("an")),
    "admin-people-none": Look("people.search_page", PEOPLE_AT, "People", ADMIN, find_person("nobody at all")),
    "admin-person": Look("people.person_page", PEOPLE_AT, "Debbie Sedgeholme", ADMIN, open_person("Debbie Sedgeholme")),
    "admin-person-left": Look("people.person_page", PEOPLE_AT, "Lee Gone", ADMIN, open_person("Lee Gone")),
    "admin-person-error": Look(
        "",
        PEOPLE_AT,
        "Debbie Sedgeholme",
        ADMIN,
        one_after_another(open_person("Debbie Sedgeholme"), press("Book a seat for them")),
    ),
    "admin-leaving": Look(
        "people.leaving_page",
        PEOPLE_AT,
        "Has Kirsty Wigglesworth left?",
        ADMIN,
        one_after_another(open_person("Kirsty Wigglesworth"), follow("See what that would mean")),
    ),
}

ADMIN_AT = "/app/admin/phone-ins/"
NEW_SERIES, SERIES = "/app/admin/series/new", "/app/admin/series/dev-01/"
ADMIN_PAGES = {
    "admin": Look("admin.overview", "/app/admin/", "Admin", ADMIN),
    "admin-programme-feed": Look(
        "programme_feed.page",
        "/app/admin/programme-feed/",
        "Programme feed",
        ADMIN,
        send("/app/admin/programme-feed/closing"),
    ),
    "admin-programme-feed-on": Look(
        "programme_feed.page",
        "/app/admin/programme-feed/",
        "Programme feed",
        ADMIN,
        send("/app/admin/programme-feed/address"),
    ),
    "admin-letters": Look("admin.letters_page", "/app/admin/letters/", "Letters", ADMIN),
    "admin-letters-rest": Look("admin.letters_page", "/app/admin/letters/", "Letters", ADMIN, press("Do not send it")),
    "admin-deleted": Look("admin.deleted_page", "/app/admin/deleted/", "What was deleted", ADMIN),
    "admin-replies": Look("admin.replies_page", "/app/admin/replies/", "Replies", ADMIN),
    "admin-replies-seen": Look("admin.replies_page", "/app/admin/replies/", "Replies", ADMIN, press("Seen")),
    "admin-series-list": Look("series.series_list", "/app/admin/series/", "Series", ADMIN),
    "admin-new-series": Look("series.new_series_page", NEW_SERIES, "New series", ADMIN),
    "admin-new-series-preview": Look(
        "series.new_series_page",
        NEW_SERIES,
        "New series",
        ADMIN,
        one_after_another(fill_in_a_series, press("Update preview")),
    ),
    "admin-new-series-errors": Look(
        "series.new_series_page", NEW_SERIES, "New series", ADMIN, press("Check before saving")
    ),
    "admin-new-series-check": Look(
        "series.new_series_page",
        NEW_SERIES,
        "Check before saving",
        ADMIN,
        one_after_another(fill_in_a_series, choose_who_leads, press("Check before saving")),
    ),
    "admin-series": Look("series.series_page", SERIES, TITLES[OPEN], ADMIN),
    "admin-series-error": Look(
        "series.series_page",
        SERIES,
        TITLES[OPEN],
        ADMIN,
        one_after_another(fill(title="", seats="many"), press("Check before saving")),
    ),
    "admin-series-dates": Look(
        "series.series_page",
        SERIES,
        TITLES[OPEN],
        ADMIN,
        one_after_another(
            choose(bank_holidays="england-and-wales"),
            fill(left_out="2026-12-21 Between the years\n2026-12-22", extra="2026-12-02 18:00"),
            press("Update preview"),
        ),
    ),
    "admin-series-check": Look(
        "series.series_page",
        SERIES,
        "Check before saving",
        ADMIN,
        one_after_another(fill(starts_at="15:30", pin="9876"), press("Check before saving"), open_details),
    ),
    "admin-series-meanwhile": Look(
        "series.series_page",
        SERIES,
        TITLES[OPEN],
        ADMIN,
        one_after_another(send_from_an_old_form, press("Check before saving")),
    ),
    "admin-series-later": Look("series.later_page", f"{SERIES}from/{OPEN}", "This and all later dates", ADMIN),
    "admin-series-own-rule": Look("series.series_page", "/app/admin/series/odd-series/", "Twice a year", ADMIN),
    "admin-draft-series": Look(
        "series.series_page", "/app/admin/series/draft-series/", "Looking out for each other", ADMIN
    ),
    "admin-one-off": Look("planning.new_phone_in_page", "/app/admin/phone-ins/new", "New single phone-in", ADMIN),
    "admin-one-off-errors": Look(
        "planning.new_phone_in_page",
        "/app/admin/phone-ins/new",
        "New single phone-in",
        ADMIN,
        press("Keep as a draft"),
    ),
    "admin-phone-in": Look("planning.phone_in_page", f"{ADMIN_AT}{OPEN}/", TITLES[OPEN], ADMIN),
    "admin-phone-in-error": Look(
        "planning.phone_in_page",
        f"{ADMIN_AT}{OPEN}/",
        TITLES[OPEN],
        ADMIN,
        one_after_another(fill(seats="1"), press("Save")),
    ),
    "admin-draft": Look("planning.phone_in_page", f"{ADMIN_AT}draft/", "Sleeping better", ADMIN),
    "admin-cancelled": Look("planning.phone_in_page", f"{ADMIN_AT}cancelled/", "Sleeping better", ADMIN),
    "admin-over": Look("planning.phone_in_page", f"{ADMIN_AT}over/", "Sleeping better", ADMIN),
    "admin-move": Look("planning.move_page", f"{ADMIN_AT}{OPEN}/move", "Move this phone-in", ADMIN),
    "admin-move-error": Look(
        "planning.move_page",
        f"{ADMIN_AT}{OPEN}/move",
        "Move this phone-in",
        ADMIN,
        one_after_another(fill(starts_on="2020-01-01"), press("Move it")),
    ),
    "admin-phone-in-meanwhile": Look(
        "planning.phone_in_page",
        f"{ADMIN_AT}{OPEN}/",
        TITLES[OPEN],
        ADMIN,
        one_after_another(send_from_an_old_form, press("Save")),
    ),
    "admin-cancel": Look("planning.cancel_page", f"{ADMIN_AT}{OPEN}/cancellation", "Cancel this phone-in", ADMIN),
    "admin-cancel-error": Look(
        "planning.cancel_page",
        f"{ADMIN_AT}{OPEN}/cancellation",
        "Cancel this phone-in",
        ADMIN,
        press("Cancel this phone-in"),
    ),
}

WORDS, HINTS = "/app/admin/wording/titles/en/", "/app/admin/wording/hints/cy/"
WORD_LISTS = {
    "admin-wording": Look("wording.every_list", "/app/admin/wording/", "Word lists", ADMIN),
    "admin-wording-list": Look("wording.one_list", WORDS, "Titles", ADMIN),
    "admin-wording-phrases": Look(
        "wording.one_list", "/app/admin/wording/crisis-self/en/", "Signs of crisis: about oneself", ADMIN, open_details
    ),
    "admin-wording-errors": Look(
        "wording.one_list",
        HINTS,
        "What is said about each find, Welsh",
        ADMIN,
        one_after_another(fill(words="crn | Rhif.\nwizard | Dewin. | rhywun"), press("Save as a new edition")),
    ),
    "admin-wording-meanwhile": Look(
        "wording.one_list",
        WORDS,
        "Titles",
        ADMIN,
        one_after_another(send_from_an_old_form, fill(words="Mr\nMrs"), press("Save as a new edition")),
    ),
    "admin-wording-edition": Look(
        "wording.one_edition", f"{WORDS}editions/0", "Titles: As it came with the program", ADMIN
    ),
}

PROCEDURE, SETTLED = "/app/admin/safeguarding/", "Safeguarding procedure"
SAFEGUARDING = {
    "admin-safeguarding": Look("safeguarding.procedure_page", PROCEDURE, SETTLED, ADMIN),
    "admin-safeguarding-error": Look(
        "safeguarding.procedure_page",
        PROCEDURE,
        SETTLED,
        ADMIN,
        one_after_another(fill(**{"support-5-name": "Only a name", "target_hours": "0"}), press("Keep this")),
    ),
    "desk-safeguarding": Look("settled.page", "/app/desk/safeguarding/", "If a question worries you", FACILITATOR),
    "admin-rota": Look("rota.rota_page", f"{PROCEDURE}rota/", "Rota of deputies", ADMIN),
    "admin-rota-error": Look(
        "rota.rota_page", f"{PROCEDURE}rota/", "Rota of deputies", ADMIN, press("Put on the rota")
    ),
    "admin-phone-in-safeguarding": Look(
        "rota.one_phone_in", f"{ADMIN_AT}{OPEN}/safeguarding/", "Reviewer, deputy and notice", ADMIN
    ),
}

DOOR = "questions.ask_page"
ASK, DECIDED = f"/q/{OPEN}/", "/q/decided/"
SENT = one_after_another(ask_and_look, press("Send it"))
CHANGE = one_after_another(show_receipt("sealed"), press("Change it"))
ASKING = {
    "ask": Look(DOOR, ASK, "Ask a question without a name"),
    "ask-errors": Look("", ASK, "Ask a question without a name", deed=press("Look at it once more")),
    "say": Look("questions.say_page", "/q/just-over/feedback/", "How was it?"),
    "say-error": Look("", "/q/just-over/feedback/", "How was it?", deed=press("Send it")),
    "said": Look(
        "", "/q/just-over/feedback/", "Thank you", deed=one_after_another(tick("5, very good"), press("Send it"))
    ),
    "say-not-now": Look("questions.say_page", "/q/far/feedback/", "How was it?"),
    "ask-not-open": Look(DOOR, "/q/far/", "Ask a question without a name"),
    "ask-closed": Look(DOOR, "/q/over/", "Ask a question without a name"),
    "ask-check": Look("", ASK, "Look at it once more", deed=ask_and_look),
    "ask-sent": Look("", ASK, "Your question is sealed", deed=SENT),
    "receipt-error": Look("", ASK, "Your question", deed=press("See what became of it")),
    "standing-sealed": Look("", ASK, "Your question", deed=show_receipt("sealed")),
    "standing-agenda": Look("", DECIDED, "Your question", deed=show_receipt("agenda")),
    "standing-aside": Look("", DECIDED, "Your question", deed=show_receipt("aside")),
    "edit": Look("", ASK, "Change your question", deed=CHANGE),
    "edit-error": Look(
        "", ASK, "Change your question", deed=one_after_another(CHANGE, fill(text=""), press("Keep the change"))
    ),
    "edited": Look("", ASK, "Your question", deed=one_after_another(CHANGE, press("Keep the change"))),
    "withdrawn": Look(
        "",
        ASK,
        "Your question is taken back",
        deed=one_after_another(show_receipt("withdrawn"), press("Take it back")),
    ),
    "ask-after-a-release": Look(DOOR, "/q/ballot/", "Ask a question without a name"),
    "ask-check-with-reviewer": Look("", "/q/ballot/", "Look at it once more", deed=ask_and_look),
    "ask-check-marked": Look("", "/q/ballot/", "Look at it once more", deed=ask_and_look_at(POINTING)),
    "ask-reworded": Look(
        "",
        "/q/ballot/",
        "Ask a question without a name",
        deed=one_after_another(ask_and_look_at(POINTING), press("Use the neutral words")),
    ),
    "ask-check-crisis": Look("", "/q/ballot/", "Look at it once more", deed=ask_and_look_at(IN_CRISIS)),
    "ask-sent-crisis": Look(
        "",
        "/q/ballot/",
        "Your question is sealed",
        deed=one_after_another(ask_and_look_at(IN_CRISIS), press("Send it")),
    ),
    "ask-sent-to-reviewer": Look(
        "",
        "/q/ballot/",
        "Your question is with the reviewer",
        deed=one_after_another(ask_and_look, press("Send it to the safeguarding reviewer now")),
    ),
    "standing-wanted": Look("", "/q/ballot/", "Your question", deed=show_receipt("wanted")),
    "standing-reviewer": Look("", "/q/ballot/", "Your question", deed=show_receipt("reviewer")),
    "vote-error": Look("", "/q/ballot/", "What others have asked", deed=press("Me too")),
    "voted": Look(
        "",
        "/q/ballot/",
        "Your “me too” is sealed",
        deed=one_after_another(tick(stage.WORDING), type_the_pass_for_votes, press("Me too")),
    ),
    "400-named": Look("", ASK, "Please come without a name", deed=bring_a_cookie),
    "404-question": Look("", "/q/never-was/", "Page not found"),
}

MAILBOX = {
    "mailbox": Look("mailbox.newest", "/mailbox/", "Local mailbox"),
    "mailbox-one": Look(
        "mailbox.one",
        "/mailbox/",
        "Invitation: phone-in on Wed 25 Nov 2026, midday (UK time)",
        deed=follow("Invitation: phone-in on Wed 25 Nov"),
    ),
}

STAFFS = STAFF_PAGES | SEAT_LINKS | WAITING
KNOWN = STAFFS | DESK_PAGES | AGENDA_PAGES | REVIEW_PAGES | ADMIN_PAGES | PEOPLE | IMPORTING | WORD_LISTS
KNOWN |= SAFEGUARDING
LOOKS = PUBLIC | SIGN_IN | KNOWN | ASKING | MAILBOX
