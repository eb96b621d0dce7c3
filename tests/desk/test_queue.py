"""The safeguarding queue: what is in it, for whom on which day, by when, and what is noted of it."""

from datetime import date, timedelta

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.desk import agenda, care_notice, deeds, review, review_log, triage
from phonein.desk.models import Skip
from phonein.identity.audit import AuditEntry
from phonein.questions import box
from phonein.questions.models import Question
from phonein.safeguarding import cover, notices
from phonein.safeguarding.models import Cover, ReviewEntry
from phonein.schedule import publishing
from phonein.schedule.models import PhoneIn
from tests import stock
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import ask, post, release_at, rows, shown
from tests.questions.test_release import LAST
from tests.questions.test_safeguarding import send

WORRYING = "I do not know how to go on and want to kill myself"
HARMLESS = "How do others sleep after nights?"
PAGE = "/app/review/sleep/"


@pytest.fixture
def cast(app):
    """Rhea reviews, Dee is her deputy, Fay leads."""
    with transaction():
        people = {name: make_person(name) for name in ("Rhea", "Dee", "Sam")}
        return people | {"Fay": make_fay(), "Ada": make_ada()}


@pytest.fixture
def phone_in(cast):
    who = {"reviewer_id": cast["Rhea"].id, "deputy_id": cast["Dee"].id}
    with transaction():
        return make_phone_in(asks_open_at=TUESDAY, leaders=[cast["Fay"]], **who)


def by(client, person):
    return sign_in_as(client.application.test_client(), person)


def covers(person, first: date, last: date | None = None):
    with transaction():
        cover.add(person.id, from_on=first, until_on=last or first)


def act(browser, question, what, **fields):
    return press(browser, f"{PAGE}questions/{question.id}/{what}", **fields)


def released_at_risk(phone_in):
    """One that may be about somebody at risk, and one that is not; opened with the others."""
    receipt = ask(phone_in, WORRYING)
    ask(phone_in, HARMLESS)
    release_at(LAST)
    by_text = {question.text: question for question in rows(Question)}
    return by_text[WORRYING], by_text[HARMLESS], receipt


def test_a_deputy_finds_the_queue_on_the_days_of_their_cover_and_on_no_other(client, cast, phone_in):
    send(phone_in, WORRYING)
    covers(cast["Dee"], date(2026, 3, 31))
    dee, rhea = by(client, cast["Dee"]), by(client, cast["Rhea"])
    # Clocks went forward on 29 March: in London the day begins at 23:00 UTC of the day before.
    moments = ["2026-03-30T22:59:59", "2026-03-30T23:00:00", "2026-03-31T22:59:59", "2026-03-31T23:00:00"]
    seen = []
    for moment in moments:
        with clock.stopped_at(clock.datetime.fromisoformat(moment).replace(tzinfo=TUESDAY.tzinfo)):
            for person in (cast["Dee"], cast["Rhea"]):
                sign_in_as(dee if person is cast["Dee"] else rhea, person)
            answers = [dee.get(PAGE), dee.get("/app/review/"), act(dee, rows(Question)[0], "seen"), rhea.get(PAGE)]
            seen.append(([answer.status_code for answer in answers], "/app/review/" in dee.get("/app/").text))
    off, on = ([404, 404, 404, 200], False), ([200, 200, 303, 200], True)
    assert seen == [off, on, on, off]


def test_released_and_flagged_it_is_in_the_queue_too_and_on_the_desk_can_be_used_for_nothing(client, cast, phone_in):
    question, *_ = released_at_risk(phone_in)
    assert [each.text for each in review.sent_in(phone_in)] == [WORRYING]
    page = by(client, cast["Rhea"]).get(PAGE)
    assert (page.text.index("<details") < page.text.index("kill myself"), HARMLESS in page.text) == (True, False)
    assert {each.text for each in triage.questions_for(phone_in)} == {WORRYING, HARMLESS}
    with pytest.raises(triage.NeedsALook), transaction(), deeds.done(phone_in, by=cast["Fay"], what="worded"):
        triage.reword(db.session.merge(question), "In other words")


