"""Shares with n and their 95 % Wilson interval, as all benchmarks print them."""
from orangecontrib.customs.intervals import wilson

__all__ = ["share", "wilson"]


def share(hits) -> str:
    """``0.953 [0.91, 0.98] n=127``."""
    hits = list(hits)
    low, high = wilson(sum(hits), len(hits)) if hits else (0., 1.)
    p = sum(hits) / len(hits) if hits else float("nan")
    return f"{p:.3f} [{low:.2f}, {high:.2f}] n={len(hits)}"
