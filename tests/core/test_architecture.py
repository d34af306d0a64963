"""Imports go one way between the rooms, and heavy ones come late."""
import ast
import subprocess
import sys
from pathlib import Path

import pytest

from orangecontrib import customs

ROOT = Path(customs.__file__).parent
ALLOWED = {
    "files": set(),
    "facts": set(),
    "nomenclature": {"facts"},
    "footwear": {"facts", "nomenclature"},
    "photos": {"facts", "footwear", "nomenclature"},
    "evaluation": {"facts", "nomenclature"},
    "declarations": {"facts", "footwear", "nomenclature", "evaluation"},
    "fusion": {"facts", "footwear", "nomenclature", "photos", "declarations", "evaluation"},
    "cases": {"facts", "footwear", "nomenclature", "photos", "declarations", "evaluation",
              "fusion"},
    "training": {"facts", "footwear", "nomenclature", "photos", "declarations", "evaluation",
                 "fusion", "cases"},
    "headless": {"facts", "footwear", "nomenclature", "photos", "declarations", "evaluation",
                 "fusion", "cases", "training"},
}
BELOW_ALL = {"defaults", "files", "intervals"}
#: Names that moved, for those who import them from where they were; nobody in the house does.
MOVED = {"fusion/answers.py", "headless/classify.py", "headless/files.py"}
QT = {"AnyQt", "PyQt5", "PyQt6", "orangewidget", "orangecanvas"}


def modules(room):
    path = ROOT / room
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imported(path, top_level_only=False):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = ("orangecontrib", "customs") + path.relative_to(ROOT).parts[:-1]
                package = package[:len(package) - node.level + 1]
                base = ".".join(package + ((base,) if base else ()))
            yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", ALLOWED)
def test_arrows_go_one_way(room):
    for path in modules(room):
        if path.relative_to(ROOT).as_posix() in MOVED:
            continue
        for name in imported(path):
            if name.startswith("orangecontrib.customs."):
                target = name.split(".")[2]
                if (ROOT / target).is_dir() or (ROOT / f"{target}.py").is_file():
                    assert target in ALLOWED[room] | BELOW_ALL | {room}, \
                        f"{path.name} imports {name}"


@pytest.mark.parametrize("room", [room for room in ALLOWED if room != "headless"])
def test_library_code_knows_no_qt_and_orange_only_at_the_door(room):
    for path in modules(room):
        names = {name.split(".")[0] for name in imported(path)}
        assert not names & QT, path
        if "Orange" in names:
            assert path.name == "table.py", f"{path} imports Orange"


def test_heavy_packages_come_late():
    for path in ROOT.rglob("*.py"):
        names = {name.split(".")[0] for name in imported(path, top_level_only=True)}
        assert not names & {"torch", "torchvision", "onnxruntime"}, path


@pytest.mark.parametrize("old", sorted(MOVED))
def test_the_house_uses_no_name_from_where_it_was(old):
    module = "orangecontrib.customs." + old.removesuffix(".py").replace("/", ".")
    assert not [path for path in ROOT.rglob("*.py")
                if any(f"{name}.".startswith(f"{module}.") for name in imported(path))]


def test_moved_names_are_the_same_ones():
    from orangecontrib.customs import cases
    from orangecontrib.customs.fusion import answers
    from orangecontrib.customs.headless import classify, files
    assert answers.Case is cases.Case and files.Good is cases.Good
    assert classify.CLASSIFY_COLUMNS is cases.COLUMNS
    goods = [files.Good("1", "1", "БОТИНКИ", "", None, ())]
    assert classify.classify(goods) == cases.decide([{"description": "БОТИНКИ"}])


def test_goods_are_decided_without_orange_and_torch():
    code = ("import sys\n"
            "from orangecontrib.customs.cases import decide\n"
            "rows = decide([{'description': 'БОТИНКИ'}])\n"
            "assert rows[0]['heading'].startswith('64')\n"
            "assert not {'Orange', 'torch', 'AnyQt'} & set(sys.modules), sys.modules.keys()\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
