"""Varied copies of photos by the settings of a recipe; nothing is ever cut off."""
from __future__ import annotations

import numpy as np
from PIL import Image, ImageEnhance

from orangecontrib.customs.photos.decode import fit

from .recipe import Recipe

__all__ = ["vary"]


def vary(image: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    """A photo mirrored, turned and lit otherwise.

    A turned photo is scaled down into its square instead of cropped: a cut shaft would
    falsify the height.

    Parameters
    ----------
    image : ndarray of uint8, shape (size, size, 3)
    """
    flip = rng.random() < .5
    angle = rng.uniform(-recipe.rotation, recipe.rotation)
    light = rng.uniform(1 - recipe.brightness, 1 + recipe.brightness)
    picture = Image.fromarray(image)
    if recipe.flip and flip:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if angle:
        picture = picture.rotate(angle, Image.Resampling.BILINEAR, expand=True,
                                 fillcolor="white")
        picture = fit(picture, len(image))
    if light != 1:
        picture = ImageEnhance.Brightness(picture).enhance(light)
    return np.asarray(picture)
