"""Headings 8504, 8536 and 9032 as data: facts, decision table, priors, words."""
from functools import cache
from pathlib import Path

from orangecontrib.customs.groups.group import Group
from orangecontrib.customs.nomenclature import bundled_tariff

__all__ = ["FOLDER", "group"]

FOLDER = Path(__file__).parent


@cache
def group() -> Group:
    """The group, as the package announces it."""
    return Group.load(FOLDER, bundled_tariff(branch="electrical"))
