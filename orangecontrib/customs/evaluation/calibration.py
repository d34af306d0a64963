"""Stated probabilities against what happened."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.intervals import wilson

__all__ = ["Bin", "bin_members", "ece", "ece_limit", "equal_mass_bins"]


@dataclass(frozen=True)
class Bin:
    """Events of about the same stated probability.

    Attributes
    ----------
    stated : float
        Mean stated probability.
    happened, low, high : float
        Share of events that happened, with its 95 % Wilson interval.
    n : float
    """

    stated: float
    happened: float
    low: float
    high: float
    n: float


def equal_mass_bins(p: np.ndarray, happened: np.ndarray, weight: np.ndarray | None = None,
                    bins: int | None = None) -> list[Bin]:
    """Bins with about the same number of events each.

    Parameters
    ----------
    p : numpy.ndarray, shape (n,)
        Stated probabilities.
    happened : numpy.ndarray of bool, shape (n,)
    weight : numpy.ndarray, optional
        One each by default; they add up to n.
    bins : int, optional
        By default one for 15 events, from 2 to 10 of them.
    """
    p, happened, weight = _arrays(p, happened, weight)
    total = weight.sum()
    if not total:
        return []
    return [Bin(float(w @ p[rows] / w.sum()), float(w @ happened[rows] / w.sum()),
                *wilson(float(w @ happened[rows]), float(w.sum())), float(w.sum()))
            for rows, w in _members(p, weight, _number(total, bins))]


def bin_members(p: np.ndarray, bins: int | None = None) -> list[np.ndarray]:
    """Rows of each of the :func:`equal_mass_bins` of events that count one each."""
    p, _, weight = _arrays(p, np.zeros(len(p), bool), None)
    total = weight.sum()
    return [rows for rows, _ in _members(p, weight, _number(total, bins))] if total else []


def ece(p: np.ndarray, happened: np.ndarray, weight: np.ndarray | None = None,
        bins: int | None = None) -> float:
    """Expected calibration error: mean distance of stated and happened over equal-mass bins."""
    found = equal_mass_bins(p, happened, weight, bins)
    total = sum(b.n for b in found)
    return sum(b.n * abs(b.stated - b.happened) for b in found) / total if total else float("nan")


def ece_limit(p: np.ndarray, weight: np.ndarray | None = None, document: np.ndarray | None = None,
              bins: int | None = None, quantile: float = .95, draws: int = 300, seed: int = 0
              ) -> float:
    """The ECE that a perfectly calibrated model stays below in 95 % of samples of this size.

    A model is never seen to be calibrated, only not seen to be wrong: with few documents even
    a perfect one shows some error.

    Parameters
    ----------
    document : numpy.ndarray of int, optional
        Rows of one document come out together.
    """
    p, _, weight = _arrays(p, np.zeros(len(p), bool), weight)
    total = weight.sum()
    if not total:
        return float("nan")
    document = np.arange(len(p)) if document is None else np.asarray(document)
    _, document = np.unique(document, return_inverse=True)
    members = _members(p, weight, _number(total, bins))
    rng = np.random.default_rng(seed)
    errors = []
    for _ in range(draws):
        happened = rng.random(document.max() + 1)[document] < p
        errors.append(sum(abs(w @ (p[rows] - happened[rows])) for rows, w in members) / total)
    return float(np.quantile(errors, quantile))


def _arrays(p, happened, weight):
    p, happened = np.asarray(p, dtype=float), np.asarray(happened, dtype=bool)
    weight = np.ones(len(p)) if weight is None else np.asarray(weight, dtype=float)
    keep = ~np.isnan(p) & (weight > 0)
    return np.where(keep, p, 0.), happened, np.where(keep, weight, 0.)


def _number(total: float, bins: int | None) -> int:
    return bins if bins is not None else int(min(10, max(2, total // 15)))


def _members(p: np.ndarray, weight: np.ndarray, bins: int):
    """Row numbers and weights of each bin; equal probabilities share one."""
    order = np.flatnonzero(weight)
    order = order[np.argsort(p[order], kind="stable")]
    values, inverse = np.unique(p[order], return_inverse=True)
    mass = np.bincount(inverse, weights=weight[order], minlength=len(values))
    middle = np.cumsum(mass) - mass / 2
    bin_of_value = np.minimum((middle / mass.sum() * bins).astype(int), bins - 1)
    of = bin_of_value[inverse]
    return [(order[of == b], weight[order[of == b]]) for b in range(bins) if (of == b).any()]
