"""Down the tariff tree: the best heading, then its best child, to a code or a legal gap.

Choosing the most probable ten-digit code by itself may leave the most probable heading:
a heading with one code gathers its mass in it, one with twenty spreads it.  GIR 1 and 6
ask for the heading first.
"""
from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix
from typing import Any, TypeAlias

import numpy as np

from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.nomenclature.decision_table import BLOCK

__all__ = ["Descent"]

#: Prefix -> what is below it; of a leaf the number of the outcome -> itself.
_Node: TypeAlias = "dict[str | int, _Node | np.int32]"


class Descent:
    """The tree over the outcomes of a decision table.

    A legal gap hangs, as one child, at the deepest node that all its candidates share.
    What is not a code ("none") is a child of the root, beside the chapters.

    Parameters
    ----------
    outcomes : sequence of tuple of str
        Codes of each outcome: one, or the candidates of a gap.
    """

    def __init__(self, outcomes: Sequence[tuple[str, ...]]):
        #: per outcome, the nodes above it, from the chapter down
        self.paths = [self._path(codes) for codes in outcomes]
        self._root: _Node = {}
        for i, path in enumerate(self.paths):
            node: Any = self._root
            for prefix in path:
                node = node.setdefault(prefix, {})
            node[i] = np.int32(i)

    @staticmethod
    def _path(codes: tuple[str, ...]) -> tuple[str, ...]:
        shared = commonprefix(codes)
        if not shared.isdigit():
            return ()
        return tuple(shared[:level] for level in LEVELS if level <= len(shared))

    def choose(self, outcomes: np.ndarray) -> np.ndarray:
        """The outcome at the end of the best way down, shape (N,); the first of equals.

        Parameters
        ----------
        outcomes : ndarray, shape (N, n_outcomes)
            P(outcome).
        """
        chosen = np.empty(len(outcomes), dtype=np.int32)
        for start in range(0, len(outcomes), BLOCK):
            some = slice(start, start + BLOCK)
            chosen[some] = self._best(self._root, np.ascontiguousarray(outcomes[some].T))[1]
        return chosen

    def _best(self, node: _Node | np.int32, columns: np.ndarray
              ) -> tuple[np.ndarray, np.ndarray | np.int32]:
        """Mass of a node, shape (N,), and the outcome chosen below it (of a leaf, itself)."""
        if isinstance(node, np.int32):
            return columns[node], node
        (mass, chosen), *others = [self._best(child, columns) for child in node.values()]
        most = mass
        for other, below in others:
            chosen = np.where(other > most, below, chosen)
            most = np.maximum(most, other)
            mass = mass + other
        return mass, chosen
