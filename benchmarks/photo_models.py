"""How right are the photo models, and what is each choice of paper 1 worth?

    python benchmarks/photo_models.py [DATA] [--cache DIR] [--held-out DIR] [--parts NAMES]

Parts, all by default:

free, research  the recipe of a model of ours, folds by product: labels given by eye as the
                yardstick, weak labels apart, rare features, gradability; photos labelled by eye
                of sources that it did not see.  Without --held-out of a run of train_default
                with --real-scenes this is the recipe without these
several         goods with several photos (test data, never trained on), after pooling
near            UT-Zappos50K, whose photos tell no product: is a photo judged better that has a
                twin among those that taught?
cross           trained without one source, tested on it
recipes         other settings than ours, on the same few photos and the same split
paper           Tables of paper 1: transfer learning against a network from scratch, likewise

Beside each share stand the one of always giving the commoner answer and a 95 % interval (Wilson's)
in which photos of one product, or goods of one model, are one witness; "chance" is the calibration
error that a perfectly calibrated model stays below in 95 of 100 samples of that size.  A mean is
over facts: the four heights, which exclude each other, are one.
"""
from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from orangecontrib.customs.evaluation import ece, ece_limit
from orangecontrib.customs.groups import visual_group
from orangecontrib.customs.photos import Extractor, backbones, find_photos, pool
from orangecontrib.customs.photos.cache import FeatureCache
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.training import heads
from orangecontrib.customs.training.report import auc
from orangecontrib.customs.training.trainer import Recipe, Score, read, train
from orangecontrib.customs.training.trainer.frozen import backbone_features
from orangecontrib.customs.training.trainer.watch import Watch

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from intervals import grouped_wilson

from tools.recipes import augment
from tools.recipes.labels import SOURCES, hand_labels
from tools.recipes.photosets import PhotoSet, changed, collect, linked
from tools.recipes.train_default import BUNDLES, REAL, RECIPE, fit, model_of

GROUP = visual_group()
IDS = GROUP.feature_ids
HEIGHTS = [IDS.index(f"height_{name}") for name in ("below_ankle", "ankle", "calf", "over_knee")]
PARTS = ("free", "research", "several", "near", "cross", "recipes", "paper")
LINE = "{:22}{:>6}{:>6}{:>7}{:>14}{:>9}{:>9}{:>7}{:>7}{:>8}"

#: Photos of the comparisons of recipes and with the paper.
FEW = 3000

#: With fewer of the rarer answer a fact has no say in a mean.
ENOUGH = 15


def row(name: str, p: np.ndarray, y: np.ndarray, groups: np.ndarray) -> tuple[float, float, int]:
    """Print one line; returns accuracy, that of the commoner answer, n of the rarer one."""
    known = (y == 0) | (y == 1)
    if not known.any():
        return np.nan, np.nan, 0
    q, yes = p[known], y[known] == 1
    score = Score(name, len(q), int(((q > .5) == yes).sum()), int(yes.sum()),
                  int((yes & (q > .5)).sum()))
    low, high = grouped_wilson(score.right, groups[known])
    print(LINE.format(name, score.n, score.positives, f"{score.accuracy:.3f}",
                      f"{low:.3f}-{high:.3f}", f"{score.usual:.3f}", f"{score.balanced:.3f}",
                      f"{auc(q, yes):.3f}", f"{ece(q, yes):.3f}", f"{ece_limit(q):.3f}"))
    return score.accuracy, score.usual, min(score.positives, score.n - score.positives)


