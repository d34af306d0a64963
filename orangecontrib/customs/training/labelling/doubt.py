"""What a model would answer, and about which photos it is worth asking a person."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orangecontrib.customs.photos.model import fact_ids, feature_ids

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
        "" where the model has said nothing.
    cluster_p : ndarray, shape (N,)
        Their probability; 1 where a person has said it.
    labels : ndarray of float, shape (N, 14)
        Labels of the features that the cluster asks; NaN for the others.
    p : ndarray of float, shape (N, 14)
        Probability of the answer in `labels`; of a height, that of the chosen one.
    """

    clusters: np.ndarray
    cluster_p: np.ndarray
    labels: np.ndarray
    p: np.ndarray

    def __len__(self) -> int:
        return len(self.clusters)


def cluster_probabilities(probabilities: np.ndarray, priors: np.ndarray | None = None
                          ) -> np.ndarray:
    """P(cluster), shape (N, 6), when all clusters are equally likely before.

    Π P(value | photo) / P(value) over what a cluster implies; what it asks is taken to be as
    common in it as elsewhere, and so says nothing.  Features are taken as independent, the
    heights as one choice.

    Parameters
    ----------
    priors : ndarray, shape (14,), optional
        That the probabilities contain; even odds by default.
    """
    ids, columns = feature_ids(), []
    priors = _even() if priors is None else np.clip(priors, _RARE, 1 - _RARE)
    for cluster in clusters().values():
        log_p, implied = np.zeros(len(probabilities)), cluster.implied
        for question in questions():
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


def _even() -> np.ndarray:
    priors = np.full(len(feature_ids()), .5)
    for question in questions():
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
          groups: Sequence[str] | None = None, priors: np.ndarray | None = None
          ) -> np.ndarray:
    """Bits that a person's answers are expected to bring, per photo; for active learning.

    The entropy of each answer that is not given yet, times the probability that the photo
    can show it.  While the cluster is not said, its own entropy and what would be asked in
    each, weighted by its probability.

    Parameters
    ----------
    probabilities : ndarray, shape (N, 14)
        NaN rows (nothing is known) come back as NaN.
    gradability : ndarray, shape (N, 10)
        In the order of ``fact_ids()``.
    labels : ndarray, shape (N, 14)
        What has been said; NaN = nothing.
    groups : sequence of str, optional
        Clusters that have been said; "" = not.
    priors : ndarray, shape (14,), optional
        As in :func:`cluster_probabilities`.

    Returns
    -------
    ndarray of float, shape (N,)
    """
    n = len(probabilities)
    groups = np.full(n, "", dtype=object) if groups is None else np.asarray(groups, dtype=object)
    unknown = np.isnan(labels)
    said = np.array([[group == cluster for cluster in clusters()] for group in groups],
                    dtype=float).reshape(n, len(clusters()))
    open_ = ~said.any(axis=1) & unknown.any(axis=1)
    weight = np.where(open_[:, None], cluster_probabilities(probabilities, priors), said)
    result = np.where(open_, _entropy(weight), 0)
    for number, cluster in enumerate(clusters()):
        for question in asked(cluster):
            bits = _entropy(_options(probabilities, question.members))
            shown = gradability[:, fact_ids().index(question.fact)]
            missing = unknown[:, list(question.members)].any(axis=1)
            result += weight[:, number] * np.where(missing, shown * bits, 0)
    result[np.isnan(probabilities).any(axis=1)] = np.nan
    return result


def suggestions(probabilities: np.ndarray, gradability: np.ndarray,
                groups: Sequence[str] | None = None, priors: np.ndarray | None = None
                ) -> Suggestions:
    """What the model would answer: yes or no by ½, 0.5 where the photo rather can't show it.

    Parameters
    ----------
    probabilities, gradability, groups, priors
        As for :func:`doubt`; the likeliest cluster is taken where none has been said.
    """
    n = len(probabilities)
    groups = np.full(n, "", dtype=object) if groups is None \
        else np.array(groups, dtype=object)
    known = ~np.isnan(probabilities).any(axis=1)
    of_clusters = cluster_probabilities(probabilities, priors)
    likeliest = np.array(list(clusters()), dtype=object)[of_clusters.argmax(axis=1)]
    cluster_p = np.where(groups == "", of_clusters.max(axis=1, initial=0), 1.)
    groups = np.where(known, np.where(groups == "", likeliest, groups), "")
    labels, certainty = np.full((2, n, len(feature_ids())), np.nan)
    for cluster in set(groups) - {""}:
        mine = np.flatnonzero(groups == cluster)
        for question in asked(cluster):
            members = list(question.members)
            options = _options(probabilities[mine], members)
            best, answer = options.argmax(axis=1), np.zeros((len(mine), len(members)))
            answer[best < len(members), best[best < len(members)]] = 1
            shown = gradability[mine, fact_ids().index(question.fact)]
            p = np.where(shown < .5, 1 - shown, options.max(axis=1))
            labels[np.ix_(mine, members)] = np.where(shown[:, None] < .5, .5, answer)
            certainty[np.ix_(mine, members)] = p[:, None]
    return Suggestions(groups, cluster_p, labels, certainty)
