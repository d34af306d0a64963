"""What people read has an id and a wording in every language: none stands in the code."""
import ast
import re
from pathlib import Path

import pytest

from orangecontrib import customs

ROOT = Path(customs.__file__).parent
ROOMS = ["fusion", "cases", "headless", "collecting", "i18n", "photos/notes.py"] + [
    f"widgets/utils/{name}.py" for name in (
        "verdictview", "common/goodslist", "factsview", "questionbox", "goodpage", "traceview",
        "codesview", "worklistview", "evidencestrip", "photos/photodialog")]
#: Names that people give to columns.
ALLOWED = {"cases/goods.py": {"количество", "стоимость", "таможенная_стоимость", "валюта",
                             "масса", "масса_нетто"}}


def files(room):
    path = ROOT / room
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def russian_literals(path):
    """Texts with Cyrillic letters in a module, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and id(node) not in docstrings and re.search("[а-яё]", node.value, re.I)}


@pytest.mark.parametrize("path", [path for room in ROOMS for path in files(room)],
                         ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_russian_stands_in_the_code(path):
    assert russian_literals(path) <= ALLOWED.get(path.relative_to(ROOT).as_posix(), set())


def test_a_literal_is_found_and_a_docstring_is_not(tmp_path):
    path = tmp_path / "m.py"
    path.write_text('"""Докстрока."""\nx = f"код {1}", "code"\n', encoding="utf-8")
    assert russian_literals(path) == {"код "}
