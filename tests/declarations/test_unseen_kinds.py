"""Sentences by kinds of faults that nobody looked at while the kinds were mended.

`at_first` says which of them failed before that.
"""
import csv
from pathlib import Path

import pytest

from orangecontrib.customs.cases import decide
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.groups import find_group

with open(Path(__file__).with_name("unseen_kinds.csv"), encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


@pytest.mark.parametrize("text, expect", [
    pytest.param(row["text"], row["expect"], id=row["text"]) for row in ROWS
    if row["kind"] != "sizes"])
def test_what_is_stated(reader, text, expect):
    fact, _, values = expect.partition("=")
    found = reader.read(text).stated().get(fact, ())
    if values == "-":
        assert not found
    else:
        assert set(found) == set(values.split("|"))


@pytest.mark.parametrize("text, expect", [
    pytest.param(row["text"], row["expect"], id=row["text"]) for row in ROWS
    if row["kind"] == "sizes"])
def test_sizes_on_both_sides_of_24_cm_make_two_lines_of_a_declaration(reader, text, expect):
    crossed = [choice for choice in reader.read(text).several.choices if choice.words]
    assert bool(crossed) == (expect == "two lines")
    if crossed:
        row, *others = decide([{"good_id": "1", "description": text}])
        assert others or len(row["safe_code"]) < 10
