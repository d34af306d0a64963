"""The coordinates of a photo's vector, for a group of goods, or the only one that has any."""
from __future__ import annotations

from orangecontrib.customs.groups import Group, visual_group

__all__ = ["feature_ids", "fact_ids", "exclusive_groups"]


def feature_ids(group: Group | None = None) -> tuple[str, ...]:
    """The features, in the order of their coordinates (of footwear, 13 and the gate)."""
    return visual_group(group).feature_ids


def fact_ids(group: Group | None = None) -> tuple[str, ...]:
    """The facts of the features, each once, in the order of the features."""
    return visual_group(group).visual_facts


def exclusive_groups(group: Group | None = None) -> tuple[tuple[int, ...], ...]:
    """Positions of features that exclude each other: every value of one fact (heights)."""
    return visual_group(group).exclusive_features
