"""Splits by product: photos of one product, and near-duplicates, stay on one side."""
from __future__ import annotations

import numpy as np

from .photos import Split, TrainingPhotos
from .products import product_groups
from .recipe import Recipe

__all__ = ["split"]


def split(photos: TrainingPhotos, hashes: np.ndarray, recipe: Recipe) -> Split:
    """Give each product a part.

    Made pictures and varied copies train; where their product is held out, they are not used
    at all.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (M, 4)
        Perceptual hashes.
    """
    n = len(photos)
    # copies and crops go with their product; alike among themselves, they say nothing
    groups, fold = product_groups(photos.products, hashes, ~photos.varied), np.full(n, -1)
    part = np.full(n, "train", dtype=object)
    sides = _sides(groups, photos.origins)
    unique = np.unique(sides[~photos.aside])
    shuffled = np.random.default_rng(recipe.seed).permutation(unique)
    tests = round(recipe.test_share * len(shuffled))
    test, rest = shuffled[:tests], shuffled[tests:]
    part[np.isin(sides, test)] = "test"
    if recipe.optimiser == "lbfgs":
        for number in range(recipe.folds):
            fold[np.isin(sides, rest[number::recipe.folds])] = number
    else:
        validation = rest[:max(1, round(recipe.validation_share * len(rest)))]
        part[np.isin(sides, validation)] = "validation"
    part[photos.aside & (part != "train")] = "unused"
    return Split(groups, part.astype(str), fold)


def _sides(groups: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """Groups, those that share an origin joined."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    if not any(origins):
        return groups
    names = {name: number for number, name in enumerate(sorted(set(origins) - {""}))}
    known = np.flatnonzero(origins != "")
    first = int(groups.max()) + 1
    ends = first + np.array([names[name] for name in origins[known]])
    joined = coo_array((np.ones(len(known)), (groups[known], ends)),
                       shape=(first + len(names),) * 2)
    return connected_components(joined, directed=False)[1][groups]
