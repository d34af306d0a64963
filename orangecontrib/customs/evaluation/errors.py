"""Errors per predicted code, and the probability that one document's code is wrong.

A document that was tested several times (random splits) counts once: its predictions share a
weight of one, and n is the number of distinct documents.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orangecontrib.customs.intervals import wilson

__all__ = ["CodeErrors", "CrossFitted", "ErrorModel", "Scored", "code_errors", "cross_fitted"]

#: With fewer errors or fewer right answers than this there is nothing to fit.
ENOUGH = 5


@dataclass(frozen=True)
class Scored:
    """Documents with predicted codes.

    Parameters
    ----------
    predicted : sequence of str, length n
    p : numpy.ndarray, shape (n,)
        Probability of the predicted code, as the model states it.
    true : sequence of str, length n
        "" where it is unknown.
    document : numpy.ndarray of int, shape (n,)
        Equal numbers are the same document, tested several times.
    codes : sequence of str, optional
        All codes between which the model chose.
    shares : numpy.ndarray, shape (n, len(codes)), optional
        Their probabilities; None where the model states none.
    fold : numpy.ndarray of int, shape (n,), optional
        The test in which a row was predicted.
    odds : float
        Test documents per training document; NaN where that is unknown.
    """

    predicted: tuple[str, ...]
    p: np.ndarray
    true: tuple[str, ...]
    document: np.ndarray
    codes: tuple[str, ...] = ()
    shares: np.ndarray | None = None
    fold: np.ndarray | None = None
    odds: float = float("nan")

    @cached_property
    def known(self) -> np.ndarray:
        """Rows whose true code is known."""
        return np.array([bool(code) for code in self.true], dtype=bool)

    @cached_property
    def wrong(self) -> np.ndarray:
        """Rows whose predicted code is not the true one; False where that is unknown."""
        return self.known & np.array([a != b for a, b in zip(self.predicted, self.true)],
                                     dtype=bool)

    @cached_property
    def weight(self) -> np.ndarray:
        """One per document, shared by its rows; 0 where the true code is unknown."""
        times = Counter(self.document[self.known].tolist())
        return np.array([1 / times[d] if k else 0. for d, k in zip(self.document.tolist(),
                                                                  self.known)], dtype=float)

    @property
    def documents(self) -> int:
        """Distinct documents whose true code is known."""
        return len(set(self.document[self.known].tolist()))


@dataclass(frozen=True)
class CodeErrors:
    """How often a predicted code is wrong.

    Attributes
    ----------
    code : str
    n : float
        Documents for which it was predicted.
    wrong : float
    rate, low, high : float
        P(the predicted code is wrong), with its 95 % Wilson interval.
    found : float
        Share of the code's own documents for which it was predicted (recall); NaN without any.
    instead : str
        The true code that stands behind most of the errors; "" without errors.
    instead_share : float
        Its share of the errors.
    """

    code: str
    n: float
    wrong: float
    rate: float
    low: float
    high: float
    found: float
    instead: str
    instead_share: float


def code_errors(scored: Scored) -> list[CodeErrors]:
    """Errors per predicted code, in the order of the codes; codes never predicted have n = 0."""
    weight = scored.weight
    predicted: dict[str, float] = Counter()
    own: dict[str, float] = Counter()
    pairs: dict[tuple[str, str], float] = Counter()
    for code, true, w in zip(scored.predicted, scored.true, weight.tolist()):
        if w:
            predicted[code] += w
            own[true] += w
            pairs[code, true] += w
    rows = []
    for code in sorted({*predicted, *own}):
        n = predicted[code]
        behind = {true: w for (said, true), w in pairs.items() if said == code != true}
        wrong = sum(behind.values())
        instead = max(behind, key=behind.get, default="")
        low, high = wilson(wrong, n)
        rows.append(CodeErrors(
            code, n, wrong, wrong / n if n else float("nan"), low, high,
            pairs[code, code] / own[code] if own[code] else float("nan"),
            instead, behind[instead] / wrong if instead else float("nan")))
    return rows


class ErrorModel:
    """P(the predicted code is wrong), from the stated probability and the code itself.

    Logistic regression of "wrong" on the logit of the stated probability and on the code, with
    a ridge penalty (C = 1) that draws rare codes to the common line.  With fewer than
    :data:`ENOUGH` errors or right answers it is the share of errors, (errors + 1) / (n + 2).

    Parameters
    ----------
    predicted : sequence of str
    p : numpy.ndarray
    wrong : numpy.ndarray of bool
    weight : numpy.ndarray
    """

    def __init__(self, predicted: Sequence[str], p: np.ndarray, wrong: np.ndarray,
                 weight: np.ndarray):
        self.share = float((weight @ wrong + 1) / (weight.sum() + 2))
        self._number = {code: i for i, code in enumerate(sorted(set(predicted)))}
        self._model = None
        if min(weight @ wrong, weight @ ~wrong) >= ENOUGH:
            from sklearn.linear_model import LogisticRegression
            self._model = LogisticRegression(C=1., max_iter=1000).fit(
                self._features(predicted, p), wrong, weight)

    def _features(self, predicted: Sequence[str], p: np.ndarray) -> np.ndarray:
        features = np.zeros((len(predicted), 1 + len(self._number)))
        clipped = np.clip(p, 1e-4, 1 - 1e-4)
        features[:, 0] = np.log(clipped / (1 - clipped))
        number = np.array([self._number.get(code, -1) for code in predicted], dtype=int)
        rows = np.flatnonzero(number >= 0)  # a code never predicted before takes the common line
        features[rows, 1 + number[rows]] = 1
        return features

    def __call__(self, predicted: Sequence[str], p: np.ndarray) -> np.ndarray:
        """P(error) of documents, shape (n,); NaN where no probability is stated."""
        if not len(predicted):
            return np.zeros(0)
        stated = np.asarray(p, dtype=float)
        if self._model is None:
            return np.where(np.isnan(stated), np.nan, self.share)
        values = self._model.predict_proba(
            self._features(predicted, np.nan_to_num(stated, nan=.5)))[:, 1]
        return np.where(np.isnan(stated), np.nan, values)


def error_model(scored: Scored, among: np.ndarray | bool = True) -> ErrorModel:
    """The model learnt from the documents whose true code is known, or those `among` the rows."""
    rows = scored.known & ~np.isnan(scored.p) & among
    return ErrorModel([c for c, k in zip(scored.predicted, rows) if k], scored.p[rows],
                      scored.wrong[rows], scored.weight[rows])


class CrossFitted:
    """P(error) of documents, each from a model that has not seen it; learnt once for all judged.

    Rows of one document share a fold.  Documents that are not among those with a true code
    get the answer of the model of all these.

    Parameters
    ----------
    scored : Scored
        What teaches.
    """

    def __init__(self, scored: Scored, folds: int = 5, seed: int = 0):
        self._whole = error_model(scored)
        documents = np.unique(scored.document[scored.known])
        folds = min(folds, len(documents))
        order = np.random.default_rng(seed).permutation(documents) if folds > 1 else []
        self._fold_of = {document: i % folds for i, document in enumerate(map(int, order))}
        fold = self._folds(scored)
        self._parts = [error_model(scored, fold != number)
                       for number in range(folds if folds > 1 else 0)]

    def _folds(self, part: Scored) -> np.ndarray:
        return np.array([self._fold_of.get(d, -1) for d in part.document.tolist()], dtype=int)

    def __call__(self, judged: Scored) -> np.ndarray:
        """For each row; a document has the same number as in what teaches.

        Returns
        -------
        numpy.ndarray, shape (n,)
        """
        result = self._whole(judged.predicted, judged.p)
        fold = self._folds(judged)
        for number, model in enumerate(self._parts):
            rows = np.flatnonzero(fold == number)
            result[rows] = model([judged.predicted[i] for i in rows], judged.p[rows])
        return result


def cross_fitted(scored: Scored, judged: Scored | None = None) -> np.ndarray:
    """P(error) of each row of `judged`, by default of `scored` itself (:class:`CrossFitted`)."""
    return CrossFitted(scored)(scored if judged is None else judged)
