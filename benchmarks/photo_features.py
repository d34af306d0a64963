"""How right are the photo features on real photos?

    python benchmarks/photo_features.py DATA [--cache DIR] [--held-out FILE]

1. Labels given by eye, cross-validated over products (training: everything else).
2. Weak labels (from the sources' classes), the same folds, apart: they are no truth.
3. False positives of the features that rest on made pictures.
4. Gradability: photos against crops that hide the fact.
5. Goods with several photos (test data, never trained on), after pooling.

Intervals are Wilson's, 95 %.
"""
from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from orangecontrib.customs import footwear
from orangecontrib.customs.intervals import wilson
from orangecontrib.customs.photos import Extractor, find_photos, pool, trunks
from orangecontrib.customs.photos.model import PhotoModel, fact_ids, feature_ids
from orangecontrib.customs.training import heads, train_default
from orangecontrib.customs.training.labels import hand_labels
from orangecontrib.customs.training.photosets import collect

IDS = feature_ids()
COLUMNS = "{:24}{:>6}{:>6}{:>7}{:>16}{:>10}{:>10}"


def row(name: str, p: np.ndarray, y: np.ndarray) -> float:
    """Print one line; returns the accuracy (NaN without labels)."""
    known = (y == 0) | (y == 1)
    p, y = p[known] > .5, y[known] == 1
    if not len(y):
        print(f"{name:24}{0:>6}")
        return np.nan
    right = int((p == y).sum())
    low, high = wilson(right, len(y))
    recalls = [(p[y == v] == v).mean() for v in (True, False) if (y == v).any()]
    balanced = f"{np.mean(recalls):.3f}" if len(recalls) == 2 else "-"
    majority = max(y.mean(), 1 - y.mean())
    print(COLUMNS.format(name, len(y), int(y.sum()), f"{right / len(y):.3f}",
                         f"{low:.3f}-{high:.3f}", f"{majority:.3f}", balanced))
    return right / len(y)


def table(title: str, p: np.ndarray, labels: np.ndarray, open_vamp: np.ndarray) -> None:
    """One line per feature, the vamp fact apart, and the mean over the common ones."""
    print(f"\n{title}\n" + COLUMNS.format("feature", "n", "pos", "right", "interval",
                                         "majority", "balanced"))
    either = 1 - (1 - p[:, IDS.index("perforated_vamp")]) * (1 - p[:, IDS.index("strap_vamp")])
    accuracies = {"vamp open (either)": (row("vamp open (either)", either, open_vamp),
                                         (open_vamp == 1).sum())}
    for column, id_ in enumerate(IDS):
        accuracies[id_] = row(id_, p[:, column], labels[:, column]), (
            labels[:, column] == 1).sum()
    if np.isfinite(open_vamp).any():
        # the annotator merged straps and perforation: the fact stands for both
        for id_ in ("perforated_vamp", "strap_vamp"):
            accuracies.pop(id_)
    common = [a for a, n in accuracies.values() if n >= 15]
    if common:
        print(f"mean over {len(common)} features with at least 15 positives: "
              f"{np.mean(common):.3f}")


def rare(p: np.ndarray, labels: np.ndarray, model: PhotoModel) -> None:
    """False positives and the few real positives of heads that rest on made pictures."""
    print("\nFeatures that rest on made pictures: photos with P > 0.5, and the largest and the "
          "99th percentile of P / prior\non real photos labelled 0; real positives with "
          "P above their prior")
    for id_ in model.made_only:
        column = IDS.index(id_)
        zero, one = labels[:, column] == 0, labels[:, column] == 1
        lift = p[zero, column] / model.priors[column]
        print(f"{id_:20} {(p[zero, column] > .5).sum():>4} of {zero.sum():>6}"
              f"   99 %: x{np.quantile(lift, .99):.1f}, largest: x{lift.max():.1f}"
              f"   real positives raised: "
              f"{(p[one, column] > model.priors[column]).sum()} of {one.sum()}")


