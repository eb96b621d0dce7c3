"""The agenda, the pack and the presenter view, in every state worth looking at."""

from tests.browser import stage_agenda
from tests.browser.deeds import Deed, press
from tests.browser.look import Look
from tests.browser.served import FACILITATOR
from tests.browser.stage_agenda import LONG, PLANNED

AT, MANY, NONE = f"/app/desk/{PLANNED}/", f"/app/desk/{LONG}/", "/app/desk/over/"


def meanwhile(deed: Deed) -> Deed:
    """First somebody else changes the order, in another browser."""

    def do_it(page, served):
        with served.inside():
            stage_agenda.kim_moves_something(LONG)
        deed(page, served)
        page.locator("#meanwhile").wait_for()

    return do_it


def agenda(address: str, deed: Deed | None = None) -> Look:
    return Look("agenda.agenda_page", f"{address}agenda/", "Agenda", FACILITATOR, *filter(None, [deed]))


AGENDA_PAGES = {
    "agenda": agenda(AT),
    "agenda-long": agenda(MANY, lambda page, _: page.locator("details").first.click()),
    "agenda-empty": agenda(NONE),
    "agenda-error": Look("", f"{AT}agenda/", "Agenda", FACILITATOR, press("Add it")),
    "agenda-meanwhile": agenda(MANY, meanwhile(press("↓"))),
    "pack": Look("pack.printed", f"{AT}print", "Coping after an incident", FACILITATOR),
    "pack-empty": Look("pack.printed", f"{NONE}print", "Sleeping better", FACILITATOR),
    "present": Look("pack.present", f"{AT}present/", "Question 1 of 4", FACILITATOR),
    "present-note": Look("pack.present", f"{AT}present/?step=2", "Before question 2 of 4", FACILITATOR),
    "present-end": Look("pack.present", f"{AT}present/?step=6", "Before we close", FACILITATOR),
    "present-none": Look("pack.present", f"{NONE}present/", "Nothing to present yet", FACILITATOR),
}
