"""Blind signatures against RFC 9474 itself; what is refused; and what a fault of the machine must not give away."""

import secrets
from typing import Any

import pytest

from phonein.questions import blind
from tests import blind_client
from tests.questions.vectors import NAMES, vector

pytestmark = pytest.mark.own_keys

PRIVATE, PUBLIC = blind.new_key()
OTHER = blind.new_key()[1]


@pytest.fixture(params=NAMES)
def given(request) -> dict[str, Any]:
    return vector(request.param)


def key_in(given: dict[str, Any]) -> tuple[bytes, bytes]:
    return blind_client.key_of(**{name: given[name] for name in ("p", "q", "n", "e", "d")})


def pass_for(purpose: str = "q", slug: str = "sleep") -> tuple[bytes, bytes]:
    """Drawn, hidden, signed and finished: prefix and signature."""
    hidden = blind_client.hide(PUBLIC, purpose, slug)
    return hidden.prefix, blind_client.finalize(
        PUBLIC, hidden.message, blind.sign(PRIVATE, hidden.blinded), hidden.inverse
    )


def test_the_hidden_messages_of_the_rfc_are_signed_as_there(given):
    assert blind.sign(key_in(given)[0], given["blinded_msg"]) == given["blind_sig"]


def test_the_signatures_of_the_rfc_are_known_as_such_and_with_another_salt_they_are_not(given):
    public, salt_bytes = key_in(given)[1], given["sLen"]
    good = [
        blind.is_signature(public, given["input_msg"], given["sig"], salt_bytes=size)
        for size in (salt_bytes, salt_bytes + 1)
    ]
    assert good == [True, False]


def test_the_messages_of_the_rfc_are_hidden_and_finished_as_there(given):
    """The reference client, with the salt and the factor of the vector: the browser's is held against the same."""
    public = key_in(given)[1]
    assert given["msg_prefix"] + given["msg"] == given["input_msg"]
    blinded, inverse = blind_client.blinded_of(public, given["input_msg"], salt=given["salt"], inverse=given["inv"])
    done = blind_client.finalize(public, given["input_msg"], given["blind_sig"], given["inv"], salt_bytes=given["sLen"])
    assert (blinded, inverse, done) == (given["blinded_msg"], given["inv"], given["sig"])


def test_a_pass_is_good_for_one_purpose_one_phone_in_and_one_key():
    prefix, signature = pass_for()
    tried = {
        (public, purpose, slug): blind.is_signed(public, purpose, slug, prefix, signature)
        for public in (PUBLIC, OTHER)
        for purpose in ("q", "v")
        for slug in ("sleep", "nights")
    }
    assert [what for what, good in tried.items() if good] == [(PUBLIC, "q", "sleep")]


@pytest.mark.parametrize("place", [0, 100, 255])
def test_a_pass_with_any_bit_changed_is_none(place):
    prefix, signature = pass_for()
    changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
    other = bytes([prefix[0] ^ 1]) + prefix[1:]
    assert [blind.is_signed(PUBLIC, "q", "sleep", *of) for of in ((prefix, changed), (other, signature))] == [False] * 2


def test_a_pass_of_another_size_is_none_nor_one_by_a_larger_key():
    prefix, signature = pass_for()
    large = blind_client.rsa.generate_private_key(65537, 3072).public_key()
    large_der = large.public_bytes(blind_client.Encoding.DER, blind_client.PublicFormat.SubjectPublicKeyInfo)
    longer = blind_client.hide(PUBLIC, "q", "sleep", prefix_bytes=33)
    signed_longer = blind_client.finalize(PUBLIC, longer.message, blind.sign(PRIVATE, longer.blinded), longer.inverse)
    tried = [
        blind.is_signed(PUBLIC, "q", "sleep", longer.prefix, signed_longer),
        blind.is_signed(PUBLIC, "q", "sleep", prefix, signature[:-1]),
        blind.is_signed(PUBLIC, "q", "sleep", prefix, b""),
        blind.is_signed(large_der, "q", "sleep", prefix, bytes(256)),
    ]
    assert tried == [False] * 4


N = blind.modulus(PUBLIC)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        bytes(256),
        N.to_bytes(256),
        (N + 1).to_bytes(256),
        b"\xff" * 256,
        b"\1" * 255,
        b"\1" * 257,
        b"\0" + b"\1" * 256,
    ],
    ids=["nothing", "0", "n", "n + 1", "all ones", "too short", "too long", "a zero in front"],
)
def test_what_is_no_hidden_pass_is_not_signed(wrong):
    with pytest.raises(blind.NotBlinded):
        blind.sign(PRIVATE, wrong)


def test_the_largest_number_that_can_be_signed_is_signed():
    assert blind.sign(PRIVATE, (N - 1).to_bytes(256)) == (N - 1).to_bytes(256)  # (-1) to an odd power


def test_a_key_that_computes_wrongly_modulo_one_prime_gives_nothing_out():
    """One such signature would give that prime away (Boneh, DeMillo, Lipton): gcd(s^e - m, n)."""
    key: Any = blind.load_der_private_key(PRIVATE, None)
    numbers = key.private_numbers()
    broken, _ = blind_client.key_of(
        p=numbers.p,
        q=numbers.q,
        n=N,
        e=65537,
        d=numbers.d,
        dmp1=numbers.dmp1 + 2,
    )
    with pytest.raises(blind.WrongResult):
        blind.sign(broken, secrets.token_bytes(255).rjust(256, b"\0"))


def test_the_same_number_is_signed_the_same_whatever_factor_was_drawn():
    number = secrets.token_bytes(255).rjust(256, b"\0")
    assert len({blind.sign(PRIVATE, number) for _ in range(3)}) == 1


def test_keys_are_of_2048_bits_with_the_usual_exponent_and_never_the_same():
    assert [blind_client.numbers(public)[1:] for public in (PUBLIC, OTHER)] == [(65537, 256)] * 2
    assert (N.bit_length(), PUBLIC != OTHER) == (2048, True)


def test_what_was_hidden_and_what_became_of_it_have_nothing_in_common():
    """Every hidden pass fits every signed one: with the right factor, which nobody else has."""
    hidden = [blind_client.hide(PUBLIC, "q", "sleep") for _ in range(2)]
    done = [blind_client.finalize(PUBLIC, one.message, blind.sign(PRIVATE, one.blinded), one.inverse) for one in hidden]
    for seen in hidden:
        for signature in done:
            factor = int.from_bytes(blind.sign(PRIVATE, seen.blinded)) * pow(int.from_bytes(signature), -1, N) % N
            encoded = pow(int.from_bytes(signature), 65537, N)
            assert encoded * pow(factor, 65537, N) % N == int.from_bytes(seen.blinded)
