"""Every fault that other booking programs had (section 8 of the calendar requirements), made by hand: each is caught.

What is wrong in one letter makes the diary raise; what is wrong in no single letter shows in what the person ends up
seeing. Faults that are not of letters have their tests elsewhere:

- declining in the calendar cancels no booking (cal.com), replies without ORGANIZER dropped (Nextcloud):
  tests/replies/test_corpus.py test_reply
- declining all: tests/conformance/test_the_list.py test_decline_all
- a feed stamped with now (pretix, pretalx, Indico): tests/feeds/test_reading.py test_the_hour_changes_nothing
- no refresh hints (LibreBooking): tests/delivery/test_feeds.py test_a_feed_says_what_it_is_and_how_often_to_come
- a feed that can be guessed (events-tracker): tests/feeds/test_reading.py test_at_a_wrong_address_there_is_nothing
- addresses in DESCRIPTION (Easy!Appointments): tests/conformance/test_many_people.py
  test_500_people_are_told_of_a_move_in_500_letters_that_name_nobody_else
"""

from datetime import timedelta

import pytest

from phonein.delivery.invites import published
from tests.conformance import SAM, an_object, ours, theirs
from tests.delivery import SERVICE, an_entry, utc
from tests.engines.diary import Diary, kept
from tests.engines.grammar import Fault
from tests.engines.readers import icalendar

WEDNESDAY = utc("2026-04-01T18:30")
OTHER = "0b1f4a52-0000-4000-8000-0a6a54b1a222@service.example"


def caught(*letters: bytes) -> str:
    """What the diary says of the last of these letters, after it has taken the others."""
    assert not letters[:-1] or kept(icalendar, letters[:-1])
    with pytest.raises(Fault) as fault:
        kept(icalendar, letters)
    return str(fault.value)


def sams(*letters: bytes) -> Diary:
    return kept(icalendar, letters)[SAM]


def invited(**changes) -> bytes:
    return ours(an_entry(**changes))


def later(sequence: int = 1, **changes):
    """The entry as it is told the next time."""
    stamp = utc("2026-03-24T00:00") + timedelta(seconds=sequence)
    return an_entry(**{"sequence": sequence, "stamped_at": stamp} | changes)


def moved(**changes):
    return later(starts_at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(hours=1), **changes)


CANCEL_1 = {"sequence": 1, "stamped_at": utc("2026-03-24T00:00:01")}


def test_our_own_letters_pass_from_booking_through_a_move_to_the_end():
    assert sams(invited()).instants == [utc("2026-03-31T18:30")]
    assert sams(invited(), ours(moved())).instants == [WEDNESDAY]
    assert sams(invited(), ours(moved()), ours(later(2), "CANCEL")).instants == []


def test_telling_the_same_again_is_no_fault_and_changes_nothing():
    again = ours(later(0, stamped_at=utc("2026-03-24T00:00:01")))
    assert sams(invited(), again).instants == sams(invited()).instants


def test_a_letter_that_a_mail_server_brings_twice_is_one_letter():
    assert sams(invited(), ours(moved()), ours(moved())).instants == [WEDNESDAY]


def test_letters_that_overtake_one_another_end_the_same_in_calendars_that_obey_the_rules():
    letters = [invited(), ours(moved()), ours(later(2), "CANCEL")]
    for order in (letters, letters[::-1], [letters[1], letters[0], letters[2]], [letters[2], letters[0], letters[1]]):
        assert kept(icalendar, order, in_any_order=True)[SAM].instants == []


# cal.com


def test_cancelling_by_request_as_cal_com_did_would_be_caught():
    by_request = an_object(("METHOD:CANCEL", "METHOD:REQUEST"), method="CANCEL", **CANCEL_1)
    assert caught(invited(), theirs(by_request)) == "STATUS:CANCELLED in a REQUEST"
    cancel = an_object(method="CANCEL", **CANCEL_1)
    assert "envelope says method=REQUEST" in caught(invited(), theirs(cancel, method="REQUEST"))


