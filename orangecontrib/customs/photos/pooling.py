"""Several photos of a good → one probability per feature → evidence on facts.

Tempered log-linear pooling: the prior enters once, and w = 1/(1+(M−1)ρ) keeps several
photos of one shoe, which are alike, from counting as independent witnesses.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from orangecontrib.customs.facts import (
    PROBABILITY_FLOOR,
    Evidence,
    Feature,
    Vocabulary,
    check_probabilities,
    normalise,
)
from orangecontrib.customs.groups import Group, visual_group

from .agreement import FOREIGN, MAX_LOGIT, foreign_photos, log_agreement
from .consistency import contradiction
from .numerics import logit, sigmoid, softmax

__all__ = ["MODES", "Pooled", "pool", "photo_evidence", "evidence_from_columns"]

MODES = ("tempered", "paper", "mean", "max")

#: Of three photos or more no one adds log-odds that differ by more from those of the photo in
#: the middle: what one photo can do to a good is bounded, whatever it shows.
MAX_APART = 6.

#: A photo that counts for less shows no feature: it neither makes the middle nor is drawn to it.
SHOWS = .1


@dataclass(frozen=True)
class Pooled:
    """What all the photos of each of N goods say together.

    Attributes
    ----------
    good_ids : tuple of str
        In the order in which they were first seen.
    probabilities : ndarray, shape (N, n_features)
        In the order of ``group.features``; the prior where no photo says anything.
    contributions : ndarray, shape (M, n_features)
        What each photo adds: signed log-odds against the prior (log P/prior for the
        heights).  In the modes tempered and paper they sum to the pooled result.
    photo_good : ndarray of int, shape (M,)
        Row of each photo's good in `good_ids`, −1 for photos without a good.
    n_photos : ndarray of int, shape (N,)
        Photos used.
    group : Group
        Whose features these are.
    gradability : ndarray, shape (N, n_facts)
        P that a photo of the good can show the fact, in the order of ``group.visual_facts``.
    contradiction : ndarray, shape (N,)
        P that the pooled features fit no kind of goods.
    agreement : ndarray, shape (M,)
        How well each photo fits the others of its good (:mod:`.agreement`), NaN alone.
    foreign : ndarray of bool, shape (M,)
        Photos that seem to show another good; in the mode tempered they weigh less.
    """

    good_ids: tuple[str, ...]
    probabilities: np.ndarray
    contributions: np.ndarray
    photo_good: np.ndarray
    n_photos: np.ndarray
    group: Group = field(default_factory=visual_group)
    gradability: np.ndarray | None = None
    contradiction: np.ndarray | None = None
    agreement: np.ndarray | None = None
    foreign: np.ndarray | None = None


def pool(probabilities: np.ndarray, gradability: np.ndarray, good_ids: Sequence[str],  # noqa: C901 - four modes of one formula
         priors: np.ndarray, rho: np.ndarray | float, mode: str = "tempered",
         group: Group | None = None) -> Pooled:
    """Pool the photos of each good (design §4).

    tempered: logit P = logit π + w·Σ g·(logit p − logit π), w = 1/(1 + (M_eff − 1)·ρ),
    M_eff = Σ g and not below 1, so that a single doubtful photo is never amplified.
    paper: the same with ρ = 0 (naive Bayes, paper 1).  mean: average of p, weighted by g.
    max: the largest p, each drawn to the prior by its g.  Heights are pooled as one
    distribution over their four values, in the same way with log instead of logit.

    tempered bounds what a single photo can do: one that seems to show another good than the rest
    (:mod:`.agreement`) counts a quarter, and of three or more no one is further than
    :data:`MAX_APART` from the one in the middle.

    Parameters
    ----------
    probabilities : ndarray, shape (M, n_features)
        Per photo; a NaN says nothing.
    gradability : ndarray, shape (M, n_facts)
        In the order of ``group.visual_facts``; NaN counts as 1.
    good_ids : sequence of str, length M
        The good of each photo; "" = belongs to none, ignored.
    priors, rho : ndarray, shape (n_features,)
        Of the model that gave the probabilities.
    group : Group, optional
        That model's; the only loaded one with visual features by default.

    Raises
    ------
    ValueError
        Unknown mode, shapes that do not fit, or a value outside [0, 1]; the message names
        the photo's row.
    """
    if mode not in MODES:
        raise ValueError(f"unknown mode '{mode}' (known: {', '.join(MODES)})")
    group = visual_group(group)
    features, facts, exclusive = group.features, group.visual_facts, [
        list(members) for members in group.exclusive_features]
    p = np.asarray(probabilities, float)
    g = np.asarray(gradability, float)
    if p.shape != (len(good_ids), len(features)) or g.shape != (len(good_ids), len(facts)):
        raise ValueError(f"{len(good_ids)} photos, but probabilities of shape {p.shape} and "
                         f"gradability of shape {g.shape}")
    for values, names in ((p, [f.id for f in features]), (g, facts)):
        check_probabilities(values, lambda row, column, names=names: (
            f"'{names[column]}' of the photo in row {row + 1} (good '{good_ids[row]}')"))
    priors = np.asarray(priors, float)
    rho = np.broadcast_to(np.asarray(rho, float), len(features))
    correlated, rho = rho, rho * (mode != "paper")
    goods = tuple(dict.fromkeys(good for good in good_ids if good))
    rows = {good: row for row, good in enumerate(goods)}
    owner = np.array([rows.get(good, -1) for good in good_ids], dtype=int)
    mine = owner >= 0
    n_photos = np.bincount(owner[mine], minlength=len(goods))

    weight = np.nan_to_num(g[:, [facts.index(f.fact) for f in features]], nan=1.)
    weight = np.where(np.isnan(p), 0., np.clip(weight, 0, 1))
    p = np.where(np.isnan(p), priors, p)
    base = logit(priors, MAX_LOGIT)
    evidence = logit(p, MAX_LOGIT) - base
    for members in exclusive:
        weight[:, members] = weight[:, members].min(axis=1, keepdims=True)
        shares = np.clip(p[:, members], PROBABILITY_FLOOR, 1)
        evidence[:, members] = np.log(shares) - np.log(priors[members])
        base[members] = np.log(priors[members])

    def total(values):
        result = np.zeros((len(goods), values.shape[1]))
        np.add.at(result, owner[mine], values[mine])
        return result

    def agreement(rows):
        return log_agreement(weight[rows], evidence[rows], base, owner[rows], correlated,
                             exclusive)
    agreeing = agreement(slice(None))
    foreign = foreign_photos(agreeing, owner, agreement)
    hidden = np.ones((len(goods), len(facts)))
    np.multiply.at(hidden, owner[mine], 1 - np.clip(np.nan_to_num(g, nan=1.), 0, 1)[mine])
    if mode == "tempered":
        weight = np.where(foreign[:, None], FOREIGN * weight, weight)
    effective = total(weight)
    tempering = 1 / (1 + np.maximum(effective - 1, 0) * rho)
    contributions = weight * evidence
    if mode == "tempered":
        _bound(contributions, weight, owner)
    contributions[mine] *= tempering[owner[mine]]
    contributions[~mine] = 0
    if mode in ("tempered", "paper"):
        logits = base + total(contributions)
        pooled = sigmoid(np.clip(logits, -MAX_LOGIT, MAX_LOGIT))
        for members in exclusive:
            pooled[:, members] = softmax(logits[:, members])
    elif mode == "mean":
        with np.errstate(invalid="ignore"):
            pooled = total(weight * p) / effective
        pooled = np.where(effective > 0, pooled, priors)
    else:
        drawn = sigmoid(base + weight * evidence)
        for members in exclusive:
            drawn[:, members] = softmax(base[members] + (weight * evidence)[:, members])
        pooled = np.zeros((len(goods), len(features)))
        np.maximum.at(pooled, owner[mine], drawn[mine])
    for members in exclusive:
        pooled[:, members] = normalise(np.clip(pooled[:, members], 1e-12, None))
    return Pooled(goods, pooled, contributions, owner, n_photos, group, 1 - hidden,
                  contradiction(pooled, group), agreeing, foreign)


def _bound(contributions: np.ndarray, weight: np.ndarray, owner: np.ndarray) -> None:
    """Draw what is far from the middle photo of a good to it, in place.

    Where fewer than three photos can show a feature, none stands in the middle.
    """
    far = (np.abs(contributions) > MAX_APART / 2).any(axis=1) & (owner >= 0)
    for good in np.unique(owner[far]):
        rows = np.flatnonzero(owner == good)
        shown = weight[rows] > SHOWS
        several = np.flatnonzero(shown.sum(axis=0) >= 3)
        some = contributions[np.ix_(rows, several)]
        middle = np.nanmedian(np.where(shown[:, several], some, np.nan), axis=0)
        contributions[np.ix_(rows, several)] = np.where(
            shown[:, several], np.clip(some, middle - MAX_APART, middle + MAX_APART), some)


def photo_evidence(pooled: Pooled, features: Sequence[Feature],
                   priors: np.ndarray) -> Evidence:
    """Evidence of the photos on the facts: log P − log of the model's training prior.

    Parameters
    ----------
    features : sequence of Feature
        The columns of ``pooled.probabilities``.
    priors : ndarray, shape (n_features,)
        Training priors of the model.
    """
    columns = [(feature.fact, feature.value, pooled.probabilities[:, i], float(priors[i]))
               for i, feature in enumerate(features)]
    return evidence_from_columns(pooled.good_ids, columns, pooled.group.vocabulary)


def evidence_from_columns(keys: Sequence[str],
                          columns: Sequence[tuple[str, str, np.ndarray, float]],
                          vocabulary: Vocabulary | None = None) -> Evidence:
    """Evidence from columns of probabilities, each of one value of a fact.

    Several columns of one value are several ways to have it: P = 1 − Π(1 − P_i)
    (straps, perforation → open vamp).  Values of a fact without a column share what is
    left, so that they keep their order among themselves.

    Parameters
    ----------
    columns : sequence of (fact id, value id, P of shape (N,), prior)
        NaN in P says nothing.
    vocabulary : Vocabulary, optional
        Of the facts; that of the only loaded group with visual features by default.
    """
    vocabulary = visual_group().vocabulary if vocabulary is None else vocabulary
    by_fact: dict[str, dict[str, list]] = {}
    for fact, value, p, prior in columns:
        by_fact.setdefault(fact, {}).setdefault(value, []).append((p, prior))
    loglik = {}
    for fact, values in by_fact.items():
        ids = vocabulary[fact].value_ids
        p = np.zeros((len(keys), len(ids)))
        prior = np.zeros(len(ids))
        silent = np.ones(len(keys), dtype=bool)
        for value, ways in values.items():
            at = vocabulary[fact].index(value)
            p[:, at], prior[at], says = _any_of(ways, len(keys))
            silent &= ~says
        p, prior = _fill_rest(p, prior, [ids.index(v) for v in ids if v not in values])
        ratio = np.log(np.clip(p, PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)) - np.log(prior)
        loglik[fact] = np.where(silent[:, None], 0., ratio)
    return Evidence(keys, loglik)


def _any_of(ways: list, n: int) -> tuple[np.ndarray, float, np.ndarray]:
    """P, prior and "says something" of a value that can come about in several ways."""
    none, prior_none, says = np.ones(n), 1., np.zeros(n, dtype=bool)
    for p, prior in ways:
        known = ~np.isnan(p)
        none *= 1 - np.where(known, p, prior)
        prior_none *= 1 - prior
        says |= known
    return 1 - none, 1 - prior_none, says


def _fill_rest(p: np.ndarray, prior: np.ndarray, absent: list[int]
               ) -> tuple[np.ndarray, np.ndarray]:
    if absent:
        # the same ratio rest/prior rest for each absent value: a likelihood ratio only
        p[:, absent] = np.clip(1 - p.sum(axis=1), PROBABILITY_FLOOR, 1)[:, None]
        prior[absent] = max(1 - prior.sum(), PROBABILITY_FLOOR)
        return p, prior
    return p / np.maximum(p.sum(axis=1), PROBABILITY_FLOOR)[:, None], prior / prior.sum()