def height(p: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> tuple[float, float, int]:
    """The likeliest of the four heights, as `row` has a feature."""
    known = (labels[:, HEIGHTS] == 1).sum(axis=1) == 1
    if not known.any():
        return np.nan, np.nan, 0
    truth = labels[known][:, HEIGHTS].argmax(axis=1)
    said, counts = p[known][:, HEIGHTS].argmax(axis=1), np.sort(np.bincount(truth, minlength=4))
    right, n = int((said == truth).sum()), len(truth)
    low, high = grouped_wilson(right, groups[known])
    shares = [(said[truth == value] == value).mean() for value in np.unique(truth)]
    print(LINE.format("height (likeliest)", n, "", f"{right / n:.3f}", f"{low:.3f}-{high:.3f}",
                      f"{counts[-1] / n:.3f}", f"{np.mean(shares):.3f}", "", "", ""))
    return right / n, counts[-1] / n, n - counts[-1]


def table(title: str, p: np.ndarray, labels: np.ndarray, vamp: np.ndarray, groups: np.ndarray
          ) -> None:
    """A line per feature, merged vamp and height apart, and the mean over these and the heel."""
    groups = np.asarray(groups)
    print(f"\n{title} (n = {len(p)}, {len(set(groups))} products)\n" + LINE.format(
        "feature", "n", "pos", "right", "interval", "majority", "balanced", "AUC", "ECE",
        "chance"))
    facts = {"open vamp": row("vamp open (either)", either(p), vamp, groups)}
    for column, id_ in enumerate(IDS):
        found = row(id_, p[:, column], labels[:, column], groups)
        if id_ == "high_heel":
            facts["heel"] = found
    facts["height"] = height(p, labels, groups)
    common = {name: found for name, found in facts.items() if found[2] >= ENOUGH}
    if common:
        right, usual, _ = np.mean(list(common.values()), axis=0)
        print(f"mean over {', '.join(common)}: {right:.3f} (always the commoner answer "
              f"{usual:.3f})")


def either(p: np.ndarray) -> np.ndarray:
    """P(the vamp is open), of the two features that speak of it."""
    return 1 - (1 - p[:, IDS.index("perforated_vamp")]) * (1 - p[:, IDS.index("strap_vamp")])


def judged(title: str, found: dict, model: PhotoModel) -> None:
    """All that the held-out probabilities of a recipe tell."""
    p, labels, vamp = found["probabilities"], found["labels"], found["open_vamp"]
    eye, source, groups = found["by_eye"], found["source"], found["groups"]
    table(f"{title}: labels given by eye at random, all sources", p[eye], labels[eye],
          vamp[eye], groups[eye])
    for name in SOURCES:
        rows = eye & (source == name)
        if rows.any():
            table(f"{title}: by eye, {name}", p[rows], labels[rows], vamp[rows], groups[rows])
    table(f"{title}: weak labels, from the classes of the sources (no truth)", p[~eye],
          labels[~eye], np.full((~eye).sum(), np.nan), groups[~eye])
    known = np.isfinite(labels[:, -1])
    gate, sure = labels[known, -1] == 1, p[known, -1]
    right = int(((sure > .5) == gate).sum())
    low, high = grouped_wilson(right, groups[known])
    print(f"gate, all photos: {right / known.sum():.4f} [{low:.4f}, {high:.4f}] (n = "
          f"{known.sum()}; always footwear: {1 - gate.mean():.4f})")
    rare(p, labels, model)
    print(f"contradiction above 0.5: {(found['contradiction'] > .5).sum()} of {len(p)} photos")
    hidden(found)


def rare(p: np.ndarray, labels: np.ndarray, model: PhotoModel) -> None:
    """False positives and the few real positives of heads that are damped."""
    print("\ndamped features: real photos labelled 0 with P > 0.5, the largest P / prior among "
          "them,\nand real photos labelled 1, weakly or by eye, with P above their prior")
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
            "image": labelled.image[rows],
            "labels": found.labels, "contradiction": found.contradiction,
            "source": labelled.source[rows], "open_vamp": labelled.open_vamp[rows],
            "by_eye": labelled.hand[rows], "groups": found.groups, "part": found.part}


def strange(name: str, photos: PhotoSet) -> None:
    """Photos labelled by eye of sources that the model did not learn from."""
    for source in SOURCES:
        rows = photos.of(source)
        rows = rows[photos.photos.by_eye[rows]]
        if len(rows) and source not in BUNDLES[name].sources:
            found = Extractor(model_of(name)).run(photos.photos.take(rows).photos)
            table(f"{name}: by eye, {source}, which it has not seen", found.probabilities,
                  photos.photos.labels[rows], photos.labelled.open_vamp[rows],
                  photos.labelled.product[rows])


def near(photos: PhotoSet, found: dict, cache: FeatureCache) -> None:
    """Accuracy on UT-Zappos50K by the likeness of the nearest photo that may have taught."""
    source = "zappos_boot_sandal_shoe"
    rows = photos.of(source)
    rows = rows[~photos.photos.aside[rows]]
    pixels = read(photos.photos.take(rows).photos, backbones.get(backbones.DEFAULT).size)
    x = backbone_features(backbones.load(), pixels, np.arange(len(pixels)), RECIPE, Watch(None),
                          cache=cache)[:, 0].astype(float)
    nearer(photos.labelled.image[rows], x, found, source)


