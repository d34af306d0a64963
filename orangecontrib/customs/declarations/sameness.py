"""Steps that are equal where they do the same."""
from __future__ import annotations

__all__ = ["SameState"]


class SameState:
    """Equal to another of its class that holds the same; a cache is not a part of the state.

    Columns that were computed behind equal steps are equal, so that Orange copies them instead of
    computing them again.  To stand before a class of preprocessors among the bases.
    """

    name: str

    def __eq__(self, other):
        return type(self) is type(other) and self.__getstate__() == other.__getstate__()

    def __hash__(self):
        return hash((type(self), self.name))
