"""From the outbox to the mail server: each letter once, in order, whatever goes wrong on the way."""

from datetime import timedelta
from threading import Event

from sqlalchemy import event

from phonein import clock
from phonein.booking import seats
from phonein.db import after_commit, db, transaction
from phonein.delivery import mailbox, outbox, postman, runner
from phonein.schedule.models import PhoneIn
from tests import post_office as they
from tests.builders import make_person, make_phone_in
from tests.conftest import TUESDAY
from tests.delivery.posting import deliver_at, elsewhere, posted, row, rows, what_became

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
LEASE_OVER = TUESDAY + outbox.LEASE + SECOND


def subjects(office) -> list[str]:
    return [letter["Subject"] for letter in office.letters]


def test_a_letter_is_sent_once_however_often_it_is_asked_for(office):
    letter_id = posted()
    assert [postman.deliver(letter_id), postman.deliver(letter_id), postman.deliver_due()] == [True, False, 0]
    assert (len(office.taken), what_became(letter_id)) == (1, "sent")


def test_two_workers_who_want_the_same_twenty_letters_send_twenty(app, office):
    ids = [posted(subject=f"Letter {number}") for number in range(20)]
    sent = []

    def want_them_all() -> None:
        sent.extend(letter_id for letter_id in ids if postman.deliver(letter_id))

    with elsewhere(app, want_them_all), elsewhere(app, want_them_all):
        pass
    assert sorted(sent) == sorted(ids)
    assert sorted(subjects(office)) == sorted(f"Letter {number}" for number in range(20))


def test_urgent_letters_leave_first(office):
    posted(subject="Seat", due_at=TUESDAY - MINUTE)
    posted(subject="Sign-in link", urgent=True)
    postman.deliver_due()
    assert subjects(office) == ["Sign-in link", "Seat"]


def test_a_cancellation_never_overtakes_its_invitation(office):
    office.will(they.DROPS, "RCPT 451", "DATA 451", "GO 451")
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        seats.take(phone_in, by=sam)
    assert deliver_at(TUESDAY) == 0
    with transaction():
        seats.give_back(db.session.scalar(db.select(PhoneIn)), by=sam)
    moment, rounds = TUESDAY, 0
    while any(not letter.sent_at for letter in rows()):
        deliver_at(moment)
        moment, rounds = moment + MINUTE, rounds + 1
        assert rounds < 60
    assert office.methods() == ["REQUEST", "CANCEL"]
    assert len(office.talks) == 6


def test_a_refusal_for_good_gives_up_after_exactly_one_try(office):
    office.will("RCPT 550", "DATA 554")
    three = [posted(), posted(), posted()]  # at one moment, so any of them may go first
    assert deliver_at(TUESDAY) == 1
    assert deliver_at(TUESDAY + timedelta(hours=5)) == 0
    became = {(what_became(letter_id), row(letter_id).error) for letter_id in three}
    assert became == {("given up", "RCPT 550"), ("given up", "DATA 554"), ("sent", None)}
    assert (len(office.talks), len(office.taken)) == (3, 1)


def test_unsure_once_is_tried_again_with_the_same_bytes_and_then_never_more(office):
    office.will(they.TAKES_AND_DROPS, they.TAKES_AND_DROPS)
    letter_id = posted()
    for minutes in (0, 9, 10, 30, 60, 25 * 60):
        deliver_at(TUESDAY + minutes * MINUTE)
    assert (what_became(letter_id), len(office.talks)) == ("unknown", 2)
    first, second = office.taken
    assert first == second
    assert office.letters[0]["Message-ID"] == row(letter_id).message_id
    assert office.letters[0]["Date"].datetime == TUESDAY


def test_a_letter_that_cannot_be_built_keeps_no_other_waiting(office):
    poison, good = posted(subject="Two\r\nlines", urgent=True), posted()
    assert postman.deliver_due() == 1
    assert (what_became(poison), what_became(good)) == ("given up", "sent")
    assert row(poison).error == "could not be built: UnfitLetter"


def test_a_letter_waits_while_the_server_offers_no_tls_or_refuses_our_password(app, office):
    app.config["MAIL_USE_TLS"] = True
    letter_id = posted()
    assert deliver_at(TUESDAY) == 0
    assert (what_became(letter_id), row(letter_id).error) == ("waiting", "the server offers no TLS")
    app.config["MAIL_USE_TLS"] = False
    assert deliver_at(TUESDAY + 10 * SECOND) == 1


def test_a_worker_frozen_past_its_lease_finds_the_fence_closed(app, office):
    office.will(they.WAITS_BEFORE_THE_LETTER)
    letter_id = posted()
    with frozen_past_its_lease(), elsewhere(app, lambda: postman.deliver(letter_id)):
        assert office.reached.wait(10)
        assert deliver_at(LEASE_OVER) == 1
        office.go_on.set()
    assert (len(office.taken), what_became(letter_id)) == (1, "sent")


