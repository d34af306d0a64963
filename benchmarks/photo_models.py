"""How right are the photo models, and what is each choice of paper 1 worth?

    python benchmarks/photo_models.py [DATA] [--cache DIR] [--held-out DIR] [--parts NAMES]

Parts, all by default:

default, free  the bundled models' recipe, folds by product: labels given by eye as the
               yardstick, weak labels apart, rare features, gradability
several        goods with several photos (test data, never trained on), after pooling
cross          trained without one source, tested on it
paper          Tables of paper 1: transfer learning against a network from scratch, on the same
               photos and the same split: mean accuracy over the features, training time
heads          3 000 photos with cached features: seconds to train the heads

Intervals are Wilson's, 95 %; "chance" is the calibration error that a perfectly calibrated model
stays below in 95 of 100 samples of that size.
"""
from __future__ import annotations

import argparse
import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from orangecontrib.customs.evaluation import ece, ece_limit
from orangecontrib.customs.groups import visual_group
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.photos import Extractor, find_photos, pool, trunks
from orangecontrib.customs.photos.cache import FeatureCache
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.training import augment, heads
from orangecontrib.customs.training.labels import SOURCES, hand_labels
from orangecontrib.customs.training.photosets import PhotoSet, changed, collect
from orangecontrib.customs.training.report import auc
from orangecontrib.customs.training.train_default import BUNDLES, RECIPE, fit
from orangecontrib.customs.training.trainer import Recipe, Score, read, train

GROUP = visual_group()
IDS = GROUP.feature_ids
PARTS = ("default", "free", "several", "cross", "paper", "heads")
LINE = "{:22}{:>6}{:>6}{:>7}{:>14}{:>9}{:>9}{:>7}{:>7}{:>8}"

#: Photos of the comparison with the paper, and of the timing of the heads.
FEW = 3000


def row(name: str, p: np.ndarray, y: np.ndarray) -> tuple[float, int]:
    """Print one line; returns accuracy and number of positives."""
    known = (y == 0) | (y == 1)
    if not known.any():
        return np.nan, 0
    q, yes = p[known], y[known] == 1
    score = Score(name, len(q), int(((q > .5) == yes).sum()), int(yes.sum()),
                  int((yes & (q > .5)).sum()))
    low, high = score.interval
    print(LINE.format(name, score.n, score.positives, f"{score.accuracy:.3f}",
                      f"{low:.3f}-{high:.3f}", f"{score.usual:.3f}", f"{score.balanced:.3f}",
                      f"{auc(q, yes):.3f}", f"{ece(q, yes):.3f}", f"{ece_limit(q):.3f}"))
    return score.accuracy, score.positives


def table(title: str, p: np.ndarray, labels: np.ndarray, vamp: np.ndarray) -> None:
    """A line per feature, the merged vamp apart, and the mean over the common ones."""
    print(f"\n{title} (n = {len(p)})\n" + LINE.format(
        "feature", "n", "pos", "right", "interval", "majority", "balanced", "AUC", "ECE",
        "chance"))
    found = {"vamp open (either)": row("vamp open (either)", either(p), vamp)}
    for column, id_ in enumerate(IDS):
        found[id_] = row(id_, p[:, column], labels[:, column])
    if np.isfinite(vamp).any():
        # the annotator merged straps and perforation: the fact stands for both
        for id_ in ("perforated_vamp", "strap_vamp"):
            found.pop(id_)
    common = [accuracy for accuracy, positives in found.values() if positives >= 15]
    if common:
        print(f"mean over {len(common)} features with at least 15 positives: "
              f"{np.mean(common):.3f}")


def either(p: np.ndarray) -> np.ndarray:
    """P(the vamp is open), of the two features that speak of it."""
    return 1 - (1 - p[:, IDS.index("perforated_vamp")]) * (1 - p[:, IDS.index("strap_vamp")])


def judged(title: str, found: dict, model: PhotoModel) -> None:
    """All that the held-out probabilities of a recipe tell."""
    p, labels, vamp = found["probabilities"], found["labels"], found["open_vamp"]
    eye, source = found["by_eye"], found["source"]
    table(f"{title}: labels given by eye at random, all sources", p[eye], labels[eye],
          vamp[eye])
    for name in SOURCES:
        rows = eye & (source == name)
        if rows.any():
            table(f"{title}: by eye, {name}", p[rows], labels[rows], vamp[rows])
    table(f"{title}: weak labels, from the classes of the sources (no truth)", p[~eye],
          labels[~eye], np.full((~eye).sum(), np.nan))
    gate = labels[:, -1]
    known = np.isfinite(gate)
    right = int(((p[known, -1] > .5) == (gate[known] == 1)).sum())
    print(f"gate, all photos: {right / known.sum():.4f} [{wilson(right, known.sum())[0]:.4f}, "
          f"{wilson(right, known.sum())[1]:.4f}] (n = {known.sum()})")
    rare(p, labels, model)
    print(f"contradiction above 0.5: {(found['contradiction'] > .5).sum()} of {len(p)} photos")
    hidden(found)