def nearer(images: np.ndarray, x: np.ndarray, found: dict, source: str) -> None:
    """Three parts of a source's photos, by cosine distance to the nearest of another product."""
    of = found["source"] == source
    place = {image: i for i, image in enumerate(images)}
    x = np.array([x[place[image]] for image in found["image"][of]])
    x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    p, labels, groups, eye = (found[k][of] for k in (
        "probabilities", "labels", "groups", "by_eye"))
    vamp = found["open_vamp"][of]
    distance = np.empty(len(x))
    for i in range(len(x)):
        alike = x @ x[i]
        alike[groups == groups[i]] = -1
        distance[i] = 1 - alike.max()
    print(f"\n{source}: {len(x)} photos, no name of a product; those within 12 of 256 bits of "
          f"another are joined: {len(x) - len(set(groups))}")
    for title, rows in (("by eye", eye), ("weak labels", ~eye)):
        print(f"{title}, three parts by distance to the nearest photo of another product (n = "
              f"{rows.sum()})")
        order = np.flatnonzero(rows)[np.argsort(distance[rows], kind="stable")]
        for part in np.array_split(order, 3):
            said = facts_right(p[part], labels[part], vamp[part] if title == "by eye" else
                               labels[part, IDS.index("strap_vamp")])
            print(f"  up to {distance[part].max():.2f}: " + "  ".join(
                f"{name} {np.nanmean(right):.3f} (n = {np.isfinite(right).sum()})"
                for name, right in said.items() if np.isfinite(right).any()))


def several(data: Path, name: str) -> None:
    """The 88 goods with several photos: pooled features against first-pass labels; crops."""
    path = data / "multiview_goods_13features.csv"
    if not path.is_file():
        print(f"\n{path} is not there: goods with several photos are not measured")
        return
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    model = model_of(name)
    with open(data / "paired_goods.csv", encoding="utf-8", newline="") as file:
        models = {r["good_id"]: r["model_group"] for r in csv.DictReader(file)}
    groups = np.array([models[r["good_id"]] for r in rows])
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
                  "(test data)", pooled.probabilities[order], labels, vamp, groups)
            print("mean accuracy over open vamp, heel and height by pooling mode")
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


def facts_right(p: np.ndarray, labels: np.ndarray, vamp: np.ndarray) -> dict[str, np.ndarray]:
    """Which photos are judged rightly: open vamp, heel, likeliest height; NaN where unknown."""
    one = (labels[:, HEIGHTS] == 1).sum(axis=1) == 1
    right = p[:, HEIGHTS].argmax(axis=1) == labels[:, HEIGHTS].argmax(axis=1)
    return {"vamp": heads.hits(either(p)[:, None], vamp[:, None], [0])[:, 0],
            "heel": heads.hits(p, labels, [IDS.index("high_heel")])[:, 0],
            "height": np.where(one, right, np.nan)}


def common(p: np.ndarray, labels: np.ndarray, vamp: np.ndarray) -> float:
    """Mean accuracy over open vamp, high heel and height."""
    return float(np.mean([np.nanmean(right) for right in facts_right(p, labels, vamp).values()]))


def cross(data: Path, cache: FeatureCache, real: bool) -> None:
    """Trained without a source, tested on its photos labelled by eye; for both recipes.

    Made pictures stay out: they serve the rare features, of which there is nothing to test.
    """
    photos = collect(data, [*SOURCES, *(REAL.values() if real else ())], made=False, phone=real)
    if real:
        photos = linked(photos)
    pixels = read(photos.photos.photos, backbones.get(backbones.DEFAULT).size)
    crossed(photos, pixels, cache, REAL if real else {})


def crossed(photos: PhotoSet, pixels, cache, real: Mapping[str, str]) -> None:
    """Of photos that are read already; `real` are those of real scenes, by bundle."""
    for name, out in product(BUNDLES, (("zappos_boot_sandal_shoe",), ("fpi_60x80", "fpi_224"),
                                       ("clothing_small_cc0",))):
        if not set(out) & set(BUNDLES[name].sources):
            continue
        sources = [*BUNDLES[name].sources, *([real[name]] if name in real else [])]
        rest = photos.of(*(source for source in sources if source not in out))
        trained = train(photos.photos.take(rest), replace(RECIPE, folds=5), cache=cache,
                        pixels=pixels.take(rest))
        rows = photos.of(*out)
        rows = rows[photos.photos.by_eye[rows]]
        found = Extractor(trained.model).run(photos.photos.take(rows).photos)
        table(f"{name}: trained without {', '.join(out)}, tested on it (by eye)",
              found.probabilities, photos.photos.labels[rows], photos.labelled.open_vamp[rows],
              photos.labelled.product[rows])


