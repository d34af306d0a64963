"""The learner of a node: multinomial logistic regression on the words that its rows have."""
from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import sparse

__all__ = ["Linear", "LinearLearner"]

#: Iterations, and how near to the optimum they come: closer changes no rank.
ITERATIONS, TOLERANCE = 200, 1e-3


@dataclass(frozen=True)
class Linear:
    """Weights of words for the children of a node.

    Attributes
    ----------
    columns : ndarray of int
        Words that have a weight.
    weights : ndarray, shape (n_columns, n_children)
    bias : ndarray, shape (n_children,)
    """

    columns: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, X: sparse.csr_matrix) -> np.ndarray:
        """P(child), shape (n, n_children)."""
        z = X[:, self.columns] @ self.weights + self.bias
        z = np.exp(z - z.max(axis=1, keepdims=True))
        return z / z.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class LinearLearner:
    """Fits :class:`Linear`.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty; rows have length one, so that it is larger than usual.
    penalty : {"l2", "l1"}
        L1 keeps few words, and takes longer.
    """

    C: float = 30.
    penalty: str = "l2"

    def __call__(self, X: sparse.csr_matrix, y: np.ndarray, k: int) -> Linear:
        """Fit children 0 to k − 1, each of which has rows."""
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
        columns = np.unique(X.indices)
        if not len(columns):    # no words: shares of the children
            return Linear(columns, np.zeros((0, k)), np.log(np.bincount(y, minlength=k)))
        how: dict = {"solver": "lbfgs"} if self.penalty == "l2" else {
            "penalty": "l1", "solver": "saga", "random_state": 0}
        model = LogisticRegression(C=self.C, max_iter=ITERATIONS, tol=TOLERANCE, **how)
        # sparse rows gain nothing by threads, and the end is near enough to the optimum
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(X[:, columns], y)
        weights, bias = model.coef_.T, model.intercept_
        if weights.shape[1] == 1:
            weights, bias = np.hstack([0 * weights, weights]), np.array([0., bias[0]])
        # as a file keeps them
        weights, bias = (a.astype(np.float32).astype(float) for a in (weights, bias))
        used = np.flatnonzero(np.abs(weights).max(axis=1) > 0)
        return Linear(columns[used], np.ascontiguousarray(weights[used]), bias)
