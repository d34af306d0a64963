"""Photos decoded once, with what is needed to tell them apart."""
from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image

from orangecontrib.customs.i18n import Message
from orangecontrib.customs.photos.decode import PhotoError, decode
from orangecontrib.customs.photos.sources import Photo
from orangecontrib.customs.photos.synthetic import is_generated

from .photos import TrainingError

__all__ = ["Pixels", "read"]

#: Photos handed to the threads at once.
_AHEAD = 64

#: Bytes left free on the disk.
_SPARE = 200_000_000


@dataclass
class Pixels:
    """Decoded photos; ``pixels[i]`` is the i-th that could be read, (size, size, 3) uint8.

    Attributes
    ----------
    rows : ndarray of int, shape (K,)
        Positions, among the photos asked for, of those that could be read.
    contents : list of str
        SHA-256 of the file of each of these.
    hashes : ndarray of uint64, shape (K, 4)
        Perceptual hashes of 256 bits.
    skipped : list of (int, Message)
        Positions and reasons of the others.
    images : ndarray of uint8
        In a temporary file, not in memory.
    where : ndarray of int, shape (K,)
        Row in `images` of each of these.
    generated : ndarray of bool, shape (K,)
        Whether the file says that a model made it.
    """

    rows: np.ndarray
    contents: list[str]
    hashes: np.ndarray
    skipped: list[tuple[int, Message]]
    images: np.ndarray
    where: np.ndarray
    generated: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> np.ndarray:
        return self.images[self.where[i]]

    def take(self, positions: np.ndarray) -> Pixels:
        """As if only the photos at these positions had been asked for."""
        found = {row: i for i, row in enumerate(self.rows)}
        said = dict(self.skipped)
        rows = [(new, found[row]) for new, row in enumerate(positions) if row in found]
        new, old = np.array(rows, int).reshape(-1, 2).T
        return Pixels(new, [self.contents[i] for i in old], self.hashes[old],
                      [(new, said[row]) for new, row in enumerate(positions) if row in said],
                      self.images, self.where[old], self.generated[old])


def read(photos: Sequence[Photo], size: int,
         step: Callable[[int], bool] = lambda done: False) -> Pixels:
    """Read, decode and hash photos; a photo that can't be used is skipped with the reason.

    Parameters
    ----------
    step : callable
        Told how many photos are done; returns whether to stop.

    Raises
    ------
    TrainingError
        The disk is too full.
    """
    n, needed = len(photos), len(photos) * size * size * 3
    folder = tempfile.gettempdir()
    if shutil.disk_usage(folder).free < needed + _SPARE:  # a full disk would end the process
        raise TrainingError("no_room", n=n, size=size, needed=needed / 1e9, folder=folder)
    # the file has no name, and goes when the array does
    images = np.memmap(tempfile.TemporaryFile(), np.uint8, "w+", shape=(n, size, size, 3))

    def one(row):
        try:
            content = photos[row].read()
            images[row] = decode(content, size)
        except PhotoError as error:
            return error.reason, None
        return hashlib.sha256(content).hexdigest(), (_hash(images[row]), is_generated(content))

    rows, contents, hashes, generated, skipped = [], [], [], [], []
    with ThreadPoolExecutor(os.cpu_count(), "decode") as pool:
        for first in range(0, n, _AHEAD):
            part = range(first, min(first + _AHEAD, n))
            for row, (said, looks) in zip(part, pool.map(one, part)):
                if looks is None:
                    skipped.append((row, said))
                else:
                    rows.append(row)
                    contents.append(said)
                    hashes.append(looks[0])
                    generated.append(looks[1])
            if step(part.stop):
                break
    rows = np.array(rows, int)
    return Pixels(rows, contents, np.array(hashes, np.uint64).reshape(-1, 4), skipped, images,
                  rows, np.array(generated, bool))


def _hash(image: np.ndarray) -> np.ndarray:
    """256 bits: the usual 64 can't tell one shoe on white from another."""
    from imagehash import phash
    bits = phash(Image.fromarray(image), hash_size=16).hash.ravel()
    return np.packbits(bits).view(np.uint64)
