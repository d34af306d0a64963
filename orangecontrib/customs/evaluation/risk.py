"""What may be accepted unread: risk against coverage."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.intervals import wilson

__all__ = ["Accepted", "accept", "augrc", "aurc", "risk_coverage"]


def risk_coverage(p_error: np.ndarray, wrong: np.ndarray, weight: np.ndarray | None = None
                  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Risk of accepting the documents that look safest, for every possible threshold.

    Parameters
    ----------
    p_error : numpy.ndarray, shape (n,)
        Estimated P(error), or anything that orders documents alike; infinite for documents
        that must not be accepted unread whatever was estimated.
    wrong : numpy.ndarray of bool, shape (n,)
    weight : numpy.ndarray, optional

    Returns
    -------
    threshold, coverage, risk : numpy.ndarray
        For each distinct threshold, ascending: share of the documents at or below it, and
        share of errors among these.
    """
    p_error, wrong = np.asarray(p_error, dtype=float), np.asarray(wrong, dtype=float)
    weight = np.ones(len(p_error)) if weight is None else np.asarray(weight, dtype=float)
    keep = (weight > 0) & ~np.isnan(p_error)
    values, inverse = np.unique(p_error[keep], return_inverse=True)
    if not len(values):
        return np.zeros(0), np.zeros(0), np.zeros(0)
    mass = np.cumsum(np.bincount(inverse, weight[keep], len(values)))
    errors = np.cumsum(np.bincount(inverse, (weight * wrong)[keep], len(values)))
    return values, mass / mass[-1], errors / mass


def augrc(p_error: np.ndarray, wrong: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Area under the generalised risk-coverage curve (Traub et al., 2024, arXiv:2407.01032).

    The mean, over all coverages, of P(accepted and wrong): the risk of undetected errors over
    all working points. 0 is best; a random order of documents gives half the error rate, and so
    do documents that nothing tells apart.
    """
    _, coverage, risk = risk_coverage(p_error, wrong, weight)
    if not len(coverage):
        return float("nan")
    undetected = coverage * risk
    before = np.concatenate([[0.], undetected[:-1]])
    return float(np.diff(coverage, prepend=0.) @ (before + undetected) / 2)


def aurc(p_error: np.ndarray, wrong: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Area under the risk-coverage curve: the mean, over thresholds, of P(wrong | accepted)."""
    _, coverage, risk = risk_coverage(p_error, wrong, weight)
    if not len(coverage):
        return float("nan")
    return float(np.diff(coverage, prepend=0.) @ risk)


@dataclass(frozen=True)
class Accepted:
    """The most documents that can be accepted at a share of errors.

    Attributes
    ----------
    threshold : float
        Accept documents whose P(error) is at most this; NaN where none can be.
    coverage : float
    risk, low, high : float
        Share of errors among the accepted, with its 95 % Wilson interval.
    n : float
        Documents accepted.
    """

    threshold: float
    coverage: float
    risk: float
    low: float
    high: float
    n: float


def accept(p_error: np.ndarray, wrong: np.ndarray, limit: float,
           weight: np.ndarray | None = None) -> Accepted:
    """The largest coverage at which no more than `limit` of the accepted are wrong.

    The threshold is chosen on these very documents: on new ones expect a little more errors,
    and look at the upper end of the interval.
    """
    threshold, coverage, risk = risk_coverage(p_error, wrong, weight)
    good = np.flatnonzero((risk <= limit) & np.isfinite(threshold))
    if not len(good):
        return Accepted(float("nan"), 0., float("nan"), 0., 1., 0.)
    at = good[-1]
    weight = np.ones(len(p_error)) if weight is None else np.asarray(weight, dtype=float)
    total = float(weight[~np.isnan(np.asarray(p_error, dtype=float))].sum())
    n = float(coverage[at] * total)
    return Accepted(float(threshold[at]), float(coverage[at]), float(risk[at]),
                    *wilson(float(risk[at] * n), n), n)
