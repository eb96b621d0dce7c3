"""Passes as they are handed in: a printed code, or one that was signed blindly. What is kept of either is the same."""

import base64
import re
from contextlib import suppress

from phonein.questions import blind, codes, keys

_BLIND = re.compile(r"[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{342}")
# Wherever one may begin: a word before it must not hide it.
_LIKE_BLIND = re.compile(f"(?=({_BLIND.pattern}))")
_LIKE_PRINTED = re.compile(r"(?=((?:[0-9A-Za-z]{5}[\s–-]*){4}[0-9A-Za-z]{5}))")


def nonce(slug: str, purpose: str, typed: str) -> bytes:
    """What makes this pass one of a kind. Raises codes.NotACode for whatever is not a pass for this purpose and
    phone-in; that includes any pass of a phone-in whose keys are gone."""
    if "." in typed:
        return _nonce_of_blind(slug, purpose, "".join(typed.split()))
    return codes.nonce_of(keys.pass_secret(slug), slug, typed, purpose)


def stands_in(slug: str, text: str) -> bool:
    """Whether somebody who reads this text could use a pass for this phone-in that stands in it, whoever's it is."""
    printed = _LIKE_PRINTED.findall(text)
    secret = keys.pass_secret(slug) if printed else b""
    for purpose in keys.SIGNING:
        for typed in printed:
            with suppress(codes.NotACode):
                return bool(codes.nonce_of(secret, slug, typed, purpose))
        for typed in _LIKE_BLIND.findall(text):
            with suppress(codes.NotACode):
                return bool(_nonce_of_blind(slug, purpose, typed))
    return False


def written(prefix: bytes, signature: bytes) -> str:
    """A blind pass as it is kept, copied and sent: 386 letters and signs."""
    return f"{letters(prefix)}.{letters(signature)}"


def letters(raw: bytes) -> str:
    """Bytes as they travel in JSON and in passes: base64url (RFC 4648 5) without its padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(letters: str) -> bytes:
    """The bytes again. Raises ValueError for what is no base64url."""
    return base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)


def _nonce_of_blind(slug: str, purpose: str, typed: str) -> bytes:
    if not _BLIND.fullmatch(typed):
        raise codes.NotACode
    prefix, signature = (raw(part) for part in typed.split("."))
    public = keys.pass_keys(slug).get(purpose)
    # Spelled in one way only: the last letter of each part has bits to spare.
    if public is None or written(prefix, signature) != typed:
        raise codes.NotACode
    if not blind.is_signed(public, purpose, slug, prefix, signature):
        raise codes.NotACode
    return prefix
