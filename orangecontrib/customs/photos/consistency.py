"""Do the features of a photo go together?  The groups of goods as a check (paper 1, §1)."""
from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np

from orangecontrib.customs.groups import footwear

from .features import exclusive_groups, feature_ids

__all__ = ["contradiction", "given_cluster"]


@lru_cache(maxsize=None)
def _boxes() -> tuple[tuple[dict[int, int], tuple[frozenset[int], ...]], ...]:
    """What each cluster implies: single features, and the allowed members of each group."""
    boxes, ids = [], feature_ids()
    for cluster in footwear.clusters():
        implied = {ids.index(id_): value for id_, value in cluster.implied.items()}
        allowed = []
        for group in exclusive_groups():
            sure = {i for i in group if implied.get(i) == 1}
            allowed.append(frozenset(sure or {i for i in group if implied.get(i) != 0}))
        grouped = {i for group in exclusive_groups() for i in group}
        boxes.append(({i: v for i, v in implied.items() if i not in grouped}, tuple(allowed)))
    return tuple(boxes)


@lru_cache(maxsize=None)
def _terms() -> tuple[tuple[int, dict[int, int], tuple[frozenset[int], ...]], ...]:
    """Inclusion and exclusion: sign and box of every intersection that is not empty."""
    terms = []
    for size in range(1, len(_boxes()) + 1):
        for chosen in combinations(_boxes(), size):
            singles: dict[int, int] = {}
            for part, _ in chosen:
                if any(singles.setdefault(i, v) != v for i, v in part.items()):
                    break
            else:
                allowed = tuple(frozenset.intersection(*sets)
                                for sets in zip(*(groups for _, groups in chosen)))
                if all(allowed):
                    terms.append(((-1) ** (size + 1), singles, allowed))
    return tuple(terms)


def contradiction(probabilities: np.ndarray) -> np.ndarray:
    """P that the features fit no group of goods: how much they contradict each other.

    "Incorrect results on features that are foreign to it will show that the choice was wrong"
    (paper 1, the end of §1), as a number.  Features are taken as independent, values of
    one fact as exclusive.

    Parameters
    ----------
    probabilities : ndarray of float, shape (M, 14)

    Returns
    -------
    ndarray of float, shape (M,)
        0: they fit some group of ``footwear.clusters()``; 1: they can't be of one good.
    """
    p = np.asarray(probabilities, float)
    mass = np.zeros(len(p))
    for sign, singles, allowed in _terms():
        part = np.full(len(p), float(sign))
        for column, value in singles.items():
            part *= p[:, column] if value else 1 - p[:, column]
        for columns in allowed:
            part *= p[:, sorted(columns)].sum(axis=1)
        mass += part
    return np.clip(1 - mass, 0, 1)


def given_cluster(probabilities: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """P(feature) = Σ P(cluster) · P(feature | cluster).

    Within a cluster a feature is what the cluster implies, or else what its head says; heights
    that a cluster rules out leave their share to the others.

    Parameters
    ----------
    probabilities : ndarray of float, shape (M, 14)
        Of the heads.
    clusters : ndarray of float, shape (M, n_clusters)
        In the order of ``footwear.clusters()``.
    """
    result = np.zeros_like(probabilities)
    for number, (singles, allowed) in enumerate(_boxes()):
        within = probabilities.copy()
        for column, value in singles.items():
            within[:, column] = value
        for group, columns in zip(exclusive_groups(), allowed):
            within[:, [i for i in group if i not in columns]] = 0
            total = within[:, list(group)].sum(axis=1, keepdims=True)
            within[:, list(group)] /= np.maximum(total, 1e-300)
        result += clusters[:, number, None] * within
    return result
