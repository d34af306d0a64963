"""Linear heads on a backbone's features, and what turns their scores into probabilities.

A head's score is a log-likelihood ratio: what its training implied as a prior is taken out of
its bias, so that the prior can be chosen.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from orangecontrib.customs.groups import Group

__all__ = ["Heads", "gradability_labels", "Calibration", "calibrate",
           "thresholds", "correlations", "training_priors"]

#: Score of a gradability head that never saw a negative: P(can be judged) = .98.
ALWAYS = 4.


@dataclass
class Heads:
    """Linear heads: scores = x @ weights + bias, features first, then gradability."""

    weights: np.ndarray
    bias: np.ndarray

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Log-likelihood ratios, shape (M, n_features + n_facts)."""
        return x @ self.weights + self.bias


def gradability_labels(labels: np.ndarray, group: Group) -> np.ndarray:
    """Labels of features → 1 "can be judged", 0 "annotated as not", NaN; shape (M, n_facts)."""
    columns = [[i for i, f in enumerate(group.features) if f.fact == fact]
               for fact in group.visual_facts]
    result = np.full((len(labels), len(columns)), np.nan)
    for j, members in enumerate(columns):
        part = labels[:, members]
        result[((part == 0) | (part == 1)).any(axis=1), j] = 1
        result[(part == .5).any(axis=1), j] = 0
    return result


def training_priors(labels: np.ndarray, weights: np.ndarray, hand: np.ndarray, group: Group,
                    enough: int = 100) -> np.ndarray:
    """Share of each feature among the photos labelled by eye, kept within 2 % and 98 %.

    They are a random part of a catalogue; the class sizes of the weak labels are
    anybody's choice.  Those stand in where fewer than `enough` were labelled by eye.
    """
    share = np.empty(labels.shape[1])
    for column in range(labels.shape[1]):
        known = (labels[:, column] == 0) | (labels[:, column] == 1)
        both = len(set(labels[known & hand, column])) == 2
        rows = known & hand if both and (known & hand).sum() >= enough else known
        share[column] = np.average(labels[rows, column], weights=weights[rows, column]) \
            if rows.any() else .5
    share = np.clip(share, .02, .98)
    for members in map(list, group.exclusive_features):
        share[members] /= share[members].sum()
    return share


class Calibration(NamedTuple):
    """What makes probabilities of scores: score / temperature + shift + logit of the prior.

    Attributes
    ----------
    temperatures, shifts : ndarray of float, shape (n_features,)
    """

    temperatures: np.ndarray
    shifts: np.ndarray


def calibrate(scores: np.ndarray, labels: np.ndarray, weights: np.ndarray,
              priors: np.ndarray, group: Group, hand: np.ndarray | None = None,
              enough: int = 30) -> Calibration:
    """Temperature and shift per feature that minimise the log-loss on held-out scores.

    Where both answers have `enough` photos labelled by eye, those alone decide, and the score is
    shifted, too (Platt): weak labels are wrong too often to say how sure a head may be.
    Elsewhere there is a temperature alone; features with fewer than ten held-out photos of
    one answer keep a cautious 1.5.
    """
    n = labels.shape[1]
    result = Calibration(np.full(n, 1.5), np.zeros(n))
    hand = np.zeros(len(labels), dtype=bool) if hand is None else hand
    logit = np.log(priors / (1 - priors))

    for members in map(list, group.exclusive_features):
        known = np.isin(labels[:, members], (0, 1)).all(axis=1)
        known &= labels[:, members].sum(axis=1) == 1
        counts = labels[known & hand][:, members].sum(axis=0)
        sure = np.sort(counts)[-2] >= enough
        rows = known & hand if sure else known
        free = np.flatnonzero((counts >= 10) & sure)
        s, y, w = scores[rows][:, members], labels[rows][:, members], weights[rows, members[0]]
        log_prior = np.log(priors[members])

        def loss(t, shift, s=s, y=y, w=w, log_prior=log_prior, free=free):
            z = s / t + log_prior
            z[:, free] += shift
            z = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
            return -(w * (y * z).sum(axis=1)).sum() / w.sum()

        if rows.any():
            t, shift = _least(loss, len(free))
            result.temperatures[members] = t
            result.shifts[np.array(members)[free]] = shift
    for column in set(range(n)) - set(chain(*group.exclusive_features)):
        known = np.isin(labels[:, column], (0, 1))
        if min((labels[known, column] == value).sum() for value in (0, 1)) < 10:
            continue
        sure = min((labels[hand & known, column] == value).sum() for value in (0, 1)) >= enough
        rows = known & hand if sure else known
        s, sign, w = scores[rows, column], 1 - 2 * labels[rows, column], weights[rows, column]

        def loss(t, shift, s=s, sign=sign, w=w, logit=logit[column]):
            return (w * np.logaddexp(0, sign * (s / t + shift.sum() + logit))).sum() / w.sum()

        result.temperatures[column], shift = _least(loss, int(sure))
        result.shifts[column] = shift.sum()
    return result