def rare(p: np.ndarray, labels: np.ndarray, model: PhotoModel) -> None:
    """False positives and the few real positives of heads that rest on made pictures."""
    print("\nfeatures that rest on made pictures: real photos labelled 0 with P > 0.5, the "
          "largest P / prior among them,\nand real positives with P above their prior")
    for id_ in model.made_only:
        column = IDS.index(id_)
        zero, one = labels[:, column] == 0, labels[:, column] == 1
        lift = p[zero, column] / model.priors[column]
        print(f"{id_:20} {(p[zero, column] > .5).sum():>4} of {zero.sum():>6}   "
              f"x{lift.max(initial=0):.1f}   "
              f"{(p[one, column] > model.priors[column]).sum()} of {one.sum()}")


def hidden(found: dict) -> None:
    """Gradability on real photos whose labels by eye say that they can't show a fact."""
    truth = heads.gradability_labels(found["labels"], GROUP)
    for j, fact in enumerate(GROUP.visual_facts):
        cannot = truth[:, j] == 0
        if cannot.sum() >= 10:
            can = truth[:, j] == 1
            g = found["gradability"][:, j]
            print(f"gradability of {fact}: {(g[cannot] < .5).sum()} of {cannot.sum()} real "
                  f"photos that can't show it are declined, and {(g[can] < .5).mean():.4f} of "
                  f"{can.sum()} that can")


def held_out(trained, photos: PhotoSet) -> dict:
    """The held-out photos of a run, as ``train_default`` keeps them."""
    found, rows = trained.held_out, trained.held_out.rows
    labelled = photos.labelled
    return {"probabilities": found.probabilities, "gradability": found.gradability,
            "labels": found.labels, "contradiction": found.contradiction,
            "source": labelled.source[rows], "open_vamp": labelled.open_vamp[rows],
            "by_eye": labelled.hand[rows], "part": found.part}


def several(data: Path, name: str) -> None:
    """The 88 goods with several photos: pooled features against first-pass labels; crops."""
    path = data / "multiview_goods_13features.csv"
    if not path.is_file():
        print(f"\n{path} is not there: goods with several photos are not measured")
        return
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    model = PhotoModel.bundled(name)
    truth = [hand_labels(r) for r in rows]
    labels, vamp = np.array([t[0] for t in truth]), np.array([t[1] for t in truth])
    photos, _ = find_photos(data / "multiview_goods.zip")
    extractor = Extractor(model)
    results = extractor.run(photos)
    for mode in ("tempered", "paper", "mean", "max"):
        pooled = pool(results.probabilities, results.gradability, results.good_ids,
                      model.priors, model.rho, mode)
        order = [pooled.good_ids.index(r["good_id"]) for r in rows]
        if mode == "tempered":
            table(f"{name}: {len(rows)} goods, {len(results.photos)} photos, tempered pooling "
                  "(test data)", pooled.probabilities[order], labels, vamp)
            print("mean accuracy over vamp, high heel and the heights by pooling mode")
        print(f"  {mode:9} {common(pooled.probabilities[order], labels, vamp):.3f}")
    owner = [[r["good_id"] for r in rows].index(good) for good in results.good_ids]
    print(f"  one photo {common(results.probabilities, labels[owner], vamp[owner]):.3f}")
    print("gradability: photos of these goods, and crops of them that hide the fact")
    for kind in ("shaft", "sole", "close-up"):
        cut = extractor.run([changed(photo, f"{photo.image}#{kind}", augment.Crop(kind))
                             for photo in photos])
        for fact in ("vamp", "heel", "height"):
            if fact in augment.CROPS[kind][1]:
                j = GROUP.visual_facts.index(fact)
                print(f"  {fact:8} {kind:9} declined: crops "
                      f"{(cut.gradability[:, j] < .5).mean():.2f}, whole photos "
                      f"{(results.gradability[:, j] < .5).mean():.2f}")


def common(p: np.ndarray, labels: np.ndarray, vamp: np.ndarray) -> float:
    """Mean accuracy over open vamp, high heel and the three common heights."""
    parts = [heads.hits(either(p)[:, None], vamp[:, None], [0])]
    parts += [heads.hits(p, labels, [IDS.index(id_)]) for id_ in (
        "high_heel", "height_below_ankle", "height_ankle", "height_calf")]
    return float(np.mean([np.nanmean(part) for part in parts]))


def cross(data: Path, cache: FeatureCache) -> None:
    """Trained without a source, tested on its photos labelled by eye.

    Made pictures stay out: they serve the rare features, of which there is nothing to test.
    """
    photos = collect(data, made=False)
    pixels = read(photos.photos.photos, trunks.get(trunks.DEFAULT).size)
    for out in (("zappos_boot_sandal_shoe",), ("fpi_60x80", "fpi_224"), ("clothing_small_cc0",)):
        rest = photos.of(*(source for source in SOURCES if source not in out))
        trained = train(photos.photos.take(rest), replace(RECIPE, folds=5), cache=cache,
                        pixels=pixels.take(rest))
        rows = photos.of(*out)
        rows = rows[photos.photos.by_eye[rows]]
        found = Extractor(trained.model).run(photos.photos.take(rows).photos)
        table(f"trained without {', '.join(out)}, tested on it (by eye)", found.probabilities,
              photos.photos.labels[rows], photos.labelled.open_vamp[rows])


