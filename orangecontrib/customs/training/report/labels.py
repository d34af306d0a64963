"""What labelled photos hold, before anything is learnt from them."""
from __future__ import annotations

from dataclasses import dataclass

from orangecontrib.customs.training.trainer import TrainingPhotos

__all__ = ["LabelCount", "label_counts"]


@dataclass(frozen=True)
class LabelCount:
    """Labels of one feature.

    Attributes
    ----------
    feature : str
    ones, zeros : int
    cannot : int
        Photos that can't show it (0.5).
    """

    feature: str
    ones: int
    zeros: int
    cannot: int

    @property
    def teaches(self) -> bool:
        """Whether both answers occur."""
        return bool(self.ones and self.zeros)


def label_counts(photos: TrainingPhotos) -> list[LabelCount]:
    """Labels per feature, in the order of ``photos.group.features``."""
    return [LabelCount(feature, *(int((column == value).sum()) for value in (1, 0, .5)))
            for feature, column in zip(photos.group.feature_ids, photos.labels.T)]
