"""Envelopes: what can be seen of them from outside, and who can open them."""

from dataclasses import replace

import pytest

from phonein.questions import seal, typed

PRIVATE, PUBLIC = seal.new_key()
HANDLE = b"h" * 32


@pytest.mark.parametrize("text", ["", "Why?", "é" * 1800, "x" * 3600])
def test_what_is_sealed_can_be_opened_and_every_envelope_is_the_same_size(text):
    sealed = seal.seal(PUBLIC, {"text": text}, handle=HANDLE)
    assert seal.unseal(PRIVATE, sealed, handle=HANDLE) == {"text": text}
    assert (len(sealed.public), len(sealed.blob)) == (32, 4096 + 16)


def test_the_same_words_twice_look_different_from_outside():
    first, second = (seal.seal(PUBLIC, {"text": "Why?"}, handle=HANDLE) for _ in range(2))
    assert first.public != second.public
    assert first.blob != second.blob


def test_another_boxs_key_opens_nothing():
    other, _ = seal.new_key()
    with pytest.raises(seal.CannotOpen):
        seal.unseal(other, seal.seal(PUBLIC, {}, handle=HANDLE), handle=HANDLE)


def test_an_envelope_put_under_another_handle_cannot_be_opened():
    with pytest.raises(seal.CannotOpen):
        seal.unseal(PRIVATE, seal.seal(PUBLIC, {}, handle=HANDLE), handle=b"i" * 32)


@pytest.mark.parametrize("place", [0, 2000, 4111])
def test_a_damaged_envelope_cannot_be_opened(place):
    sealed = seal.seal(PUBLIC, {}, handle=HANDLE)
    damaged = bytearray(sealed.blob)
    damaged[place] ^= 1
    with pytest.raises(seal.CannotOpen):
        seal.unseal(PRIVATE, replace(sealed, blob=bytes(damaged)), handle=HANDLE)


@pytest.mark.parametrize("public", [b"", b"\x00" * 32, b"p" * 31, b"p" * 32])
def test_an_envelope_with_a_wrong_or_worthless_key_cannot_be_opened(public):
    with pytest.raises(seal.CannotOpen):
        seal.unseal(PRIVATE, replace(seal.seal(PUBLIC, {}, handle=HANDLE), public=public), handle=HANDLE)


def test_an_envelope_cut_short_cannot_be_opened():
    sealed = seal.seal(PUBLIC, {}, handle=HANDLE)
    with pytest.raises(seal.CannotOpen):
        seal.unseal(PRIVATE, replace(sealed, blob=sealed.blob[:-1]), handle=HANDLE)


def test_what_is_too_large_for_an_envelope_is_refused():
    with pytest.raises(seal.TooLarge):
        seal.seal(PUBLIC, {"text": "x" * 4096}, handle=HANDLE)


@pytest.mark.parametrize("letter", ["x", "é", "語", "🎧", '"', "\n", "\\"])
def test_the_longest_question_that_fits_by_our_count_does_fit_whatever_its_letters(letter):
    longest = max(n for n in range(1, typed.LONGEST + 1) if typed.fits(letter * n))
    inside = {"do": "ask", "text": letter * longest, "topic": "influencing_organisation", "spent": "f" * 64}
    assert len(seal.seal(PUBLIC, inside | {"receipt": "f" * 64}, handle=HANDLE).blob) == 4096 + 16
