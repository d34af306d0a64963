"""What features are called in the windows of labels and training."""
from __future__ import annotations

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import say

__all__ = ["shown_names"]


def shown_names(group: Group, columns: str) -> dict[str, str]:
    """Names of a group's features by id, for people.

    Parameters
    ----------
    columns : {"en", "ru"}
        Whose names the columns of the outputs have: with "ru" these are the paper's, and the
        window has them too.
    """
    return {feature.id: feature.name_ru if columns == "ru" else say(feature.title)
            for feature in group.features}
