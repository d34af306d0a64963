"""Which kind of goods a photo belongs to, for the softmax over clusters."""
from __future__ import annotations

import numpy as np

from .photos import TrainingPhotos

__all__ = ["cluster_targets"]


def cluster_targets(photos: TrainingPhotos) -> np.ndarray:
    """Number of each photo's cluster; -1 where neither people nor labels say it.

    What nobody said is read off the labels: the only cluster all of whose implied features
    are labelled so.
    """
    group = photos.group
    ids, names = group.feature_ids, group.cluster_ids
    fits = np.ones((len(photos), len(names)), bool)
    for number, cluster in enumerate(group.clusters):
        for feature, value in cluster.implied.items():
            fits[:, number] &= photos.labels[:, ids.index(feature)] == value
    result = np.where(fits.sum(axis=1) == 1, fits.argmax(axis=1), -1)
    for number, name in enumerate(names):
        result[photos.clusters == name] = number
    return result
