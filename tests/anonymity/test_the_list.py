"""The tests that prove the promise, by the names that its proof gives them. Each row has at least one test with that
name in its own; what else shows it stands there too.

vectors
- tests/anonymity/test_at_rest.py test_vectors_of_rfc_9474_are_hidden_signed_uncovered_and_known
- tests/questions/test_blind.py test_the_hidden_messages_of_the_rfc_are_signed_as_there
- tests/browser/test_passes.py test_the_client_hides_and_finishes_as_the_rfc_does_and_takes_no_other_signature

binding
- tests/anonymity/test_at_rest.py test_binding_a_pass_is_good_for_one_question_of_one_phone_in_while_it_is_open
- tests/anonymity/test_at_rest.py test_binding_of_eight_who_race_with_one_pass_one_is_accepted
- tests/questions/test_blind.py test_a_pass_with_any_bit_changed_is_none
- tests/questions/test_tokens.py test_eight_who_race_with_one_blind_pass_are_told_no_but_for_one

refuse_identity
- tests/anonymity/test_from_outside.py test_refuse_identity_whoever_is_named_gets_400_and_leaves_no_row_and_no_line
- tests/questions/test_doorway.py test_whoever_brings_a_name_is_refused_and_nothing_is_kept_or_written_down

browser
- tests/browser/test_door.py test_nothing_typed_is_left_in_the_browser_and_nobody_who_goes_back_reads_it
- tests/browser/test_promises.py test_the_anonymous_door_sets_no_cookie_and_keeps_nothing_in_the_browser
- tests/browser/test_door.py test_whoever_comes_from_the_known_side_brings_no_cookie_and_leaves_no_words
- tests/browser/test_passes.py test_keys_of_ones_own_are_refused_in_words_and_nothing_is_drawn
- tests/browser/test_door.py test_without_a_secure_context_printed_codes_work

schema_lint
- tests/anonymity/test_at_rest.py test_schema_lint_no_anonymous_row_can_say_when_or_who
- tests/anonymity/test_at_rest.py test_schema_lint_finds_what_is_added
- tests/questions/test_schema.py test_no_key_leads_out_of_the_anonymous_tables_and_none_into_them

physical_order
- tests/anonymity/test_physical_order.py test_physical_order_after_a_release_nothing_lies_as_it_came
- tests/anonymity/test_physical_order.py test_physical_order_after_a_release_one_transaction_wrote_every_row
- tests/anonymity/test_physical_order.py test_physical_order_is_not_in_the_log_of_changes_either
- tests/anonymity/test_physical_order.py test_physical_order_is_seen_by_these_measures_where_there_is_one

canary
- tests/anonymity/test_canary.py test_canary_before_the_release_no_file_holds_anything_and_after_it_the_words_only
- tests/anonymity/test_canary.py test_canary_finds_everything_behind_a_proxy_that_is_set_up_badly

silence
- tests/anonymity/test_from_outside.py test_silence_neither_a_logger_nor_an_error_service_hears_of_anything_at_the_door
- tests/questions/test_doorway.py test_nothing_that_happens_at_the_door_is_written_down_errors_included

population_attack
- tests/anonymity/test_population_attack.py test_population_attack_on_the_product_is_as_good_as_chance
- tests/anonymity/test_population_attack.py test_population_attack_finds_who_asked_where_something_is_broken

small_session
- tests/anonymity/test_from_outside.py test_small_session_a_release_with_nine_of_ten_shows_the_same_as_with_no_question
- tests/anonymity/test_from_outside.py test_small_session_with_ten_the_same_questions_are_shown

facilitator_blindness
- tests/anonymity/test_from_outside.py
  test_facilitator_blindness_nothing_shown_is_different_with_eight_sealed_questions
- tests/desk/test_views.py test_before_a_release_every_page_is_the_same_with_no_question_and_with_eight

backup
- tests/anonymity/test_at_rest.py test_backup_from_while_it_was_open_opens_nothing_once_the_key_is_destroyed

side_channel
- tests/anonymity/test_side_channel.py test_side_channel_is_seen_by_the_nightly_job_where_nothing_is_blinded

same_size
- tests/anonymity/test_at_rest.py test_same_size_every_envelope_is_as_large_whatever_was_done
- tests/anonymity/test_at_rest.py
  test_same_size_the_log_of_changes_cannot_tell_a_vote_from_a_question_nor_short_from_long
- tests/browser/test_door.py test_what_goes_over_the_wire_is_of_one_size_without_a_cookie_or_a_referrer
"""

import re

import pytest

from tests.processes import ROOT

ROWS = {
    name: re.findall(r"- (tests/[a-z/_]+\.py)\s+(test_\w+)", proofs)
    for name, proofs in re.findall(r"^([a-z_]+)\n((?:- .*\n|  .*\n)+)", __doc__, re.M)
}


def test_the_list_has_every_row_of_the_proof():
    assert sorted(ROWS) == [
        "backup", "binding", "browser", "canary", "facilitator_blindness", "physical_order", "population_attack",
        "refuse_identity", "same_size", "schema_lint", "side_channel", "silence", "small_session", "vectors",
    ]  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_what_is_said_to_prove_it_is_there_and_has_its_name(row):
    missing = [
        f"{file} has no {name}" for file, name in ROWS[row] if f"def {name}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []
    assert any(row in name for _, name in ROWS[row])
