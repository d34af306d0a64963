"""Sentences that nobody looked at while the stages of reading were written.

`at_first` says which of them failed before the kind of their fault was mended.
"""
import csv
from pathlib import Path

import pytest

from orangecontrib.customs.declarations import FactReader, fold
from orangecontrib.customs.declarations.language import languages_of
from orangecontrib.customs.declarations.materials import Materials
from orangecontrib.customs.declarations.patterns import Tables
from orangecontrib.customs.declarations.shares import Place, largest_area
from orangecontrib.customs.groups import find_group

with open(Path(__file__).with_name("unseen_stages.csv"), encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def of(stage):
    return [pytest.param(row["text"], row["expect"], id=row["text"]) for row in ROWS
            if row["stage"] == stage]


@pytest.mark.parametrize("text, expect", of("language"))
def test_the_language(text, expect):
    found = languages_of(text)
    assert ("+".join(found.read + found.unread) or "none") == expect


READER = FactReader(find_group("footwear"))


def names(word):
    """The type of good that a noun names, or the word itself."""
    found = READER.stages(word).goods
    return found.goods[0].name if found else word


@pytest.mark.parametrize("text, expect", of("goods"))
def test_the_goods(text, expect):
    found = READER.stages(text).goods
    if expect.startswith("one"):
        assert len(found.goods) == 1 and found.apart == (expect == "one")
    else:
        wanted = [good.partition("=") for good in expect.split("; ")]
        assert [(g.name, "" if g.quantity is None else f"{g.quantity:g}")
                for g in found.goods] == [(names(name), count) for name, _, count in wanted]


@pytest.mark.parametrize("text, expect", of("shares"))
def test_the_largest_area(text, expect):
    text = fold(text).text
    places = [Place(m.material.upper, m.start, m.end)
              for m in Materials(Tables(READER.group)).mentions(text, []) if m.kind == "material"]
    area = largest_area(text, places, 0, len(text))
    keys = {place.key for place in places}
    if expect in ("-", "?"):
        assert (area is None) if expect == "-" else area.keys == ()
    else:
        wanted = {"natural leather": "leather", "artificial leather": "plastic"}
        assert set(area.keys if area else keys) == {
            (wanted.get(name, name),) for name in expect.split("=")}
