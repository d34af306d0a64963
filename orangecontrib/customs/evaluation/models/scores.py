"""Scores of a model, their mean and deviation, and whether a model stands out."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from orangecontrib.customs.evaluation.errors import Scored
from orangecontrib.customs.intervals import corrected_error, wilson

__all__ = ["COMMONEST", "ModelScores", "Standing", "accuracy_interval", "commonest", "standing"]

#: Name of the trivial baseline.
COMMONEST = "commonest code"


@dataclass(frozen=True)
class ModelScores:
    """A row of the paper's Table 3.

    Attributes
    ----------
    name : str
    scores : dict of str to float
        NaN where a score needs what the model does not give.
    low, high : float
        95 % interval of CA (:func:`accuracy_interval`).
    half : float
        Half its width.
    n : int
        Distinct documents with a known code.
    auc : dict of str to float
        AUC of each true code against the others.
    trivial : bool
        The baseline that says one code always.
    """

    name: str
    scores: dict[str, float]
    low: float
    high: float
    half: float
    n: int
    auc: dict[str, float] = field(default_factory=dict)
    trivial: bool = False

    @property
    def mean(self) -> float:
        """Mean of the scores; NaN if one is unknown: a mean of fewer is another measure."""
        return float(np.mean(list(self.scores.values())))

    @property
    def sd(self) -> float:
        """Sample standard deviation of the scores, as the paper's."""
        return float(np.std(list(self.scores.values()), ddof=1))


def accuracy_interval(scored: Scored) -> tuple[float, float, float]:
    """95 % interval of the share of right codes, and half its width.

    Where documents were tested several times, Student's interval of the mean over the tests,
    corrected for the training documents that they share; never narrower than the Wilson interval
    on the distinct documents, which it is for a single test: ten splits that happen to agree
    make nothing certain.
    """
    known, n = scored.known, scored.documents
    right = known & ~scored.wrong
    low, high = wilson(float(scored.weight @ right), n)
    half = (high - low) / 2
    if scored.fold is not None and known.sum() > n:
        tests = np.unique(scored.fold[known])
        each = [right[known & (scored.fold == test)].mean() for test in tests]
        wider = _t95(len(each) - 1) * corrected_error(each, scored.odds)
        if wider > half:
            mean = float(right[known].mean())
            low, high, half = max(0., mean - wider), min(1., mean + wider), wider
    return low, high, half


def _t95(freedom: int) -> float:
    from scipy.stats import t
    return float(t.ppf(.975, freedom)) if freedom > 0 else float("nan")


def commonest(scored: Scored) -> Scored:
    """The answers of one who always says the commonest of the true codes."""
    weights: Counter[str] = Counter()
    for code, weight in zip(scored.true, scored.weight.tolist()):
        weights[code] += weight
    codes = sorted(code for code in weights if code)
    shares = np.array([weights[code] for code in codes]) / max(scored.documents, 1)
    best = codes[int(shares.argmax())] if codes else ""
    n = len(scored.true)
    return replace(scored, predicted=(best,) * n, codes=tuple(codes),
                   shares=np.tile(shares, (n, 1)),
                   p=np.full(n, shares.max() if codes else np.nan))


@dataclass(frozen=True)
class Standing:
    """How models stand to the one with the best CA.

    Attributes
    ----------
    best : str
        "" where no model has a CA.
    worse : tuple of str
        Models whose interval lies below that of the best.
    alike : tuple of str
        Models whose interval overlaps it.
    trivial : tuple of str
        Models, the best among them, whose interval overlaps that of the commonest code.
    """

    best: str
    worse: tuple[str, ...]
    alike: tuple[str, ...]
    trivial: tuple[str, ...]


def standing(rows: Sequence[ModelScores]) -> Standing:
    """Which models the intervals of CA part from the best one, and from the baseline."""
    models = [row for row in rows if not row.trivial and not np.isnan(row.scores["CA"])]
    best = max(models, key=lambda row: row.scores["CA"], default=None)
    others = [row for row in models if row is not best]
    bar = max((row.high for row in rows if row.trivial), default=0.)
    return Standing(best.name if best else "",
                    tuple(row.name for row in others if row.high < best.low),
                    tuple(row.name for row in others if row.high >= best.low),
                    tuple(row.name for row in models if row.low <= bar))
