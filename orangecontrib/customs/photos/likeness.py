"""Which photos show the same picture, whatever its size, file or colours.

Three hashes of a photo: of its greys, of where the edges of the good are, and of its outline.  The
same picture in other colours keeps edges and outline; two shoes of one kind share an outline at
most.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

__all__ = ["Hashes", "SAME_EDGES", "SAME_GRAY", "SAME_SHAPE", "goods_of", "hashes_of",
           "same_pictures"]

#: Bits of 256 in which the greys of one picture differ at most; as in ``labels.product_groups``.
SAME_GRAY = 12

#: Bits of 256 in which edges and outline of one picture differ at most when its colours do.
SAME_EDGES, SAME_SHAPE = 60, 24

#: From so much difference to the border on it is the good.
_NOT_GROUND = 24


class Hashes(NamedTuple):
    """Hashes of 256 bits as hexadecimal digits."""

    gray: str
    edges: str
    shape: str


def hashes_of(image: np.ndarray) -> Hashes:
    """The hashes of a photo.

    Parameters
    ----------
    image : ndarray of uint8, shape (size, size, 3)
    """
    from imagehash import phash
    values = image.astype(float)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    good = np.abs(values - np.median(border, axis=0)).max(axis=2) > _NOT_GROUND
    shape = Image.fromarray(np.uint8(255 * good)).resize((16, 16), Image.Resampling.BOX)
    return Hashes(_hex(phash(Image.fromarray(image), hash_size=16).hash),
                  _hex(phash(_edges(_cut_out(image, good)), hash_size=16).hash),
                  _hex(np.asarray(shape) > 127))


def _cut_out(image: np.ndarray, good: np.ndarray) -> np.ndarray:
    """The good without what is around it: all bits are to speak of the good."""
    rows, columns = (np.flatnonzero(good.mean(axis=axis) > .01) for axis in (1, 0))
    if len(rows) < 16 or len(columns) < 16:
        return image
    part = Image.fromarray(image[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1])
    return np.asarray(part.resize((256, 256), Image.Resampling.BICUBIC))


def _edges(image: np.ndarray) -> Image.Image:
    """Where edges are; how strong they are depends on the colours, so each counts by its place."""
    from scipy.ndimage import gaussian_filter
    values = image.astype(float)
    steps = np.maximum(np.abs(np.diff(values, axis=0))[:, :-1].max(axis=2),
                       np.abs(np.diff(values, axis=1))[:-1].max(axis=2))
    strength = np.minimum(1, steps / (2 * gaussian_filter(steps, 12) + 6))
    return Image.fromarray(np.uint8(255 * gaussian_filter(strength, 2)))


def _hex(bits: np.ndarray) -> str:
    return np.packbits(bits.ravel()).tobytes().hex()


def same_pictures(hashes: Sequence[Hashes | None]) -> Iterable[tuple[int, int]]:
    """Pairs of photos that show the same picture, the earlier one first.

    Parameters
    ----------
    hashes : sequence of Hashes or None
        None is never the same.
    """
    rows = np.array([i for i, h in enumerate(hashes) if h is not None], dtype=int)
    if len(rows) < 2:
        return
    gray, edges, shape = (np.array(
        [np.frombuffer(bytes.fromhex(hashes[row][part]), np.uint64) for row in rows])
        for part in range(3))
    plain = np.bitwise_count(shape).sum(axis=1) == 0  # nothing in sight is like nothing else
    for i in range(len(rows) - 1):
        def apart(of, i=i):
            return np.bitwise_count(of[i + 1:] ^ of[i]).sum(axis=1)
        near = apart(gray) <= SAME_GRAY
        near |= (apart(edges) <= SAME_EDGES) & (apart(shape) <= SAME_SHAPE) \
            & ~plain[i] & ~plain[i + 1:]
        for j in np.flatnonzero(near):
            yield int(rows[i]), int(rows[i + 1 + j])


def goods_of(products: Sequence[str], hashes: Sequence[Hashes | None]) -> list[str]:
    """The good of each photo: its product, joined with those that show the same picture.

    Parameters
    ----------
    products : sequence of str
        "" for a photo of no product: it is of a good of its own.

    Returns
    -------
    list of str
        The first product of each joined set.
    """
    parent = list(range(len(products)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(i, j):
        i, j = sorted((root(i), root(j)))
        parent[j] = i

    first: dict[str, int] = {}
    for i, product in enumerate(products):
        if product:
            join(first.setdefault(product, i), i)
    for i, j in same_pictures(hashes):
        join(i, j)
    return [products[root(i)] or f"photo:{root(i)}" for i in range(len(products))]
