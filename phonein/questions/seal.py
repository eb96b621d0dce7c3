"""Sealing: anybody can close an envelope, only the holder of the box's private key can open it. Pure cryptography.

X25519 with a key of its own for every envelope (RFC 7748), HKDF-SHA256 (RFC 5869), ChaCha20-Poly1305 (RFC 8439).
"""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

INSIDE = 4096  # bytes: every envelope is this large inside, whatever it holds
_ONCE = bytes(12)  # each key seals one envelope only, so its nonce need not change


class TooLarge(ValueError):
    """This does not fit into an envelope."""


class CannotOpen(ValueError):
    """This envelope was not sealed for this key, or is damaged."""


@dataclass(frozen=True)
class Sealed:
    """A closed envelope: the key it was closed with, and what cannot be read without the box's private key."""

    public: bytes
    blob: bytes


def new_key() -> tuple[bytes, bytes]:
    """A private key for a box and its public half, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal(box: bytes, inside: dict[str, Any], *, handle: bytes) -> Sealed:
    """Close an envelope for the box with this public key; `handle` is bound in. Raises TooLarge."""
    written = json.dumps(inside, ensure_ascii=False, separators=(",", ":")).encode()
    if len(written) > INSIDE - 2:
        raise TooLarge
    padded = len(written).to_bytes(2) + written + bytes(INSIDE - 2 - len(written))
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(box))
    return Sealed(public, ChaCha20Poly1305(_key(shared, public + box)).encrypt(_ONCE, padded, handle))


def unseal(private: bytes, sealed: Sealed, *, handle: bytes) -> dict[str, Any]:
    """What is inside. Raises CannotOpen."""
    mine = X25519PrivateKey.from_private_bytes(private)
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(sealed.public))
        key = _key(shared, sealed.public + mine.public_key().public_bytes_raw())
        padded = ChaCha20Poly1305(key).decrypt(_ONCE, sealed.blob, handle)
    except (InvalidTag, ValueError):
        raise CannotOpen from None
    inside: dict[str, Any] = json.loads(padded[2 : 2 + int.from_bytes(padded[:2])])
    return inside


def _key(shared: bytes, salt: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=salt, info=b"phonein/1|envelope").derive(shared)
