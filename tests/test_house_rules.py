"""The house rules, read from the source. Each failure names the file and line that breaks one."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

import config
from phonein import create_app

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "phonein"

# Each may import what stands before it, and its own kind; nothing that stands after.
ORDER = [
    {
        "clock",
        "doors",
        "forms",
        "formats",
        "headers",
        "logs",
        "errors",
        "pages",
        "quarters",
        "suppression",
        "turnstile",
    },
    {"bank_holidays", "engine"},
    {"db"},
    {"wording"},
    {"delivery"},
    {"identity"},
    {"safeguarding"},
    {"schedule"},
    {"read_aloud"},
    {"booking", "questions"},
    {"passes", "desk", "feeds"},
    {"library"},
    {"retention"},
    {"admin", "health"},
    {"sweep", "public"},
    {"silent_gunicorn"},
    {"serving", "demo"},
    {"demo_programme"},
    {"commands"},
    {"__init__", "__main__"},
]
STRANGERS = {"questions": {"identity", "booking", "passes"}, "booking": {"questions", "passes"}}
NOT_A_NAME = {"session", "event", "user", "message", "data", "info", "manager", "helper", "utils"}
# Words of libraries that we must say as they do.
SAID_BY_LIBRARIES = {
    "phonein/db.py": {"info"},
    "phonein/delivery/invites.py": {"event"},
    "phonein/delivery/showing.py": {"event"},
    "phonein/delivery/postman.py": {"message"},
    "phonein/delivery/smtp.py": {"message"},
    "phonein/delivery/mailbox.py": {"message"},
}
# The note that a feed was read: docs/decisions.md says why.
WRITES_BEHIND_A_GET = {("phonein/feeds/views.py", "_noted")}
SQLALCHEMYS = {"process_bind_param", "process_result_value"}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def said(file: Path) -> str:
    return str(file.relative_to(ROOT))


def area_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file: Path) -> Iterator[tuple[int, str, str]]:
    """(line, area, module within it) for every import of our own, wherever in the file it stands."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "phonein":
            within = (node.module or "").split(".")[1:]
            for name in [] if within else [alias.name for alias in node.names]:
                yield node.lineno, name, ""
            if len(within) == 1:
                for alias in node.names:
                    yield node.lineno, within[0], alias.name
            elif within:
                yield node.lineno, within[0], within[1]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("phonein."):
                    yield node.lineno, alias.name.split(".")[1], ""


def place(area: str) -> int:
    found = [number for number, areas in enumerate(ORDER) if area in areas]
    assert found, f"{area} has no place in the order of imports: give it one"
    return found[0]


@pytest.fixture
def app(tmp_path):
    """The application without a database: only what it is made of is read."""
    return create_app(config.Testing({"PHONEIN_DATA": str(tmp_path)}))


def test_imports_go_one_way():
    wrong = []
    for file in files():
        mine = area_of(file)
        for line, area, _ in imports_of(file):
            later = place(area) > place(mine) or (place(area) == place(mine) and area != mine and place(mine) > 0)
            if (later and mine != "__init__") or area in STRANGERS.get(mine, ()):
                wrong.append(f"{said(file)}:{line} imports {area}")
    assert wrong == []


def test_the_anonymous_door_cannot_reach_people_or_bookings_by_any_path_of_its_own():
    """It reaches `schedule`, which knows who leads; the people themselves and the bookings it must not name."""
    wrong = [
        f"{said(file)}:{line} imports {area}"
        for file in sorted((PACKAGE / "questions").glob("*.py"))
        for line, area, _ in imports_of(file)
        if area in STRANGERS["questions"]
    ]
    assert wrong == []


def test_nobody_imports_another_areas_views_or_forms():
    wrong = [
        f"{said(file)}:{line} imports {area}.{module}"
        for file in files()
        for line, area, module in imports_of(file)
        if module.endswith(("views", "forms")) and area != area_of(file) and area_of(file) != "__init__"
        if (area_of(file), area, module) != ("admin", "identity", "forms")
    ]
    assert wrong == []


