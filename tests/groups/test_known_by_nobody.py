"""A group is passed, never imported: outside of groups/ no module knows one by its name."""
import ast
from pathlib import Path

import pytest

from orangecontrib import customs
from orangecontrib.customs.groups import loading

ROOT = Path(customs.__file__).parent
CHECKOUT = ROOT.parent.parent
GROUPS = f"{customs.__name__}.groups."

#: What is measured is one group.
MEASURED = {"benchmarks/ledger.py", "benchmarks/text_facts.py", "benchmarks/rulings.py",
            "tools/journeys.py"}


def names_of_groups():
    return {*loading._announced(), *(path.name for path in (ROOT / "groups").iterdir()
                                     if (path / "facts.csv").is_file())}


def known(source, names):
    """Lines of a module that know a group by its name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            if any(f"{alias.name}.".startswith(f"{GROUPS}{name}.")
                   for alias in node.names for name in names):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom):
            where = (node.module or "").split(".")
            if "groups" in where and names & {*where, *(alias.name for alias in node.names)}:
                yield node.lineno
        elif isinstance(node, ast.Call):
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if function in names:  # Engine.footwear()
                yield node.lineno
            if function in ("find_group", "loaded_groups") and any(
                    isinstance(part, ast.Constant) and part.value in names
                    for argument in (*node.args, *(k.value for k in node.keywords))
                    for part in ast.walk(argument)):
                yield node.lineno
        elif isinstance(node, ast.Compare) and any(
                isinstance(part, ast.Attribute) and part.attr == "id"
                for part in (node.left, *node.comparators)) and any(
                isinstance(part, ast.Constant) and part.value in names
                for part in (node.left, *node.comparators)):  # group.id == "footwear"
            yield node.lineno


@pytest.mark.parametrize("source", [
    "from orangecontrib.customs.groups import footwear",
    "import orangecontrib.customs.groups.footwear as goods",
    "from orangecontrib.customs.groups.footwear import features",
    "from ..groups.footwear import group", "group = find_group('footwear')",
    "loaded_groups(['toys', 'footwear'])", "engine = Engine.footwear(priors)",
    "if group.id == 'footwear': pass"])
def test_a_name_is_noticed(source):
    assert list(known(source, {"footwear"})) == [1]


@pytest.mark.parametrize("source", [
    "verdict = Verdict('footwear', .99)", "row.get('footwear', '1') == '1'",
    "from orangecontrib.customs.groups import find_group", "find_group(args.group)",
    "'''About footwear.'''"])
def test_other_words_are_free(source):
    assert not list(known(source, {"footwear"}))


def test_no_module_outside_the_room_of_groups_knows_one_by_name():
    names, found = names_of_groups(), set()
    assert "footwear" in names
    for path in (*ROOT.rglob("*.py"), *(CHECKOUT / "benchmarks").rglob("*.py"),
                 *(CHECKOUT / "tools").rglob("*.py")):
        if ROOT / "groups" in path.parents:
            continue
        if list(known(path.read_text(encoding="utf-8"), names)):
            base = ROOT if ROOT in path.parents else CHECKOUT
            found.add(path.relative_to(base).as_posix())
    assert found == MEASURED
