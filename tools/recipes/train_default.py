"""Train the bundled photo model, and the research one, with the trainer that everybody has.

    python -m tools.recipes.train_default DATA [--cache DIR] [--out DIR]
        [--only NAME] [--real-scenes]

DATA holds the zips and CSVs named in ``labels.SOURCES``, and ``amateur_rare_dev.zip`` for
``--real-scenes``: photos as a phone takes them, from which a model learns views, too.  What the
backbone says is kept in the cache.  The held-out probabilities are written beside it, for
``benchmarks/photo_models.py``.
The free model is part of the package; the research one lies in the repository beside it.
"""
from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from orangecontrib.customs.photos import backbones
from orangecontrib.customs.photos.cache import FeatureCache
from orangecontrib.customs.photos.model import BUNDLED, PhotoModel
from orangecontrib.customs.training.trainer import (
    HeldOut,
    Pixels,
    Progress,
    Recipe,
    Trained,
    read,
    train,
)
from orangecontrib.customs.training.trainer.frozen import backbone_features
from orangecontrib.customs.training.trainer.watch import Watch

from .labels import REAL_SCENES, SOURCES
from .photosets import PhotoSet, collect, linked
from .shots import fit_shots, held_out_scores

__all__ = ["Bundle", "BUNDLES", "REAL", "RECIPE", "damped", "fit", "model_of", "with_shots"]

#: Every photo trains; five folds by product, or by source of real scenes, calibrate, and measure.
RECIPE = Recipe(l2=.03, folds=5, test_share=0.)

#: Damping with the least log-loss on photos of sources that a model has not seen, and of how many
#: goods with the feature these were.
DAMPING = Path(__file__).parent / "damping.csv"

#: A head that is damped so much is marked as a hint.
HINT = .5

#: Photos of one source, view and scene that teach views, at most; and usual photos that say what
#: is strange.
ALIKE, USUAL = 300, 1500


@dataclass(frozen=True)
class Bundle:
    """A model: the sources it may learn from, what its file says of them, and the file."""

    sources: tuple[str, ...]
    note: str
    licence: str
    path: Path


#: Of a checkout: a wheel has no such folder.
_RESEARCH = Path(__file__).parents[1] / "research_model" / "research_model.safetensors"


_LABELS = "Labels are weak (from the sources' classes) or first-pass by one annotator."

BUNDLES = {
    "research": Bundle(
        SOURCES,
        "Trained on UT-Zappos50K photos, Fashion Product Images, clothing-dataset-small (CC0), "
        "photos of public repositories, most without a licence, and made pictures. " + _LABELS,
        "Research and non-commercial use only, because of UT-Zappos50K and of photos without a "
        "licence", _RESEARCH),
    "free": Bundle(
        ("fpi_60x80", "clothing_small_cc0"),
        "Trained on Fashion Product Images (Small) (published as MIT; images by way of a "
        "repository under Apache-2.0), clothing-dataset and clothing-dataset-small (CC0), "
        "Shoes-color of Roboflow Universe by way of monzzzz/Shoes-Detection-CV-OCR "
        "(CC BY 4.0; lit, tilted and labelled here) and made pictures. " + _LABELS,
        "GPL-3.0-or-later, as the add-on: no photo under a research licence, none of unknown "
        "licence", BUNDLED["free"]),
}


#: Photos of real scenes that a bundle may learn from.
REAL = dict(zip(("research", "free"), REAL_SCENES))


def model_of(name: str) -> PhotoModel:
    """The model of that bundle as it lies here."""
    return PhotoModel.load(BUNDLES[name].path)


def fit(photos: PhotoSet, bundle: Bundle, cache: FeatureCache, say=print,
        pixels: Pixels | None = None) -> Trained:
    """Train a bundled model on the photos that it may learn from."""
    stage = ""

    def progress(now: Progress):
        nonlocal stage
        if now.stage != stage:
            stage = now.stage
            say(f"  {stage}")

    return train(photos.photos, RECIPE, progress, cache=cache, note=bundle.note,
                 licence=bundle.licence, pixels=pixels)


def damped(model: PhotoModel, name: str) -> PhotoModel:
    """The model with heads as loud as they may be on photos of real scenes (`DAMPING`).

    Heads that nobody measured there stay as the training has them.
    """
    with open(DAMPING, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == name]
    reliability = model.reliability.copy()
    for row in rows:
        reliability[model.features.index(row["feature"])] = float(row["reliability"])
    return replace(model, reliability=reliability, made_only=tuple(
        id_ for id_, loud in zip(model.features, reliability) if loud <= HINT))


