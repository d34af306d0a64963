"""The area under the ROC curve, and what chance may do to it."""
from __future__ import annotations

import numpy as np

__all__ = ["auc", "auc_interval"]

#: The same error on both sides: 95 % between them.
Z = 1.959964

_STEPS = 60


def auc(p: np.ndarray, y: np.ndarray) -> float:
    """P(a photo labelled 1 gets more than one labelled 0), ties counting half.

    NaN where one of the answers is missing.

    Parameters
    ----------
    p : ndarray of float, shape (n,)
    y : ndarray of bool, shape (n,)
    """
    from scipy.stats import rankdata
    p, y = np.asarray(p, float), np.asarray(y, bool)
    m, n = int(y.sum()), int((~y).sum())
    if not m or not n:
        return float("nan")
    return float((rankdata(p)[y].sum() - m * (m + 1) / 2) / (m * n))


def auc_interval(area: float, positives: int, negatives: int) -> tuple[float, float]:
    """Score interval of an AUC, 95 %.

    All areas A for which |area − A| is within z standard errors *at A*, so that a perfect
    order of few photos has a lower end below 1 (Newcombe, Statistics in Medicine 25, 2006,
    559–573, method 5).  Photos of one product are alike: count products, not photos.

    Parameters
    ----------
    area : float
    positives, negatives : int
        Products with photos labelled 1, and with photos labelled 0.

    Returns
    -------
    low, high : float
        0 and 1 where nothing is known.
    """
    if not positives or not negatives or not np.isfinite(area):
        return 0., 1.

    def outside(a: float) -> bool:
        return abs(area - a) > Z * _variance(a, positives, negatives) ** .5

    def end(far: float) -> float:
        near = area
        if not outside(far):
            return far
        for _ in range(_STEPS):
            middle = (near + far) / 2
            near, far = (near, middle) if outside(middle) else (middle, far)
        return near

    return end(0.), end(1.)


def _variance(a: float, m: int, n: int) -> float:
    """Of an AUC, after Hanley and McNeil, with the same mean of m and n on both sides."""
    half = (m + n) / 2 - 1
    return a * (1 - a) * (1 + half * (1 - a) / (2 - a) + half * a / (1 + a)) / (m * n)
