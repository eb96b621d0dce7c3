"""What people do on a page to bring it into the state that a test wants to look at."""

from collections.abc import Callable

from playwright.sync_api import FilePayload, Page

from tests.browser import stage, stage_waiting
from tests.browser.served import FACILITATOR, STAFF, Served

Deed = Callable[[Page, Served], None]


def nothing(page: Page, served: Served) -> None:
    pass


def press(button: str) -> Deed:
    return lambda page, served: page.get_by_role("button", name=button).first.click()


def fill(**fields: str) -> Deed:
    def type_them(page: Page, served: Served) -> None:
        for name, value in fields.items():
            page.locator(f"[name='{name}']").first.fill(value)

    return type_them


def tick(words: str) -> Deed:
    return lambda page, served: page.get_by_label(words).first.check()


def one_after_another(*deeds: Deed) -> Deed:
    def do_them(page: Page, served: Served) -> None:
        for deed in deeds:
            deed(page, served)

    return do_them


def send(action: str, **fields: str) -> Deed:
    """Posts a form, as a page that was open for long might: with the token of the page that is shown."""

    def post(page: Page, served: Served) -> None:
        with page.expect_navigation():
            page.evaluate(
                """([action, fields]) => {
                const token = document.querySelector('[name=csrf_token]'), form = document.createElement('form');
                if (token && !('csrf_token' in fields)) fields.csrf_token = token.value;
                form.method = 'post'; form.action = action;
                for (const name in fields) {
                  const input = document.createElement('input');
                  input.name = name; input.value = fields[name]; form.append(input);
                }
                document.body.append(form); form.submit();
                }""",
                [action, fields],
            )

    return post


def ask_for_link_and_open_it(page: Page, served: Served) -> None:
    page.goto(link_for(STAFF, page, served))


def ask_for_link_and_open_it_elsewhere(page: Page, served: Served) -> None:
    link = link_for(FACILITATOR, page, served)
    page.context.clear_cookies()
    page.goto(link)


def open_seat_link(slug: str) -> Deed:
    def follow_it(page: Page, served: Served) -> None:
        with served.inside():
            address = stage.seat_link(slug)
        page.goto(address)

    return follow_it


def open_offer_link(slug: str) -> Deed:
    def follow_it(page: Page, served: Served) -> None:
        with served.inside():
            address = stage_waiting.offer_link(slug)
        page.goto(address)

    return follow_it


def choose_a_file(content: bytes) -> Deed:
    file: FilePayload = {"name": "year.csv", "mimeType": "text/csv", "buffer": content}
    return lambda page, served: page.locator("[type=file]").set_input_files(file)


def link_for(email: str, page: Page, served: Served) -> str:
    """Asks for a sign-in letter and looks into it before it leaves."""
    page.locator("[name=email]").fill(email)
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_role("heading", name="Look in your mail").wait_for()
    with served.inside():
        return stage.sign_in_link_for(email)


def follow(link: str) -> Deed:
    return lambda page, served: page.get_by_role("link", name=link).first.click()


def type_a_pass(page: Page, served: Served) -> None:
    """For the phone-in whose page this is."""
    with served.inside():
        page.get_by_label("One of your passes").fill(stage.new_pass(page.url.split("/q/")[1].strip("/")))


def type_the_pass_for_votes(page: Page, served: Served) -> None:
    with served.inside():
        page.get_by_label("Your pass for “me too”").fill(stage.new_pass("ballot", "v"))


def show_receipt(state: str) -> Deed:
    return one_after_another(fill(receipt=stage.RECEIPTS[state]), press("See what became of it"))


def bring_a_cookie(page: Page, served: Served) -> None:
    page.context.add_cookies([{"name": "who", "value": "me", "url": served.at("/q/")}])
    page.reload()


def choose(**values: str) -> Deed:
    def choose_them(page: Page, served: Served) -> None:
        for name, value in values.items():
            page.locator(f"select[name='{name}']").select_option(value)

    return choose_them


def open_details(page: Page, served: Served) -> None:
    for one in page.locator("summary").all():
        one.click()


def send_from_an_old_form(page: Page, served: Served) -> None:
    """As if somebody else had saved since this form was opened."""
    page.evaluate("document.querySelector('[name=edition]').value = '-1'")


def look_at_an_old_line(page: Page, served: Served) -> None:
    """As if somebody had left the line since this form was opened."""
    page.evaluate("document.querySelector('[name=seen]').value = '1 2 3 4'")


def choose_who_leads(page: Page, served: Served) -> None:
    page.locator("[name=leaders]").first.check()


def ask_and_look_at(words: str) -> Deed:
    return one_after_another(fill(text=words), type_a_pass, press("Look at it once more"))


ask_and_look = ask_and_look_at(stage.QUESTION)
fill_in_a_series = fill(
    title="Nights", seats="20", dial_in_number="020 7946 0111", starts_on="2027-01-12", starts_at="19:30", minutes="60"
)
