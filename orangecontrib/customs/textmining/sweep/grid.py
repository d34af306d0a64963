"""Splits that keep a repeated text on one side, and which cells are no worse than the best."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Scheme", "no_worse", "split_documents"]


@dataclass(frozen=True)
class Scheme:
    """How documents are split into training and test.

    Parameters
    ----------
    kind : str
        ``"shuffle"``: random 70 % / 30 % (paper 2), ``"folds"``: cross-validation.
    times : int
        Repetitions, or folds.
    test_share : float
        Of the distinct texts; for ``"shuffle"`` only.
    """

    kind: str = "shuffle"
    times: int = 10
    test_share: float = .3

    @property
    def odds(self) -> float:
        """Test documents per training document."""
        return self.test_share / (1 - self.test_share) if self.kind == "shuffle" \
            else 1 / max(1, self.times - 1)


def split_documents(labels: np.ndarray, texts: Sequence, scheme: Scheme, seed: int = 0
                    ) -> list[tuple[np.ndarray, np.ndarray]]:
    """Stratified splits of documents in which equal texts stay together.

    Parameters
    ----------
    labels : numpy.ndarray of int, shape (n,)
        Classes; -1 for unknown: in no split.
    texts : sequence of hashable, length n
        Equal values stay on one side; give the row numbers to let each document go its way.
    scheme : Scheme
    seed : int

    Returns
    -------
    list of (train, test)
        Row numbers.

    Raises
    ------
    ValueError
        If fewer than two classes have at least two different texts, which a split needs.
    """
    from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

    groups: dict = {}
    for row, text in enumerate(texts):
        if labels[row] >= 0:
            groups.setdefault(text, []).append(row)
    members = list(groups.values())
    # a text that stands under several codes is split by the first of them
    first = np.array([labels[rows[0]] for rows in members], dtype=np.int64)
    enough = [label for label in np.unique(first) if (first == label).sum() >= 2]
    if len(enough) < 2:
        raise ValueError("two classes with at least two different texts each are needed")
    chosen = np.flatnonzero(np.isin(first, enough))
    y = first[chosen]
    if scheme.kind == "shuffle":
        splitter = StratifiedShuffleSplit(scheme.times, test_size=scheme.test_share,
                                          random_state=seed)
    else:
        smallest = min(int((y == label).sum()) for label in enough)
        splitter = StratifiedKFold(max(2, min(scheme.times, smallest)), shuffle=True,
                                   random_state=seed)

    def rows(numbers):
        return np.concatenate([members[chosen[number]] for number in numbers])
    return [(rows(train), rows(test)) for train, test in splitter.split(y[:, None], y)]


def no_worse(scores: Mapping, errors: Mapping) -> set:
    """Cells whose score is within one standard error of the best.

    Parameters
    ----------
    scores, errors : mapping of cell to float
        NaN for a cell without a score.
    """
    known = {cell: score for cell, score in scores.items() if not np.isnan(score)}
    if not known:
        return set()
    best = max(known, key=known.__getitem__)
    error = errors.get(best, float("nan"))
    limit = known[best] - (0. if np.isnan(error) else error)
    return {cell for cell, score in known.items() if score >= limit}