def test_the_reviewer_says_that_it_may_be_used_and_the_desk_goes_on(client, cast, phone_in):
    question, _, _ = released_at_risk(phone_in)
    review_log.tell_reviewers()
    rhea = by(client, cast["Rhea"])
    assert act(rhea, question, "desk").status_code == 303
    assert (review.sent_in(phone_in), "Nothing is here for you" in rhea.get(PAGE).text) == ([], True)
    with transaction(), deeds.done(phone_in, by=cast["Fay"], what="worded"):
        triage.reword(db.session.merge(question), "In other words")
    [entry] = rows(ReviewEntry)
    assert (entry.outcome, entry.closed_on, entry.acknowledged_by_id) == ("cleared", TUESDAY.date(), cast["Rhea"].id)
    assert [deed.what for deed in deeds.history(phone_in)] == ["worded", "cleared by the reviewer"]
    assert agenda.items(phone_in) == []


def test_taken_over_nobody_at_the_desk_sees_it_any_more_and_a_reply_reaches_its_asker(client, cast, phone_in):
    question, _, receipt = released_at_risk(phone_in)
    rhea = by(client, cast["Rhea"])
    assert act(rhea, question, "reply", reply="You are not alone.").status_code == 303
    assert "You are not alone." in shown(post(client, "status", receipt=receipt))
    assert act(rhea, question, "take-over").status_code == 303
    assert [each.text for each in triage.questions_for(phone_in)] == [HARMLESS]
    assert "straight to the safeguarding reviewer" in shown(post(client, "status", receipt=receipt))


def test_due_times_stand_on_a_grid_and_what_is_late_comes_first_and_says_so(client, cast, phone_in):
    with transaction():
        earlier = make_phone_in(
            slug="earlier", title="Earlier", asks_open_at=TUESDAY, leaders=[cast["Fay"]], reviewer_id=cast["Rhea"].id
        )
    send(phone_in, WORRYING)
    with clock.stopped_at(TUESDAY + timedelta(minutes=30)):
        review_log.tell_reviewers()
    with clock.stopped_at(TUESDAY + timedelta(days=1)):
        send(earlier, "Later, and elsewhere")
        review_log.tell_reviewers()
        listed = shown(by(client, cast["Rhea"]).get("/app/review/"))
    assert "Late: to be looked at by Tuesday 24 March, 17:00" in listed
    assert "To be looked at by Wednesday 25 March, 17:00" in listed
    assert listed.index("Late: to be") < listed.index("To be looked at by Wednesday")
    columns = {c.name for c in ReviewEntry.__table__.columns} - {"id", "phone_in_slug", "question_id", "outcome"}
    assert columns == {"due_at", "acknowledged_on", "acknowledged_by_id", "closed_on", "closed_by_id"}
    assert [entry.due_at.minute for entry in rows(ReviewEntry)] == [0, 0]


def test_seen_it_is_not_late_and_the_log_says_the_day_and_who_and_no_word(client, cast, phone_in):
    send(phone_in, WORRYING)
    review_log.tell_reviewers()
    rhea, [question] = by(client, cast["Rhea"]), rows(Question)
    for what, fields in (("seen", {}), ("reply", {"reply": "We read it."}), ("outcome", {"outcome": "replied"})):
        assert act(rhea, question, what, **fields).status_code == 303
    log = shown(rhea.get(PAGE)).split("Log")[-1]
    assert "Seen on Tue 24 Mar 2026 by Rhea; written back on Tue 24 Mar 2026 by Rhea." in log
    assert WORRYING not in log
    [entry] = rows(ReviewEntry)
    assert WORRYING not in str({c.name: getattr(entry, c.name) for c in ReviewEntry.__table__.columns})


