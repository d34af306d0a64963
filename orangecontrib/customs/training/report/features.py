"""Each feature by itself: right answers, order, and whether its probabilities are true."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.evaluation import Bin, ece, ece_limit, equal_mass_bins
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.training.trainer import HeldOut, Score

from .ranking import auc, auc_interval

__all__ = ["FeatureReport", "feature_reports", "said"]


@dataclass(frozen=True)
class FeatureReport:
    """How one feature did on held-out photos.

    Attributes
    ----------
    score : Score
        n, positives, right answers at ½, accuracy with interval, majority, balanced accuracy.
    taught : bool
        False: the photos could not teach the feature, its prior is all that the model says.
    products : int
        Photos of one product are alike; this is what the intervals of order and
        calibration count.
    threshold : float
        The model's, from which on it says "yes".
    balanced_at_threshold : float
        Balanced accuracy there; heights: of the likeliest one.
    auc : float
    auc_interval : (float, float)
    ece : float
        Mean distance of stated and observed share over bins of equally many photos.
    ece_limit : float
        What a perfectly calibrated model stays below in 95 % of samples like this one.
    bins : tuple of Bin
        Points of the reliability curve.
    """

    score: Score
    taught: bool
    products: int
    threshold: float
    balanced_at_threshold: float
    auc: float
    auc_interval: tuple[float, float]
    ece: float
    ece_limit: float
    bins: tuple[Bin, ...]

    @property
    def feature(self) -> str:
        """Id of the feature."""
        return self.score.feature


def said(probabilities: np.ndarray, model: PhotoModel) -> np.ndarray:
    """Which features a model says a photo shows.

    From its threshold on; of those that exclude each other (heights) the likeliest.

    Parameters
    ----------
    probabilities : ndarray of float, shape (M, n_features)
    model : PhotoModel
        Its thresholds.

    Returns
    -------
    ndarray of bool, shape (M, n_features)
    """
    result = probabilities >= model.thresholds
    for members in map(list, model.group.exclusive_features):
        likeliest = probabilities[:, members].argmax(axis=1)
        result[:, members] = np.eye(len(members), dtype=bool)[likeliest]
    return result


def feature_reports(held_out: HeldOut, model: PhotoModel, part: str, seed: int = 0
                    ) -> list[FeatureReport]:
    """A report per feature, in the order of ``model.features``.

    Parameters
    ----------
    part : {"test", "validation"}
    seed : int
        Of the simulated samples behind `ece_limit`.
    """
    rows = held_out.part == part
    p, labels, groups = (array[rows] for array in (
        held_out.probabilities, held_out.labels, held_out.groups))
    answers, result = said(p, model), []
    for column, score in enumerate(held_out.scores(part)):
        known = (labels[:, column] == 0) | (labels[:, column] == 1)
        q, y, of = p[known, column], labels[known, column] == 1, groups[known]
        area = auc(q, y)
        result.append(FeatureReport(
            score, bool(model.weights[:, column].any()), len(np.unique(of)),
            float(model.thresholds[column]),
            _balanced(answers[known, column], y), area,
            auc_interval(area, len(np.unique(of[y])), len(np.unique(of[~y]))),
            ece(q, y), ece_limit(q, document=of, seed=seed) if len(q) else float("nan"),
            tuple(equal_mass_bins(q, y))))
    return result


def _balanced(answer: np.ndarray, y: np.ndarray) -> float:
    if y.all() or not y.any():
        return float("nan")
    return float((answer[y].mean() + (~answer[~y]).mean()) / 2)
