"""Printed passes and receipts: what is taken for one, and how it may be typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonein.questions import codes

SECRET, OTHER = b"s" * 32, b"o" * 32
PASS = codes.printed_pass(SECRET, "sleep")


def test_a_pass_is_25_letters_in_groups_of_five_that_nobody_can_take_for_others():
    plain = PASS.replace("-", "")
    assert (len(plain), [len(group) for group in PASS.split("-")]) == (25, [5] * 5)
    assert set(plain) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_no_two_passes_are_the_same():
    passes = [codes.printed_pass(SECRET, "sleep") for _ in range(200)]
    assert len({codes.nonce_of(SECRET, "sleep", each) for each in passes}) == 200


def test_a_pass_of_another_phone_in_is_not_one():
    with pytest.raises(codes.NotACode):
        codes.nonce_of(SECRET, "nights", PASS)


def test_a_pass_made_with_another_secret_is_not_one():
    with pytest.raises(codes.NotACode):
        codes.nonce_of(OTHER, "sleep", PASS)


def test_a_pass_with_any_one_letter_changed_is_not_one():
    plain, taken = PASS.replace("-", ""), []
    for place in range(25):
        for letter in codes.ALPHABET.replace(plain[place], ""):
            try:
                taken.append(codes.nonce_of(SECRET, "sleep", plain[:place] + letter + plain[place + 1 :]))
            except codes.NotACode:
                continue
    assert taken == []


@pytest.mark.parametrize(
    "wrong",
    ["", PASS[:-1], PASS + "0", "U" * 25, "é" * 25, "0" * 25, PASS + "\x00", "²" * 25],
    ids=["empty", "too short", "too long", "U", "é", "0", "NUL", "²"],  # a pass is drawn by lot, a test's name is not
)
def test_what_is_too_short_too_long_or_not_of_these_letters_is_not_a_pass(wrong):
    with pytest.raises(codes.NotACode):
        codes.nonce_of(SECRET, "sleep", wrong)


@given(st.integers(0, 2**30))
def test_a_pass_is_read_however_it_is_typed(lots):
    """Large or small, with blanks or hyphens anywhere, O for 0, I or L for 1."""
    typed = "".join(
        {"0": "0oO"[lots % 3], "1": "1iIlL"[(lots + i) % 5]}.get(
            letter, letter.lower() if lots >> i % 30 & 1 else letter
        )
        + (" ", "-", "")[(lots + i) % 3]
        for i, letter in enumerate(PASS.replace("-", ""))
    )
    assert codes.nonce_of(SECRET, "sleep", typed) == codes.nonce_of(SECRET, "sleep", PASS)


def test_a_receipt_is_16_letters_in_groups_of_four_and_drawn_by_lot():
    receipts = {codes.new_receipt() for _ in range(200)}
    assert len(receipts) == 200
    assert {tuple(len(group) for group in each.split("-")) for each in receipts} == {(4, 4, 4, 4)}


def test_a_receipt_has_one_spelling_however_it_is_typed():
    assert codes.plain_receipt("7kq2 m4xd-9Otp iL3c") == "7KQ2M4XD90TP113C"


@pytest.mark.parametrize("wrong", ["", "7KQ2-M4XD-90TP-AB3", "7KQ2-M4XD-90TP-AB3CC", "7KQ2-M4XD-90TP-AB3U"])
def test_what_is_not_a_receipt_is_not_taken_for_one(wrong):
    with pytest.raises(codes.NotACode):
        codes.plain_receipt(wrong)


def test_the_hashes_of_one_receipt_for_two_purposes_or_two_phone_ins_have_nothing_in_common():
    assert len({codes.hash_of(*of, "R") for of in [("envelope", "a"), ("receipt", "a"), ("envelope", "b")]}) == 3


@pytest.mark.parametrize("text", ["7KQ2-M4XD-90TP-AB3C", "mine: 7kq2 m4xd. 9otp (ab3c)", "x7KQ2M4XD90TPAB3Cx"])
def test_a_code_is_found_in_a_text_however_it_is_written_there(text):
    assert codes.stands_in("7KQ2-M4XD-90TP-AB3C", text)


def test_a_code_is_not_found_where_it_does_not_stand():
    assert not codes.stands_in("7KQ2-M4XD-90TP-AB3C", "Seven KQ2, M4XD and nothing else")
