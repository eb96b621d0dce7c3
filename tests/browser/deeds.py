"""What people do on a page to bring it into the state that a test wants to look at."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser import stage
from tests.browser.served import FACILITATOR, STAFF, Served
from tests.browser.stage import OPEN

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
    with served.inside():
        page.get_by_label("One of your passes").fill(stage.new_pass(OPEN))


def show_receipt(state: str) -> Deed:
    return one_after_another(fill(receipt=stage.RECEIPTS[state]), press("See what became of it"))


def bring_a_cookie(page: Page, served: Served) -> None:
    page.context.add_cookies([{"name": "who", "value": "me", "url": served.at("/q/")}])
    page.reload()


ask_and_look = one_after_another(fill(text=stage.QUESTION), type_a_pass, press("Look at it once more"))
fill_in_a_series = fill(
    title="Nights", seats="20", dial_in_number="020 7946 0111", starts_on="2027-01-12", starts_at="19:30", minutes="60"
)
