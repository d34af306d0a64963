"""How right are the photo models on photos of real scenes that taught neither?

    python benchmarks/photo_scenes.py [DATA] [--part fourth|aside|train] [--model FILE ...]
                                      [--licence all|none]

The fourth set, which was set aside before any label of it was read
(``tools/recipes/real_scene_fourth.csv``); or the others (``real_scenes.csv``), the third that was
set aside before and the rest, of which the research model has learnt, and the free one by licence:
``--licence none`` leaves photos that did not teach it.  By scene and by feature: photos whose label
is 1 or 0, positives, the share that the model declines to judge, and of the rest the right answers
with a 95 % interval (Wilson's; photos of one good are one witness), the share of the commoner
answer, the balanced accuracy at ½ and at the model's own threshold, AUC, and the calibration error
beside the one that chance alone reaches in 5 of 100 samples.  Intervals of means are of goods drawn
anew.  Then views, what of each is declined, and the gate.
"""
from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from orangecontrib.customs.evaluation import ece, ece_limit
from orangecontrib.customs.groups import visual_group
from orangecontrib.customs.photos import Extractor, find_photos
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.training.heads import gradability_labels
from orangecontrib.customs.training.labelling import read_labels
from orangecontrib.customs.training.report import auc

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from intervals import grouped_wilson

from tools.recipes.labels import (
    FOURTH,
    FOURTH_LABELS,
    FOURTH_LIST,
    FREE,
    REAL_LABELS,
    REAL_LIST,
)
from tools.recipes.train_default import BUNDLES, model_of

GROUP = visual_group()
IDS, FACTS = list(GROUP.feature_ids), list(GROUP.visual_facts)
HEIGHTS = [i for i, id_ in enumerate(IDS) if id_.startswith("height_")]
VAMPS = [IDS.index("strap_vamp"), IDS.index("perforated_vamp")]
SCENES = ("catalogue", "studio", "floor", "worn", "hand", "outdoor")
LINE = "{:19} {:>5} {:>4} {:>8} {:>6} {:>12} {:>8} {:>9} {:>7} {:>6} {:>6} {:>6}"

#: Fewer photos of the rarer answer say nothing.
FEWEST = 5

#: Draws of goods behind an interval of a mean.
DRAWS = 500


def rows_of(part: str, licence: str):
    """Labels of a part, and where each photo comes from."""
    listed, labels = (FOURTH_LIST, FOURTH_LABELS) if part == FOURTH else (REAL_LIST, REAL_LABELS)
    with open(listed, encoding="utf-8", newline="") as file:
        known = {row["image"]: row for row in csv.DictReader(file)}
    rows = [row for row in read_labels(labels, GROUP).rows
            if known[row.image]["part"] == part
            and (licence == "all" or not known[row.image]["licence"].startswith(FREE))]
    return {row.image: row for row in rows}, {row.image: known[row.image]["good"]
                                              for row in rows}


def open_vamp(labels: np.ndarray) -> np.ndarray:
    """1 = straps or perforation, 0 = neither as far as somebody said, NaN."""
    part = labels[:, VAMPS]
    closed = (part[:, 0] == 0) & ~np.isin(part[:, 1], (.5, 1))
    return np.where((part == 1).any(axis=1), 1, np.where(closed, 0, np.nan))


def balanced(yes: np.ndarray, said: np.ndarray) -> float:
    """Mean of the shares found and spared."""
    return (said[yes].mean() + (~said[~yes]).mean()) / 2


class Judged(NamedTuple):
    """What a model says of one feature: of photos whose label is 1 or 0, and that it judges."""

    yes: np.ndarray
    p: np.ndarray
    said: np.ndarray
    goods: np.ndarray

    def scores(self, rows=slice(None)) -> tuple[float, float, float]:
        """Balanced accuracy at ½ and at the model's own threshold, and AUC."""
        yes, p, said = self.yes[rows], self.p[rows], self.said[rows]
        return balanced(yes, p > .5), balanced(yes, said), auc(p, yes)


