"""From heads and held-out scores to a calibrated model."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from orangecontrib.customs.photos.backbones import LoadedBackbone
from orangecontrib.customs.photos.model import Judgement, PhotoModel
from orangecontrib.customs.training import heads

from .photos import Split, TrainingPhotos

__all__ = ["calibrated", "ENOUGH_REAL", "MADE_RELIABILITY", "SURE"]

#: From so many real positives on a head is trusted like the others.
ENOUGH_REAL = 15

#: A label that is trusted less is a weak one: guessed from what a source says, and no proof
#: that the photo shows the feature.
SURE = 1.

#: Damping of heads whose positives are made pictures, but for a few real ones.
MADE_RELIABILITY = .3


def calibrated(fitted: heads.Heads, scores: np.ndarray, photos: TrainingPhotos, split: Split,
               backbone: LoadedBackbone, **extra) -> tuple[PhotoModel, Judgement]:
    """The model of some heads, calibrated on scores of photos that they did not see.

    Parameters
    ----------
    scores : ndarray, shape (M, outputs)
        NaN where a photo has no held-out score.
    extra
        Further fields of the model.

    Returns
    -------
    model : PhotoModel
    judgement : Judgement
        Of the photos with held-out scores.  A photo of a fold is judged with what was
        calibrated on the other folds, a test photo with the calibration of the model.
    """
    learnt = np.isin(split.part, ("train", "validation"))
    real, known = learnt & ~photos.aside, np.isfinite(scores).all(axis=1)
    labels, weights, group = photos.labels, photos.weights, photos.group
    priors = heads.training_priors(labels[real], weights[real], photos.by_eye[real],
                                   group)
    sure = (weights >= SURE) | photos.by_eye[:, None]
    positives = ((labels == 1) & sure)[real].sum(axis=0)
    drawn = ((labels == 1) & (learnt & photos.made)[:, None]).any(axis=0)
    rests_on_made = drawn & (positives < ENOUGH_REAL)
    n = len(priors)

    def calibration(rows: np.ndarray) -> heads.Calibration:
        return heads.calibrate(scores[rows], labels[rows], weights[rows], priors, group,
                               photos.by_eye[rows])

    rows = real & known
    whole = calibration(rows)
    model = PhotoModel(
        fitted.weights.astype(np.float32), fitted.bias.astype(np.float32), priors,
        whole.temperatures, np.where(rests_on_made, MADE_RELIABILITY, 1.),
        heads.correlations(scores[rows], labels[rows], split.groups[rows]), np.full(n, .5),
        backbone.spec.name, backbone.digest, backbone.spec.transform,
        tuple(id_ for id_, yes in zip(group.feature_ids, rests_on_made) if yes), group=group,
        **extra)
    judged = Judgement(*(np.full((len(scores), *part.shape[1:]), np.nan)
                         for part in _judge(model, whole, scores[:0])))
    for number in np.unique(split.fold[known]):
        of = known & (split.fold == number)
        own = whole if number < 0 else calibration(rows & ~of)
        for part, said in zip(judged, _judge(model, own, scores[of])):
            part[of] = said
    thresholds = heads.thresholds(judged.probabilities[rows], np.where(
        photos.by_eye[rows, None], labels[rows], np.nan), group)
    return replace(_shifted(model, whole), thresholds=thresholds), judged


def _judge(model: PhotoModel, own: heads.Calibration, scores: np.ndarray) -> Judgement:
    """What a calibration makes of scores."""
    width = scores.shape[1]
    alone = replace(model, weights=np.eye(width, dtype=np.float32),
                    bias=np.zeros(width, np.float32), temperatures=own.temperatures)
    return _shifted(alone, own)(scores)


def _shifted(model: PhotoModel, own: heads.Calibration) -> PhotoModel:
    """The shifts as part of the heads' bias."""
    bias = model.bias.astype(float)
    bias[:len(own.shifts)] += own.shifts * own.temperatures / model.reliability
    return replace(model, bias=bias.astype(np.float32))
