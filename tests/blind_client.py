"""A second client for blind passes, written from RFC 9474 alone: what static/blind.js does, in Python."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)

from phonein.questions import blind, tokens


@dataclass(frozen=True)
class Hidden:
    """A pass before it is signed: what is sent, and what the browser keeps to itself."""

    prefix: bytes
    blinded: bytes
    message: bytes
    inverse: int

    def finished(self, public_der: bytes, signed: bytes) -> str:
        """The pass, as it is kept and sent."""
        return tokens.written(self.prefix, finalize(public_der, self.message, signed, self.inverse))


def hide(public_der: bytes, purpose: str, slug: str, *, prefix_bytes: int = 32) -> Hidden:
    prefix = secrets.token_bytes(prefix_bytes)
    message = prefix + f"phonein/1|{purpose}|{slug}".encode()
    blinded, inverse = blinded_of(public_der, message)
    return Hidden(prefix, blinded, message, inverse)


def blinded_of(
    public_der: bytes, message: bytes, *, salt: bytes | None = None, inverse: int | None = None
) -> tuple[bytes, int]:
    """RFC 9474 4.2: the hidden message, and what takes the factor off again."""
    n, e, size = numbers(public_der)
    encoded = int.from_bytes(emsa_pss(message, secrets.token_bytes(48) if salt is None else salt, n.bit_length() - 1))
    factor = secrets.randbelow(n - 2) + 2 if inverse is None else pow(inverse, -1, n)
    return (encoded * pow(factor, e, n) % n).to_bytes(size), pow(factor, -1, n)


def finalize(public_der: bytes, message: bytes, signed: bytes, inverse: int, *, salt_bytes: int = 48) -> bytes:
    """RFC 9474 4.4. Raises AssertionError for what was not signed with this key."""
    n, _, size = numbers(public_der)
    signature = (int.from_bytes(signed) * inverse % n).to_bytes(size)
    assert blind.is_signature(public_der, message, signature, salt_bytes=salt_bytes)
    return signature


def emsa_pss(message: bytes, salt: bytes, bits: int) -> bytes:
    """RFC 8017 9.1.1 with SHA-384 and MGF1."""
    size, digest = (bits + 7) // 8, hashlib.sha384(message).digest()
    h = hashlib.sha384(bytes(8) + digest + salt).digest()
    db = bytes(size - len(salt) - len(h) - 2) + b"\1" + salt
    counted = (hashlib.sha384(h + n.to_bytes(4)).digest() for n in range(-(-len(db) // len(h))))
    masked = bytearray(a ^ b for a, b in zip(db, b"".join(counted), strict=False))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + h + b"\xbc"


def numbers(public_der: bytes) -> tuple[int, int, int]:
    key: Any = load_der_public_key(public_der)
    public = key.public_numbers()
    return public.n, public.e, (public.n.bit_length() + 7) // 8


def key_of(*, p: int, q: int, n: int, e: int, d: int, dmp1: int | None = None) -> tuple[bytes, bytes]:
    """A key from its numbers, as DER; with a wrong `dmp1`, one that computes wrongly."""
    private = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=rsa.rsa_crt_dmp1(d, p) if dmp1 is None else dmp1,
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(e, n),
    ).private_key(unsafe_skip_rsa_key_validation=True)
    return (
        private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )
