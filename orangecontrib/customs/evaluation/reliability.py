"""Reliability curves: a stated probability against the share that came true.

Codes and features of photos are measured alike here, so that they can stand beside each other.
"""
from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orangecontrib.customs.intervals import grouped_wilson

from .calibration import Bin, bin_members, ece, ece_limit, equal_mass_bins

__all__ = ["Curve", "reliability"]


@dataclass(frozen=True)
class Curve:
    """What was stated, and what came true.

    Attributes
    ----------
    name : str
        Digits of a level, or the id of a feature.
    n : int
        Events with a stated probability.
    witnesses : int
        Documents or goods that they are of: those of one are alike.
    bins : tuple of Bin
        With about the same number of events each; the interval counts events of one witness by
        Kish's effective number.
    ece : float
        Mean distance of stated and happened.
    ece_chance : float
        What a perfectly calibrated model stays below in 95 % of samples like this one.
    """

    name: str
    n: int
    witnesses: int
    bins: tuple[Bin, ...]
    ece: float
    ece_chance: float

    @property
    def too_far(self) -> bool:
        """Whether the probabilities are further off than chance explains."""
        return bool(self.ece > self.ece_chance)


def reliability(name: str, p: np.ndarray, happened: np.ndarray,
                witnesses: Sequence[Hashable] | None = None) -> Curve:
    """The curve of some events.

    Parameters
    ----------
    name : str
    p : ndarray, shape (n,)
        Stated probabilities; NaN where none is.
    happened : ndarray of bool, shape (n,)
    witnesses : sequence, optional
        Of whom each event is; each its own by default.
    """
    p, happened = np.asarray(p, dtype=float), np.asarray(happened, dtype=bool)
    of = np.arange(len(p)) if witnesses is None or not len(p) else np.unique(
        [str(one) for one in witnesses], return_inverse=True)[1]
    bins = []
    for found, rows in zip(equal_mass_bins(p, happened), bin_members(p)):
        low, high = grouped_wilson(float(happened[rows].sum()), of[rows].tolist())
        bins.append(replace(found, low=low, high=high))
    known = ~np.isnan(p)
    return Curve(name, int(known.sum()), len(np.unique(of[known])), tuple(bins),
                 ece(p, happened), ece_limit(p, document=of))
