"""Add what is known of views, scenes and strange photos to a bundled model.

    python -m tools.recipes.add_shots DATA [--only NAME] [--cache DIR] [--out DIR]

DATA holds the zips and CSVs named in ``labels.SOURCES``, and ``amateur_rare_dev.zip``.  The heads
of the model's features stay as they are: they have seen none of the photos of real scenes, so these
say how sure the heads may be.  Photos that are set aside (``real_scenes.csv``) are not looked at.
The free model takes photos whose licence allows it (`FREE`), catalogue photos that are nearly all
side views, and made pictures, whose views are known; the research model takes all photos.
"""
from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.photos.cache import FeatureCache
from orangecontrib.customs.photos.decode import fit as squared
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.sources import Photo, find_photos
from orangecontrib.customs.training.labelling import read_labels

from .labels import FREE, REAL_LABELS, REAL_LIST, TRAIN, Labelled, concatenate, read_source
from .shots import fit_shots
from .train_default import BUNDLES

__all__ = ["Scenes", "add", "real_scenes"]

#: What a model's file says of the photos that it knows views from.
NOTES = {
    "free": " Views and scenes: photos of clothing-dataset (CC0) and of Shoes-color of Roboflow "
            "Universe by way of monzzzz/Shoes-Detection-CV-OCR (CC BY 4.0), and made pictures.",
    "research": " Views and scenes: photos of public repositories, most without a licence."}

#: Made pictures of each view, twice.
MADE = {"back": 65, "sole": 65, "closeup": 45, "side_right": 20, "side_left": 15,
        "three_quarter": 25, "pair": 25, "top": 20}

#: Views of made pictures that have another name among those of photos.
_NAMES = {"side_right": "side", "side_left": "side", "three_quarter": "oblique"}

#: Catalogue photos taken from one side, by what the source calls them; and how many are used of
#: these, of things that are no footwear, and as examples of photos that are not strange.
_SIDE = ("Casual Shoes", "Sports Shoes", "Formal Shoes")
N_SIDE, N_OTHER, N_USUAL = 300, 200, 1500


@dataclass
class Scenes:
    """Photos with labels and how they were taken; `measured` ones say how sure heads may be."""

    x: np.ndarray
    labels: np.ndarray
    views: np.ndarray
    scenes: np.ndarray
    measured: np.ndarray

    def __add__(self, other: Scenes) -> Scenes:
        return Scenes(*(np.concatenate([getattr(self, name), getattr(other, name)])
                        for name in self.__annotations__))

    @classmethod
    def of(cls, x, labels, views, scene: str, measured: bool = False) -> Scenes:
        n = len(x)
        return cls(x, labels, np.array(views, dtype=object), np.full(n, scene, dtype=object),
                   np.full(n, measured))


def real_scenes(free: bool, part: str = TRAIN, group: Group | None = None):
    """Rows of labels of a part; of free photos alone if wanted."""
    with open(REAL_LIST, encoding="utf-8", newline="") as file:
        known = {row["image"]: row for row in csv.DictReader(file)}
    return [row for row in read_labels(REAL_LABELS, visual_group(group)).rows
            if known[row.image]["part"] == part
            and (not free or known[row.image]["licence"].startswith(FREE))]


def _features(extractor: Extractor, photos: list[Photo]) -> tuple[list[str], np.ndarray]:
    """What the trunk says: a model whose heads are the trunk's numbers would be this."""
    from orangecontrib.customs.photos.extract import _Computing
    compute, images, found = _Computing(extractor.trunk, extractor.cache), [], []
    for first in range(0, len(photos), 32):
        good = [one for one in compute.prepare(photos[first:first + 32]) if not one.reason]
        if good:
            found.append(compute(good))
            images += [one.photo.image for one in good]
    return images, np.concatenate(found)


