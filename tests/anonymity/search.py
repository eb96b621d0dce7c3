"""Looking for a marker in every file, in every shape in which somebody might have written it down."""

import base64
import mmap
import os
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote_plus


def shapes(marker: bytes) -> set[bytes]:
    """As it is, in hex, in base64 (wherever in a longer text it stands), as a form sends it, as JSON writes it."""
    found = {marker, marker.hex().encode(), marker.hex().upper().encode(), quote_plus(marker).encode()}
    for before in range(3):
        whole = base64.b64encode(bytes(before) + marker)
        inner = whole[(0, 2, 3)[before] : len(whole) - 4]  # without the letters that depend on what stands around it
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {shape for shape in found if len(shape) >= 8}


def holding(markers: Mapping[str, Iterable[bytes]], folders: Iterable[Path]) -> dict[str, set[str]]:
    """By the kind of marker, the names of all files in which one of its kind stands; compressed ones are opened."""
    wanted = {kind: {shape for marker in all_ for shape in shapes(marker)} for kind, all_ in markers.items()}
    found: dict[str, set[str]] = {kind: set() for kind in markers}
    for file in sorted({file for folder in folders for file in folder.rglob("*") if file.is_file()}):
        for kind in holds(file, wanted):
            found[kind].add(file.name)
    return found


def holds(file: Path, wanted: Mapping[str, set[bytes]]) -> set[str]:
    """The kinds of which one stands in this file."""
    try:
        inside = file.open("rb")
    except FileNotFoundError:  # a server at work has files that come and go
        return set()
    with inside:
        if not os.fstat(inside.fileno()).st_size:
            return set()
        return _within(inside.fileno(), wanted)


def _within(descriptor: int, wanted: Mapping[str, set[bytes]]) -> set[str]:
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as mapped:
        found = {kind for kind, all_ in wanted.items() if any(mapped.find(shape) >= 0 for shape in all_)}
        opened = b"".join(_unpacked(mapped))
    return found | {kind for kind, all_ in wanted.items() if any(shape in opened for shape in all_)}


def _unpacked(mapped: mmap.mmap) -> Iterable[bytes]:
    """Whatever begins like something compressed by gzip, anywhere in the file."""
    at = mapped.find(b"\x1f\x8b\x08")
    while at >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(mapped[at : at + (1 << 20)])
        at = mapped.find(b"\x1f\x8b\x08", at + 1)
