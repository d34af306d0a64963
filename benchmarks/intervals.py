"""Shares with n and their 95 % Wilson interval, as all benchmarks print them."""
from collections import Counter

from orangecontrib.customs.intervals import wilson

__all__ = ["grouped_share", "share", "wilson"]


def share(hits) -> str:
    """``0.953 [0.91, 0.98] n=127``."""
    hits = list(hits)
    low, high = wilson(sum(hits), len(hits)) if hits else (0., 1.)
    p = sum(hits) / len(hits) if hits else float("nan")
    return f"{p:.3f} [{low:.2f}, {high:.2f}] n={len(hits)}"


def grouped_share(hits, groups) -> str:
    """``40/42 = 0.952 [0.83, 0.99]``, the interval as if members of a group were one witness.

    That is Wilson's interval with Kish's effective number in place of n: (Σ m)² / Σ m² of
    groups of m members.
    """
    hits, sizes = list(hits), Counter(groups).values()
    if not hits:
        return "0/0"
    n = len(hits)
    effective = n * n / sum(size * size for size in sizes)
    p = sum(hits) / n
    low, high = wilson(p * effective, effective)
    return f"{sum(hits)}/{n} = {p:.3f} [{low:.2f}, {high:.2f}]"