def frozen_past_its_lease():
    """For the worker elsewhere it is still the first second: it does not notice that its time is over."""
    return clock.stopped_at(TUESDAY)


def test_a_worker_frozen_just_after_it_took_a_letter_does_not_go_on_in_another_s_name(app, office):
    letter_id, other_is_at_it = posted(), Event()

    def freeze() -> None:
        """Between the commit of the claim and the next line, the lease runs out and another worker takes over."""
        with elsewhere(app, take_over, at=LEASE_OVER):
            pass

    def take_over() -> None:
        with transaction():
            outbox.free_the_stuck()
        with transaction():
            assert outbox.claim(letter_id)
        other_is_at_it.set()

    event.listen(db.session, "before_commit", lambda _: after_commit(freeze), once=True)
    assert not postman.deliver(letter_id)
    assert other_is_at_it.is_set()
    assert (office.taken, what_became(letter_id)) == ([], "in hand")


def test_who_knows_that_a_letter_has_gone_is_believed_by_whoever_feared_otherwise(app, office):
    """Accepted, but the answer took so long that the sweep gave the worker up: no second letter then."""
    office.will(they.TAKES_AND_WAITS)
    letter_id = posted()
    with elsewhere(app, lambda: postman.deliver(letter_id)):
        assert office.reached.wait(10)
        deliver_at(LEASE_OVER)
        assert row(letter_id).maybe_sent
        office.go_on.set()
    assert what_became(letter_id) == "sent"
    assert deliver_at(LEASE_OVER + 10 * MINUTE) == 0
    assert len(office.taken) == 1


def test_a_database_away_just_after_the_250_makes_no_second_letter(office, database):
    office.on_taken = database.goes_away
    letter_id = posted()
    assert postman.deliver(letter_id)
    assert database.was_missed(), "nothing was tried while it was away"
    assert (what_became(letter_id), row(letter_id).attempts) == ("sent", 1)
    assert deliver_at(TUESDAY + timedelta(hours=1)) == 0
    assert len(office.taken) == 1


def test_a_database_away_at_the_fence_costs_a_wait_and_not_the_letter(office, database):
    office.on_rcpt = database.goes_away
    letter_id = posted()
    assert not postman.deliver(letter_id)
    office.on_rcpt = lambda: None
    assert (what_became(letter_id), row(letter_id).maybe_sent, office.taken) == ("waiting", False, [])
    assert deliver_at(TUESDAY + 10 * SECOND) == 1


def test_the_sweep_s_word_and_the_worker_s_word_do_not_write_over_each_other(app, office):
    """A frozen worker wakes and says “later” when another holds the letter already: that one goes on undisturbed."""
    office.will("RCPT 451")
    letter_id, taken_over = posted(), Event()

    def take_over() -> None:
        with transaction():
            outbox.free_the_stuck()
            assert outbox.claim(letter_id)
        taken_over.set()

    def once() -> None:
        if not taken_over.is_set():
            with elsewhere(app, take_over, at=LEASE_OVER):
                pass

    office.on_rcpt = once
    assert not postman.deliver(letter_id)
    assert (what_became(letter_id), row(letter_id).lease_until) == ("in hand", LEASE_OVER + outbox.LEASE)


def test_the_mailbox_of_the_embedded_default_keeps_each_letter_once(app):
    letter_id = posted()
    assert [postman.deliver(letter_id), postman.deliver(letter_id)] == [True, False]
    [(_, letter)] = mailbox.letters()
    assert (letter["Subject"], what_became(letter_id)) == ("You have a seat", "sent")


def test_a_mailbox_that_cannot_be_written_makes_the_letter_wait(app):
    letter_id, folder = posted(), app.config["DATA"] / "mailbox"
    folder.write_text("in the way")
    assert not postman.deliver(letter_id)
    folder.unlink()
    assert what_became(letter_id) == "waiting"
    assert deliver_at(TUESDAY + 10 * SECOND) == 1


def test_a_letter_sent_again_by_an_admin_is_the_same_letter(app, office):
    office.will(they.TAKES_AND_DROPS, they.TAKES_AND_DROPS)
    letter_id = posted()
    deliver_at(TUESDAY)
    deliver_at(TUESDAY + 10 * MINUTE)
    asked_at = TUESDAY + timedelta(days=2)
    with clock.stopped_at(asked_at), transaction():
        outbox.start_over(outbox.held(letter_id))
    assert deliver_at(asked_at) == 1
    assert len(set(office.taken)) == 1
    assert (len(office.taken), what_became(letter_id)) == (3, "sent")


def test_the_date_of_a_letter_is_when_it_was_written_and_not_when_it_left(office):
    posted()
    with clock.stopped_at(TUESDAY + 3 * MINUTE):
        runner.sweep_letters()
        postman.deliver_due()
    assert office.letters[0]["Date"].datetime == TUESDAY