def test_cancelling_by_a_request_that_looks_like_an_invitation_leaves_the_entry_and_would_be_seen():
    assert sams(invited(), theirs(an_object(**CANCEL_1))).instants == [utc("2026-03-31T18:30")]


def test_rescheduling_with_sequence_0_as_cal_com_did_would_be_caught():
    stamp = utc("2026-03-24T00:00:01")
    same = an_entry(starts_at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(hours=1), stamped_at=stamp)
    assert caught(invited(), ours(same)) == "changed and SEQUENCE still 0"
    assert caught(invited(), ours(an_entry(stamped_at=stamp), "CANCEL")) == "changed and SEQUENCE still 0"
    assert caught(invited(sequence=1), ours(later(0), "CANCEL")) == "SEQUENCE goes down from 1 to 0"


def test_everybodys_address_in_one_file_as_cal_com_had_four_times_would_be_caught():
    everybody = an_object(("ORGANIZER;", "ATTENDEE;CN=Eve:mailto:eve@service.example\r\nORGANIZER;"))
    assert caught(theirs(everybody)) == "2 ATTENDEEs"


def test_cancelling_only_the_first_date_of_a_series_as_cal_com_did_would_be_seen():
    second = invited(uid=OTHER, starts_at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(hours=1))
    assert sams(invited(), second, ours(later(), "CANCEL")).instants == [WEDNESDAY]


def test_cancelling_the_wrong_date_as_cal_com_did_would_be_caught():
    assert caught(invited(), ours(later(uid=OTHER), "CANCEL")) == "CANCEL for an unknown UID"


def test_mail_after_mail_for_one_cancellation_as_cal_com_sent_would_be_caught():
    twice = [ours(later(1), "CANCEL"), ours(later(2), "CANCEL")]
    assert caught(invited(), *twice) == "CANCEL after CANCEL of the same UID"


# Indico


def test_a_request_without_an_attendee_as_indico_sends_would_be_caught():
    lines = an_object().decode().replace("\r\n ", "").split("\r\n")
    nobody = "\r\n".join(line for line in lines if not line.startswith(("ATTENDEE", "DESCRIPTION", "CONFERENCE")))
    assert caught(theirs(nobody.encode())) == "0 ATTENDEEs"


def test_an_organiser_who_is_not_the_sender_as_indico_has_would_be_caught():
    noreply = theirs(an_object(("mailto:phone-in@", "mailto:noreply@")))
    assert "is not who sent it" in caught(noreply)
    assert "is not who sent it" in caught(theirs(an_object(), From="Events <noreply@service.example>"))


def test_a_letter_without_sequence_as_indico_pretix_and_pretalx_write_would_be_caught():
    assert caught(theirs(an_object(("SEQUENCE:0\r\n", "")))) == "no SEQUENCE"


def test_an_invitation_that_is_only_a_file_as_indico_and_hi_events_send_would_be_caught():
    assert caught(theirs(an_object(), is_file=True)) == "0 parts of text/calendar, 1 as a file"


def test_a_mime_method_that_is_always_request_as_indico_has_would_be_caught():
    cancel = an_object(method="CANCEL", **CANCEL_1)
    assert caught(invited(), theirs(cancel)) == "the envelope says method=REQUEST and the calendar METHOD:CANCEL"


# pretix, pretalx, Hi.Events


def test_a_letter_without_method_as_pretix_sends_would_be_caught():
    assert caught(theirs(published(an_entry()), method=None)) == "METHOD:None in a letter"
    assert caught(theirs(an_object(("METHOD:REQUEST\r\n", "")))) == "METHOD:None in a letter"


def test_publishing_by_letter_would_be_caught():
    assert "METHOD:PUBLISH" in caught(theirs(an_object(("METHOD:REQUEST", "METHOD:PUBLISH")), method="PUBLISH"))


def test_a_stamp_that_does_not_rise_would_be_caught():
    assert "DTSTAMP does not rise" in caught(invited(), ours(moved(stamped_at=utc("2026-03-24T00:00"))))


