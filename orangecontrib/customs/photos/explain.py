"""Which places of a photo speak for a feature, and which against it: exactly, not by gradients.

A head is linear in the backbone's numbers, and those are averages and maxima of maps.  So a
head's score is a sum over the places of the maps: an average gives every place its share, a
maximum goes to the place where it stands.  What is shown is the difference to an empty photo, so
that white ground says nothing.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from orangecontrib.customs.i18n import Message, SaidError

from .decode import decode_and_place
from .extract import Extractor
from .maps import Pool, pooled_arrays
from .model import PhotoModel
from .sources import Photo

__all__ = ["ExplainError", "ActivationMap", "activation_map", "overlay"]

#: Colours of places that speak for and against.
FOR, AGAINST = (220, 50, 20), (30, 90, 220)

#: Opacity of the colour where a photo speaks most.
OPACITY = .65


class ExplainError(SaidError):
    """A score that can't be laid on the photo; says why."""


@dataclass(frozen=True)
class ActivationMap:
    """What the places of a photo add to a feature's score.

    Attributes
    ----------
    values : ndarray of float, shape (size, size)
        Log-odds per pixel of the padded square: above 0 for the feature, below 0 against.
        They add up to ``score - constant``.
    score : float
        Of the feature's head on this photo, calibrated, with the prior: log-odds; of a height,
        its logarithm before the heights share their softmax.
    constant : float
        The score of an empty, white photo: bias, prior, and what the backbone says of nothing.
    box : tuple of int
        Left, top, right, bottom of the photo inside the square.
    """

    values: np.ndarray
    score: float
    constant: float
    box: tuple[int, int, int, int]


def activation_map(extractor: Extractor, photo: Photo, feature_id: str) -> ActivationMap:
    """What each place of a photo adds to a feature's score.

    Raises
    ------
    ExplainError
        The backbone's numbers are not pooled from maps, or there is no such feature.
    PhotoError
        The photo can't be used.
    """
    model, backbone = extractor.model, extractor.backbone
    if feature_id not in model.features:
        raise ExplainError(Message.of("photos.no_feature", feature=feature_id,
                                      features=", ".join(model.features)))
    square, box = decode_and_place(photo.read(), backbone.spec.size)
    maps, pooling = backbone.maps(np.stack([square, np.full_like(square, 255)]))
    if not maps:
        raise ExplainError(Message.of("photos.no_maps", backbone=backbone.spec.name))
    column = model.features.index(feature_id)
    maps, empty = ([m[i].astype(float) for m in maps] for i in range(2))
    seen = model.judge(pooled_arrays([m[None] for m in maps], pooling))[1]
    scale = model.loudness(seen)[0, column]
    weights = model.weights[:, column].astype(float) * scale
    constant = float(pooled_arrays([m[None] for m in empty], pooling)[0] @ weights
                     + model.bias[column] * scale + _prior(model, column))
    shares = _shares(maps, empty, pooling, weights)
    there = objectness(square, box)
    values = sum(_enlarged(share, there) for share in shares)
    return ActivationMap(values, constant + sum(float(s.sum()) for s in shares), constant, box)


def _prior(model: PhotoModel, column: int) -> float:
    p = model.priors[column]
    exclusive = any(column in members for members in model.group.exclusive_features)
    return np.log(p) if exclusive else np.log(p / (1 - p))


def _shares(maps: Sequence[np.ndarray], empty: Sequence[np.ndarray], pooling: Sequence[Pool],
            weights: np.ndarray) -> list[np.ndarray]:
    """Per map (channels, h, w), what each of its places adds to the score, (h, w).

    `empty` are the maps of an empty photo.
    """
    shares, first = [np.zeros(m.shape[1:]) for m in maps], 0
    for pool in pooling:
        source, nothing = (each[pool.source][:, pool.top:] for each in (maps, empty))
        part, target = weights[first:first + len(source)], shares[pool.source][pool.top:]
        if pool.kind == "mean":
            target += np.tensordot(part, source - nothing, 1) / source[0].size
        else:
            flat = source.reshape(len(source), -1)
            more = flat.max(axis=1) - nothing.max(axis=(1, 2))
            np.add.at(target.reshape(-1), flat.argmax(axis=1), part * more)
        first += len(source)
    return shares


#: Difference of a pixel from the ground (0 to 255) from which on it is the good, and the share of
#: the border that has to be alike for a ground to be told.
OTHER, EVEN = 24, .6
#: What even ground gets of a place that shows the good, too.
GROUND = .003


def objectness(square: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """Where a photo shows something else than even ground: 1, and nearly 0 on the ground.

    Parameters
    ----------
    square : ndarray of uint8, shape (size, size, 3)
        The photo, padded with white.
    box : tuple of int
        Where the photo lies in it.

    Returns
    -------
    ndarray, shape (size, size)
        1 everywhere where the border of the photo is not even.
    """
    left, top, right, bottom = box
    photo = square[top:bottom, left:right].astype(float)
    border = np.concatenate([photo[0], photo[-1], photo[:, 0], photo[:, -1]])
    ground = np.median(border, axis=0)
    differs = np.abs(photo - ground).max(axis=2) > OTHER
    even = (np.abs(border - ground).max(axis=1) <= OTHER).mean() >= EVEN
    if not even or not differs.any():
        return np.ones(square.shape[:2])
    result = np.full(square.shape[:2], GROUND)
    result[top:bottom, left:right][differs] = 1
    return result


def _enlarged(share: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(h, w) → (size, size), with the same sum, on what the photo shows.

    A place of a map sees more of the photo than lies under it: what it adds is laid on the good in
    it and beside it, not on the ground between.
    """
    wide = 1 if there.min() == 1 else 2
    rows, columns = (_interpolation(n, len(there), wide) for n in share.shape)
    # how much of the good each place has around it
    mass = rows.T @ there @ columns
    return there * (rows @ (share / np.maximum(mass, 1e-12)) @ columns.T)


def _interpolation(n: int, size: int, wide: int = 1) -> np.ndarray:
    """(size, n) weights of linear interpolation, over so many times the width of a place."""
    at = np.clip((np.arange(size) + .5) * n / size - .5, 0, n - 1)
    weights = np.clip(1 - np.abs(at[:, None] - np.arange(n)) / wide, 0, None)
    return weights / weights.sum(axis=0)


def overlay(image: Image.Image, activation: ActivationMap) -> Image.Image:
    """The photo with warm colours where it speaks for the feature, cool ones where against.

    Parameters
    ----------
    image : PIL.Image.Image
        The original photo, of any size; its EXIF orientation is applied.

    Returns
    -------
    PIL.Image.Image
        RGB, upright, of the photo's own size.
    """
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    left, top, right, bottom = activation.box
    values = activation.values[top:bottom, left:right]
    strength = np.abs(values) / max(np.abs(values).max(), 1e-12)
    colours = np.where(values[..., None] > 0, FOR, AGAINST).astype(np.uint8)
    mask = np.round(255 * OPACITY * strength).astype(np.uint8)
    layer, mask = (Image.fromarray(a).resize(image.size, Image.Resampling.BILINEAR)
                   for a in (colours, mask))
    return Image.composite(layer, image, mask)
