"""Group 64 of the tariff as data: facts, visual features, priors, decision table."""
from functools import lru_cache
from pathlib import Path

from orangecontrib.customs.facts import (
    Cluster,
    Feature,
    Priors,
    Vocabulary,
    read_clusters,
    read_features,
)
from orangecontrib.customs.nomenclature.decision_table import DecisionTable

__all__ = ["FOLDER", "vocabulary", "features", "clusters", "priors", "decision_table"]

FOLDER = Path(__file__).parent


@lru_cache(maxsize=None)
def vocabulary() -> Vocabulary:
    """The facts on which group 64 decides."""
    return Vocabulary.load(FOLDER / "facts.csv")


@lru_cache(maxsize=None)
def features() -> tuple[Feature, ...]:
    """The 13 visual features of paper 1, Table 1, then the gate НЕ_ОБУВЬ."""
    return read_features(FOLDER / "features.csv")


@lru_cache(maxsize=None)
def clusters() -> tuple[Cluster, ...]:
    """Groups of goods in each of which two to five features differ, `footwear/clusters.csv`."""
    return read_clusters(FOLDER / "clusters.csv", features())


@lru_cache(maxsize=None)
def priors() -> Priors:
    """The default priors of group 64, `footwear/priors.csv`."""
    return Priors.load(FOLDER / "priors.csv", vocabulary())


@lru_cache(maxsize=None)
def decision_table() -> DecisionTable:
    """Headings 6401-6405 (and 6406 as the exit), `footwear/decision_table.csv`."""
    return DecisionTable.load(FOLDER / "decision_table.csv", vocabulary())
