"""Three tiers: the whole answer, "can it be judged here?", and the value where it can.

A model that gives a value for a fact that the photo does not show is wrong, however well
its values are calibrated (Shukla and Sonalkar, arXiv:2601.15711, report the tiers apart).
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.training.heads import gradability_labels
from orangecontrib.customs.training.trainer import HeldOut

from .features import said

__all__ = ["GradabilityReport", "gradability_reports"]


@dataclass(frozen=True)
class GradabilityReport:
    """How one fact did; counts are photos.

    Attributes
    ----------
    fact : str
    n : int
        Photos annotated for the fact.
    ungradable : int
        Those of them that can't show it (label 0.5).
    declined : int
        Photos of which the model says that they can't show it.
    declined_rightly : int
    valued : int
        Photos that can show it and are labelled with the value.
    valued_rightly : int
        Those of them with the right value, whatever the model says of gradability.
    right : int
        Right as a whole: declined where it can't be judged; not declined and the right value
        where it can.
    """

    fact: str
    n: int
    ungradable: int
    declined: int
    declined_rightly: int
    valued: int
    valued_rightly: int
    right: int

    @property
    def overall(self) -> float:
        """Share of photos whose answer as a whole is right."""
        return _share(self.right, self.n)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson interval of `overall`, 95 %."""
        return wilson(self.right, self.n)

    @property
    def precision(self) -> float:
        """Share of the declined photos that can't be judged indeed."""
        return _share(self.declined_rightly, self.declined)

    @property
    def recall(self) -> float:
        """Share of the photos that can't be judged that are declined."""
        return _share(self.declined_rightly, self.ungradable)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of "can't be judged"."""
        return _share(2 * self.declined_rightly, self.declined + self.ungradable)

    @property
    def value(self) -> float:
        """Share of right values among the photos that can show the fact."""
        return _share(self.valued_rightly, self.valued)


def gradability_reports(held_out: HeldOut, model: PhotoModel, part: str
                        ) -> list[GradabilityReport]:
    """A report per fact, in the order of ``model.facts``.

    Parameters
    ----------
    part : {"test", "validation"}
    """
    rows = held_out.part == part
    labels = held_out.labels[rows]
    declines = held_out.gradability[rows] < .5
    answers = said(held_out.probabilities[rows], model)
    known = (labels == 0) | (labels == 1)
    wrong = known & (answers != (labels == 1))
    truth, result = gradability_labels(labels, model.group), []
    for number, fact in enumerate(model.facts):
        members = [i for i, f in enumerate(model.group.features) if f.fact == fact]
        annotated, gradable = np.isfinite(truth[:, number]), truth[:, number] == 1
        declined = declines[:, number] & annotated
        value = gradable & ~wrong[:, members].any(axis=1)
        cannot = annotated & ~gradable
        result.append(GradabilityReport(
            fact, *(int(np.sum(part)) for part in (
                annotated, cannot, declined, declined & cannot, gradable, value,
                (declined & cannot) | (value & ~declined)))))
    return result


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
