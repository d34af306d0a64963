"""A group of goods is data: a folder of tables, announced by a package or named by its path."""
import ast
import re
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from orangecontrib import customs
from orangecontrib.customs import groups
from orangecontrib.customs.groups import Group, GroupError, find_group, loaded_groups, loading
from orangecontrib.customs.i18n import say, speaking

FACTS = """fact,value,fact_en,fact_ru,value_en,value_ru,question_ru
lamp,led,light source,источник света,LED,светодиодный,Какой источник света?
lamp,other,,,other,прочий,
"""
TABLE = """codes,lamp,gap,basis
8539500000,led,,ОПИ 1
8539500000|8539000000,other,unclear,ОПИ 3(в)
"""
TARIFF = """code,designation_ru,designation_en,unit,rate
8539,лампы,lamps,,
8539500000,светодиодные,LED,шт,
8539000000,прочие,other,шт,
"""
MESSAGES = """id,ru,en
name,Лампы,Lamps
gap.unclear,источник света неясен,the light source is not clear
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "lamps"
    folder.mkdir()
    for name, text in (("facts", FACTS), ("decision_table", TABLE), ("tariff", TARIFF)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def announced(monkeypatch):
    """Let packages announce other groups than those installed."""
    def announce(**found):
        class Point:
            def __init__(self, group):
                self._group = group

            def load(self):
                return lambda: self._group
        loading._group.cache_clear()
        monkeypatch.setattr(loading, "_announced", lambda: {k: Point(g) for k, g in found.items()})
    yield announce
    loading._group.cache_clear()


def test_three_tables_are_a_group(folder):
    group = find_group(folder)
    assert group.id == "lamps" and say(group.name) == "lamps"
    assert np.allclose(group.priors["lamp"], .5)
    assert group.features == () and group.clusters == () and not group.reads_text
    assert [say(reason) for reason in group.gaps("unclear")] == ["unclear"]


def test_its_messages_are_said_in_both_languages(folder):
    (folder / "messages.csv").write_text(MESSAGES, encoding="utf-8")
    group = Group.load(folder)
    reasons = group.gaps("unclear+another")
    assert say(group.name) == "Лампы" and say(reasons[0]) == "источник света неясен"
    with speaking("en"):
        assert [say(r) for r in (group.name, *reasons)] == [
            "Lamps", "the light source is not clear", "another"]


@pytest.mark.parametrize("name, old, new, complaint", [
    ("facts.csv", None, None, "facts.csv"),
    ("tariff.csv", "8539000000,", "8539100000,", "8539000000.*not in its branch"),
    ("decision_table.csv", "8539500000|8539000000,other", "8539500000|8539000000,led",
     "never reached"),
])
def test_what_cannot_be_right_is_refused_by_name(folder, name, old, new, complaint):
    path = folder / name
    if old is None:
        path.unlink()
    else:
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(GroupError, match=f"group 'lamps'.*{complaint}"):
        find_group(folder)


def test_a_folder_whose_name_is_no_id_is_refused(folder):
    with pytest.raises(GroupError, match="rename the folder"):
        find_group(folder.rename(folder.parent / "мои лампы"))


def test_an_unknown_group_is_told_which_there_are():
    with pytest.raises(GroupError, match="no group 'hats'.*footwear"):
        find_group("hats")


def test_packages_announce_groups():
    assert "footwear" in [group.id for group in loaded_groups()]
    assert find_group("footwear") is find_group("footwear")


def test_without_names_all_that_are_announced_are_loaded(folder, announced):
    lamps, shoes = Group.load(folder), find_group("footwear")
    announced(shoes=shoes, lamps=lamps)
    assert loaded_groups(["lamps"]) == (lamps,)
    with pytest.raises(GroupError, match="announces group 'shoes', and brings 'footwear'"):
        loaded_groups()


def test_groups_may_share_a_fact_and_not_its_name_alone(folder, tmp_path):
    with pytest.raises(GroupError, match="'lamps' is named twice"):
        loaded_groups([folder, folder])
    other = tmp_path / "torches"
    other.mkdir()
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8").replace("lamp,led", "lamp,diode")
        (other / path.name).write_text(text.replace(",led,", ",diode,"), encoding="utf-8")
    with pytest.raises(GroupError, match="'lamps' and 'torches' both have a fact 'lamp'"):
        loaded_groups([folder, other])


def words_of(path):
    """Texts and names in a module, without docstrings and what runs by hand."""
    tree = ast.parse(path.read_text(encoding="utf-8").partition('if __name__ == "__main__"')[0])
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield "" if id(node) in docstrings else node.value
        for name in ("id", "attr", "name", "module", "arg"):
            yield str(getattr(node, name, ""))


def test_those_who_decide_know_no_group_by_its_name():
    root = Path(customs.__file__).parent
    rooms = ["fusion", "cases", "headless", "widgets/owhscodefusion.py",
             *(f"widgets/utils/{name}.py" for name in (
                 "common/groupchoice", "verdictview", "factsview", "questionbox", "goodpage",
                 "traceview", "codesview", "worklistview", "evidencestrip"))]
    files = [file for room in rooms for file in sorted((root / room).rglob("*.py"))
             or [root / room] if file.name != "demo.py"]  # it runs a shipped workflow
    named = re.compile(r"(?i)footwear|electrical|обув|электр|group64|(64|85|90)\d*$")
    assert len(files) > 30
    assert not [(file.name, word) for file in files for word in words_of(file)
                if named.match(word) or "footwear" in word]


def test_the_entry_point_has_the_documented_name():
    assert groups.ENTRY_POINT == "orangecontrib.customs.groups"
    assert EntryPoint("x", "y:z", groups.ENTRY_POINT).group == groups.ENTRY_POINT
