"""Every page of the product in every state worth looking at: who looks, where, what they do there, what they then see.

`test_every_page` holds this list against the app's own map of addresses.
"""

from dataclasses import dataclass

from tests.browser.deeds import (
    Deed,
    ask_and_look,
    ask_for_link_and_open_it,
    ask_for_link_and_open_it_elsewhere,
    bring_a_cookie,
    fill,
    fill_in_a_series,
    follow,
    nothing,
    one_after_another,
    press,
    send,
    show_receipt,
)
from tests.browser.served import ADMIN, FACILITATOR, STAFF
from tests.browser.stage import BUSY, LEADS_NOTHING, NEW_HERE, OPEN, SEALED

NOBODY = ""
TITLES = {BUSY: "Last Thursday: thriving in critical occupations", SEALED: "Before the gate", OPEN: "Monday check-in"}
TOO_LONG = "a" * 1501


@dataclass(frozen=True)
class Look:
    """One page in one state. `heading` is its h1, so that no test looks at the wrong one."""

    endpoint: str
    address: str
    heading: str
    who: str = NOBODY
    deed: Deed = nothing


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

STAFF_PAGES = {
    "programme": Look("schedule.programme_page", "/app/", "Phone-ins", STAFF),
    "programme-at-night": Look("schedule.programme_page", "/app/?time=night", "Phone-ins", STAFF),
    "calendar": Look("schedule.calendar_page", "/app/calendar/?month=2026-12", "Phone-ins", STAFF),
    "calendar-empty": Look("schedule.calendar_page", "/app/calendar/?month=2031-01", "Phone-ins", STAFF),
    "phone-in": Look("schedule.phone_in_page", f"/app/phone-ins/{SEALED}/", TITLES[SEALED], NEW_HERE),
    "phone-in-booked": Look("schedule.phone_in_page", f"/app/phone-ins/{OPEN}/", TITLES[OPEN], STAFF),
    "phone-in-full": Look("schedule.phone_in_page", "/app/phone-ins/full/", "Sleeping better", STAFF),
    "phone-in-far": Look("schedule.phone_in_page", "/app/phone-ins/far/", "Sleeping better", STAFF),
    "phone-in-over": Look("schedule.phone_in_page", "/app/phone-ins/over/", "Sleeping better", STAFF),
    "phone-in-cancelled": Look("schedule.phone_in_page", "/app/phone-ins/cancelled/", "Sleeping better", STAFF),
    "passes": Look("", "/app/phone-ins/far/", "Your three passes", STAFF, press("Show me three passes")),
    "just-booked": Look(
        "schedule.phone_in_page", "/app/phone-ins/far/", "Sleeping better", NEW_HERE, press("Book my seat")
    ),
    "bookings": Look("booking.my_bookings", "/app/bookings/", "My bookings", STAFF),
    "bookings-none": Look("booking.my_bookings", "/app/bookings/", "My bookings", ADMIN),
    "403": Look("", "/app/admin/", "This page is not for you", STAFF),
    "409": Look("", "/app/bookings/", "This phone-in is full", STAFF, send("/app/phone-ins/full/seat")),
}

DESK = f"/app/desk/{BUSY}/"
FIRST_QUESTION = follow("Reword or set aside")
DESK_PAGES = {
    "desk": Look("desk.mine", "/app/desk/", "Your desk", FACILITATOR),
    "desk-none": Look("desk.mine", "/app/desk/", "Your desk", LEADS_NOTHING),
    "desk-questions": Look("desk.questions", DESK, TITLES[BUSY], FACILITATOR),
    "desk-sealed": Look("desk.questions", f"/app/desk/{SEALED}/", TITLES[SEALED], FACILITATOR),
    "desk-sorted": Look("desk.questions", "/app/desk/decided/", "Sleeping better", FACILITATOR),
    "desk-print": Look("desk.printed", f"{DESK}print", TITLES[BUSY], FACILITATOR),
    "desk-print-empty": Look("desk.printed", f"/app/desk/{SEALED}/print", TITLES[SEALED], FACILITATOR),
    "desk-question": Look("desk.question", DESK, "One question", FACILITATOR, FIRST_QUESTION),
    "desk-question-error": Look(
        "",
        DESK,
        "One question",
        FACILITATOR,
        one_after_another(FIRST_QUESTION, fill(read_aloud=TOO_LONG), press("Keep the wording")),
    ),
    "desk-aside-error": Look(
        "",
        DESK,
        "One question",
        FACILITATOR,
        one_after_another(
            FIRST_QUESTION, lambda page, _: page.get_by_text("Set it aside").first.click(), press("Set it aside")
        ),
    ),
}

ADMIN_AT = "/app/admin/phone-ins/"
ADMIN_PAGES = {
    "admin": Look("admin.overview", "/app/admin/", "Admin", ADMIN),
    "admin-letters": Look("admin.letters_page", "/app/admin/letters/", "Letters", ADMIN),
    "admin-series-list": Look("planning.series_list", "/app/admin/series/", "Series", ADMIN),
    "admin-new-series": Look("planning.new_series_page", "/app/admin/series/new", "New series", ADMIN),
    "admin-new-series-preview": Look(
        "planning.new_series_page",
        "/app/admin/series/new",
        "New series",
        ADMIN,
        one_after_another(fill_in_a_series, press("Update preview")),
    ),
    "admin-new-series-errors": Look(
        "planning.new_series_page", "/app/admin/series/new", "New series", ADMIN, press("Keep as a draft")
    ),
    "admin-series": Look("planning.series_page", "/app/admin/series/dev-01/", TITLES[OPEN], ADMIN),
    "admin-series-error": Look(
        "planning.series_page",
        "/app/admin/series/dev-01/",
        TITLES[OPEN],
        ADMIN,
        one_after_another(fill(title="", seats="many"), press("Save")),
    ),
    "admin-draft-series": Look(
        "planning.series_page", "/app/admin/series/draft-series/", "Looking out for each other", ADMIN
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
    "admin-cancel": Look("planning.cancel_page", f"{ADMIN_AT}{OPEN}/cancellation", "Cancel this phone-in", ADMIN),
    "admin-cancel-error": Look(
        "planning.cancel_page",
        f"{ADMIN_AT}{OPEN}/cancellation",
        "Cancel this phone-in",
        ADMIN,
        press("Cancel this phone-in"),
    ),
}

DOOR = "questions.ask_page"
ASK, DECIDED = f"/q/{OPEN}/", "/q/decided/"
SENT = one_after_another(ask_and_look, press("Send it"))
CHANGE = one_after_another(show_receipt("sealed"), press("Change it"))
ASKING = {
    "ask": Look(DOOR, ASK, "Ask a question without a name"),
    "ask-errors": Look("", ASK, "Ask a question without a name", deed=press("Look at it once more")),
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
    "400-named": Look("", ASK, "Please come without a name", deed=bring_a_cookie),
    "404-question": Look("", "/q/never-was/", "Page not found"),
}

MAILBOX = {
    "mailbox": Look("mailbox.newest", "/mailbox/", "Local mailbox"),
    "mailbox-one": Look(
        "mailbox.one",
        "/mailbox/",
        "Invitation: phone-in on Wed 25 Nov 2026, midday (UK time)",
        deed=follow("Invitation: phone-in on Wed"),
    ),
}

LOOKS = PUBLIC | SIGN_IN | STAFF_PAGES | DESK_PAGES | ADMIN_PAGES | ASKING | MAILBOX
