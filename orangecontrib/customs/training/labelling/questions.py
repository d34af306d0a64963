"""What is asked of a photo: a question per fact value, heights as one, few per cluster.

A group of goods without clusters is one nameless cluster that asks everything.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from orangecontrib.customs.facts import Cluster
from orangecontrib.customs.groups import Group

__all__ = ["Question", "questions", "question_of", "clusters", "asked", "progress"]


@dataclass(frozen=True)
class Question:
    """One question of the analyst.

    Attributes
    ----------
    fact : str
    members : tuple of int
        Positions in ``group.features``; several members exclude each other.
    """

    fact: str
    members: tuple[int, ...]

    @property
    def exclusive(self) -> bool:
        """Whether the answer is one of several values rather than yes or no."""
        return len(self.members) > 1


@lru_cache(maxsize=16)
def questions(group: Group) -> tuple[Question, ...]:
    """All questions, in the order of the features; those that exclude each other are one."""
    exclusive = {index: members for members in group.exclusive_features for index in members}
    members = dict.fromkeys(exclusive.get(i, (i,)) for i in range(len(group.features)))
    return tuple(Question(group.features[part[0]].fact, part) for part in members)


def question_of(feature: str, group: Group) -> Question:
    """The question that a feature belongs to."""
    index = group.feature_ids.index(feature)
    return next(q for q in questions(group) if index in q.members)


@lru_cache(maxsize=16)
def clusters(group: Group) -> dict[str, Cluster]:
    """The clusters by id."""
    return {cluster.id: cluster for cluster in group.clusters} \
        or {"": Cluster("", "", "", group.feature_ids, {})}


@lru_cache(maxsize=256)
def asked(cluster: str, group: Group) -> tuple[Question, ...]:
    """Questions that differ within a cluster, each with the members that come into question."""
    ids, result = group.feature_ids, {}
    for feature in clusters(group)[cluster].asked:
        question = question_of(feature, group)
        members = result.get(question, ())
        result[question] = (*members, ids.index(feature))
    return tuple(Question(q.fact, tuple(sorted(m))) for q, m in result.items())


def progress(labels: np.ndarray, cluster: str, group: Group) -> np.ndarray:
    """Share of the questions that have been answered, per row of labels.

    Without a cluster a photo is finished when everything is labelled, or when it shows no
    good of the group: the rest has no meaning then.
    """
    known = ~np.isnan(labels)
    if not cluster:
        share = known.mean(axis=1)
        gate = [group.feature_ids.index(id_) for id_ in group.gate]
        share[(labels[:, gate] == 1).any(axis=1)] = 1
        return share
    answered = [known[:, list(q.members)].all(axis=1) for q in asked(cluster, group)]
    return np.mean(answered, axis=0) if answered else np.ones(len(labels))
