"""The whole report of a run."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.training.trainer import Split, Trained

from .features import FeatureReport, feature_reports
from .gradability import GradabilityReport, gradability_reports
from .heights import Confusion, confusion
from .mistakes import Mistake, worst_mistakes

__all__ = ["Report", "report", "joined_products"]


@dataclass(frozen=True)
class Report:
    """What held-out photos say about a model.

    Attributes
    ----------
    part : str
        "test", or "validation" where no photos were set aside: those the calibration and
        the stopping were chosen on, so that all figures are somewhat too kind.
    photos, products : int
        Held out.
    features : tuple of FeatureReport
    heights : Confusion
    gradability : tuple of GradabilityReport
    contradiction : ndarray of float, shape (photos,)
        Per photo, P that its features fit no kind of goods.
    mistakes : tuple of Mistake
    group : Group
    """

    part: str
    photos: int
    products: int
    features: tuple[FeatureReport, ...]
    heights: Confusion
    gradability: tuple[GradabilityReport, ...]
    contradiction: np.ndarray
    mistakes: tuple[Mistake, ...]
    group: Group = field(default_factory=visual_group)

    @property
    def answers(self) -> int:
        """Labels 1 and 0 of all features."""
        return sum(row.score.n for row in self.features)

    @property
    def right(self) -> int:
        """Answers on the right side of ½."""
        return sum(row.score.right for row in self.features)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson interval of the share of right answers, 95 %."""
        return wilson(self.right, self.answers)

    @property
    def usual(self) -> int:
        """Right answers of always giving each feature's commoner one."""
        return sum(max(row.score.positives, row.score.n - row.score.positives)
                   for row in self.features)

    @property
    def mean_accuracy(self) -> float:
        """Mean over the features that have photos of both answers; NaN without any.

        The figure of paper 1, §2, is a mean over features, too.
        """
        found = [row.score.accuracy for row in self.features
                 if 0 < row.score.positives < row.score.n]
        return float(np.mean(found)) if found else float("nan")

    def contradiction_histogram(self, bins: int = 20) -> tuple[np.ndarray, np.ndarray]:
        """Photos by their contradiction score: counts, and the middles of equal bins."""
        counts, edges = np.histogram(self.contradiction, bins, (0., 1.))
        return counts, (edges[:-1] + edges[1:]) / 2

    @property
    def contradicted(self) -> int:
        """Photos whose features rather fit no kind of goods: a score above ½."""
        return int((self.contradiction > .5).sum())

    @property
    def uncalibrated(self) -> tuple[str, ...]:
        """Ids of features that were taught and are worse calibrated than chance would show."""
        return tuple(row.feature for row in self.features
                     if row.taught and row.ece > row.ece_limit)


def report(trained: Trained, part: str | None = None) -> Report:
    """Measure a trained model on photos of products that it has not seen.

    Parameters
    ----------
    part : {"test", "validation"}, optional
        The test photos by default, or the validation photos where there are none.
    """
    held_out = trained.held_out
    part = part or ("test" if (held_out.part == "test").any() else "validation")
    rows = held_out.part == part
    return Report(
        part, int(rows.sum()), len(np.unique(held_out.groups[rows])),
        tuple(feature_reports(held_out, trained.model, part)), confusion(held_out, part),
        tuple(gradability_reports(held_out, trained.model, part)),
        held_out.contradiction[rows], tuple(worst_mistakes(held_out, part)),
        trained.model.group)


def joined_products(split: Split, products: Sequence[str]) -> list[tuple[str, ...]]:
    """Products that were taken for one, since they have near-duplicate photos.

    Parameters
    ----------
    products : sequence of str, shape (M,)
        Of all training photos.
    """
    names: dict[int, dict[str, None]] = {}
    for group, product in zip(split.groups.tolist(), products):
        if group >= 0:
            names.setdefault(group, {})[str(product)] = None
    return [tuple(found) for found in names.values() if len(found) > 1]
