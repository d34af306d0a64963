"""Varied copies of photos by the settings of a recipe; nothing is ever cut off."""
from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageEnhance

from orangecontrib.customs.photos.decode import fit

from .recipe import Recipe

__all__ = ["AUGMENTATIONS", "Augmentation", "vary"]


class Augmentation(NamedTuple):
    """One way to vary a photo.

    Attributes
    ----------
    text : str
        Id of the message that says what it does, with a place for the `amount`.
    draw : callable
        (rng, recipe) → the amount for a copy; called also where it is off, so that what the
        others draw does not depend on it.
    apply : callable
        (picture, amount) → picture, a square of the same side.
    ends : callable
        (recipe) → the amounts that go farthest; none where the recipe has it off.
    neutral : float
        The amount that changes nothing.
    """

    text: str
    draw: Callable[[np.random.Generator, Recipe], float]
    apply: Callable[[Image.Image, float], Image.Image]
    ends: Callable[[Recipe], tuple[float, ...]]
    neutral: float = 0.


def _turned(picture: Image.Image, angle: float) -> Image.Image:
    """Scaled down into its square instead of cropped: a cut shaft would falsify the height."""
    turned = picture.rotate(angle, Image.Resampling.BILINEAR, expand=True, fillcolor="white")
    return fit(turned, picture.width)


#: In the order in which they are drawn and applied.
AUGMENTATIONS = (
    Augmentation("training.mirrored", lambda rng, _: float(rng.random() < .5),
                 lambda picture, _: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
                 lambda recipe: (1.,) if recipe.flip else ()),
    Augmentation("training.turned",
                 lambda rng, recipe: rng.uniform(-recipe.rotation, recipe.rotation), _turned,
                 lambda recipe: (-recipe.rotation, recipe.rotation) if recipe.rotation else ()),
    Augmentation("training.light",
                 lambda rng, recipe: rng.uniform(1 - recipe.brightness, 1 + recipe.brightness),
                 lambda picture, light: ImageEnhance.Brightness(picture).enhance(light),
                 lambda recipe: (1 - recipe.brightness, 1 + recipe.brightness)
                 if recipe.brightness else (), 1.))


def vary(image: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> np.ndarray:
    """A photo varied in every way that the recipe has on.

    Parameters
    ----------
    image : ndarray of uint8, shape (size, size, 3)
    """
    amounts = [one.draw(rng, recipe) for one in AUGMENTATIONS]
    picture = Image.fromarray(image)
    for one, amount in zip(AUGMENTATIONS, amounts):
        if one.ends(recipe) and amount != one.neutral:
            picture = one.apply(picture, amount)
    return np.asarray(picture)