def line(name, y, p, said, judged, goods) -> Judged | None:
    """A line of the table."""
    known = np.isin(y, (0, 1))
    if min((y[known] == value).sum() for value in (0, 1)) < FEWEST:
        return None
    use = known & judged
    q, yes, loud = p[use], y[use] == 1, said[use]
    if not 0 < yes.sum() < len(yes):
        return None
    result = Judged(yes, q, loud, goods[use])
    at_half, at_own, area = result.scores()
    right = (q > .5) == yes
    low, high = grouped_wilson(int(right.sum()), goods[use])
    print(LINE.format(
        name, known.sum(), int((y[known] == 1).sum()), f"{1 - use.sum() / known.sum():.2f}",
        f"{right.mean():.3f}", f"{low:.2f}-{high:.2f}", f"{max(yes.mean(), 1 - yes.mean()):.3f}",
        f"{at_half:.3f}", f"{at_own:.3f}", f"{area:.3f}",
        f"{ece(q, yes):.3f}", f"{ece_limit(q):.3f}"))
    return result


def means(common: list[Judged]) -> str:
    """Means over features, with intervals by good."""
    goods = np.unique(np.concatenate([one.goods for one in common]))
    rng, drawn = np.random.default_rng(0), []
    of = [[np.flatnonzero(one.goods == good) for good in goods] for one in common]
    for _ in range(DRAWS):
        chosen = rng.integers(0, len(goods), len(goods))
        rows = [np.concatenate([mine[good] for good in chosen]) for mine in of]
        if all(len(set(one.yes[r])) == 2 for one, r in zip(common, rows)):
            drawn.append(np.mean([one.scores(r) for one, r in zip(common, rows)], axis=0))
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    mean = np.mean([one.scores() for one in common], axis=0)
    return ", ".join(f"{name} {m:.3f} [{a:.3f}, {b:.3f}]" for name, m, a, b in zip(
        ("balanced", "at own", "AUC"), mean, low, high))


def table(title: str, model: PhotoModel, found, labels, goods) -> None:
    """A line per feature; the mean over open vamp, heel and below ankle."""
    print(f"\n{title} (n = {len(labels)}, {len(set(goods))} goods)\n" + LINE.format(
        "feature", "n", "pos", "declined", "right", "interval", "majority", "balanced", "at own",
        "AUC", "ECE", "chance"))
    p, said = found.probabilities, found.probabilities >= model.thresholds
    can = found.gradability >= .5
    of = {id_: can[:, FACTS.index(feature.fact)] for id_, feature in zip(IDS, GROUP.features)}
    either = 1 - (1 - p[:, VAMPS[0]]) * (1 - p[:, VAMPS[1]])
    heights = np.where(((labels[:, HEIGHTS] == 1).sum(axis=1) == 1)[:, None],
                       labels[:, HEIGHTS], np.nan)
    common = [line("vamp open (either)", open_vamp(labels), either, said[:, VAMPS].any(axis=1),
                   of["strap_vamp"], goods)]
    for column, id_ in enumerate(IDS):
        y = heights[:, HEIGHTS.index(column)] if column in HEIGHTS else labels[:, column]
        loud = p[:, HEIGHTS].argmax(axis=1) == HEIGHTS.index(column) if column in HEIGHTS \
            else said[:, column]
        scores = line(id_, y, p[:, column], loud, of[id_], goods)
        if id_ in ("high_heel", "height_below_ankle"):
            common.append(scores)
    known = np.isfinite(heights[:, 0])
    use = known & of["height_ankle"]
    if use.any():
        right = p[use][:, HEIGHTS].argmax(axis=1) == heights[use].argmax(axis=1)
        low, high = grouped_wilson(int(right.sum()), goods[use])
        print(f"height, the likeliest: {right.mean():.3f} [{low:.2f}, {high:.2f}] of {use.sum()} "
              f"judged of {known.sum()}, at a mean P of "
              f"{p[use][:, HEIGHTS].max(axis=1).mean():.3f}; always the commonest "
              f"{heights[use].mean(axis=0).max():.3f}")
    if common := [one for one in common if one is not None]:
        print(f"mean over {len(common)} of open vamp, heel, below ankle: {means(common)}")


