"""The public keys of a phone-in, for anybody and the same for everybody: a browser that draws passes fetches them here
without a cookie, so that nobody can be given keys of their own."""

from typing import Any

from flask import Blueprint, abort, jsonify

from phonein.doors import unknown
from phonein.questions import blind, doorway, keys, tokens
from phonein.schedule import programme

bp = Blueprint("pass_keys", __name__, url_prefix="/q")
bp.after_request(doorway.keep_no_trace)


@bp.get("/<slug>/keys")
@unknown
def keys_page(slug: str) -> Any:
    """As JSON Web Keys (RFC 7517), by purpose; none until they have been drawn."""
    _ = programme.at_the_door(slug) or abort(404)
    publics = keys.pass_keys(slug)
    answer = jsonify(
        phone_in=slug,
        fingerprint=keys.fingerprint(publics),
        keys={purpose: _as_jwk(public) for purpose, public in publics.items()},
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"  # this door may stand on a host of its own
    return answer


def _as_jwk(public: bytes) -> dict[str, str]:
    number = blind.modulus(public).to_bytes(blind.SIGNATURE_BYTES)
    return {"kty": "RSA", "n": tokens.letters(number), "e": tokens.letters(blind.EXPONENT.to_bytes(3))}
