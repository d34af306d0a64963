"""Intervals of shares: every accuracy in this add-on comes with n and one of these."""
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from math import sqrt

import numpy as np

__all__ = ["corrected_error", "grouped_wilson", "wilson"]


def wilson(right: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """Wilson score interval of the share `right` / `n`; (0, 1) when there is nothing.

    Parameters
    ----------
    z : float
        Quantile of the normal distribution; 1.96 gives 95 %.
    """
    if not n:
        return 0., 1.
    p = right / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0., centre - half), min(1., centre + half)


def grouped_wilson(right: float, groups: Iterable[Hashable]) -> tuple[float, float]:
    """Interval of the share `right` / n as if members of a group were one witness.

    That is Wilson's interval with Kish's effective number in place of n: (Σ m)² / Σ m² of
    groups of m members.

    Parameters
    ----------
    right : number
    groups : iterable, of length n
        The group of each.
    """
    sizes = Counter(groups).values()
    n = sum(sizes)
    if not n:
        return 0., 1.
    effective = n * n / sum(size * size for size in sizes)
    return wilson(right / n * effective, effective)


def corrected_error(values: Sequence[float], odds: float) -> float:
    """Standard error of a mean over splits that share training documents.

    The variance counts (1/J + test/train) times (Nadeau & Bengio, 2003): ten random splits
    are not ten experiments.

    Parameters
    ----------
    values : sequence of float
        One score per split; NaN is left out.
    odds : float
        Test documents per training document.
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return float("nan")
    return float(known.std(ddof=1) * np.sqrt(1 / len(known) + odds))
