"""What every page loads, as it is shipped: nobody builds or shrinks it."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "phonein" / "static"
SCRIPT = re.compile(r"<script src=\"{{ asset\('(\w+\.js)'\) }}\" defer>")


def gzipped(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


AT_THE_DESK = {"agenda.js", "run.js"}


@pytest.mark.parametrize(
    ("name", "most"), [("blind.js", 1500), ("passes.js", 4000), ("app.js", 4000), ("run.js", 2400), ("agenda.js", 2800)]
)
def test_a_script_stays_small_enough_to_be_read_and_to_be_loaded_on_a_slow_line(name, most):
    assert gzipped(name) < most


def test_what_is_not_about_codes_and_passes_stays_under_four_kilobytes():
    assert gzipped("app.js") + gzipped("ask.js") < 4096
    assert gzipped("codes.js") < 1500


def test_the_style_sheet_of_every_page_stays_under_six_kilobytes():
    assert gzipped("app.css") < 6 * 1024


def test_every_page_loads_the_same_scripts_so_that_loading_one_tells_nothing():
    """But at the desk: whoever gets there has signed in and is known to lead."""
    loads = {
        file.relative_to(ROOT / "templates").as_posix(): set(SCRIPT.findall(words))
        for file in sorted((ROOT / "templates").rglob("*.html"))
        if "<script" in (words := file.read_text("utf-8"))
    }
    assert loads.pop("shell.html") == {file.name for file in STATIC.glob("*.js")} - AT_THE_DESK
    assert loads == {
        "desk/agenda.html": {"agenda.js"},
        "desk/present.html": {"agenda.js"},
        "desk/run.html": {"run.js"},
    }


def test_scripts_fetch_from_nowhere_else_and_evaluate_nothing():
    words = "\n".join(file.read_text("utf-8") for file in STATIC.glob("*.js"))
    assert re.findall(r"https?://|\beval\(|new Function|importScripts|\bimport\(", words) == []
