"""The coordinates of a photo's vector: 13 features and the gate, and their facts."""
from __future__ import annotations

from functools import lru_cache

from orangecontrib.customs.groups import footwear

__all__ = ["feature_ids", "fact_ids", "exclusive_groups"]


@lru_cache(maxsize=None)
def feature_ids() -> tuple[str, ...]:
    """The 13 features and the gate, in the order of their coordinates."""
    return tuple(feature.id for feature in footwear.features())


@lru_cache(maxsize=None)
def fact_ids() -> tuple[str, ...]:
    """The facts of the features, each once, in the order of the features."""
    return tuple(dict.fromkeys(feature.fact for feature in footwear.features()))


@lru_cache(maxsize=None)
def exclusive_groups() -> tuple[tuple[int, ...], ...]:
    """Positions of features that exclude each other: every value of one fact (heights)."""
    groups = []
    for fact in fact_ids():
        members = tuple(i for i, f in enumerate(footwear.features()) if f.fact == fact)
        values = {footwear.features()[i].value for i in members}
        if len(members) > 1 and values == set(footwear.vocabulary()[fact].value_ids):
            groups.append(members)
    return tuple(groups)