def views(found, rows) -> None:
    """Whether the view is named, what of each view is declined, and what can't be shown."""
    truth = np.array([row.view for row in rows], dtype=object)
    if found.seen is not None and found.seen.views.shape[1]:
        said = np.array(GROUP.views, dtype=object)[found.seen.views.argmax(axis=1)]
        known = truth != ""
        usual = max((truth[known] == view).mean() for view in GROUP.views)
        print(f"\nview named right: {(said == truth)[known].mean():.3f} of {known.sum()} (always "
              f"the commonest {usual:.3f}); strange: {(found.seen.strangeness >= 1).sum()}")
    else:
        said = None
        print("\nthe model knows no views")
    low = found.gradability < .5
    for view in GROUP.views:
        of = truth == view
        if of.sum() >= 4:
            named = "" if said is None else f"named right {(said[of] == view).mean():.2f}, "
            print(f"  {view:9} {of.sum():>4}: {named}declined " + ", ".join(
                f"{fact} {low[of, FACTS.index(fact)].mean():.2f}"
                for fact in ("vamp", "heel", "height")))
    can = gradability_labels(np.array([row.labels for row in rows]), GROUP)
    for number, fact in enumerate(FACTS):
        cannot, yes = can[:, number] == 0, can[:, number] == 1
        if cannot.sum() >= FEWEST:
            print(f"  {fact}: {low[cannot, number].mean():.2f} of {cannot.sum()} photos that "
                  f"can't show it are declined, and {low[yes, number].mean():.3f} of "
                  f"{yes.sum()} that can")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    checkout = Path(__file__).resolve().parents[1]
    parser.add_argument("data", type=Path, nargs="?", help="folder with the data sets",
                        default=checkout.parent / "shared" / "data" / "footwear")
    parser.add_argument("--part", choices=(FOURTH, "aside", "train"), default=FOURTH)
    parser.add_argument("--licence", choices=("all", "none"), default="all")
    parser.add_argument("--model", type=Path, nargs="+", default=[], metavar="FILE",
                        help="these models, instead of the free and the research one")
    args = parser.parse_args()
    archive = args.data / "amateur_rare_dev.zip"
    if not archive.is_file():
        print(f"skipped: no photos at {archive}")
        return
    known, goods = rows_of(args.part, args.licence)
    photos = [photo for photo in find_photos(archive)[0] if photo.image in known]
    models = {path.name: PhotoModel.load(path) for path in args.model} \
        or {name: model_of(name) for name in BUNDLES}
    for name, model in models.items():
        found = Extractor(model).run(photos)
        rows = [known[photo.image] for photo in found.photos]
        labels = np.array([row.labels for row in rows])
        source = np.array([goods[row.image] for row in rows])
        scene = np.array([row.scene for row in rows], dtype=object)
        print(f"\n== {name}: model {model.digest[:12]}, {args.part}, {len(rows)} photos")
        table("all", model, found, labels, source)
        for kind in SCENES:
            of = np.flatnonzero(scene == kind)
            if len(of) >= 15:
                table(kind, model, _part(found, of), labels[of], source[of])
        gate, sure = labels[:, -1], found.probabilities[:, -1] > .5
        print(f"\nshoes kept {(~sure[gate == 0]).sum()} of {(gate == 0).sum()}; other things "
              f"refused {sure[gate == 1].sum()} of {(gate == 1).sum()}")
        views(found, rows)


class _part:
    """Results of some photos."""

    def __init__(self, found, rows):
        self.probabilities = found.probabilities[rows]
        self.gradability = found.gradability[rows]


if __name__ == "__main__":
    main()
