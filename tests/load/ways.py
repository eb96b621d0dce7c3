"""One person's way to a seat, and many people's at once."""

from dataclasses import dataclass, field

from tests.load.clients import MOST_AT_ONCE, Answer, Browser, Unanswered, form_to, together

BOOKED, FULL, WRONG = "booked", "full", "wrong"


@dataclass
class Way:
    """One person's way to a seat: the page, the form on it, the POST, the page it leads to."""

    browser: Browser
    slug: str
    known: bool  # to the product; the floor's pages stand elsewhere and have no token
    answers: list[Answer] = field(default_factory=list)
    fault: str = ""
    outcome: str = WRONG
    fields: dict[str, str] | None = None

    @property
    def page(self) -> str:
        return f"/app/phone-ins/{self.slug}/" if self.known else f"/phone-ins/{self.slug}/"

    async def open_page(self) -> None:
        try:
            answer = await self.browser.get(self.page)
        except Unanswered as error:
            self.fault = f"page: {error}"
            return
        self.answers.append(answer)
        self.fields = form_to(answer, f"{self.page}seat")
        if answer.status != 200 or self.fields is None:
            self.fault = f"page: {answer.status}, {'a form' if self.fields is not None else 'no form'}"

    async def press(self) -> None:
        if self.fault:
            return
        try:
            answer = await self.browser.post(f"{self.page}seat", self.fields or {})
            self.answers.append(answer)
            if answer.status == 409:
                self.outcome = FULL
            elif answer.status == 303 and answer.header("location").endswith(self.page):
                after = await self.browser.get(self.page)
                self.answers.append(after)
                is_right = after.status == 200 and (not self.known or "You have a seat" in after.text)
                self.outcome = BOOKED if is_right else WRONG
            if self.outcome == WRONG:
                self.fault = f"press: {[a.status for a in self.answers]}"
        except Unanswered as error:
            self.fault = f"press: {error}"

    async def go(self) -> None:
        await self.open_page()
        await self.press()

    async def look_again(self) -> None:
        """After no answer: the page says that they have a seat, or is full, or lets them press."""
        self.answers.append(await self.browser.get(self.page))
        if "You have a seat" in self.answers[-1].text:
            self.outcome = BOOKED
        elif form_to(self.answers[-1], f"{self.page}seat") is None:
            self.outcome = FULL
        else:
            await self.go()

    def took(self) -> float:
        return sum(answer.took for answer in self.answers)


async def storm(ways: list[Way], at_once: int = MOST_AT_ONCE) -> None:
    """Everybody has the page open before the first one presses; then all press at the same moment."""
    await together([way.open_page for way in ways], at_once)
    await together([way.press for way in ways], at_once)


def outcomes(ways: list[Way]) -> tuple[int, int, list[str]]:
    """How many booked, how many were told it is full, and what went wrong with the others."""
    booked, full = (sum(way.outcome == each for way in ways) for each in (BOOKED, FULL))
    return booked, full, [way.fault for way in ways if way.outcome == WRONG]
