"""Footwear, headings 6401-6405, as data: facts, visual features, priors, decision table, words."""
from functools import cache
from pathlib import Path

from orangecontrib.customs.groups.group import Group
from orangecontrib.customs.nomenclature import bundled_tariff

__all__ = ["FOLDER", "group"]

FOLDER = Path(__file__).parent


@cache
def group() -> Group:
    """The group, as the package announces it."""
    return Group.load(FOLDER, bundled_tariff(branch="64"))