def paper(photos: PhotoSet, cache: FeatureCache, size: int) -> None:
    """Transfer against from scratch, on the same photos and split (paper 1, §2)."""
    chosen = some(photos)
    recipes = {
        "transfer, default trunk": Recipe(),
        "transfer, vgg16 (paper .93)": Recipe("vgg16", optimiser="adam", epochs=40, l2=1e-4),
        "transfer, vgg19 (paper .93)": Recipe("vgg19", optimiser="adam", epochs=40, l2=1e-4),
        f"from scratch, {size} pixels (paper .904)": Recipe(
            "scratch", optimiser="adam", epochs=30, size=size, l2=1e-4)}
    print(f"\n{len(chosen.photos)} photos of all sources, a fifth of the products for the "
          "test; mean accuracy over the features\nwith both answers there; by eye: those "
          "labels alone, the merged vamp, heel and heights")
    for name, recipe in recipes.items():
        try:
            trained = train(chosen.photos, recipe, cache=cache)
        except trunks.TrunkError as error:
            print(f"{name:40} skipped: {str(error).splitlines()[0]}")
            continue
        found = held_out(trained, chosen)
        scores = [s for s in trained.held_out.scores("test") if 0 < s.positives < s.n]
        eye = found["by_eye"] & (found["part"] == "test")
        p, labels, vamp = (found[k][eye] for k in ("probabilities", "labels", "open_vamp"))
        print(f"{name:40} {np.mean([s.accuracy for s in scores]):.3f} over {len(scores)} "
              f"features, always the commoner answer {np.mean([s.usual for s in scores]):.3f}; "
              f"by eye {common(p, labels, vamp):.3f} (n = {eye.sum()}); "
              f"{trained.seconds:.0f} s", flush=True)


def some(photos: PhotoSet) -> PhotoSet:
    """FEW real photos: those labelled by eye, and others at random."""
    real = ~photos.photos.aside
    eye = np.flatnonzero(real & photos.photos.by_eye)
    others = np.random.default_rng(0).permutation(np.flatnonzero(real & ~photos.photos.by_eye))
    rows = np.sort(np.append(eye, others[:FEW - len(eye)]))
    return photos.take(rows)


def seconds(photos: PhotoSet, cache: FeatureCache) -> None:
    """How long the heads take when what the trunk said is in the cache."""
    chosen = some(photos)
    pixels = read(chosen.photos.photos, trunks.get(trunks.DEFAULT).size)
    train(chosen.photos, Recipe(), cache=cache, pixels=pixels)
    start = time.monotonic()
    train(chosen.photos, Recipe(), cache=cache, pixels=pixels)
    print(f"\nheads on {len(chosen.photos)} photos with cached features, calibrated on five "
          f"folds: {time.monotonic() - start:.0f} s (the paper trained for 13 hours)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    checkout = Path(__file__).resolve().parents[1]
    parser.add_argument("data", type=Path, nargs="?", help="folder with the data sets",
                        default=checkout.parent / "shared" / "data" / "footwear")
    parser.add_argument("--cache", type=Path, default=checkout / "build" / "photo-cache")
    parser.add_argument("--held-out", type=Path, help="folder with the held-out probabilities "
                        "of train_default, instead of new runs")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--size", type=int, default=64, help="side of the input of the network "
                        "from scratch (paper: 224, which wants a GPU; default: %(default)s)")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"skipped: no data at {args.data}")
        return
    args.cache.mkdir(parents=True, exist_ok=True)
    cache = FeatureCache(args.cache)
    photos = collect(args.data)
    pixels = None
    if not args.held_out and {"default", "free"} & set(args.parts):
        print(f"reading {len(photos.photos)} photos, copies and pictures …", flush=True)
        pixels = read(photos.photos.photos, trunks.get(trunks.DEFAULT).size)
    for name in BUNDLES:
        if name not in args.parts:
            continue
        model = PhotoModel.bundled(name)
        print(f"\n== {name}: model {model.digest[:12]} on {model.trunk}, "
              f"{len(IDS)} features")
        if args.held_out:
            found = dict(np.load(args.held_out / f"held-out-{name}.npz"))
        else:
            rows = photos.of(*BUNDLES[name].sources, "made")
            part = photos.take(rows)
            found = held_out(fit(part, BUNDLES[name], cache, pixels=pixels.take(rows)), part)
        judged(name, found, model)
        if "several" in args.parts:
            several(args.data, name)
    if "cross" in args.parts:
        cross(args.data, cache)
    if "paper" in args.parts:
        paper(photos, cache, args.size)
    if "heads" in args.parts:
        seconds(photos, cache)


if __name__ == "__main__":
    main()
