"""Groups of goods: all that the law of some goods needs, as data; found by an entry point.

A group is passed, never imported: nobody but this room knows one by its name.
"""
from .group import Group, GroupError
from .loading import (
    ENTRY_POINT,
    announced_groups,
    find_group,
    group_of,
    loaded_groups,
    visual_group,
    visual_groups,
    vocabulary_of,
)

__all__ = ["ENTRY_POINT", "Group", "GroupError", "announced_groups", "find_group",
           "group_of", "loaded_groups", "visual_group", "visual_groups",
           "vocabulary_of"]