def test_left_to_somebody_else_without_a_reason_the_deputy_hears_of_it(client, cast, phone_in):
    covers(cast["Dee"], TUESDAY.date())
    with transaction():
        db.session.get_one(PhoneIn, phone_in.id).deputy_id = None
    send(phone_in, WORRYING)
    review_log.tell_reviewers()
    with transaction():
        db.session.get_one(PhoneIn, phone_in.id).deputy_id = cast["Dee"].id
    rhea = by(client, cast["Rhea"])
    assert act(rhea, rows(Question)[0], "skip").status_code == 303
    assert [(one.person_id) for one in rows(Skip)] == [cast["Rhea"].id]
    assert "Left to others" in shown(rhea.get("/app/review/"))
    assert "number 1" in shown(by(client, cast["Dee"]).get("/app/review/")).split("Left to others")[0]
    review_log.tell_reviewers()
    told = [letter.to_address for letter in rows(Letter) if letter.name == "something-to-review"]
    assert sorted(told) == ["dee@example.org", "rhea@example.org"]


def test_a_deputy_on_cover_gets_the_same_letter_and_one_off_cover_none(cast, phone_in):
    send(phone_in, WORRYING)
    assert review_log.tell_reviewers() == 1
    covers(cast["Dee"], TUESDAY.date())
    send(phone_in, "Another")
    assert review_log.tell_reviewers() == 2
    letters = [letter for letter in rows(Letter) if letter.name == "something-to-review"]
    assert sorted(letter.to_address[:4] for letter in letters) == ["dee@", "rhea", "rhea"]
    assert len({letter.text for letter in letters}) == 1


def test_taken_back_it_is_closed_in_the_log_and_nothing_of_it_is_left(phone_in):
    receipt = send(phone_in, WORRYING)
    review_log.tell_reviewers()
    with transaction():
        box.withdraw(phone_in, receipt=receipt)
    review_log.tell_reviewers()
    [entry] = rows(ReviewEntry)
    assert (entry.outcome, entry.closed_on) == (review_log.GONE, TUESDAY.date())


def test_without_hours_nothing_is_due_and_nothing_late(client, cast, phone_in):
    stock.unsettle()
    send(phone_in, WORRYING)
    review_log.tell_reviewers()
    assert [entry.due_at for entry in rows(ReviewEntry)] == [None]
    with clock.stopped_at(TUESDAY + timedelta(days=3)):
        listed = shown(by(client, cast["Rhea"]).get("/app/review/"))
    assert ("Waits" in listed, "Late" in listed) == (True, False)


@pytest.mark.parametrize("who", ["Rhea", "Ada"])
def test_a_notice_says_it_to_everybody_on_both_pages_and_can_be_taken_down(client, cast, phone_in, who):
    at = {"Rhea": f"{PAGE}notice", "Ada": "/app/admin/phone-ins/sleep/safeguarding/notice"}[who]
    english, welsh = notices.ready()[0][0], notices.ready()[-1][0]
    browser, sam = by(client, cast[who]), by(client, cast["Sam"])
    pages = [lambda: sam.get("/app/phone-ins/sleep/"), lambda: client.get("/q/sleep/")]
    for words, lang in ((english, "en"), (welsh, "cy")):
        assert press(browser, at, notice=words, own="").status_code == 303
        assert [f'<p lang="{lang}">' in page().text and words in shown(page()) for page in pages] == [True, True]
    assert press(browser, at, notice="", own="").status_code == 303
    assert ["To everybody who reads this" in page().text for page in pages] == [False, False]
    assert {entry.what for entry in rows(AuditEntry)} == {"put a notice on the page", "took the notice off the page"}


@pytest.mark.parametrize("who", ["Rhea", "Ada"])
def test_a_notice_in_own_words_repeats_nothing_that_was_written(client, cast, phone_in, who):
    at = {"Rhea": f"{PAGE}notice", "Ada": "/app/admin/phone-ins/sleep/safeguarding/notice"}[who]
    send(phone_in, WORRYING)
    browser = by(client, cast[who])
    refused = press(browser, at, notice="own", own="To whoever does not know HOW TO GO ON, and all others")
    assert (refused.status_code, "say it without them" in shown(refused)) == (422, True)
    assert press(browser, at, notice="own", own="").status_code == 422
    assert press(browser, at, notice="own", own="Please talk to somebody today.").status_code == 303
    assert rows(PhoneIn)[0].care_notice == "Please talk to somebody today."
    assert care_notice.repeats(phone_in, "I do not know") and not care_notice.repeats(phone_in, "not know how")