def test_a_file_stamped_with_the_moment_of_its_download_as_pretix_and_pretalx_have_it_is_not_ours():
    assert published(an_entry()) == published(an_entry())
    assert b"DTSTAMP:20260324T000000Z" in published(an_entry())


def test_a_change_of_which_nobody_is_told_as_in_pretix_would_be_seen():
    assert sams(invited()).instants != [WEDNESDAY]


def test_a_zone_by_lists_of_dates_as_pretalx_writes_would_be_caught():
    listed = an_object(("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n", "RDATE:20261025T020000,20271031T020000\r\n"))
    assert caught(theirs(listed)) == "an RDATE in STANDARD"


def test_a_zone_of_several_standards_would_be_caught():
    once = "BEGIN:STANDARD\r\nDTSTART:19701025T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n"
    assert "more than one STANDARD" in caught(theirs(an_object(("END:VTIMEZONE", f"{once}END:VTIMEZONE"))))


def test_an_hour_off_as_in_pretalx_would_be_seen():
    off = sams(theirs(an_object(("TZOFFSETTO:+0100", "TZOFFSETTO:+0000"))))
    assert off.instants == [utc("2026-03-31T19:30")] != sams(invited()).instants


def test_a_uid_made_from_a_number_as_hi_events_has_would_be_caught():
    guessable = ("5f0e6a0c-1d5b-4a53-9c55-0a6a54b1a111@service.example", "event-17")
    assert caught(theirs(an_object(guessable))) == "a UID that can be guessed: event-17"


def test_a_calendar_part_without_method_as_hi_events_sends_would_be_caught():
    assert "envelope says method=None" in caught(theirs(an_object(), method=None))


def test_nothing_said_of_a_cancellation_as_by_hi_events_would_be_seen():
    assert sams(invited()).instants != []


# Nextcloud, Group-Office


def test_addresses_shown_to_all_as_by_nextcloud_would_be_caught_in_the_heading_too():
    assert caught(theirs(an_object(), Cc="eve@service.example")) == "a letter to more than one"
    assert caught(theirs(an_object(), To=f"{SAM}, eve@service.example")) == "a letter to more than one"


def test_one_cancelled_date_that_takes_the_others_along_as_in_nextcloud_would_be_seen():
    second = invited(uid=OTHER, starts_at=WEDNESDAY, ends_at=WEDNESDAY + timedelta(hours=1))
    both_gone = [ours(later(), "CANCEL"), ours(later(uid=OTHER), "CANCEL")]
    assert sams(invited(), second, both_gone[0]).instants == [WEDNESDAY] != sams(invited(), second, *both_gone).instants


def test_somebody_taken_out_who_hears_nothing_as_in_nextcloud_would_be_seen():
    assert sams(invited()).entries != []


def test_a_cancellation_with_status_confirmed_as_group_office_sends_would_be_caught():
    confirmed = an_object(("STATUS:CANCELLED", "STATUS:CONFIRMED"), method="CANCEL", **CANCEL_1)
    assert caught(invited(), theirs(confirmed, method="CANCEL")) == "STATUS:CONFIRMED in a CANCEL"


# OpenMeet, Easy!Appointments, Couchers


def test_a_time_of_day_as_sequence_as_openmeet_and_easy_appointments_have_would_be_caught():
    assert caught(theirs(an_object(("SEQUENCE:0", "SEQUENCE:1774353600000")))).startswith("SEQUENCE is no counter")


def test_a_zone_that_is_not_explained_as_in_openmeet_would_be_caught():
    [before, _zone, after] = an_object().partition(b"BEGIN:VTIMEZONE\r\n")
    without = before + after.partition(b"END:VTIMEZONE\r\n")[2]
    assert caught(theirs(without)) == "no VTIMEZONE for Europe/London"


def test_alarms_by_mail_as_easy_appointments_sets_would_be_caught():
    assert caught(theirs(an_object(("ACTION:DISPLAY", "ACTION:EMAIL")))) == "an alarm with ACTION:EMAIL"


def test_two_sequence_lines_as_couchers_had_would_be_caught():
    assert caught(theirs(an_object(("SEQUENCE:0", "SEQUENCE:0\r\nSEQUENCE:1")))) == "two SEQUENCE lines"


