"""Which height is taken for which: of features that exclude each other."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.training.trainer import HeldOut

__all__ = ["Confusion", "confusion"]


@dataclass(frozen=True)
class Confusion:
    """Photos by what they show and what the model says.

    Attributes
    ----------
    features : tuple of str
        Ids of the heights, from low to high; empty for a group whose features exclude nothing.
    counts : ndarray of int, shape (k, k)
        Rows: the label; columns: the likeliest height.
    """

    features: tuple[str, ...]
    counts: np.ndarray

    @property
    def n(self) -> int:
        """Photos with one height labelled 1."""
        return int(self.counts.sum())

    @property
    def right(self) -> int:
        """Photos on the diagonal."""
        return int(np.trace(self.counts))

    @property
    def neighbours(self) -> int:
        """Photos taken for the next lower or higher one: the smaller mistake."""
        return int(np.trace(self.counts, 1) + np.trace(self.counts, -1))


def confusion(held_out: HeldOut, part: str) -> Confusion:
    """Of the photos with exactly one height labelled 1.

    Parameters
    ----------
    part : {"test", "validation"}
    """
    exclusive = held_out.group.exclusive_features
    members = list(exclusive[0]) if exclusive else []
    rows = held_out.part == part
    labels, p = held_out.labels[rows][:, members], held_out.probabilities[rows][:, members]
    one = (labels == 1).sum(axis=1) == 1
    counts = np.zeros((len(members), len(members)), int)
    if one.any():
        np.add.at(counts, ((labels[one] == 1).argmax(axis=1), p[one].argmax(axis=1)), 1)
    return Confusion(tuple(held_out.group.feature_ids[i] for i in members), counts)
