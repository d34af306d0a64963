"""Files as people have them: each format and encoding gives the same goods."""
import runpy
from pathlib import Path

import pytest

from orangecontrib.customs.cases.files import read_goods

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "declaration_files.py"))
GOODS = TOOL["GOODS"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return TOOL["make"](tmp_path_factory.mktemp("made"))


NAMES = [
    *(f"csv {encoding}" for encoding in TOOL["ENCODINGS"]), "csv comma", "csv tab", "csv bar",
    "csv said", "csv titles", "xlsx", "xlsx form", "xlsx called csv", "xls", "orange tab",
    "orange xlsx", "parquet", "json", "json object", "json cp1251", "json lines", "declaration",
    "declaration 5.24"]


def number(text):
    return float(text) if text else None


def test_the_names_are_all_that_the_script_makes(made):
    assert list(made) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_file_gives_the_same_goods(made, name):
    goods = read_goods(made[name])
    expected = [(id_, " ".join(text.split()), code, number(quantity), number(value), currency,
                 number(weight)) for id_, text, code, quantity, value, currency, weight in GOODS]
    assert [(g.good_id, " ".join(g.description.split()), g.declared_code, g.quantity, g.value,
             g.currency, g.weight) for g in goods] == expected
    assert not any(good.problems for good in goods)
