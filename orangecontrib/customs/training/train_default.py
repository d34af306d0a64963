"""Train the bundled default photo model and measure it.

    python -m orangecontrib.customs.training.train_default DATA [--cache DIR] [--out FILE]

DATA holds the zips and CSVs named in ``labels.SOURCES``.  Trunk features are computed once
and kept in the cache.  Prints what the model card reports.
"""
from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from orangecontrib.customs.photos import trunks
from orangecontrib.customs.photos.model import DEFAULT_MODEL, PhotoModel, feature_ids

from . import heads
from .photosets import PhotoSet, collect

__all__ = ["HeldOut", "held_out", "train"]

L2 = .03
FOLDS = 10

#: Damping of heads whose positives are made pictures, but for a few real ones.
MADE_RELIABILITY = .3

#: From this many real positives on a head is trusted like the others.
ENOUGH_REAL = 15

NOTE = ("Trained on UT-Zappos50K photos (research and non-commercial use only), Fashion "
        "Product Images, clothing-dataset-small (CC0) and made pictures; so this model is "
        "for research and non-commercial use. With other needs train on your own photos. "
        "Labels are weak (from the sources' classes) or first-pass by one annotator.")


@dataclass
class HeldOut:
    """Scores of real photos by heads that did not see their product.

    Attributes
    ----------
    scores : ndarray, shape (M, n_features + n_facts)
        NaN for photos that are no yardstick (varied copies, made pictures).
    """

    scores: np.ndarray
    priors: np.ndarray
    temperatures: np.ndarray
    reliability: np.ndarray
    rho: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """Of the features, shape (M, 14); NaN where there is no score."""
        result = np.full((len(self.scores), len(self.priors)), np.nan)
        known = np.isfinite(self.scores).all(axis=1)
        result[known] = heads.predict(self.scores[known], self.priors, self.temperatures,
                                      self.reliability)
        return result


def _yardstick(photos: PhotoSet) -> np.ndarray:
    """Real photos as they are; crops stay in, to measure gradability."""
    varied = np.array([image.endswith("#varied") for image in photos.labelled.image])
    return ~photos.labelled.made & ~varied


def _whole(photos: PhotoSet) -> np.ndarray:
    return _yardstick(photos) & np.array(["#" not in i for i in photos.labelled.image])


def reliability_of(photos: PhotoSet) -> np.ndarray:
    """1, or MADE_RELIABILITY for heads with hardly a real positive."""
    real = (photos.labelled.labels[_whole(photos)] == 1).sum(axis=0)
    return np.where(real < ENOUGH_REAL, MADE_RELIABILITY, 1.)


def held_out(photos: PhotoSet, say=print) -> HeldOut:
    """Cross-validate over products; calibrate on what was held out."""
    data = photos.labelled
    scores = np.full((len(data), len(heads.gradability_labels(data.labels[:1])[0])
                      + len(feature_ids())), np.nan)
    yardstick = _yardstick(photos)
    for number, test in enumerate(heads.folds(photos.groups, FOLDS), start=1):
        say(f"fold {number} of {FOLDS}")
        fitted = heads.fit(photos.x[~test], data.labels[~test], data.weights[~test], L2)
        rows = test & yardstick
        scores[rows] = fitted.scores(photos.x[rows])
    rows = _whole(photos)
    priors = heads.training_priors(data.labels[rows], data.weights[rows], data.hand[rows])
    temperatures = heads.temperatures(scores[rows], data.labels[rows], data.weights[rows],
                                      priors, data.hand[rows])
    rho = heads.correlations(scores[rows], data.labels[rows], photos.groups[rows])
    return HeldOut(scores, priors, temperatures, reliability_of(photos), rho)


def train(photos: PhotoSet, calibration: HeldOut, trunk: trunks.LoadedTrunk) -> PhotoModel:
    """Fit the heads on everything, with the calibration of the held-out scores."""
    data = photos.labelled
    fitted = heads.fit(photos.x, data.labels, data.weights, L2)
    real = (data.labels[_whole(photos)] == 1).sum(axis=0)
    made_only = tuple(id_ for id_, n in zip(feature_ids(), real) if n < ENOUGH_REAL)
    return PhotoModel(fitted.weights.astype(np.float32), fitted.bias.astype(np.float32),
                      calibration.priors, calibration.temperatures, calibration.reliability,
                      calibration.rho, trunk.trunk.name, trunk.digest, trunk.trunk.transform,
                      made_only, NOTE)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, help="folder with the data sets")
    parser.add_argument("--cache", type=Path, default=Path("photo-cache"),
                        help="folder for trunk features (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL)
    args = parser.parse_args(arguments)
    trunk = trunks.load()
    photos = collect(args.data, args.cache, trunk)
    calibration = held_out(photos)
    np.savez(args.cache / "held-out.npz", **vars(calibration))
    model = train(photos, calibration, trunk)
    model.save(args.out)
    print(f"{args.out}: {args.out.stat().st_size / 1000:.0f} kB, digest {model.digest[:12]}")
    for id_, prior, t, r, rho in zip(feature_ids(), model.priors, model.temperatures,
                                     model.reliability, model.rho):
        print(f"  {id_:20} prior {prior:.3f}  temperature {t:.2f}  reliability {r:.1f}  "
              f"rho {rho:.2f}")


if __name__ == "__main__":
    main()
