"""What every page loads, as it is shipped: nobody builds or shrinks it."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "phonein" / "static"


def gzipped(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


@pytest.mark.parametrize(
    ("name", "most"), [("blind.js", 1500), ("passes.js", 4000), ("app.js", 4000), ("run.js", 2400)]
)
def test_a_script_stays_small_enough_to_be_read_and_to_be_loaded_everywhere(name, most):
    assert gzipped(name) < most


def test_what_is_not_about_codes_and_passes_stays_under_four_kilobytes():
    assert gzipped("app.js") + gzipped("ask.js") < 4096
    assert gzipped("codes.js") < 1500


def test_every_page_loads_the_same_scripts_so_that_loading_one_tells_nothing():
    loads = {
        file.relative_to(ROOT).as_posix(): re.findall(r"<script src=\"{{ asset\('(\w+\.js)'\) }}\" defer>", words)
        for file in sorted((ROOT / "templates").rglob("*.html"))
        if "<script" in (words := file.read_text("utf-8"))
    }
    assert list(loads) == ["templates/shell.html"]
    assert set(loads["templates/shell.html"]) == {file.name for file in STATIC.glob("*.js")}


def test_scripts_fetch_from_nowhere_else_and_evaluate_nothing():
    words = "\n".join(file.read_text("utf-8") for file in STATIC.glob("*.js"))
    assert re.findall(r"https?://|\beval\(|new Function|importScripts|\bimport\(", words) == []
