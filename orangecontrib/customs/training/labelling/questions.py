"""What is asked of a photo: a question per fact value, heights as one, few per cluster."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from orangecontrib.customs.facts import Cluster
from orangecontrib.customs.groups import footwear
from orangecontrib.customs.photos.model import exclusive_groups, feature_ids

__all__ = ["Question", "questions", "question_of", "clusters", "asked", "progress"]


@dataclass(frozen=True)
class Question:
    """One question of the analyst.

    Attributes
    ----------
    fact : str
    members : tuple of int
        Positions in ``footwear.features()``; several members exclude each other.
    """

    fact: str
    members: tuple[int, ...]

    @property
    def exclusive(self) -> bool:
        """Whether the answer is one of several values rather than yes or no."""
        return len(self.members) > 1


@lru_cache(maxsize=None)
def questions() -> tuple[Question, ...]:
    """All questions, in the order of the features; the heights are one."""
    grouped = {index: group for group in exclusive_groups() for index in group}
    members = dict.fromkeys(grouped.get(i, (i,)) for i in range(len(feature_ids())))
    return tuple(Question(footwear.features()[group[0]].fact, group) for group in members)


def question_of(feature: str) -> Question:
    """The question that a feature belongs to."""
    index = feature_ids().index(feature)
    return next(q for q in questions() if index in q.members)


@lru_cache(maxsize=None)
def clusters() -> dict[str, Cluster]:
    """The groups of goods by id."""
    return {cluster.id: cluster for cluster in footwear.clusters()}


@lru_cache(maxsize=None)
def asked(cluster: str) -> tuple[Question, ...]:
    """Questions that differ within a cluster, each with the members that come into question."""
    ids, result = feature_ids(), {}
    for feature in clusters()[cluster].asked:
        question = question_of(feature)
        members = result.get(question, ())
        result[question] = (*members, ids.index(feature))
    return tuple(Question(q.fact, tuple(sorted(m))) for q, m in result.items())


def progress(labels: np.ndarray, cluster: str) -> np.ndarray:
    """Share of the questions that have been answered, per row of labels.

    Without a cluster a photo is finished when everything is labelled, or when it shows no
    footwear: the rest has no meaning then.
    """
    known = ~np.isnan(labels)
    if not cluster:
        share = known.mean(axis=1)
        share[labels[:, feature_ids().index("not_footwear")] == 1] = 1
        return share
    answered = [known[:, list(q.members)].all(axis=1) for q in asked(cluster)]
    return np.mean(answered, axis=0) if answered else np.ones(len(labels))
