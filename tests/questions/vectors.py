"""The test vectors of RFC 9474, Appendix A: beside the project, not in it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parent.parent.parent.parent / "shared" / "rfc9474-vectors.json"
NAMES = [f"RSABSSA-SHA384-{salt}-{kind}" for kind in ("Randomized", "Deterministic") for salt in ("PSS", "PSSZERO")]
NUMBERS = ("p", "q", "n", "e", "d", "inv", "sLen")


def vector(name: str) -> dict[str, Any]:
    """One of them: numbers as numbers, the rest as bytes. Skips the test, aloud, where the file is not there."""
    if not FILE.exists():
        pytest.skip(f"NOT TESTED against RFC 9474, Appendix A: {FILE} is not there")
    raw = _all()[name]
    return {field: int(raw[field], 16) for field in NUMBERS} | {
        field: bytes.fromhex(raw[field])
        for field in ("msg", "msg_prefix", "input_msg", "salt", "blinded_msg", "blind_sig", "sig")
    }


@cache
def _all() -> dict[str, dict[str, str]]:
    return {one["name"]: one for one in json.loads(FILE.read_text("utf-8"))["vectors"]}
