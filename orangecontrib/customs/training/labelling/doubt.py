"""What a model would answer, and about which photos it is worth asking a person."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.groups import Group, visual_group

from .questions import asked, clusters, questions

__all__ = ["Suggestions", "suggestions", "doubt", "cluster_probabilities", "DOUBTFUL"]

_TINY = 1e-9

#: Priors rarer than this are no better known.
_RARE = .01

#: Photos whose answers are expected to bring as many bits are called doubtful.
DOUBTFUL = .5


@dataclass(frozen=True, eq=False)
class Suggestions:
    """What a model would answer about N photos.

    Attributes
    ----------
    clusters : ndarray of str, shape (N,)
        "" where the model has said nothing, or the group of goods has none.
    cluster_p : ndarray, shape (N,)
        Their probability; 1 where a person has said it.
    labels : ndarray of float, shape (N, n_features)
        Labels of the features that the cluster asks; NaN for the others.
    p : ndarray of float, shape (N, n_features)
        Probability of the answer in `labels`; of a height, that of the chosen one.
    """

    clusters: np.ndarray
    cluster_p: np.ndarray
    labels: np.ndarray
    p: np.ndarray

    def __len__(self) -> int:
        return len(self.clusters)


def cluster_probabilities(probabilities: np.ndarray, priors: np.ndarray | None = None,
                          group: Group | None = None) -> np.ndarray:
    """P(cluster), shape (N, n_clusters), when all clusters are equally likely before.

    Π P(value | photo) / P(value) over what a cluster implies; what it asks is taken to be as
    common in it as elsewhere, and so says nothing.  Features are taken as independent, the
    heights as one choice.

    Parameters
    ----------
    priors : ndarray, shape (n_features,), optional
        That the probabilities contain; even odds by default.
    group : Group, optional
        Of the features; the only loaded one with visual features by default.
    """
    group = visual_group(group)
    ids, columns = group.feature_ids, []
    priors = _even(group) if priors is None else np.clip(priors, _RARE, 1 - _RARE)
    for cluster in clusters(group).values():
        log_p, implied = np.zeros(len(probabilities)), cluster.implied
        for question in questions(group):
            members = list(question.members)
            values = [implied.get(ids[m]) for m in members]
            if question.exclusive:  # the value that is implied, or all that are not ruled out
                members = [m for m, v in zip(members, values) if v == 1] \
                    or [m for m, v in zip(members, values) if v != 0]
            elif values[0] is None:
                continue
            p, prior = probabilities[:, members].sum(axis=1), priors[members].sum()
            if values == [0]:
                p, prior = 1 - p, 1 - prior
            log_p += np.log(np.maximum(p / prior, _TINY))
        columns.append(log_p)
    log_p = np.stack(columns, axis=1)
    log_p -= log_p.max(axis=1, keepdims=True, initial=-np.inf)
    p = np.exp(log_p)
    return p / p.sum(axis=1, keepdims=True)


def _even(group: Group) -> np.ndarray:
    priors = np.full(len(group.features), .5)
    for question in questions(group):
        priors[list(question.members)] = 1 / max(2, len(question.members))
    return priors


def _entropy(p: np.ndarray) -> np.ndarray:
    """In bits, over the last axis."""
    return -(p * np.log2(np.maximum(p, _TINY))).sum(axis=-1)


def _options(probabilities: np.ndarray, members: Sequence[int]) -> np.ndarray:
    """P of the possible answers to a question, shape (N, k)."""
    p = probabilities[:, list(members)]
    if len(members) == 1:
        return np.hstack([p, 1 - p])
    return p / np.maximum(p.sum(axis=1, keepdims=True), _TINY)


def doubt(probabilities: np.ndarray, gradability: np.ndarray, labels: np.ndarray,
          said: Sequence[str] | None = None, priors: np.ndarray | None = None,
          group: Group | None = None) -> np.ndarray:
    """Bits that a person's answers are expected to bring, per photo; for active learning.

    The entropy of each answer that is not given yet, times the probability that the photo
    can show it.  While the cluster is not said, its own entropy and what would be asked in
    each, weighted by its probability.

    Parameters
    ----------
    probabilities : ndarray, shape (N, n_features)
        NaN rows (nothing is known) come back as NaN.
    gradability : ndarray, shape (N, n_facts)
        In the order of ``group.visual_facts``.
    labels : ndarray, shape (N, n_features)
        What has been said; NaN = nothing.
    said : sequence of str, optional
        Clusters that have been said; "" = not.
    priors, group
        As in :func:`cluster_probabilities`.

    Returns
    -------
    ndarray of float, shape (N,)
    """
    n = len(probabilities)
    group = visual_group(group)
    said = [""] * n if said is None else said
    unknown = np.isnan(labels)
    told = np.array([[one == cluster for cluster in clusters(group)] for one in said],
                    dtype=float).reshape(n, len(clusters(group)))
    open_ = ~told.any(axis=1) & unknown.any(axis=1)
    weight = np.where(open_[:, None], cluster_probabilities(probabilities, priors, group), told)
    result = np.where(open_, _entropy(weight), 0)
    for number, cluster in enumerate(clusters(group)):
        for question in asked(cluster, group):
            bits = _entropy(_options(probabilities, question.members))
            shown = gradability[:, group.visual_facts.index(question.fact)]
            missing = unknown[:, list(question.members)].any(axis=1)
            result += weight[:, number] * np.where(missing, shown * bits, 0)
    result[np.isnan(probabilities).any(axis=1)] = np.nan
    return result


def suggestions(probabilities: np.ndarray, gradability: np.ndarray,
                said: Sequence[str] | None = None, priors: np.ndarray | None = None,
                group: Group | None = None) -> Suggestions:
    """What the model would answer: yes or no by ½, 0.5 where the photo rather can't show it.

    Parameters
    ----------
    probabilities, gradability, said, priors, group
        As for :func:`doubt`; the likeliest cluster is taken where none has been said.
    """
    n = len(probabilities)
    group = visual_group(group)
    said = np.full(n, "", dtype=object) if said is None else np.array(said, dtype=object)
    known = ~np.isnan(probabilities).any(axis=1)
    of_clusters = cluster_probabilities(probabilities, priors, group)
    likeliest = np.array(list(clusters(group)), dtype=object)[of_clusters.argmax(axis=1)]
    cluster_p = np.where(said == "", of_clusters.max(axis=1, initial=0), 1.)
    said = np.where(known, np.where(said == "", likeliest, said), "")
    labels, certainty = np.full((2, n, len(group.features)), np.nan)
    for cluster in set(said[known]):
        mine = np.flatnonzero(known & (said == cluster))
        for question in asked(cluster, group):
            members = list(question.members)
            options = _options(probabilities[mine], members)
            best, answer = options.argmax(axis=1), np.zeros((len(mine), len(members)))
            answer[best < len(members), best[best < len(members)]] = 1
            shown = gradability[mine, group.visual_facts.index(question.fact)]
            p = np.where(shown < .5, 1 - shown, options.max(axis=1))
            labels[np.ix_(mine, members)] = np.where(shown[:, None] < .5, .5, answer)
            certainty[np.ix_(mine, members)] = p[:, None]
    return Suggestions(said, cluster_p, labels, certainty)
