"""Two who lead change one agenda, each from the page they last looked at: in whatever order they do it, nothing is
lost, and whoever was overtaken is told by whom."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phonein.db import db, transaction
from phonein.desk import agenda
from phonein.desk.models import Deed
from phonein.read_aloud.models import AgendaItem, ReadAloud
from phonein.schedule.models import PhoneIn
from tests.builders import csrf, make_fay, make_person, make_phone_in, sign_in_as
from tests.desk.test_agenda import AT, order, seen, worded

WORDS = ["A?", "B?", "C?", "D?"]
STEP = st.tuples(
    st.sampled_from(["Fay", "Kim"]), st.sampled_from(["look", "up", "down", "place", "off", "on"]), st.integers(0, 4)
)


class Two:
    """Both browsers, what each has seen, and the order that there should be."""

    def __init__(self, app) -> None:
        with transaction():
            cast = {"Fay": make_fay(), "Kim": make_person("Kim", "facilitator")}
            make_phone_in(leaders=list(cast.values()))
        self.browsers = {name: sign_in_as(app.test_client(), person) for name, person in cast.items()}
        self.tokens = {name: csrf(browser) for name, browser in self.browsers.items()}

    def begin(self) -> None:
        with transaction():
            for model in (Deed, AgendaItem, ReadAloud):
                db.session.execute(db.delete(model))
            self.ids = {words: worded(words).id for words in WORDS}
            for words in WORDS[:3]:
                agenda.put_on(self.phone_in, db.session.get(ReadAloud, self.ids[words]))
        self.order = WORDS[:3]
        self.seen = dict.fromkeys(self.browsers, "0")
        self.is_overtaken = dict.fromkeys(self.browsers, False)

    @property
    def phone_in(self) -> PhoneIn:
        return db.session.scalars(db.select(PhoneIn)).one()

    def do(self, name: str, what: str, number: int) -> None:
        if what == "look":
            self.seen[name], self.is_overtaken[name] = seen(self.browsers[name]) if self.order else "0", False
        elif what == "on":
            self.put_on(name)
        elif self.order:
            self.change(name, what, number)

    def put_on(self, name: str) -> None:
        words = next((words for words in WORDS if words not in self.order), "")
        if words:
            assert self.press(name, f"{AT}questions/{self.ids[words]}").status_code == 303
            self.changed_by(name, [*self.order, words])

    def change(self, name: str, what: str, number: int) -> None:
        words = self.order[number % len(self.order)]
        rest = [one for one in self.order if one != words]
        item = next(item.id for item in agenda.items(self.phone_in) if item.said == words)
        if what == "off":
            assert self.press(name, f"{AT}{item}/take-off").status_code == 303
            self.changed_by(name, rest)
            return
        at = self.order.index(words)
        place = min(max({"up": at - 1, "down": at + 1, "place": number - 1}[what], 0), len(rest))
        sent = {"place": str(number)} if what == "place" else {what: "1"}
        answer = self.press(name, f"{AT}{item}/move", seen=self.seen[name], **sent)
        assert answer.status_code == (409 if self.is_overtaken[name] else 303)
        if self.is_overtaken[name]:
            assert f"<li>{'Kim' if name == 'Fay' else 'Fay'}: " in answer.text
        else:
            self.changed_by(name, [*rest[:place], words, *rest[place:]])

    def press(self, name: str, address: str, **fields: str) -> Any:
        return self.browsers[name].post(address, data={"csrf_token": self.tokens[name]} | fields)

    def changed_by(self, name: str, order: list[str]) -> None:
        if order != self.order:
            self.is_overtaken["Kim" if name == "Fay" else "Fay"] = True
        self.order = order


def test_whatever_two_do_at_once_nothing_is_lost_and_both_are_told(app):
    two = Two(app)

    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(STEP, min_size=4, max_size=10))
    def holds(steps) -> None:
        two.begin()
        for step in steps:
            two.do(*step)
            assert order(two.phone_in) == two.order

    holds()
