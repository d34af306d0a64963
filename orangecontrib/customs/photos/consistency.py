"""Do the features of a photo go together?  The groups of goods as a check (paper 1, §1)."""
from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np

from orangecontrib.customs.groups import Group

__all__ = ["contradiction", "given_cluster"]


@lru_cache(maxsize=16)
def _boxes(group: Group) -> tuple[tuple[dict[int, int], tuple[frozenset[int], ...]], ...]:
    """What each cluster implies: single features, and the allowed ones of those that exclude."""
    boxes, ids, exclusive = [], group.feature_ids, group.exclusive_features
    for cluster in group.clusters:
        implied = {ids.index(id_): value for id_, value in cluster.implied.items()}
        allowed = []
        for members in exclusive:
            sure = {i for i in members if implied.get(i) == 1}
            allowed.append(frozenset(sure or {i for i in members if implied.get(i) != 0}))
        grouped = {i for members in exclusive for i in members}
        boxes.append(({i: v for i, v in implied.items() if i not in grouped}, tuple(allowed)))
    return tuple(boxes)


@lru_cache(maxsize=16)
def _terms(group: Group) -> tuple[tuple[int, dict[int, int], tuple[frozenset[int], ...]], ...]:
    """Inclusion and exclusion: sign and box of every intersection that is not empty."""
    terms = []
    boxes = _boxes(group)
    for size in range(1, len(boxes) + 1):
        for chosen in combinations(boxes, size):
            singles: dict[int, int] = {}
            for part, _ in chosen:
                if any(singles.setdefault(i, v) != v for i, v in part.items()):
                    break
            else:
                allowed = tuple(frozenset.intersection(*sets)
                                for sets in zip(*(sets for _, sets in chosen)))
                if all(allowed):
                    terms.append(((-1) ** (size + 1), singles, allowed))
    return tuple(terms)


def contradiction(probabilities: np.ndarray, group: Group) -> np.ndarray:
    """P that the features fit no kind of goods: how much they contradict each other.

    "Incorrect results on features that are foreign to it will show that the choice was wrong"
    (paper 1, the end of §1), as a number.  Features are taken as independent, values of
    one fact as exclusive.

    Parameters
    ----------
    probabilities : ndarray of float, shape (M, n_features)
    group : Group

    Returns
    -------
    ndarray of float, shape (M,)
        0: they fit some cluster of the group, or it has none; 1: they can't be of one good.
    """
    if not group.clusters:
        return np.zeros(len(probabilities))
    p = np.asarray(probabilities, float)
    mass = np.zeros(len(p))
    for sign, singles, allowed in _terms(group):
        part = np.full(len(p), float(sign))
        for column, value in singles.items():
            part *= p[:, column] if value else 1 - p[:, column]
        for columns in allowed:
            part *= p[:, sorted(columns)].sum(axis=1)
        mass += part
    return np.clip(1 - mass, 0, 1)


def given_cluster(probabilities: np.ndarray, clusters: np.ndarray, group: Group) -> np.ndarray:
    """P(feature) = Σ P(cluster) · P(feature | cluster).

    Within a cluster a feature is what the cluster implies, or else what its head says; heights
    that a cluster rules out leave their share to the others.

    Parameters
    ----------
    probabilities : ndarray of float, shape (M, n_features)
        Of the heads.
    clusters : ndarray of float, shape (M, n_clusters)
        In the order of ``group.clusters``.
    group : Group
    """
    result = np.zeros_like(probabilities)
    for number, (singles, allowed) in enumerate(_boxes(group)):
        within = probabilities.copy()
        for column, value in singles.items():
            within[:, column] = value
        for members, columns in zip(group.exclusive_features, allowed):
            within[:, [i for i in members if i not in columns]] = 0
            total = within[:, list(members)].sum(axis=1, keepdims=True)
            within[:, list(members)] /= np.maximum(total, 1e-300)
        result += clusters[:, number, None] * within
    return result