def gradability(scores: np.ndarray, labels: np.ndarray) -> None:
    """AUC of "can be judged" and its mean on photos that can and can't."""
    from sklearn.metrics import roc_auc_score
    print("\nGradability (whole photos against crops that hide the fact)")
    judged = heads.gradability_labels(labels)
    for j, fact in enumerate(fact_ids()):
        score, y = scores[:, len(IDS) + j], judged[:, j]
        known = np.isfinite(y) & np.isfinite(score)
        if len(set(y[known])) < 2:
            continue
        g = 1 / (1 + np.exp(-score[known]))
        print(f"{fact:20} n {known.sum():>6}  AUC {roc_auc_score(y[known], score[known]):.3f}  "
              f"mean g: can {g[y[known] == 1].mean():.2f}, can't {g[y[known] == 0].mean():.2f}")


def several_photos(data: Path, model: PhotoModel) -> None:
    """The 88 goods with several photos: pooled features against first-pass labels."""
    path = data / "multiview_goods_13features.csv"
    if not path.is_file():
        print(f"\n{path} is not there: goods with several photos are not measured")
        return
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    truth = [hand_labels(r) for r in rows]
    labels, vamp = np.array([t[0] for t in truth]), np.array([t[1] for t in truth])
    photos, _ = find_photos(data / "multiview_goods.zip")
    results = Extractor(model).run(photos)
    for mode in ("tempered", "paper", "mean", "max"):
        pooled = pool(results.probabilities, results.gradability, results.good_ids,
                      model.priors, model.rho, mode)
        order = [pooled.good_ids.index(r["good_id"]) for r in rows]
        if mode == "tempered":
            table(f"{len(rows)} goods, {len(results.photos)} photos, tempered pooling "
                  "(test data)", pooled.probabilities[order], labels, vamp)
            print("\nmean accuracy over vamp, high heel and the heights by pooling mode")
        print(f"  {mode:9} {common_accuracy(pooled.probabilities[order], labels, vamp):.3f}")
    owner = [[r["good_id"] for r in rows].index(good) for good in results.good_ids]
    print(f"  one photo {common_accuracy(results.probabilities, labels[owner], vamp[owner]):.3f}")


def common_accuracy(p: np.ndarray, labels: np.ndarray, vamp: np.ndarray) -> float:
    """Mean over open vamp, high heel and the three common heights."""
    either = 1 - (1 - p[:, 0]) * (1 - p[:, 1])
    parts = [heads.hits(either[:, None], vamp[:, None], [0])]
    parts += [heads.hits(p, labels, [IDS.index(id_)]) for id_ in (
        "high_heel", "height_below_ankle", "height_ankle", "height_calf")]
    return float(np.mean([np.nanmean(part) for part in parts]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    checkout = Path(__file__).resolve().parents[1]
    parser.add_argument("data", type=Path, nargs="?", help="folder with the data sets",
                        default=checkout.parent / "shared" / "data" / "footwear")
    parser.add_argument("--cache", type=Path, default=checkout / "build" / "photo-cache")
    parser.add_argument("--held-out", type=Path,
                        help="held-out scores of train_default, instead of new folds")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"skipped: no data at {args.data}")
        return
    model = PhotoModel.default()
    print(f"model {model.digest[:12]} on {model.trunk}, {len(footwear.features())} features")
    photos = collect(args.data, args.cache, trunks.load())
    if args.held_out:
        found = train_default.HeldOut(**np.load(args.held_out))
    else:
        found = train_default.held_out(photos)
    data, p = photos.labelled, found.probabilities
    whole = ~np.isnan(p).any(axis=1) & np.array(["#" not in i for i in data.image])
    hand, weak = whole & data.hand, whole & ~data.hand
    table("Labels given by eye (first pass, one annotator), folds by product", p[hand],
          data.labels[hand], data.open_vamp[hand])
    row("gate, all sources", p[whole, -1], data.labels[whole, -1])
    table("Weak labels, from the classes of the sources: no truth", p[weak],
          data.labels[weak], np.full(weak.sum(), np.nan))
    rare(p[whole], data.labels[whole], model)
    real = ~data.made & ~np.array([i.endswith("#varied") for i in data.image])
    gradability(found.scores[real], data.labels[real])
    several_photos(args.data, model)


if __name__ == "__main__":
    main()
