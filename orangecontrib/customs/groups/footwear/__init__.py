"""Footwear, headings 6401-6405, as data: facts, visual features, priors, decision table, words."""
from functools import lru_cache
from pathlib import Path

from orangecontrib.customs.facts import Cluster, Feature, Priors, Vocabulary
from orangecontrib.customs.groups.group import Group
from orangecontrib.customs.nomenclature import group64
from orangecontrib.customs.nomenclature.decision_table import DecisionTable

__all__ = ["FOLDER", "group", "vocabulary", "features", "clusters", "priors", "decision_table"]

FOLDER = Path(__file__).parent


@lru_cache(maxsize=None)
def group() -> Group:
    """The group, as the package announces it."""
    return Group.load(FOLDER, group64())


def vocabulary() -> Vocabulary:
    """The facts on which group 64 decides."""
    return group().vocabulary


def features() -> tuple[Feature, ...]:
    """The 13 visual features of paper 1, Table 1, then the gate НЕ_ОБУВЬ."""
    return group().features


def clusters() -> tuple[Cluster, ...]:
    """Groups of goods in each of which two to five features differ."""
    return group().clusters


def priors() -> Priors:
    """The default priors of group 64."""
    return group().priors


def decision_table() -> DecisionTable:
    """Headings 6401-6405, and 6406 as the exit."""
    return group().table
