"""Agreement of two who decide on the same goods: Cohen's kappa with its interval."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from orangecontrib.customs.intervals import wilson

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True)
class Agreement:
    """How far two agree.

    Attributes
    ----------
    n, same : int
        Goods that both decided, and those with the same answer.
    share, share_low, share_high : float
        Of the same answers, with its 95 % Wilson interval.
    kappa, low, high : float
        Cohen's kappa: 1 where they always agree, 0 where as often as by chance; its 95 %
        interval, from the large-sample variance (Fleiss, Cohen & Everitt, 1969).  NaN where both
        gave one and the same answer to all, or there is nothing.  Where they always agree that
        variance is 0, and the lower limit is of the Wilson interval of the share.  Few goods make
        the interval too narrow.
    """

    n: int
    same: int
    share: float
    share_low: float
    share_high: float
    kappa: float
    low: float
    high: float


def agreement(first: Sequence[str], second: Sequence[str], z: float = 1.96) -> Agreement:
    """Agreement of two on the same goods.

    Parameters
    ----------
    first, second : sequence of str
        Their answers, good by good.
    z : float
        Quantile of the normal distribution; 1.96 gives 95 %.
    """
    n, same = len(first), sum(a == b for a, b in zip(first, second, strict=True))
    share_low, share_high = wilson(same, n, z)
    kappa, error, chance = _kappa(first, second)
    low, high = max(-1., kappa - z * error), min(1., kappa + z * error)
    if same == n:  # the variance is 0, whatever n
        low = (share_low - chance) / (1 - chance) if chance < 1 else float("nan")
    return Agreement(n, same, same / n if n else float("nan"), share_low, share_high, kappa, low,
                     high)


def _kappa(first: Sequence[str], second: Sequence[str]) -> tuple[float, float, float]:
    """Cohen's kappa, its standard error, and the agreement by chance."""
    from sklearn.metrics import cohen_kappa_score, confusion_matrix
    answers = sorted({*first, *second})
    if len(answers) < 2:
        return float("nan"), float("nan"), 1.
    kappa = float(cohen_kappa_score(first, second, labels=answers))
    p = confusion_matrix(first, second, labels=answers) / len(first)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = float(rows @ columns)
    diagonal = np.diag(p)
    inner = diagonal @ (1 - (rows + columns) * (1 - kappa)) ** 2
    crossed = p * (columns[:, None] + rows[None, :]) ** 2
    outer = (1 - kappa) ** 2 * (crossed.sum() - np.diag(crossed).sum())
    variance = (inner + outer - (kappa - chance * (1 - kappa)) ** 2) \
        / (len(first) * (1 - chance) ** 2)
    return kappa, sqrt(max(0., variance)), chance
