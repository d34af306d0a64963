"""What a model should know of views, scenes and strange photos, learnt on a frozen backbone.

It is an addition to a model: no head of its features is touched.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.shots import Shots
from orangecontrib.customs.training.heads import gradability_labels
from orangecontrib.customs.training.trainer import HeldOut

__all__ = ["fit_shots", "judged_by_view", "held_out_scores", "softmax_head", "usual", "widening"]

#: Strength of the regularisation: views are told apart on few photos.
L2 = 1.

#: Photos that what is known of all views counts for, in a view's own share.
SHRINK = 4.

#: Photos with labels that a widening of its own needs at half its size.
HALF = 30.

#: Steps of L-BFGS: later ones change no answer.
MOST = 80

#: Photos of the rarer answer without which nothing is widened.
FEWEST = 15

#: Directions in which a photo may be strange, and the share of usual photos that are so called.
AXES, STRANGE = 12, .003


def softmax_head(x: np.ndarray, truth: Sequence[str], names: Sequence[str],
                 weights: np.ndarray | None = None, l2: float = .03
                 ) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of a softmax over names; photos of "" are left out.

    Names count alike, however many photos are of each; a name without photos is never said.

    Parameters
    ----------
    x : ndarray, shape (M, width)
    weights : ndarray, shape (M,), optional
    """
    from scipy.optimize import minimize
    names = list(names)
    known = np.array([name in names for name in truth])
    mean, std = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = (x[known] - mean) / std
    y = np.array([names.index(name) for name in np.asarray(truth, object)[known]], int)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)[known]
    mass = np.bincount(y, w, len(names))
    there = mass > 0
    w = w / mass[y] / max(there.sum(), 1)
    # half way between every photo alike and every name alike: rare views stay rare, but are found
    w = np.sqrt(w / w.sum() * np.full(len(y), 1 / max(len(y), 1)))
    w /= w.sum()
    target = np.eye(len(names))[y]

    def loss(v):
        v = v.reshape(z.shape[1] + 1, len(names))
        scores = z @ v[:-1] + v[-1] + np.where(there, 0, -50)
        log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        slope = w[:, None] * (np.exp(log_p) - target)
        grad = np.vstack([z.T @ slope + l2 * v[:-1], slope.sum(axis=0)])
        return -(w * (target * log_p).sum(axis=1)).sum() + l2 / 2 * (v[:-1] ** 2).sum(), \
            grad.ravel()

    found = minimize(loss, np.zeros((z.shape[1] + 1) * len(names)), jac=True, method="L-BFGS-B",
                     options={"maxiter": MOST}).x.reshape(-1, len(names))
    fitted = found[:-1] / std[:, None]
    bias = found[-1] - mean @ fitted + np.where(there, 0, -50)
    return fitted.astype(np.float32), bias.astype(np.float32)


def judged_by_view(views: Sequence[str], labels: np.ndarray, group: Group) -> np.ndarray:
    """P that a photo of each view can show each fact, from labels 0.5; shape (n_views, n_facts).

    A view of which little is known is drawn to what is known of all photos.
    """
    can = gradability_labels(labels, group)
    views = np.asarray(views, object)
    result = np.empty((len(group.views), can.shape[1]))
    for fact in range(can.shape[1]):
        known = np.isfinite(can[:, fact])
        overall = (can[known, fact].sum() + 1) / (known.sum() + 1)
        for number, view in enumerate(group.views):
            mine = can[known & (views == view), fact]
            result[number, fact] = (mine.sum() + SHRINK * overall) / (len(mine) + SHRINK)
    return result


def widening(scores: np.ndarray, labels: np.ndarray, scenes: Sequence[str],
             priors: np.ndarray, group: Group) -> np.ndarray:
    """By how much scores are too sure in each scene, shape (n_scenes, n_features).

    Parameters
    ----------
    scores : ndarray, shape (M, n_features)
        Of photos that the heads did not see, calibrated on other photos.
    """
    scenes = np.asarray(scenes, object)
    result = np.ones((len(group.scenes), labels.shape[1]))
    exclusive = {member: list(members) for members in group.exclusive_features
                 for member in members}
    for number, scene in enumerate(group.scenes):
        mine = scenes == scene
        for column in range(labels.shape[1]):
            members = exclusive.get(column, [column])
            if column != members[0]:
                continue
            known = mine & np.isin(labels[:, members], (0, 1)).all(axis=1)
            if len(members) > 1:
                known &= labels[:, members].sum(axis=1) == 1
            counts = labels[known][:, members].sum(axis=0)
            rarer = known.sum() - (counts.max() if len(members) > 1
                                   else max(counts[0], known.sum() - counts[0]))
            if rarer < FEWEST:
                continue
            t = _temperature(scores[known][:, members], labels[known][:, members], priors[members])
            share = known.sum() / (known.sum() + HALF)
            result[number, members] = np.exp(share * np.log(t))
    return result