def thresholds(p: np.ndarray, labels: np.ndarray, group: Group, enough: int = 15) -> np.ndarray:
    """The probability from which on a feature counts as present.

    Where the shares found among held-out photos labelled 1 and 0 have the highest mean; ½ for
    features with fewer than `enough` of either, and for heights, of which the likeliest
    counts.  Between equals, and within what chance may say, the nearest to ½.

    Parameters
    ----------
    p, labels : ndarray of float, shape (M, n_features)
    """
    result = np.full(labels.shape[1], .5)
    steps = np.arange(.05, .951, .05)
    for column in set(range(labels.shape[1])) - set(chain(*group.exclusive_features)):
        yes, no = (p[labels[:, column] == value, column] for value in (1, 0))
        if min(len(yes), len(no)) < enough:
            continue
        found = (yes[:, None] >= steps).mean(axis=0)
        spared = (no[:, None] < steps).mean(axis=0)
        balanced = (found + spared) / 2
        best = balanced.argmax()
        error = np.sqrt(found[best] * (1 - found[best]) / len(yes)
                        + spared[best] * (1 - spared[best]) / len(no)) / 2
        near = np.flatnonzero(balanced >= balanced[best] - error)
        result[column] = steps[near[np.abs(steps[near] - .5).argmin()]]
    return result


def _least(loss, shifts: int) -> tuple[float, np.ndarray]:
    """The temperature between 0.2 and 12, and the shifts within 4, with the least loss."""
    from scipy.optimize import minimize

    def whole(x):
        # without this pull the shifts of a softmax could all move together
        return loss(np.exp(x[0]), x[1:]) + 1e-3 * (x[1:] ** 2).sum()

    found = minimize(whole, np.zeros(1 + shifts), method="L-BFGS-B",
                     bounds=[(-1.6, 2.5)] + [(-4, 4)] * shifts)
    return float(np.exp(found.x[0])), found.x[1:]


def correlations(scores: np.ndarray, labels: np.ndarray, products: np.ndarray,
                 default: float = .5) -> np.ndarray:
    """ρ per feature: correlation of scores between photos of one product, given the class.

    One-way intraclass correlation over products with several photos; `default` where
    there are fewer than 20 of them.  Kept within .2 and .95.
    """
    result = np.full(labels.shape[1], default)
    for column in range(labels.shape[1]):
        residual = np.full(len(labels), np.nan)
        for value in (0, 1):
            rows = labels[:, column] == value
            if rows.any():
                residual[rows] = scores[rows, column] - scores[rows, column].mean()
        known = np.isfinite(residual)
        _, product, size = np.unique(products[known], return_inverse=True, return_counts=True)
        several = size[product] > 1
        if (size > 1).sum() < 20:
            continue
        r, p = residual[known][several], product[several]
        result[column] = _icc(r, p)
    return np.clip(result, .2, .95)


def _icc(values: np.ndarray, groups: np.ndarray) -> float:
    _, index, n = np.unique(groups, return_inverse=True, return_counts=True)
    means = np.bincount(index, values) / n
    within = ((values - means[index]) ** 2).sum() / max(len(values) - len(n), 1)
    between = (n * (means - values.mean()) ** 2).sum() / max(len(n) - 1, 1)
    size = (len(values) - (n ** 2).sum() / len(values)) / max(len(n) - 1, 1)
    return float((between - within) / max(between + (size - 1) * within, 1e-12))


def predict(heads_scores: np.ndarray, priors: np.ndarray, t: np.ndarray, group: Group,
            reliability: np.ndarray | float = 1.) -> np.ndarray:
    """Probabilities of the features from scores, as PhotoModel computes them."""
    from orangecontrib.customs.photos.model import PhotoModel
    n = len(group.features)
    width = heads_scores.shape[1]
    model = PhotoModel(np.eye(width, dtype=np.float32), np.zeros(width, np.float32), priors, t,
                       np.broadcast_to(np.asarray(reliability, float), n).copy(),
                       np.full(n, .5), np.full(n, .5), "none", "", {}, group=group)
    return model(heads_scores).probabilities


def hits(p: np.ndarray, labels: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """Whether each photo's columns are on the right side of ½; NaN where masked."""
    y = labels[:, columns]
    right = (p[:, columns] > .5) == (y == 1)
    return np.where((y == 0) | (y == 1), right.astype(float), np.nan)