def test_only_the_clock_asks_the_computer_for_the_time():
    asks = re.compile(r"(datetime|date)\.(now|utcnow|today)\(|\btime\.time\(")
    wrong = [
        f"{said(file)}:{number}"
        for file in files()
        if file.name != "clock.py"
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if asks.search(line)
    ]
    assert wrong == []


def test_transactions_open_at_the_edge_and_commit_nowhere_else():
    wrong = [
        f"{said(file)}:{node.lineno} {node.func.attr}()"
        for file in files()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
        if file.name != "db.py"
    ]
    assert wrong == []


def names_in(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def test_no_bare_word_that_could_mean_anything():
    wrong = [
        f"{said(file)}:{line} {name}"
        for file in files()
        for line, name in names_in(file)
        if name.lower() in NOT_A_NAME - SAID_BY_LIBRARIES.get(said(file), set())
        or (name.startswith("process_") and name not in SQLALCHEMYS)
    ]
    assert wrong == []


def test_every_view_says_which_door_it_stands_behind(app):
    unmarked = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and getattr(app.view_functions[rule.endpoint], "door", None) is None
    ]
    assert unmarked == []


def test_what_stands_behind_the_known_door_and_the_anonymous_one_is_marked_so(app):
    wrong = []
    for rule in app.url_map.iter_rules():
        door = getattr(app.view_functions[rule.endpoint], "door", "anyone")
        known, unknown = rule.rule.startswith("/app/"), rule.rule.startswith("/q/")
        is_open_there = rule.endpoint.startswith("identity.") and known and door == "anyone"
        if (door == "unknown") != unknown or (door not in ("anyone", "unknown") and not known):
            wrong.append(f"{rule.rule} is marked {door}")
        if known and door == "anyone" and not is_open_there:
            wrong.append(f"{rule.rule} is open to anyone")
    assert wrong == []


def test_addresses_are_in_kebab_case(app):
    plain = re.compile(r"(/[a-z0-9.-]*|/<[a-z_:]+>(\.[a-z]+)?)+")
    wrong = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert [rule for rule in wrong if not plain.fullmatch(rule)] == []


def test_a_get_never_writes(app):
    """A view that opens a transaction answers to POST only, and a view of a GET calls nothing beside it that does."""
    writing = set()
    for file in files():
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.FunctionDef) and "with transaction()" in ast.unparse(node):
                writing.add((said(file), node.name))
    views = {rule.endpoint: rule.methods for rule in app.url_map.iter_rules()}
    wrong = [
        endpoint
        for endpoint, methods in views.items()
        if "GET" in (methods or ())
        and (view := app.view_functions[endpoint])
        and (view.__module__.replace(".", "/") + ".py", view.__name__) in writing
    ]
    assert wrong == []
    asked = [inspect.unwrap(app.view_functions[name]) for name, methods in views.items() if "GET" in (methods or ())]
    called = {(view.__module__.replace(".", "/") + ".py", name) for view in asked for name in view.__code__.co_names}
    assert called & writing == WRITES_BEHIND_A_GET


def test_there_is_one_migration_head():
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_templates_hold_no_script_or_style_of_their_own():
    inline = re.compile(r"<style|<script(?![^>]*src=)|\son[a-z]+=|\sstyle=")
    wrong = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in sorted((ROOT / "templates").rglob("*.html"))
        if file.relative_to(ROOT / "templates").parts[0] != "mail"  # a letter has no style sheet to lean on
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if inline.search(line)
    ]
    assert wrong == []


@pytest.mark.parametrize("limit, what", [(250, "file"), (40, "function")])
def test_nothing_grows_too_large(limit, what):
    if what == "file":
        large = [
            f"{said(f)} {len(f.read_text().splitlines())}" for f in files() if len(f.read_text().splitlines()) > limit
        ]
    else:
        large = [
            f"{said(file)}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
            for file in files()
            for node in ast.walk(tree_of(file))
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > limit
        ]
    assert large == []
