"""Tautology audit: how much of a model only echoes the tariff.

Declarants copy the wording of the heading under which they want their goods
(paper 2: «описывают так, чтобы он соответствовал тексту товарной позиции»).
A model learns the copy.  The audit cross-validates the same L1 logistic
regression with all words, without the tariff's words and on these alone.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from orangecontrib.customs.intervals import wilson

__all__ = ["AuditRow", "tautology_audit"]


@dataclass(frozen=True)
class AuditRow:
    """A line of the audit: which words the model saw, and how often it was right.

    `level` is 0 for all words; `only` says that the tariff's words were the
    only ones.  `low` and `high` are the 95 % Wilson bounds of `accuracy`.
    """

    level: int
    only: bool
    vocabulary: int
    documents: int
    accuracy: float
    low: float
    high: float

    @property
    def name(self) -> str:
        if not self.level:
            return "all words"
        words = f"words of the tariff (≤ {self.level} digits)"
        return f"only {words}" if self.only else f"without {words}"


def tautology_audit(tokens: Sequence[Sequence[str]], labels: np.ndarray,
                    tariff: Mapping[int, frozenset[str]], *, folds: int = 5,
                    most: int = 5000, seed: int = 0,
                    progress: Callable[[float], bool] = lambda share: True) -> list[AuditRow]:
    """Accuracy with and without tariff words, cross-validated.

    Parameters
    ----------
    tokens : sequence of sequences of str, length n
    labels : numpy.ndarray of int, shape (n,)
        Classes; -1 for unknown (left out).
    tariff : {level: words}
        Words of the designations down to each level.
    folds : int
        Documents with the same words share a fold: declarations repeat, and a
        repeated text is not a test.
    most : int
        Of more documents than this a random sample is taken.
    seed : int
    progress : callable
        Gets the share done; when it returns False, the rows so far come back.

    Returns
    -------
    list of AuditRow
        "All words" first, then for each level without and only.

    Raises
    ------
    ValueError
        If fewer than two classes have two different texts each, or no word is left.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.multiclass import OneVsRestClassifier

    rng = np.random.default_rng(seed)
    labels = np.asarray(labels)
    rows = np.flatnonzero((labels >= 0) & np.fromiter((len(t) > 0 for t in tokens), bool,
                                                     len(tokens)))
    if len(rows) > most:
        rows = np.sort(rng.choice(rows, most, replace=False))
    texts: dict[tuple, int] = {}
    groups = np.array([texts.setdefault(tuple(sorted(tokens[i])), len(texts)) for i in rows],
                      dtype=np.int64)
    different = {label: len(set(groups[labels[rows] == label])) for label in set(labels[rows])}
    classes = [label for label, n in different.items() if n >= 2]
    if len(classes) < 2:
        raise ValueError("the audit needs at least two classes with two different texts each")
    keep = np.isin(labels[rows], classes)
    rows, groups = rows[keep], groups[keep]
    y = labels[rows]
    folds = min(folds, *(different[label] for label in classes))
    words = sorted({word for i in rows for word in tokens[i]})
    X = _bag([tokens[i] for i in rows], words)
    with warnings.catch_warnings():  # a class with few texts is said by `different` already
        warnings.simplefilter("ignore", UserWarning)
        splits = list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(
            X, y, groups))

    runs = [(0, False, np.ones(len(words), bool))]
    for level, listed in sorted(tariff.items()):
        theirs = np.fromiter((word in listed for word in words), bool, len(words))
        runs += [(level, False, ~theirs), (level, True, theirs)]
    result: list[AuditRow] = []
    for number, (level, only, columns) in enumerate(runs):
        right = 0
        for k, (train, test) in enumerate(splits):
            if not progress((number + k / len(splits)) / len(runs)):
                return result
            right += _right(X[:, columns], y, train, test,
                            OneVsRestClassifier(LogisticRegression(
                                penalty="l1", solver="liblinear", C=1., random_state=seed)))
        tested = sum(len(test) for _, test in splits)
        result.append(AuditRow(level, only, int(columns.sum()), tested, right / tested,
                               *wilson(right, tested)))
    progress(1.)
    return result


def _right(X, y, train, test, model) -> int:
    """Number of right answers; without a word, the most frequent class is the answer."""
    seen, counts = np.unique(y[train], return_counts=True)
    if not X.shape[1] or len(seen) < 2:
        return int((y[test] == seen[counts.argmax()]).sum())
    with warnings.catch_warnings():  # scikit-learn 1.8 renames `penalty`, 1.5 knows only it
        warnings.simplefilter("ignore")
        return int((model.fit(X[train], y[train]).predict(X[test]) == y[test]).sum())


def _bag(tokens, words: list[str]) -> sparse.csr_matrix:
    """Counts of words, documents × words."""
    number = {word: i for i, word in enumerate(words)}
    ids = np.fromiter((number[word] for document in tokens for word in document), np.int64)
    ends = np.cumsum([0, *(len(document) for document in tokens)])
    X = sparse.csr_matrix((np.ones(len(ids)), ids, ends), shape=(len(tokens), len(words)))
    X.sum_duplicates()
    return X
