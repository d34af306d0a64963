"""Intervals of shares: every accuracy in this add-on comes with n and one of these."""
from math import sqrt

__all__ = ["wilson"]


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
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