def with_shots(model: PhotoModel, held_out: HeldOut, photos: PhotoSet, pixels: Pixels,
               cache: FeatureCache | None) -> PhotoModel:
    """The model with what the photos teach of views, scenes and strange photos.

    Heads are as sure as they may be on photos whose origin they did not see.
    """
    labelled, rng = photos.labelled, np.random.default_rng(0)
    shown = shot_rows(photos, rng)
    real = np.flatnonzero(~photos.photos.aside)
    usual = np.setdiff1d(rng.choice(real, min(USUAL, len(real)), replace=False), shown)
    backbone = backbones.load(model.backbone, wanted=model.backbone_digest)
    rows = np.concatenate([shown, usual])
    # rows that could not be read are none of these: pixels know which could
    at = {row: number for number, row in enumerate(pixels.rows)}
    x = backbone_features(backbone, pixels, np.array([at[row] for row in rows]), RECIPE,
                          Watch(None), cache=cache)[:, 0]
    measured = held_out.rows[labelled.hand[held_out.rows]
                             & (labelled.scene[held_out.rows] != "")]
    scores = held_out_scores(held_out, model.priors)[np.isin(held_out.rows, measured)]
    n = len(shown)
    return replace(model, shots=fit_shots(
        model, x[:n], labelled.labels[shown], labelled.view[shown], labelled.scene[shown],
        known=x[n:], measured=(scores, labelled.labels[measured], labelled.scene[measured])))


def shot_rows(photos: PhotoSet, rng: np.random.Generator) -> np.ndarray:
    """Photos of which somebody said how they were taken; of those alike, `ALIKE` by lot."""
    labelled, found = photos.labelled, []
    kinds = np.array([f"{source}\0{view}\0{scene}" for source, view, scene in zip(
        labelled.source, labelled.view, labelled.scene)])
    known = (labelled.view != "") | (labelled.scene != "")
    for kind in np.unique(kinds[known]):
        rows = np.flatnonzero(kinds == kind)
        found.append(rng.choice(rows, min(ALIKE, len(rows)), replace=False))
    return np.sort(np.concatenate(found))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, help="folder with the data sets")
    parser.add_argument("--cache", type=Path, default=Path("photo-cache"),
                        help="folder for backbone features and held-out probabilities "
                             "(default: %(default)s)")
    parser.add_argument("--out", type=Path, help="folder for the models (default: where they "
                                                 "lie in a checkout)")
    parser.add_argument("--only", choices=BUNDLES, help="train this one alone")
    parser.add_argument("--real-scenes", action="store_true",
                        help="learn from the photos of real scenes, too, but for those set aside, "
                             "and from copies as a phone takes them")
    args = parser.parse_args(arguments)
    cache, names = FeatureCache(args.cache), [args.only] if args.only else list(BUNDLES)
    places = {name: args.out / BUNDLES[name].path.name if args.out else BUNDLES[name].path
              for name in names}
    for name, path in places.items():  # better said now than after an hour
        if not path.parent.is_dir():
            parser.error(f"there is no folder {path.parent} for the {name} model: name one "
                         "by --out")
    real = REAL if args.real_scenes else {}
    everything = collect(args.data, [source for source in SOURCES if any(
        source in BUNDLES[name].sources for name in names)] + [real[n] for n in names if real],
        phone=args.real_scenes)
    if args.real_scenes:
        everything = linked(everything)
    print(f"reading {len(everything.photos)} photos, copies, crops and made pictures")
    pixels = read(everything.photos.photos, backbones.get(backbones.DEFAULT).size)
    for name in names:
        bundle = BUNDLES[name]
        more = (real[name],) if real else ()
        rows_of = everything.of(*bundle.sources, *more, "made")
        photos = everything.take(rows_of)
        print(f"{name}: {len(photos.photos)} of them, of {', '.join(bundle.sources)}")
        trained = fit(photos, bundle, cache, pixels=pixels.take(rows_of))
        held_out, rows = trained.held_out, trained.held_out.rows
        np.savez(args.cache / f"held-out-{name}.npz", probabilities=held_out.probabilities,
                 gradability=held_out.gradability, labels=held_out.labels,
                 contradiction=held_out.contradiction, groups=held_out.groups,
                 source=photos.labelled.source[rows].astype(str),
                 image=photos.labelled.image[rows].astype(str),
                 open_vamp=photos.labelled.open_vamp[rows],
                 by_eye=photos.labelled.hand[rows])
        path, model = places[name], trained.model
        if args.real_scenes:
            model = with_shots(damped(model, name), held_out, photos, pixels.take(rows_of), cache)
        model.save(path)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB, digest {model.digest[:12]}, "
              f"{trained.seconds:.0f} s")
        for id_, *numbers in zip(model.features, model.priors, model.temperatures,
                                 model.thresholds, model.reliability, model.rho):
            print("  {:20} prior {:.3f}  temperature {:.2f}  threshold {:.2f}  "
                  "reliability {:.1f}  rho {:.2f}".format(id_, *numbers))
        for feature, remark in trained.remarks:
            print(f"  {feature}: {remark.text('en')}")


if __name__ == "__main__":
    main()
