"""Codes that people can read, say and type: printed passes and receipts. Pure; docs/anonymity.md says what they prove.

Crockford's alphabet: no I, L, O, U; when read, O counts as 0, I and L as 1, and case, blanks and hyphens do not count.
"""

import hashlib
import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NONCE_BITS, TAG_BITS = 60, 65
PASS_LETTERS, RECEIPT_LETTERS = 25, 16
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "–": "", "\n": "", "\t": "", "\r": ""})


class NotACode(ValueError):
    """What was typed cannot be a code of this kind."""


def printed_pass(secret: bytes, phone_in_slug: str, purpose: str = "q") -> str:
    """A new pass of 25 letters: 60 bits drawn by lot and a 65-bit proof that we drew them. Kept nowhere.

    `purpose` is what it is good for: `q`, one question; `v`, votes.
    """
    nonce = secrets.randbits(NONCE_BITS)
    return _grouped(_letters(nonce << TAG_BITS | _tag(secret, phone_in_slug, nonce, purpose), PASS_LETTERS), 5)


def nonce_of(secret: bytes, phone_in_slug: str, typed: str, purpose: str = "q") -> bytes:
    """The part of a printed pass that makes it one of a kind. Raises NotACode for anything that we did not draw, and
    for what we drew for another purpose."""
    number = _number(typed, PASS_LETTERS)
    nonce, tag = number >> TAG_BITS, number & ((1 << TAG_BITS) - 1)
    if not hmac.compare_digest(_bytes(tag), _bytes(_tag(secret, phone_in_slug, nonce, purpose))):
        raise NotACode
    return _bytes(nonce)


def new_receipt() -> str:
    """Sixteen letters, 80 bits, in groups of four."""
    return _grouped(_letters(secrets.randbits(RECEIPT_LETTERS * 5), RECEIPT_LETTERS), 4)


def plain_receipt(typed: str) -> str:
    """A receipt in its one spelling. Raises NotACode."""
    return _letters(_number(typed, RECEIPT_LETTERS), RECEIPT_LETTERS)


def stands_in(code: str, text: str) -> bool:
    """Whether somebody who reads this text reads the code too, whatever stands between its letters."""
    letters = "".join(letter for letter in text.upper().translate(_READ_AS) if letter in ALPHABET)
    plain = "".join(letter for letter in code.upper().translate(_READ_AS) if letter in ALPHABET)
    return bool(plain) and plain in letters


def hash_of(purpose: str, phone_in_slug: str, secret: str | bytes) -> bytes:
    """SHA-256 of a secret for one purpose: two purposes of one secret cannot be matched without it."""
    raw = secret.encode() if isinstance(secret, str) else secret
    return hashlib.sha256(b"|".join([b"phonein/1", purpose.encode(), phone_in_slug.encode(), raw])).digest()


def _tag(secret: bytes, phone_in_slug: str, nonce: int, purpose: str) -> int:
    digest = hmac.digest(secret, f"phonein/1|{purpose}|{phone_in_slug}|".encode() + _bytes(nonce), "sha256")
    return int.from_bytes(digest) >> (len(digest) * 8 - TAG_BITS)


def _bytes(number: int) -> bytes:
    return number.to_bytes(9)


def in_groups(number: int, how_many: int, size: int) -> str:
    """A number as so many letters, in groups that are easy to compare."""
    return _grouped(_letters(number, how_many), size)


def _letters(number: int, how_many: int) -> str:
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (how_many - 1), -1, -5))


def _number(typed: str, how_many: int) -> int:
    letters = typed.upper().translate(_READ_AS)
    if len(letters) != how_many or any(letter not in ALPHABET for letter in letters):
        raise NotACode
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number


def _grouped(letters: str, size: int) -> str:
    return "-".join(letters[i : i + size] for i in range(0, len(letters), size))