def _temperature(scores: np.ndarray, labels: np.ndarray, priors: np.ndarray) -> float:
    """Between ½ and 6, with the least log-loss."""
    steps = np.exp(np.linspace(np.log(.5), np.log(6), 40))

    def loss(t):
        if scores.shape[1] > 1:
            z = scores / t + np.log(priors)
            return -(labels * (z - np.logaddexp.reduce(z, axis=1, keepdims=True))).sum()
        z = scores[:, 0] / t + np.log(priors[0] / (1 - priors[0]))
        return np.logaddexp(0, (1 - 2 * labels[:, 0]) * z).sum()

    return float(steps[np.argmin([loss(t) for t in steps])])


def usual(x: np.ndarray, axes: int = AXES, strange: float = STRANGE
          ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centre, whitened axes and limit of usual photos (see :class:`Shots`)."""
    from scipy.sparse.linalg import svds
    centre = x.mean(axis=0)
    # the few strongest directions alone: a whole decomposition takes most of a minute
    axes = min(axes, min(x.shape) - 1)
    _, values, vectors = svds((x - centre).astype(np.float64), axes, v0=np.ones(min(x.shape)))
    keep = values > 1e-6 * values.max()
    scaled = vectors[keep].T / (values[keep] / np.sqrt(len(x)))
    far = (((x - centre) @ scaled) ** 2).mean(axis=1)
    return (centre.astype(np.float32), scaled.astype(np.float32),
            np.asarray(np.quantile(far, 1 - strange), np.float64))


def held_out_scores(held_out: HeldOut, priors: np.ndarray) -> np.ndarray:
    """Scores that held-out probabilities came from, but for what all of a softmax share."""
    p = np.clip(held_out.probabilities, 1e-9, 1 - 1e-9)
    scores = np.log(p / (1 - p)) - np.log(priors / (1 - priors))
    for members in map(list, held_out.group.exclusive_features):
        scores[:, members] = np.log(p[:, members]) - np.log(priors[members])
    return scores


def fit_shots(model: PhotoModel, x: np.ndarray, labels: np.ndarray, views: Sequence[str],
              scenes: Sequence[str], weights: np.ndarray | None = None, l2: float = L2,
              known: np.ndarray | None = None,
              measured: tuple[np.ndarray, np.ndarray, Sequence[str]] | None = None) -> Shots:
    """Views, scenes and strange photos for a model.

    Parameters
    ----------
    x : ndarray, shape (M, width)
        What the backbone says.
    labels : ndarray, shape (M, n_features)
    views, scenes : sequence of str
        "" = nobody said.
    weights : ndarray, shape (M,), optional
        Of a photo for the heads of views and scenes.
    known : ndarray, shape (K, width), optional
        Further photos that are usual.
    measured : (scores, labels, scenes), optional
        Of photos that say how sure the heads may be: scores of heads that did not see them.
        Without it the heads may be as sure as they are.
    """
    group = model.group
    view = softmax_head(x, views, group.views, weights, l2)
    scene = softmax_head(x, scenes, group.scenes, weights, l2)
    wide = np.ones((len(group.scenes), len(group.features))) if measured is None \
        else widening(*measured, model.priors, group)
    everything = x if known is None else np.concatenate([x, known])
    return _small(Shots(*view, *scene, judged_by_view(views, labels, group), wide,
                        *usual(everything)))


def _small(shots: Shots) -> Shots:
    """The same in half the bytes: views are not known to three digits."""
    return replace(shots, **{name: getattr(shots, name).astype(np.float16) for name in (
        "view_weights", "scene_weights", "centre", "axes")})
