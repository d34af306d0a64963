"""Training photos with labels and trunk features, computed once and cached.

A part is a data set, its varied copies, its crops, or the made pictures; for each the
cache holds the trunk's features and the perceptual hashes.
"""
from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from orangecontrib.customs.photos.decode import fit
from orangecontrib.customs.photos.model import feature_ids
from orangecontrib.customs.photos.trunks import LoadedTrunk

from . import augment
from .labels import SOURCES, Labelled, concatenate, product_groups, read_source

__all__ = ["PhotoSet", "collect"]

#: Varied copies per photo, and per photo labelled by eye.
COPIES = {"zappos_boot_sandal_shoe": 1, "fpi_224": 2}
HAND_COPIES = 6

#: Crops per kind.
N_CROPS = 500

#: Made pictures.
N_MADE = 3000


@dataclass
class PhotoSet:
    """Photos ready for head training.

    Attributes
    ----------
    labelled : Labelled
    x : ndarray of float32, shape (M, width)
    groups : ndarray of int, shape (M,)
        Products: photos of one product, its copies and crops, and near-duplicates.
    """

    labelled: Labelled
    x: np.ndarray
    groups: np.ndarray


def _features(images: Iterable[Image.Image], trunk: LoadedTrunk, path: Path,
              say: Callable[[str], None], batch: int = 32) -> np.ndarray:
    """Trunk features of RGB images, from the cache where they are."""
    if path.is_file():
        return np.load(path)
    x, waiting = [], []
    for number, image in enumerate(images, start=1):
        waiting.append(np.asarray(fit(image, trunk.trunk.size)))
        if len(waiting) == batch:
            x.append(trunk(np.stack(waiting)))
            waiting.clear()
        if number % 1000 == 0:
            say(f"  {path.stem}: {number}")
    if waiting:
        x.append(trunk(np.stack(waiting)))
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.concatenate(x))
    return np.concatenate(x)


def _hashes(images: Iterable[Image.Image], path: Path) -> np.ndarray:
    """Perceptual hashes of 256 bits, shape (M, 4), from the cache where they are.

    The usual 64 bits can't tell one shoe on white from another.
    """
    if path.is_file():
        return np.load(path)
    from imagehash import phash
    bits = np.array([phash(image, hash_size=16).hash.ravel() for image in images])
    np.save(path, np.packbits(bits, axis=1).view(np.uint64))
    return np.load(path)


class _Zip:
    """RGB images of a data set's zip."""

    def __init__(self, path: Path):
        self._zip = zipfile.ZipFile(path)

    def __call__(self, name: str) -> Image.Image:
        with Image.open(io.BytesIO(self._zip.read(name))) as image:
            return image.convert("RGB")


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def collect(folder: Path, cache: Path, trunk: LoadedTrunk,
            say: Callable[[str], None] = print, made: bool = True) -> PhotoSet:
    """Read, vary, crop and draw the training photos; compute what the cache lacks.

    Parameters
    ----------
    folder : Path
        Holds the zips and CSVs of ``labels.SOURCES``.
    cache : Path
        Folder for the trunk's features; safe to delete.
    """
    folder, cache = Path(folder), Path(cache) / f"{trunk.digest[:12]}-{trunk.trunk.width}"
    parts, features, origins, originals, hashes = [], [], [], [], []

    def add(labelled, images, name, origin):
        say(f"{name}: {len(labelled)} photos")
        x = _features(images, trunk, cache / f"{name}.npy", say)
        if len(x) != len(labelled):
            raise ValueError(f"{cache / name}.npy holds {len(x)} photos, not {len(labelled)}: "
                             "delete it")
        parts.append(labelled)
        features.append(x)
        origins.append(origin)

    offset = 0
    for source in SOURCES:
        whole, read = read_source(folder, source), _Zip(folder / f"{source}.zip")
        rows = np.arange(len(whole))
        add(whole, map(read, whole.image), source, rows + offset)
        hashes.append(_hashes(map(read, whole.image), cache / f"{source}-phash.npy"))
        originals.append(whole)
        if source in COPIES:
            copies = np.where(whole.hand, HAND_COPIES, COPIES[source])
            copied = np.repeat(rows, copies)
            copied = copied[whole.labels[copied, -1] == 0]
            rng = _rng(source)
            add(augment.vary_labels(whole[copied], copies[copied]),
                (augment.vary(read(whole.image[i]), rng) for i in copied),
                f"{source}-varied", copied + offset)
            for kind in augment.CROPS:
                cut = _rng(source + kind).permutation(rows[whole.labels[:, -1] == 0])[:N_CROPS]
                rng = _rng(kind)
                add(augment.crop_labels(whole[cut], kind),
                    (augment.crop(read(whole.image[i]), kind, rng) for i in cut),
                    f"{source}-{kind}", cut + offset)
        offset += len(whole)
    say("looking for near-duplicates")
    groups = product_groups(concatenate(originals), np.concatenate(hashes))
    group = [groups[origin] for origin in origins]
    if made:
        labelled, pictures, goods = _made()
        say(f"made: {N_MADE} pictures")
        x = _features(pictures, trunk, cache / f"made-{N_MADE}.npy", say)
        parts.append(labelled)
        features.append(x)
        group.append(offset + goods)
    return PhotoSet(concatenate(parts), np.concatenate(features), np.concatenate(group))


#: Views of made pictures and how often each is drawn: as in photos of goods on sale.
VIEWS = {"side_right": .18, "side_left": .18, "three_quarter": .2, "pair": .14, "top": .08,
         "sole": .05, "closeup": .1, "back": .07}


def _made() -> tuple[Labelled, Iterable[Image.Image], np.ndarray]:
    """Labels, pictures (lazily) and goods of the procedural generator; two views a good."""
    from . import drawing
    rng = _rng("made")
    goods = np.repeat(np.arange(N_MADE // 2), 2)
    items = [drawing.sample(rng) for _ in range(N_MADE // 2)]
    views = rng.choice(list(VIEWS), size=N_MADE, p=list(VIEWS.values()))
    labelled = Labelled.empty(N_MADE, "made", [f"{g}/{v}" for g, v in zip(goods, views)],
                              [f"made:{g}" for g in goods], made=True)
    for row, (good, view) in enumerate(zip(goods, views)):
        values = drawing.labels(items[good], str(view))
        labelled.labels[row] = [values[id_] for id_ in feature_ids()]
        if items[good].not_footwear:
            # as with real photos of other things: nobody asks whether a bag has a heel
            labelled.labels[row, :-1] = np.nan
    pictures = (drawing.draw(items[good], str(view), rng) for good, view in zip(goods, views))
    return labelled, pictures, goods
