"""Types, checked room by room: no room may have more errors than ``types.csv`` allows it.

::

    python tools/types.py [ROOM...] [--write]      # `make types`

Which rooms are checked strictly stands in ``pyproject.toml``. ``--write`` lowers the numbers to
what is found; it never raises one.
"""
from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("orangecontrib") / "customs"
LIST = Path(__file__).with_suffix(".csv")
FIELDS = ("room", "errors")


def main(arguments=None) -> int:
    """Check; 1 if a room has more errors than it may."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rooms", nargs="*", help="whose errors to show; counts without any")
    parser.add_argument("--write", action="store_true", help="lower the numbers in the list")
    options = parser.parse_args(arguments)
    with open(LIST, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["room"] for row in rows}
    there = {path.stem for path in (ROOT / PACKAGE).iterdir()
             if path.suffix == ".py" or path.is_dir() and any(path.glob("*.py"))} - {"__init__"}
    if missing := there ^ known:
        print(f"{LIST.name} and the package differ in {', '.join(sorted(missing))}")
        return 1
    lines = _check([row["room"] for row in rows])
    found = Counter(room for room, _ in lines)
    for room, line in lines:
        if room in options.rooms:
            print(line)
    worse = [row["room"] for row in rows if found[row["room"]] > int(row["errors"])]
    for row in rows:
        room, count, allowed = row["room"], found[row["room"]], int(row["errors"])
        print(f"{room:14}{count:4} of {allowed}"
              + ("  MORE than allowed: python tools/types.py " + room if room in worse else ""))
        row["errors"] = str(min(count, allowed))
    if options.write:
        with open(LIST, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return int(bool(worse))


def _check(rooms: list[str]) -> list[tuple[str, str]]:
    """(room, line) of each error in these rooms."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--follow-imports=silent",
               *(part for room in rooms for part in ("-p", f"orangecontrib.customs.{room}"))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1) or run.returncode and ": error: " not in run.stdout:
        sys.exit(run.stdout + run.stderr)
    place = re.compile(rf"{PACKAGE.as_posix()}/(\w+)(?:\.py|/).*: error: ")
    return [(match[1], line) for line in run.stdout.splitlines()
            if (match := place.match(line)) and match[1] in rooms]


if __name__ == "__main__":
    sys.exit(main())
