"""Shares with n and their 95 % Wilson interval, as all benchmarks print them."""
from math import sqrt


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson score interval of a share."""
    if not n:
        return 0., 1.
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0., middle - half), min(1., middle + half)


def share(hits) -> str:
    """``0.953 [0.91, 0.98] n=127``."""
    hits = list(hits)
    low, high = wilson(sum(hits), len(hits))
    p = sum(hits) / len(hits) if hits else float("nan")
    return f"{p:.3f} [{low:.2f}, {high:.2f}] n={len(hits)}"