def test_a_reviewer_is_replaced_also_when_it_has_begun_and_one_who_left_is_not_offered(client, cast, phone_in):
    send(phone_in, WORRYING)
    review_log.tell_reviewers()
    with transaction():
        db.session.get_one(type(cast["Rhea"]), cast["Rhea"].id).left_on = TUESDAY.date()
    ada, at = by(client, cast["Ada"]), "/app/admin/phone-ins/sleep/safeguarding/"
    with clock.stopped_at(TUESDAY + timedelta(days=7, hours=2)):
        sign_in_as(ada, cast["Ada"])
        page = ada.get(at).text
        assert [f">{name}</option>" in page for name in ("Rhea", "Dee", "Fay")] == [False, True, True]
        assert press(ada, at, reviewer_id=str(cast["Fay"].id), deputy_id="").status_code == 303
        assert press(ada, at, reviewer_id=str(cast["Fay"].id), deputy_id=str(cast["Fay"].id)).status_code == 422
        assert review_log.tell_reviewers() == 1
    assert (rows(PhoneIn)[0].reviewer_id, rows(PhoneIn)[0].deputy_id) == (cast["Fay"].id, None)


def test_a_deputy_of_a_series_rolls_on_to_its_dates(cast):
    with transaction():
        series = make_series(leaders=[cast["Fay"]], deputy_id=cast["Dee"].id)
        publishing.publish_series(series)
    assert {one.deputy_id for one in series.phone_ins} == {cast["Dee"].id}


def test_admins_keep_the_rota(client, cast, phone_in):
    ada, at = by(client, cast["Ada"]), "/app/admin/safeguarding/rota/"
    days = {"from_on": "2026-03-24", "until_on": "2026-03-26"}
    assert press(ada, at, person_id=str(cast["Dee"].id), **days).status_code == 303
    wrong = press(ada, at, person_id=str(cast["Dee"].id), from_on="2026-03-24", until_on="2026-03-20")
    assert (wrong.status_code, "not before the first" in shown(wrong)) == (422, True)
    listed = shown(ada.get(at))
    assert "Dee , Tue 24 Mar 2026 to Thu 26 Mar 2026" in " ".join(listed.split())
    assert cover.stands_in(cast["Dee"].id)
    assert press(ada, f"{at}{rows(Cover)[0].id}/removal").status_code == 303
    assert (rows(Cover), cover.stands_in(cast["Dee"].id)) == ([], False)
    assert by(client, cast["Sam"]).get(at).status_code == 403


def test_where_nobody_is_named_what_stands_on_the_desk_is_for_those_who_lead_and_nobody_cries_out(phone_in, caplog):
    with transaction():
        one = db.session.get_one(PhoneIn, phone_in.id)
        one.reviewer_id = one.deputy_id = None
    released_at_risk(phone_in)
    assert (review_log.tell_reviewers(), caplog.text) == (0, "")


def test_wrongdoing_has_its_official_route_on_the_receipt_and_on_the_page(client, cast, phone_in):
    question, _, receipt = released_at_risk(phone_in)
    with transaction(), deeds.done(phone_in, by=cast["Fay"], what="set aside"):
        triage.set_aside(db.session.merge(question), "Another route is the right one", outcome="another_route")
    route = "The integrity line: 020 7946 0998."
    assert route in shown(post(client, "status", receipt=receipt))
    assert route in shown(by(client, cast["Sam"]).get("/app/phone-ins/sleep/"))
    page = shown(by(client, cast["Fay"]).get("/app/desk/safeguarding/"))
    assert ["Lena Lead" in page, "She decides whom else to tell." in page, route in page] == [True] * 3
    assert by(client, cast["Sam"]).get("/app/desk/safeguarding/").status_code == 403
