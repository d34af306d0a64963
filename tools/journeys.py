"""A reader's way through the code: a photo, a declaration and a workflow, followed by their calls.

::

    python tools/journeys.py

Printed are the files in the order in which they are come to, and each call back into a file that
waits for the caller: there, the way turns, and a reader has to keep two places of one file in mind.
That a file goes on when what it has called is done is by plan.
"""
from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = str(ROOT / "orangecontrib" / "customs") + os.sep
#: What all journeys use everywhere, as a reader uses the words of the language.
GROUND = ("i18n/", "facts.py", "columns.py", "defaults.py", "files/", "groups/", "nomenclature/")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu --no-sandbox")


class Walk(threading.local):
    """The files that wait for what they have called, in one thread."""

    def __init__(self):
        self.waiting: list[str] = []


def walked(journey: Callable[[], object]) -> tuple[list[str], dict[tuple[str, str], str]]:
    """The files by their first calls, and calls (from, to) into files that wait for the caller."""
    walk, files, climbs = Walk(), {}, {}

    def follow(frame, event, _):
        code = frame.f_code
        name = code.co_filename.removeprefix(PACKAGE)
        # <module>, <lambda>, <genexpr>: parts of what is written around them
        if name == code.co_filename or code.co_name[0] == "<" or name.startswith(GROUND):
            return
        if event == "call":
            files.setdefault(name)
            waiting = walk.waiting
            if waiting and name != waiting[-1] and name in waiting:
                climbs.setdefault((waiting[-1], name), code.co_qualname)
            waiting.append(name)
        elif event == "return" and walk.waiting:
            walk.waiting.pop()
    threading.setprofile(follow)
    sys.setprofile(follow)
    try:
        journey()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(files), climbs


def photo() -> Callable[[], object]:
    from orangecontrib.customs.cases import decide
    sample = ROOT / "workflows" / "sample"
    return lambda: decide([{"good_id": "G-003", "description": ""}], photos=sample,
                          groups=["footwear"], model="free")


def declaration() -> Callable[[], object]:
    from orangecontrib.customs.declarations import FactReader
    from orangecontrib.customs.groups import find_group
    reader = FactReader(find_group("footwear"))
    return lambda: reader.read("Ботинки мужские, верх из натуральной кожи, подошва из резины, "
                               "закрывающие лодыжку, длина стельки 27 см")


def workflow() -> Callable[[], object]:
    from orangecontrib.customs.headless.runner import run_workflow
    return lambda: run_workflow(str(ROOT / "workflows" / "keyword-frequencies.ows"))


def main() -> int:
    journeys = {"a photo": photo, "a declaration": declaration, "a workflow": workflow}
    for name in sys.argv[1:] or journeys:
        files, climbs = walked(journeys[name]())
        print(f"{name}: {len(files)} files, {len(climbs)} calls back into a file that waits\n"
              f"    {' → '.join(files)}", flush=True)
        for (caller, called), function in climbs.items():
            print(f"    {caller} calls {function} of {called}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
