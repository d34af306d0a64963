"""Photos on which the model was surest and wrong: bad luck, or a wrong label."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.training.trainer import HeldOut

__all__ = ["Mistake", "worst_mistakes"]


@dataclass(frozen=True)
class Mistake:
    """A photo with at least one wrong answer.

    Attributes
    ----------
    row : int
        Position in the training photos.
    features : tuple of str
        Ids of the features answered wrongly, the surest first.
    labels : tuple of int
        1 or 0, what people said of these.
    probabilities : tuple of float
        What the model said of them.
    """

    row: int
    features: tuple[str, ...]
    labels: tuple[int, ...]
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """Probability of the surest wrong answer; above ½."""
        p = self.probabilities[0]
        return 1 - p if self.labels[0] else p


def worst_mistakes(held_out: HeldOut, part: str, feature: str | None = None
                   ) -> list[Mistake]:
    """Photos with wrong answers at ½, the surest first.

    Photos that can't show a feature (0.5) are not asked about it.

    Parameters
    ----------
    part : {"test", "validation"}
    feature : str, optional
        Only mistakes in this feature.
    """
    ids = held_out.group.feature_ids
    inside = held_out.part == part
    y, p = held_out.labels[inside], held_out.probabilities[inside]
    wrong = ((y == 0) | (y == 1)) & ((p > .5) != (y == 1))
    if feature is not None:
        wrong[:, np.arange(len(ids)) != ids.index(feature)] = False
    sure = np.where(wrong, np.where(y == 1, 1 - p, p), 0.)
    rows = np.flatnonzero(wrong.any(axis=1))
    result = []
    for i in rows[np.argsort(-sure[rows].max(axis=1), kind="stable")] if len(rows) else ():
        columns = sorted(np.flatnonzero(wrong[i]), key=lambda c, i=i: -sure[i, c])
        result.append(Mistake(
            int(held_out.rows[inside][i]), tuple(ids[c] for c in columns),
            tuple(int(y[i, c]) for c in columns), tuple(float(p[i, c]) for c in columns)))
    return result
