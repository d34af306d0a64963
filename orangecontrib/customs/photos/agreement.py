"""Do the photos of a good show the same good?  Each against all the others, as a Bayes factor.

A photo of another good that looks alike is not noticed, and does no harm: it says the same.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .numerics import sigmoid, softmax

__all__ = ["FOREIGN", "MAX_LOGIT", "foreign_photos", "log_agreement", "torn_goods"]

#: One photo's logit, and the pooled one, stay within this: no photo has a veto.
MAX_LOGIT = 6.
#: Below this Bayes factor a photo and the others are of different goods; as two witnesses of the
#: fusion that contradict each other.
DIFFERENT = np.log(.1)
#: What a photo that seems to show another good still weighs.
FOREIGN = .25
#: With fewer photos than this it can't be told which one is the stranger.
ENOUGH = 3


def log_agreement(weight: np.ndarray, evidence: np.ndarray, base: np.ndarray, owner: np.ndarray,
                  rho: np.ndarray, exclusive: Sequence[Sequence[int]]) -> np.ndarray:
    """log P(photo, others | one good) − log P(photo, others | two goods), shape (M,).

    That is Σ over facts of log Σ_v P_photo(v) P_others(v) / prior(v).

    Parameters
    ----------
    weight, evidence : ndarray, shape (M, n_features)
        As :func:`.pooling.pool` adds them up: gradability, and log-odds against the prior.
    base : ndarray, shape (n_features,)
        Log-odds of the priors; logs where features exclude each other.
    owner : ndarray of int, shape (M,)
        The good of each photo; −1: none.
    rho : ndarray, shape (n_features,)

    Returns
    -------
    ndarray
        NaN for a photo that is alone, or of no good.
    """
    mine = owner >= 0
    n = int(owner.max(initial=-1)) + 1

    def others(values: np.ndarray) -> np.ndarray:
        total = np.zeros((n, values.shape[1]))
        np.add.at(total, owner[mine], values[mine])
        return np.where(mine[:, None], total[owner] if n else 0., 0.) - values
    tempering = 1 / (1 + np.maximum(others(weight) - 1, 0) * rho)
    own, rest = base + weight * evidence, base + tempering * others(weight * evidence)
    p, q, prior = (sigmoid(x, MAX_LOGIT) for x in (own, rest, base))
    factors = p * q / prior + (1 - p) * (1 - q) / (1 - prior)
    single = [i for i in range(len(base)) if not any(i in members for members in exclusive)]
    result = np.log(factors[:, single]).sum(axis=1)
    for members in map(list, exclusive):
        p, q, prior = (softmax(x[..., members]) for x in (own, rest, base))
        result += np.log((p * q / prior).sum(axis=1))
    alone = np.bincount(owner[mine], minlength=max(n, 1)) < 2
    result[~mine] = np.nan
    result[mine & alone[owner]] = np.nan
    return result


def foreign_photos(agreement: np.ndarray, owner: np.ndarray, again) -> np.ndarray:
    """Photos that seem to show another good than the others of their good, shape (M,) of bool.

    At most one of a good, the one that fits worst; and only where the others, without it, agree.

    Parameters
    ----------
    agreement : ndarray, shape (M,)
        Of :func:`log_agreement`.
    owner : ndarray of int, shape (M,)
    again : callable
        Gives the agreement of some photos, told by their rows, among themselves.
    """
    foreign = np.zeros(len(owner), dtype=bool)
    doubtful = owner[(agreement < DIFFERENT) & (owner >= 0)]
    for good in np.unique(doubtful):
        rows = np.flatnonzero(owner == good)
        if len(rows) < ENOUGH:
            continue
        worst = rows[agreement[rows].argmin()]
        rest = rows[rows != worst]
        foreign[worst] = not (again(rest) < DIFFERENT).any()
    return foreign


def torn_goods(agreement: np.ndarray, owner: np.ndarray, foreign: np.ndarray) -> np.ndarray:
    """Goods whose photos contradict each other, and it can't be told which one is the stranger."""
    doubtful = np.unique(owner[(agreement < DIFFERENT) & (owner >= 0)])
    return np.array(sorted(set(doubtful.tolist()) - set(owner[foreign].tolist())), dtype=int)