def test_method_after_the_entry_as_couchers_had_would_be_caught():
    late = (("METHOD:REQUEST\r\n", ""), ("END:VCALENDAR", "METHOD:REQUEST\r\nEND:VCALENDAR"))
    assert caught(theirs(an_object(*late))) == "METHOD after a component"


# The rest of what no calendar forgives


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("DTSTART;TZID=Europe/London:", "DTSTART:"), "a floating time: DTSTART:20260331T193000"),
        (("DTSTAMP:20260324T000000Z", "DTSTAMP;TZID=Europe/London:20260324T000000"), "DTSTAMP is not in UTC"),
        (("CLASS:PRIVATE", f"CLASS:PRIVATE\r\nX-LONG:{'x' * 70}"), "a line of 77 octets"),
        (("CLASS:PRIVATE\r\n", "CLASS:PRIVATE\n"), "a line that does not end with CRLF"),
        (("STATUS:CONFIRMED", "STATUS:CANCELLED"), "STATUS:CANCELLED in a REQUEST"),
        (("CLASS:PRIVATE", "RRULE:FREQ=WEEKLY"), "RRULE: each date is an entry of its own here"),
        (("mailto:phone-in@", "mailto:Phonein <phone-in@"), "no bare address"),
        (("mailto:sam@", "mailto:eve@"), "party crashing"),
        (("CLASS:PRIVATE", "CLASS=PRIVATE"), "no content line: CLASS=PRIVATE"),
        (("BEGIN:VCALENDAR", "\ufeffBEGIN:VCALENDAR"), "a byte-order mark"),
        (("VERSION:2.0\r\n", "VERSION:2.0\r\nVERSION:2.0\r\n"), "2 VERSION lines"),
        (("PRODID:", "X-PRODID:"), "0 PRODID lines"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_letter_with_one_thing_wrong_would_be_caught(change, fault):
    assert fault in caught(theirs(an_object(change)))


def test_a_character_cut_in_two_would_be_caught():
    cut = an_object(("CLASS:PRIVATE", "CLASS:PRIVATE\r\nX-A:é")).replace("é".encode(), b"\xc3\r\n \xa9")
    assert caught(theirs(cut)) == "a character cut in two by a fold"


def test_two_entries_in_one_letter_would_be_caught():
    two = an_object(("END:VCALENDAR\r\n", an_object(uid=OTHER).decode().partition("END:VTIMEZONE\r\n")[2]))
    assert caught(theirs(two)) == "2 entries in one letter"


def test_a_file_that_says_something_else_would_be_caught():
    assert caught(theirs(an_object(), file=an_object(uid=OTHER))) == "the file is not what stands in the letter"


def test_a_calendar_that_is_not_the_last_alternative_would_be_caught():
    without_html = theirs(an_object()).replace(b"Content-Type: text/html", b"Content-Type: text/x-amp-html")
    assert caught(without_html) == "the calendar is not the last of the letter's alternatives"


def test_a_line_over_998_octets_would_be_caught():
    long = theirs(an_object()).replace(b"<p>", b"<p>" + b"x" * 1000).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert caught(long) == "a line over 998 octets"


def test_a_request_after_the_end_would_be_caught():
    assert caught(invited(), ours(later(), "CANCEL"), ours(later(2))) == "REQUEST after CANCEL of the same UID"


def test_an_organiser_who_changes_would_be_caught():
    other = "Phonein <calls@service.example>"
    from_another = theirs(
        an_object(("mailto:phone-in@service.example", "mailto:calls@service.example"), **CANCEL_1), From=other
    )
    assert "ORGANIZER was mailto:phone-in@service.example" in caught(invited(), from_another)
    assert other != SERVICE


def test_an_alarm_for_what_is_cancelled_would_be_caught():
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT"
    ringing = an_object(("END:VEVENT", alarm), method="CANCEL", **CANCEL_1)
    assert caught(invited(), theirs(ringing, method="CANCEL")) == "an alarm for what is cancelled"