#: Heads on the default backbone, and what else could be chosen.
RECIPES = {
    "heads on the default backbone, lbfgs": Recipe(),
    "... l2 = 0.1": Recipe(l2=.1),
    "... l2 = 0.3": Recipe(l2=.3),
    "... without class weights": Recipe(class_weights=False),
    "... one varied copy of each photo": Recipe(copies=1),
    "... with clusters": Recipe(clusters=True),
    "default backbone, adam, 40 epochs": Recipe(optimiser="adam", epochs=40),
    "default backbone, sgd, 40 epochs": Recipe(optimiser="sgd", learning_rate=.01, epochs=40)}


def the_papers(size: int) -> dict[str, Recipe]:
    """Transfer learning and a network from scratch (paper 1, §2)."""
    return {
        "transfer, default backbone": Recipe(),
        "transfer, vgg16 (paper .93)": Recipe("vgg16", optimiser="adam", epochs=40, l2=1e-4),
        "transfer, vgg19 (paper .93)": Recipe("vgg19", optimiser="adam", epochs=40, l2=1e-4),
        f"from scratch, {size} pixels (paper .904)": Recipe(
            "scratch", optimiser="adam", epochs=30, size=size, l2=1e-4)}


def compare(photos: PhotoSet, recipes: dict[str, Recipe], cache: FeatureCache,
            pixels=None) -> None:
    """Recipes on the same photos and the same split."""
    print(f"\n{len(photos.photos)} photos of all sources, a fifth of the products for the test: "
          "mean accuracy over the features with\nboth answers there (the labels are mostly weak), "
          "and of always the commoner answer; all answers; labels by eye:\nmean over open vamp, "
          "heel and height")
    for name, recipe in recipes.items():
        try:
            trained = train(photos.photos, recipe, cache=cache, pixels=pixels)
        except backbones.BackboneError as error:
            print(f"{name:40} skipped: {str(error).splitlines()[0]}")
            continue
        found = held_out(trained, photos)
        scores = [s for s in trained.held_out.scores("test") if 0 < s.positives < s.n]
        eye = found["by_eye"] & (found["part"] == "test")
        p, labels, vamp = (found[k][eye] for k in ("probabilities", "labels", "open_vamp"))
        print(f"{name:40} {np.mean([s.accuracy for s in scores]):.3f} / "
              f"{np.mean([s.usual for s in scores]):.3f} over {len(scores)} features; "
              f"{sum(s.right for s in scores)} of {sum(s.n for s in scores)}; "
              f"by eye {common(p, labels, vamp):.3f} (n = {eye.sum()}); balanced "
              f"{np.mean([s.balanced for s in scores]):.3f}", flush=True)


def some(photos: PhotoSet) -> PhotoSet:
    """FEW real photos: those labelled by eye, and others at random."""
    real = ~photos.photos.aside
    eye = np.flatnonzero(real & photos.photos.by_eye)
    others = np.random.default_rng(0).permutation(np.flatnonzero(real & ~photos.photos.by_eye))
    rows = np.sort(np.append(eye, others[:FEW - len(eye)]))
    return photos.take(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    checkout = Path(__file__).resolve().parents[1]
    parser.add_argument("data", type=Path, nargs="?", help="folder with the data sets",
                        default=checkout.parent / "shared" / "data" / "footwear")
    parser.add_argument("--cache", type=Path, default=checkout / "build" / "photo-cache")
    parser.add_argument("--held-out", type=Path, help="folder with the held-out probabilities "
                        "of train_default, instead of new runs")
    parser.add_argument("--real-scenes", action="store_true",
                        help="cross: learn from photos of real scenes, too")
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
    if not args.held_out and set(BUNDLES) & set(args.parts):
        print(f"reading {len(photos.photos)} photos, copies and pictures …", flush=True)
        pixels = read(photos.photos.photos, backbones.get(backbones.DEFAULT).size)
    for name in BUNDLES:
        if name not in args.parts:
            continue
        model = model_of(name)
        print(f"\n== {name}: model {model.digest[:12]} on {model.backbone}, "
              f"{len(IDS)} features")
        if args.held_out:
            found = dict(np.load(args.held_out / f"held-out-{name}.npz"))
        else:
            rows = photos.of(*BUNDLES[name].sources, "made")
            part = photos.take(rows)
            found = held_out(fit(part, BUNDLES[name], cache, pixels=pixels.take(rows)), part)
        judged(name, found, model)
        strange(name, photos)
        if "several" in args.parts:
            several(args.data, name)
        if "near" in args.parts and name == "research":
            near(photos, found, cache)
    if "cross" in args.parts:
        cross(args.data, cache, args.real_scenes)
    if "recipes" in args.parts:
        compare(some(photos), RECIPES, cache)
    if "paper" in args.parts:
        compare(some(photos), the_papers(args.size), cache)


if __name__ == "__main__":
    main()
