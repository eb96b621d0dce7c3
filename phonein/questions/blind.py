"""Signing what we cannot see: passes that nobody, and we least of all, can match with whom they were signed for. Pure.

RFC 9474, RSABSSA-SHA384-PSS-Randomized, with RSA-2048 and a key of its own for each phone-in and purpose. The browser
draws a pass by lot, hides it behind a factor that only it knows, has it signed, and takes the factor off again: every
hidden pass fits every signed one. `cryptography` checks signatures and has no raw private operation, which is why that
one is written out here: by the primes (CRT), behind a factor of our own and with longer exponents that differ each
time, so that its timing says nothing of the key; and never answered unchecked, for one wrong answer gives a prime away.
"""

import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

BITS, EXPONENT = 2048, 65537
SIGNATURE_BYTES, PREFIX_BYTES, SALT_BYTES = 256, 32, 48
_MASK_BITS = 64  # added to each exponent as so many times its order


class NotBlinded(ValueError):
    """This cannot be a hidden pass: it has another length, or is not a number that the key can sign."""


class WrongResult(ArithmeticError):
    """The signature came out wrong, by a fault of the machine or a damaged key: nobody must ever see it."""


def new_key() -> tuple[bytes, bytes]:
    """A private key (PKCS #8) and its public half (SubjectPublicKeyInfo), both as DER. Takes some 50 ms."""
    key = rsa.generate_private_key(EXPONENT, BITS)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def sign(private_der: bytes, blinded: bytes) -> bytes:
    """What the holder of the factor can make a signature of. Raises NotBlinded, and WrongResult before it errs."""
    key = load_der_private_key(private_der, password=None, unsafe_skip_rsa_key_validation=True)  # we check the result
    assert isinstance(key, rsa.RSAPrivateKey)
    private = key.private_numbers()
    n, e = private.public_numbers.n, private.public_numbers.e
    number, size = int.from_bytes(blinded), (n.bit_length() + 7) // 8
    if len(blinded) != size or not 0 < number < n:
        raise NotBlinded
    factor = secrets.randbelow(n - 2) + 2
    hidden = _by_the_primes(private, number * pow(factor, e, n) % n)
    signed = hidden * pow(factor, -1, n) % n
    if pow(signed, e, n) != number:
        raise WrongResult
    return signed.to_bytes(size)


def words(purpose: str, slug: str, prefix: bytes) -> bytes:
    """What is signed: 32 bytes drawn by lot, which make the pass one of a kind, and what it is good for."""
    return prefix + f"phonein/1|{purpose}|{slug}".encode()


def is_signed(public_der: bytes, purpose: str, slug: str, prefix: bytes, signature: bytes) -> bool:
    """Whether this is a pass for this purpose and phone-in, signed with this key."""
    if (len(prefix), len(signature)) != (PREFIX_BYTES, SIGNATURE_BYTES) or modulus(public_der).bit_length() != BITS:
        return False
    return is_signature(public_der, words(purpose, slug, prefix), signature)


def is_signature(public_der: bytes, signed: bytes, signature: bytes, *, salt_bytes: int = SALT_BYTES) -> bool:
    """Whether the holder of this key has signed this (RSASSA-PSS, SHA-384)."""
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), salt_bytes)
    try:
        _public(public_der).verify(signature, signed, pss, hashes.SHA384())
    except InvalidSignature:
        return False
    return True


def modulus(public_der: bytes) -> int:
    """What makes a public key: its exponent is always the same."""
    return _public(public_der).public_numbers().n


def _by_the_primes(private: rsa.RSAPrivateNumbers, number: int) -> int:
    """The private operation: modulo each prime, then put together again."""
    p, q = private.p, private.q
    by_p = pow(number % p, private.dmp1 + secrets.randbits(_MASK_BITS) * (p - 1), p)
    by_q = pow(number % q, private.dmq1 + secrets.randbits(_MASK_BITS) * (q - 1), q)
    return by_q + q * ((by_p - by_q) * private.iqmp % p)


def _public(public_der: bytes) -> rsa.RSAPublicKey:
    key = load_der_public_key(public_der)
    assert isinstance(key, rsa.RSAPublicKey)
    return key
