"""Goods as rulings describe them, by kinds, written before the kinds were mended.

Some of each kind were read before; most were not.
"""
import csv
from pathlib import Path

import pytest

from orangecontrib.customs.cases import decide

with open(Path(__file__).with_name("unseen_rulings.csv"), encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
HEADINGS = ("6401", "6402", "6403", "6404", "6405")


@pytest.fixture(scope="module")
def codes():
    """By text the codes of all its goods."""
    found: dict[str, list[str]] = {}
    for row in decide([{"good_id": str(n), "description": row["text"]}
                       for n, row in enumerate(ROWS)]):
        text = ROWS[int(row["good_id"].partition("#")[0])]["text"]
        found.setdefault(text, []).extend(row["code"].split("; "))
    return found


@pytest.mark.parametrize("text, expect", [
    pytest.param(row["text"], row["expect"], id=row["text"]) for row in ROWS])
def test_the_code_begins_so(codes, text, expect):
    if expect == "none":
        assert not any(code.startswith(HEADINGS) for code in codes[text])
    else:
        assert all(code.startswith(tuple(expect.split("|"))) for code in codes[text])
