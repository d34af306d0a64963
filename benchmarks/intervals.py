"""Shares with n and their 95 % Wilson interval, as all benchmarks print them."""
from orangecontrib.customs.intervals import grouped_wilson, wilson

__all__ = ["grouped_share", "grouped_wilson", "share", "wilson"]


def share(hits) -> str:
    """``0.953 [0.91, 0.98] n=127``."""
    hits = list(hits)
    low, high = wilson(sum(hits), len(hits)) if hits else (0., 1.)
    p = sum(hits) / len(hits) if hits else float("nan")
    return f"{p:.3f} [{low:.2f}, {high:.2f}] n={len(hits)}"


def grouped_share(hits, groups) -> str:
    """``40/42 = 0.952 [0.83, 0.99]``, the interval as if members of a group were one witness."""
    hits, groups = list(hits), list(groups)
    if not hits:
        return "0/0"
    low, high = grouped_wilson(sum(hits), groups)
    return f"{sum(hits)}/{len(hits)} = {sum(hits) / len(hits):.3f} [{low:.2f}, {high:.2f}]"
