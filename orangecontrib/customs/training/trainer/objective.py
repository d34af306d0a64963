"""The loss of all heads at once: masked, balanced, heights (and clusters) as softmaxes."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.training import heads

from .recipe import Recipe

__all__ = ["Objective"]

#: Upper limit of the factor by which balancing raises the rarer class.
MAX_BALANCE = 30.


class Objective:
    """What heads should say about M photos, and how much each answer counts.

    A label 0.5 is masked in its feature and a negative of gradability; NaN is masked
    everywhere.  Every head's weights sum to 1, so that rare features count like common ones.

    Parameters
    ----------
    labels, weights : ndarray, shape (M, n_features)
    recipe : Recipe
        Its `class_weights` and `gradability`.
    group : Group
        Of the features.
    clusters : ndarray of int, shape (M,), optional
        Number of each photo's cluster, -1 where it is not known; each cluster is an output
        after those of gradability.

    Attributes
    ----------
    outputs : int
    taught : ndarray of bool, shape (outputs,)
        Heads that have photos of both answers.
    fewest : ndarray of int, shape (outputs,)
        Photos of each head's rarer answer; of a softmax, of its second commonest value.
    offsets : ndarray of float, shape (outputs,)
        What the weights imply as a prior, in the log-odds of each head; score − offset is
        a log-likelihood ratio.
    """

    def __init__(self, labels: np.ndarray, weights: np.ndarray, recipe: Recipe,
                 group: Group, clusters: np.ndarray | None = None):
        n, facts = len(group.features), len(group.visual_facts)
        self._features, self._end = n, n + facts
        exclusive = [list(members) for members in group.exclusive_features]
        target, weight = _targets(labels, weights, group)
        if not recipe.gradability:
            weight[:, n:] = 0
        self.taught, self.fewest = _has_both(target, weight), _fewest(target, weight)
        weight *= self.taught
        if recipe.class_weights:
            weight, self.offsets = _balanced(target, weight, exclusive)
        else:
            self.offsets = _log_odds(target, weight, exclusive)
        # gradability is used as a probability: a photo can be judged unless it looks otherwise
        self.offsets[n:][self.taught[n:]] -= np.log(4.)
        self.groups = exclusive.copy()
        for members in self.groups:
            self.fewest[members] = np.sort(
                ((weight * target)[:, members] > 0).sum(axis=0))[-2]
        if clusters is not None:
            width = len(group.clusters)
            one_hot = np.eye(width)[clusters] * (clusters >= 0)[:, None]
            known = np.repeat((clusters >= 0).astype(float)[:, None], width, axis=1)
            # clusters keep their shares: they answer "which", not "how much more likely"
            self.taught = np.append(self.taught, _has_both(one_hot, known))
            self.fewest = np.append(self.fewest, _fewest(one_hot, known))
            self.offsets = np.append(self.offsets, np.zeros(width))
            self.groups.append(list(range(n + facts, n + facts + width)))
            target, weight = np.hstack([target, one_hot]), np.hstack([weight, known])
        weight /= np.maximum(weight.sum(axis=0), 1e-9)
        self.outputs = target.shape[1]
        grouped = {column for members in self.groups for column in members}
        self.single = [c for c in range(self.outputs) if c not in grouped]
        self.n_losses = max(1, int(self.taught[self.single].sum()
                                   + sum(self.taught[members].any() for members in self.groups)))
        self._target, self._weight, self._device = target, weight, None

    def __len__(self) -> int:
        return len(self._target)

    def loss(self, scores, rows=None):
        """Sum over the heads of their mean log-loss, as a torch scalar.

        Parameters
        ----------
        scores : Tensor, shape (B, outputs)
        rows : ndarray of int, shape (B,), optional
            The photos that the scores are of, scaled up to stand for all; all by default.
        """
        import torch
        from torch.nn import functional
        if self._device != scores.device:
            self._t = torch.tensor(self._target, dtype=torch.float32, device=scores.device)
            self._w = torch.tensor(self._weight, dtype=torch.float32, device=scores.device)
            self._device = scores.device
        t, w = (self._t, self._w) if rows is None else (self._t[rows], self._w[rows])
        value = functional.binary_cross_entropy_with_logits(
            scores[:, self.single], t[:, self.single], w[:, self.single], reduction="sum")
        for members in self.groups:
            log_p = torch.log_softmax(scores[:, members], dim=1)
            # a value without photos has no weight of its own: the others speak for the group
            row = w[:, members].amax(dim=1)
            value = value - (row * (t[:, members] * log_p).sum(dim=1)).sum()
        return value if rows is None else value * (len(self) / max(len(rows), 1))

    def head_losses(self, scores: np.ndarray) -> np.ndarray:
        """Mean log-loss of each head by itself; members of a softmax share theirs.

        Parameters
        ----------
        scores : ndarray of float, shape (M, outputs)
            Log-likelihood ratios.

        Returns
        -------
        ndarray of float, shape (outputs,)
            NaN where these photos do not have both answers.
        """
        raw, t, w = scores + self.offsets, self._target, self._weight
        losses = (w * (np.logaddexp(0, raw) - t * raw)).sum(axis=0)
        for members in self.groups:
            part = raw[:, members]
            log_p = part - np.logaddexp.reduce(part, axis=1, keepdims=True)
            row = w[:, members].max(axis=1)
            losses[members] = -(row * (t[:, members] * log_p).sum(axis=1)).sum()
        taught = self.taught.copy()
        for members in self.groups:
            taught[members] = taught[members].any()
        return np.where(taught, losses, np.nan)

    def finish(self, weights: np.ndarray, bias: np.ndarray) -> heads.Heads:
        """Trained coefficients → heads whose scores are log-likelihood ratios.

        Heads that were not taught say nothing: features score 0, every photo can be judged.
        """
        n, end = self._features, self._end
        weights, bias = weights.copy(), bias - self.offsets
        weights[:, ~self.taught] = 0
        bias[~self.taught] = 0
        bias[n:end][~self.taught[n:end]] = heads.ALWAYS
        bias[end:][~self.taught[end:]] = -heads.ALWAYS ** 2  # a cluster that no photo was of
        return heads.Heads(weights, bias)


def _targets(labels: np.ndarray, weights: np.ndarray, group: Group
             ) -> tuple[np.ndarray, np.ndarray]:
    """Targets and weights of all heads; weight 0 where a label is masked."""
    judged = heads.gradability_labels(labels, group)
    known = (labels == 0) | (labels == 1)
    target = np.hstack([np.where(known, labels, 0), np.nan_to_num(judged)])
    weight = np.hstack([np.where(known, weights, 0), np.isfinite(judged).astype(float)])
    for members in map(list, group.exclusive_features):
        whole = (known[:, members].all(axis=1)) & (labels[:, members].sum(axis=1) == 1)
        weight[:, members] = np.where(whole[:, None],
                                      weights[:, members].min(axis=1)[:, None], 0)
    return target, weight


def _balanced(target: np.ndarray, weight: np.ndarray, exclusive: Sequence[list[int]]
              ) -> tuple[np.ndarray, np.ndarray]:
    """Weights with classes balanced (up to MAX_BALANCE), and the log-prior they imply."""
    weight, offsets = weight.copy(), np.zeros(weight.shape[1])
    grouped = set()
    for members in exclusive:
        grouped.update(members)
        mass = np.array([(weight[:, c] * target[:, c]).sum() for c in members])
        factor = np.minimum(mass.max() / np.maximum(mass, 1e-9), MAX_BALANCE)
        row = sum(factor[k] * target[:, c] for k, c in enumerate(members))
        weight[:, members] *= row[:, None]
        shares = np.maximum(mass * factor, 1e-9)
        offsets[members] = np.log(shares / shares.sum())
    for column in range(weight.shape[1]):
        if column in grouped:
            continue
        positive = (weight[:, column] * target[:, column]).sum()
        negative = weight[:, column].sum() - positive
        if not positive or not negative:
            continue
        factor = np.clip(negative / positive, 1 / MAX_BALANCE, MAX_BALANCE)
        weight[:, column] *= np.where(target[:, column] == 1, factor, 1)
        offsets[column] = np.log(factor * positive / negative)
    return weight, offsets


def _has_both(target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return ((weight * target).sum(axis=0) > 0) & ((weight * (1 - target)).sum(axis=0) > 0)


def _fewest(target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    known = weight > 0
    return np.minimum((known & (target > .5)).sum(axis=0), (known & (target <= .5)).sum(axis=0))


def _log_odds(target: np.ndarray, weight: np.ndarray, exclusive: Sequence[list[int]]
              ) -> np.ndarray:
    """The prior that unbalanced photos imply, as _balanced gives it for balanced ones."""
    positive = (weight * target).sum(axis=0)
    negative = weight.sum(axis=0) - positive
    both = (positive > 0) & (negative > 0)
    result = np.zeros(target.shape[1])
    result[both] = np.log(positive[both] / negative[both])
    for members in exclusive:
        shares = np.maximum(positive[members], 1e-9)
        result[members] = np.log(shares / shares.sum())
    return result
