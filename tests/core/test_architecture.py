"""Imports go one way between the rooms, and heavy ones come late."""
import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from orangecontrib import customs

ROOT = Path(customs.__file__).parent
ALLOWED = {
    "columns": set(),
    "files": set(),
    "i18n": set(),
    "facts": set(),
    "nomenclature": {"facts"},
    "groups": {"facts", "nomenclature"},
    "photos": {"facts", "groups", "nomenclature"},
    "evaluation": {"facts", "nomenclature"},
    "declarations": {"facts", "groups", "nomenclature", "evaluation"},
    "textmining": {"facts", "nomenclature", "declarations", "evaluation"},
    "fusion": {"facts", "groups", "nomenclature", "photos", "declarations", "evaluation"},
    "cases": {"facts", "groups", "nomenclature", "photos", "declarations", "evaluation",
              "textmining", "fusion"},
    "ledger": {"facts", "groups", "nomenclature", "evaluation", "fusion", "cases"},
    "batch": {"facts", "groups", "nomenclature", "photos", "declarations", "evaluation",
              "textmining", "fusion", "cases"},
    "training": {"facts", "groups", "nomenclature", "photos", "declarations", "evaluation",
                 "textmining", "fusion", "cases"},
    "collecting": {"facts", "groups", "nomenclature", "photos", "declarations", "evaluation",
                   "textmining", "fusion", "cases", "training"},
    "headless": {"facts", "groups", "nomenclature", "photos", "declarations", "evaluation",
                 "textmining", "fusion", "cases", "batch", "training", "collecting", "ledger"},
}
BELOW_ALL = {"columns", "defaults", "files", "i18n", "intervals", "workers"}
#: Names that moved, for those who import them from where they were; nobody in the house does.
MOVED = {"declarations/stopwords/lexicon.py", "declarations/stopwords/table.py",
         "fusion/answers.py", "headless/classify.py", "headless/files.py"}
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


def test_the_package_imports_no_tools_of_those_who_build_it():
    for path in ROOT.rglob("*.py"):
        assert not {"tools", "tests", "benchmarks"} & {name.split(".")[0]
                                                       for name in imported(path)}, path


def test_heavy_packages_come_late():
    for path in ROOT.rglob("*.py"):
        names = {name.split(".")[0] for name in imported(path, top_level_only=True)}
        assert not names & {"torch", "torchvision", "onnxruntime", "diffusers", "ray", "fsspec",
                            "pyarrow"}, path
        if path.relative_to(ROOT).as_posix() != "collecting/spider.py":  # a process of its own
            assert not names & {"requests", "urllib3", "bs4", "lxml", "extruct", "scrapy",
                                "twisted", "protego", "keyring"}, path


def test_collecting_is_imported_without_what_can_reach_the_network():
    code = ("import sys\n"
            "import orangecontrib.customs.collecting\n"
            "assert not {'requests', 'urllib3', 'scrapy', 'twisted', 'bs4', 'extruct', 'keyring',\n"
            "            'Orange', 'torch', 'AnyQt'} & set(sys.modules)\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)


@cache
def import_graph():
    """Module → modules of the add-on that it imports, at the top or inside a function."""
    names = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path

    def module(name):
        while name and name not in names:
            name = name.rpartition(".")[0]
        return name

    return {name: {module(target) for target in imported(path)} - {"", name}
            for name, path in names.items()}


def test_no_module_imports_itself_by_way_of_others():
    graph = import_graph()
    assert len(graph) > 100 and all(graph.keys() >= targets for targets in graph.values())
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" ← ".join(error.args[1])) from None


def touched_attributes(source):
    """Lines that take the attributes of anything but a domain, whose attributes are columns."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == "attributes":
            owner = node.value
            name = getattr(owner, "attr", None) or getattr(owner, "id", "")
            if name != "domain":
                yield node.lineno
        elif isinstance(node, ast.Call) and "attributes" in [
                argument.value for argument in node.args if isinstance(argument, ast.Constant)]:
            yield node.lineno  # getattr and its like


@pytest.mark.parametrize("source", [
    "v.attributes['role']", "v.attributes.get(ROLE)", "'prior' in v.attributes",
    "v.attributes.update(label='yes')", "v.attributes = {'fact': fact}",
    "table.domain['x'].attributes", "getattr(v, 'attributes')", "vars_ = v.attributes"])
def test_an_attribute_of_a_variable_is_noticed(source):
    assert list(touched_attributes(source)) == [1]


def test_columns_of_a_domain_are_no_attributes_of_a_variable():
    assert not list(touched_attributes("[*table.domain.attributes, *domain.attributes]"))


def test_only_the_column_protocol_knows_attributes_of_variables_and_tables():
    checkout = ROOT.parent.parent
    for path in (*ROOT.rglob("*.py"), *(checkout / "benchmarks").rglob("*.py"),
                 *(checkout / "tools").rglob("*.py")):
        if path != ROOT / "columns.py":
            lines = list(touched_attributes(path.read_text(encoding="utf-8")))
            assert not lines, f"{path}, lines {lines}: use orangecontrib.customs.columns"


def test_the_column_protocol_needs_no_orange():
    code = ("import sys\n"
            "import orangecontrib.customs.columns\n"
            "assert not {'Orange', 'numpy'} & set(sys.modules)\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)


@pytest.mark.parametrize("old", sorted(MOVED))
def test_the_house_uses_no_name_from_where_it_was(old):
    module = "orangecontrib.customs." + old.removesuffix(".py").replace("/", ".")
    assert not [path for path in ROOT.rglob("*.py")
                if any(f"{name}.".startswith(f"{module}.") for name in imported(path))]


def test_moved_names_are_the_same_ones():
    from orangecontrib.customs import cases
    from orangecontrib.customs.declarations.stopwords import lexicon as pickled
    from orangecontrib.customs.fusion import answers
    from orangecontrib.customs.headless import classify, files
    from orangecontrib.customs.textmining.stopwords import Lexicon
    assert pickled.Lexicon is Lexicon
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
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)