def _real(data: Path, free: bool, extractor: Extractor, group: Group) -> Scenes:
    rows = {row.image: row for row in real_scenes(free, group=group)}
    photos = [p for p in find_photos(data / "amateur_rare_dev.zip")[0] if p.image in rows]
    images, x = _features(extractor, photos)
    rows = [rows[image] for image in images]
    return Scenes(x, np.array([row.labels for row in rows]),
                  np.array([row.view for row in rows], dtype=object),
                  np.array([row.scene for row in rows], dtype=object), np.ones(len(rows), bool))


def _made(trunk, group: Group) -> Scenes:
    from tools import drawing
    images, views, labels = [], [], []
    for seed in (19, 20):
        rng = np.random.default_rng(seed)
        for view, wanted in MADE.items():
            while wanted:
                item = drawing.sample(rng)
                if item.not_footwear:
                    continue
                wanted -= 1
                picture = drawing.draw(item, view, rng).convert("RGB")
                images.append(np.asarray(squared(picture, trunk.trunk.size)))
                values = drawing.labels(item, view)
                labels.append([values[id_] for id_ in group.feature_ids])
                views.append(_NAMES.get(view, view))
    x = np.concatenate([trunk(np.stack(images[first:first + 16]))
                        for first in range(0, len(images), 16)])
    return Scenes.of(x, np.array(labels, float), views, "")


def _catalogue(data: Path, sources, extractor: Extractor, group: Group
               ) -> tuple[Scenes, np.ndarray]:
    """Side views and things that are no footwear; and features of photos that are usual."""
    labelled: Labelled = concatenate([read_source(data, source, group) for source in sources])
    kinds = {}
    for source in sources:
        with open(data / f"{source}.csv", encoding="utf-8", newline="") as file:
            kinds |= {row["image"]: row.get("articleType", "") for row in csv.DictReader(file)}
    rng = np.random.default_rng(0)
    side = np.flatnonzero([kinds[image] in _SIDE for image in labelled.image])
    side = rng.choice(side, min(N_SIDE, len(side)), replace=False)
    other = np.flatnonzero(labelled.labels[:, -1] == 1)
    other = rng.choice(other, min(N_OTHER, len(other)), replace=False)
    usual = rng.choice(len(labelled), min(N_USUAL, len(labelled)), replace=False)
    photos = {(source, p.image): p for source in sources
              for p in find_photos(data / f"{source}.zip")[0]}

    def features(rows):
        return _features(extractor, [photos[labelled.source[r], labelled.image[r]]
                                     for r in rows])[1]

    nothing = np.full((len(other), labelled.labels.shape[1]), np.nan)
    return Scenes.of(features(side), labelled.labels[side], ["side"] * len(side), "catalogue") \
        + Scenes.of(features(other), nothing, ["other"] * len(other), ""), features(usual)


def add(data: Path, name: str, cache: FeatureCache) -> PhotoModel:
    """The bundled model of that name with what is known of views."""
    bundle = BUNDLES[name]
    model = replace(PhotoModel.load(bundle.path), shots=None)
    extractor = Extractor(model, cache=cache)
    catalogue, usual = _catalogue(data, bundle.sources, extractor, model.group)
    photos = _real(data, name == "free", extractor, model.group) \
        + _made(extractor.trunk, model.group) + catalogue
    note = model.note.removesuffix(NOTES[name]) + NOTES[name]
    return replace(model, note=note, shots=fit_shots(model, photos.x, photos.labels, photos.views,
                                          photos.scenes, photos.measured, known=usual))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, help="folder with the data sets")
    parser.add_argument("--cache", type=Path, default=Path("photo-cache"))
    parser.add_argument("--out", type=Path, help="folder for the models (default: where they lie)")
    parser.add_argument("--only", choices=BUNDLES)
    args = parser.parse_args(arguments)
    for name in [args.only] if args.only else BUNDLES:
        model = add(args.data, name, FeatureCache(args.cache))
        path = args.out / BUNDLES[name].path.name if args.out else BUNDLES[name].path
        model.save(path)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB, digest {model.digest[:12]}")


if __name__ == "__main__":
    main()
