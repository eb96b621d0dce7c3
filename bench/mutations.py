"""Breaks the promise on purpose, one way at a time, and sees whether the tests notice.

    .venv/bin/python -m bench.mutations [word of a mutation's name]

Each mutation is made in a copy of what is committed, in a temporary folder, and the few tests that should notice are
run there. First they are run without it and must be green. Exit status 1, if one of them goes unnoticed. Some minutes.
"""

# ruff: noqa: T201

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Mutation:
    """In `file`, `there` is replaced by `instead`; `tests` are what pytest is given."""

    name: str
    file: str
    there: str
    instead: str
    tests: tuple[str, ...]


ORDER = "tests/anonymity/test_physical_order.py"
MUTATIONS = (
    Mutation(
        "shuffle dropped: in writing anew",
        "phonein/questions/rewrite.py",
        "        random.SystemRandom().shuffle(rows)\n",
        "        _ = random\n",
        (ORDER, "-k", "physical_order"),
    ),
    Mutation(
        "shuffle dropped: in a release",
        "phonein/questions/release.py",
        "    random.SystemRandom().shuffle(envelopes)\n",
        "    _ = random\n",
        (ORDER, "-k", "log_of_changes"),
    ),
    Mutation(
        "rewrite replaced by VACUUM FULL",
        "phonein/questions/rewrite.py",
        """        rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
        random.SystemRandom().shuffle(rows)
        db.session.execute(delete(table) if on_sqlite() else text(f"TRUNCATE {table.name}"))
        if rows:
            db.session.execute(insert(table), rows)
""",
        """        _ = (random, delete, insert, select)

        def vacuum(name: str = table.name) -> None:
            if not on_sqlite():
                db.session.rollback()
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text(f"VACUUM FULL {name}"))

        after_commit(vacuum)
""",
        (ORDER, "-k", "release or night"),
    ),
    Mutation(
        "sealing key kept",
        "phonein/questions/release.py",
        "        after_commit(partial(keys.destroy, file))\n",
        "        _ = (file, partial)\n",
        ("tests/anonymity/test_at_rest.py", "tests/questions/test_release.py", "-k", "backup or key"),
    ),
    Mutation(
        "one line logged at /q",
        "phonein/questions/views.py",
        "    fields = flat_fields()\n    phone_in",
        '    fields = flat_fields()\n    __import__("logging").getLogger("phonein.door").debug("asked")\n    phone_in',
        ("tests/anonymity/test_from_outside.py", "tests/questions/test_doorway.py", "-k", "silence or written_down"),
    ),
    Mutation(
        "cookie path /",
        "config.py",
        '    SESSION_COOKIE_PATH = "/app"\n',
        '    SESSION_COOKIE_PATH = "/"\n',
        ("tests/questions/test_doorway.py", "-k", "cookie"),
    ),
    Mutation(
        "key comparison skipped",
        "phonein/static/passes.js",
        "    if (await fingerprint(keys) !== one.print) throw new Tagged();\n",
        "",
        ("tests/browser/test_passes.py", "-k", "keys_of_ones_own"),
    ),
    Mutation(
        "a timestamp column added",
        "phonein/questions/models.py",
        "    votes: Mapped[int] = mapped_column(default=0)\n",
        "    votes: Mapped[int] = mapped_column(default=0)\n    asked_at: Mapped[datetime | None]\n",
        ("tests/anonymity/test_at_rest.py", "tests/questions/test_schema.py", "-k", "schema or column"),
    ),
    Mutation(
        "an import from identity added",
        "phonein/questions/box.py",
        "from phonein.questions import codes, ",
        "from phonein.identity.models import Person as Person\nfrom phonein.questions import codes, ",
        ("tests/test_house_rules.py", "tests/questions/test_schema.py", "-k", "import or anonymous"),
    ),
)
ALSO_NEEDS = {"a timestamp column added": "from datetime import datetime\n"}  # what the file must import for it


def main(wanted: str) -> int:
    unnoticed = 0
    print("| mutation | without it | with it | noticed by |\n|---|---|---|---|", flush=True)
    for mutation in MUTATIONS:
        if wanted in mutation.name:
            with tempfile.TemporaryDirectory(prefix="phonein-mutation-") as folder:
                copy = copied(Path(folder) / "main")
                green = run(copy, mutation)
                mutate(copy, mutation)
                red = run(copy, mutation)
            is_seen = green[0] == 0 and red[0] == 1
            unnoticed += not is_seen
            print(f"| {mutation.name} | {green[1]} | {red[1]} | {', '.join(red[2]) or 'NOBODY'} |", flush=True)
    return 1 if unnoticed else 0


def copied(to: Path) -> Path:
    """What is committed, beside what the tests read from beside the project."""
    to.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(to)], input=archive, check=True)
    for name, target in ((".venv", ROOT / ".venv"), ("../shared", ROOT.parent / "shared")):
        if target.exists() and not (to / name).exists():
            (to / name).symlink_to(target)
    if (ROOT / "tests/engines/node_modules").exists():
        shutil.copytree(ROOT / "tests/engines/node_modules", to / "tests/engines/node_modules", symlinks=True)
    return to


def mutate(copy: Path, mutation: Mutation) -> None:
    file = copy / mutation.file
    said = file.read_text("utf-8")
    if said.count(mutation.there) != 1:
        sys.exit(f"{mutation.name}: {mutation.file} no longer has what is to be changed: see to it here.")
    changed = said.replace(mutation.there, mutation.instead)
    if needs := ALSO_NEEDS.get(mutation.name):
        changed = changed.replace("\nfrom ", f"\n{needs}from ", 1) if "\nfrom " in changed else needs + changed
    file.write_text(changed, "utf-8")


def run(copy: Path, mutation: Mutation) -> tuple[int, str, list[str]]:
    """pytest's exit status, its last line, and which tests failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *mutation.tests]
    environment = os.environ | {"PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    failed = sorted(set(re.findall(r"^(?:FAILED|ERROR) \S+?::(\w+)", done.stdout, re.M)))
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr.strip()[-80:]
    return done.returncode, re.sub(r" in .*", "", last).strip("= "), failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
