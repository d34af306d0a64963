"""What a recipe makes of one photo, and what that does to the features."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message
from orangecontrib.customs.photos.decode import decode
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.sources import Photo

from .augmentation import AUGMENTATIONS, vary
from .recipe import Recipe

__all__ = ["Preview", "Variant", "preview", "variants"]

#: Copies as a training would draw them.
COPIES = 2

#: Side of the pictures where no model says otherwise.
SIZE = 224


@dataclass(frozen=True, eq=False)
class Variant:
    """A photo after one augmentation.

    Attributes
    ----------
    name : Message
        What was done to it.
    image : ndarray of uint8, shape (size, size, 3)
    probabilities : ndarray of float, shape (n_features,), or None
        None without a model.
    """

    name: Message
    image: np.ndarray
    probabilities: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Preview:
    """One photo, as it is and varied.

    Attributes
    ----------
    variants : tuple of Variant
        The photo as it is comes first.
    group : Group or None
        Of the features; None without a model.
    cancelled : bool
        There would have been more variants.
    """

    variants: tuple[Variant, ...]
    group: Group | None = None
    cancelled: bool = False

    @property
    def changes(self) -> np.ndarray:
        """P after less P before, shape (n_variants, n_features); the first row is 0."""
        found = np.array([v.probabilities for v in self.variants], float)
        return found - found[:1]

    @property
    def largest(self) -> tuple[int, int] | None:
        """Variant and feature of the largest change; None where nothing changes, or no model."""
        if self.group is None:
            return None
        size = np.abs(self.changes)
        place = np.unravel_index(size.argmax(), size.shape)
        return (int(place[0]), int(place[1])) if size[place] > 0 else None


def variants(image: np.ndarray, recipe: Recipe) -> list[Variant]:
    """A photo as it is, with each augmentation that is on at its ends, and with all together.

    Parameters
    ----------
    image : ndarray of uint8, shape (size, size, 3)
    """
    found, picture = [Variant(Message("training.as_it_is"), image)], Image.fromarray(image)
    for one in AUGMENTATIONS:
        found += [Variant(Message.of(one.text, amount=amount),
                          np.asarray(one.apply(picture, amount)))
                  for amount in one.ends(recipe)]
    if len(found) > 1:
        found += [Variant(Message.of("training.copy", n=number + 1),
                          vary(image, recipe, np.random.default_rng((recipe.seed, number))))
                  for number in range(COPIES)]
    if recipe.brighten != 1:
        found.append(Variant(Message.of("training.input", amount=recipe.brighten),
                             _lit(image, recipe.brighten)))
    return found


def preview(photo: Photo, recipe: Recipe, extractor: Extractor | None = None,
            stopped: Callable[[], bool] = lambda: False) -> Preview:
    """What becomes of a photo and, with a model, of its features.

    Parameters
    ----------
    extractor : Extractor, optional
        Of the model that judges.
    stopped : callable
        Asked between two looks of the model.

    Raises
    ------
    PhotoError
        The photo can't be used.
    ModelError, BackboneError
        The model can't.
    """
    size = SIZE if extractor is None else extractor.backbone.spec.size
    found = variants(decode(photo.read(), size), recipe)
    if extractor is None:
        return Preview(tuple(found))
    model, backbone, judged = extractor.model, extractor.backbone, []
    for one in found:
        if judged and stopped():
            break
        seen = one.image
        if one is found[-1] and recipe.brighten != 1:  # the model itself brightens, too
            seen = _lit(found[0].image, recipe.brighten / model.brighten)
        said = model(backbone(seen[None])).probabilities[0]
        judged.append(Variant(one.name, one.image, said))
    return Preview(tuple(judged), model.group, len(judged) < len(found))


def _lit(image: np.ndarray, factor: float) -> np.ndarray:
    return np.uint8(np.clip(image * factor, 0, 255).round())
