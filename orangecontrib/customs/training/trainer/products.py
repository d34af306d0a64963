"""Which photos show the same product: by its name, or because they are nearly the same picture."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["product_groups"]


def product_groups(products: Sequence[str], hashes: np.ndarray | None = None,
                   compared: np.ndarray | None = None, distance: int = 12) -> np.ndarray:
    """Group number of each photo: one product, or near-duplicate pictures.

    Parameters
    ----------
    products : sequence of str, length M
    hashes : ndarray of uint64, shape (M, 4), optional
        Perceptual hashes of 256 bits; photos at most `distance` bits apart are one product.
    compared : ndarray of bool, shape (M,), optional
        Photos whose hashes count; all by default.

    Returns
    -------
    ndarray of int, shape (M,)
    """
    parent = np.arange(len(products))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[str, int] = {}
    for i, product in enumerate(products):
        parent[root(i)] = root(first.setdefault(product, i))
    if hashes is not None:
        rows = np.arange(len(products)) if compared is None else np.flatnonzero(compared)
        hashes = np.asarray(hashes, dtype=np.uint64)[rows]
        for i in range(len(hashes) - 1):
            near = np.bitwise_count(hashes[i + 1:] ^ hashes[i]).sum(axis=1) <= distance
            for j in np.flatnonzero(near):
                parent[root(rows[i + 1 + j])] = root(rows[i])
    return np.array([root(i) for i in range(len(products))])
