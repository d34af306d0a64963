"""Real data sets → honest labels of the 13 features and the gate.

1 and 0 are values, 0.5 means "annotated: this photo can't show it", NaN means "nobody
annotated it".  Weak labels come from the class under which a source sells a product, and
only where that class implies the value; they weigh less than labels given by eye.
What a class implies is data: ``weak_labels.csv``.
"""
from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.training.labelling.files import LabelRow, read_labels

__all__ = ["FREE", "FOURTH", "Labelled", "REAL_SCENES", "SOURCES", "read_source", "weak_labels",
           "hand_labels", "exclusive_height", "origin", "origins", "concatenate"]

WEAK_LABELS = Path(__file__).parent / "weak_labels.csv"

#: Labels given by eye for this project: photos at random, and photos that a model doubted.
MORE_HAND_LABELS = Path(__file__).parent / "hand_labels.csv"

#: Weight of a label given by eye against 1 for the surest weak label.
HAND_WEIGHT = 20.

#: Data sets: name of the zip and of the CSV beside it.
SOURCES = ("zappos_boot_sandal_shoe", "clothing_small_cc0", "fpi_224", "fpi_60x80")

#: Photos of real scenes: all of them, and those whose licence lets the free model learn from them.
REAL_SCENES = ("amateur_rare_dev", "amateur_rare_dev/free")

#: Their labels, as the photo labeler keeps them, and where each comes from and belongs.
REAL_LABELS = Path(__file__).parent / "real_scene_labels.csv"
REAL_LIST = Path(__file__).parent / "real_scenes.csv"

#: Parts of that list: what may train, and the third that was set aside.  It was opened, and might
#: teach since; but models are no better for it (see the card of the bundled one).
TRAIN, ASIDE = "train", "aside"

#: A fourth set that was set aside afterwards, and its labels.
FOURTH_LIST = Path(__file__).parent / "real_scene_fourth.csv"
FOURTH_LABELS = Path(__file__).parent / "real_scene_fourth_labels.csv"

#: Parts of that list: what is judged, and what shares a picture with photos that teach.
FOURTH, LINKED = "fourth", "linked"

#: Beginnings of licences whose photos may train the model that is part of the add-on.
FREE = ("CC0", "CC BY 4.0", "MIT", "Apache")

HAND_LABELS = {"zappos_boot_sandal_shoe": "zappos_13features_seed.csv"}

#: Labels of whole sources as the photo labeler keeps them, with view and scene.
LABELER = {"clothing_small_cc0": Path(__file__).parent / "clothing_small_labels.csv"}

#: Catalogues: how all photos of footwear there were taken; "" = now so, now so.
CATALOGUES = {"zappos_boot_sandal_shoe": "side", "fpi_224": "", "fpi_60x80": ""}

#: What photos of other things are called as a view.
OTHER_VIEW = "other"

#: Weight of "footwear" or "no footwear" that a contact sheet showed.
SHEET_WEIGHT = 4.


@dataclass
class Labelled:
    """Labels of M photos.

    Attributes
    ----------
    source, image : ndarray of str, shape (M,)
    product : ndarray of str, shape (M,)
        Name under which the source sells it; photos of one product stay together.
    labels : ndarray of float, shape (M, n_features)
        1, 0, 0.5 or NaN, in the order of the group's features.
    weights : ndarray of float, shape (M, n_features)
    open_vamp : ndarray of float, shape (M,)
        The merged label "straps or perforation", where the source does not tell which.
    hand : ndarray of bool, shape (M,)
        Labelled by eye and chosen at random, so that shares and errors may be read off.
    made : ndarray of bool, shape (M,)
        A made picture.
    view, scene : ndarray of str, shape (M,)
        How the photo was taken; "" = nobody said.
    """

    source: np.ndarray
    image: np.ndarray
    product: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    open_vamp: np.ndarray
    hand: np.ndarray
    made: np.ndarray
    view: np.ndarray
    scene: np.ndarray

    def __len__(self) -> int:
        return len(self.image)

    def __getitem__(self, rows) -> Labelled:
        return Labelled(**{name: getattr(self, name)[rows] for name in self.__annotations__})

    @classmethod
    def empty(cls, n: int, source: str, images: Sequence[str], products: Sequence[str],
              made: bool = False, group: Group | None = None) -> Labelled:
        """n photos about which nobody has said anything yet."""
        k = len(visual_group(group).features)
        return cls(np.full(n, source, dtype=object), np.array(images, dtype=object),
                   np.array(products, dtype=object), np.full((n, k), np.nan), np.ones((n, k)),
                   np.full(n, np.nan), np.zeros(n, dtype=bool), np.full(n, made),
                   *(np.full(n, "", dtype=object) for _ in range(2)))


def concatenate(parts: Sequence[Labelled]) -> Labelled:
    """One set of all the photos of `parts`."""
    return Labelled(**{name: np.concatenate([getattr(p, name) for p in parts])
                       for name in Labelled.__annotations__})


@cache
def _rules() -> tuple[dict, ...]:
    with open(WEAK_LABELS, encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def weak_labels(source: str, klass: str, name: str) -> dict[str, tuple[float, float]]:
    """What a source's class and product name imply: feature id → (label, weight).

    Later rules of weak_labels.csv override earlier ones; an empty label takes one back.
    """
    found = {}
    for rule in _rules():
        if not re.fullmatch(rule["source"], source) or not re.fullmatch(rule["class"], klass):
            continue
        if rule["name"] and not re.search(rule["name"], name, re.IGNORECASE):
            continue
        for feature in rule["features"].split():
            if rule["label"]:
                found[feature] = float(rule["label"]), float(rule["weight"])
            else:
                found.pop(feature, None)
    return found


def read_source(folder: Path, source: str, group: Group | None = None) -> Labelled:
    """Labels of one data set of `folder`: weak ones, overridden by those given by eye.

    Parameters
    ----------
    source : str
        One of SOURCES or REAL_SCENES.
    group : Group, optional
        Whose features are labelled; the only loaded one with visual features by default.
    """
    group = visual_group(group)
    if source in REAL_SCENES:
        return _read_real(Path(folder), source, group)
    folder, ids = Path(folder), group.feature_ids
    with open(folder / f"{source}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    images = [row["image"] for row in rows]
    result = Labelled.empty(len(rows), source, images, [_product(source, row) for row in rows],
                            group=group)
    for i, row in enumerate(rows):
        inside = row.get("footwear", "1") == "1"
        klass = (row.get("articleType") or row["class"]) if inside else "not footwear"
        if row.get("weak_height"):
            klass += "/" + row["weak_height"]
        for feature, (label, weight) in weak_labels(source, klass, row.get("name", "")).items():
            result.labels[i, ids.index(feature)] = label
            result.weights[i, ids.index(feature)] = weight
    if source in HAND_LABELS:
        _apply_hand_labels(result, folder / HAND_LABELS[source], group)
    _apply_more_hand_labels(result, source, group)
    if source in CATALOGUES:
        result.view[:], result.scene[:] = CATALOGUES[source], "catalogue"
    if source in LABELER:
        _apply_labeler(result, read_labels(LABELER[source], group).rows, group)
    things = result.labels[:, ids.index("not_footwear")] == 1
    result.view[things], result.scene[things] = OTHER_VIEW, ""
    return result


def _read_real(folder: Path, source: str, group: Group) -> Labelled:
    """Labels given by eye of photos of real scenes, but for those that are set aside.

    Of further photos a contact sheet says whether they show footwear.
    """
    def usable(row: dict[str, str]) -> bool:
        return source == REAL_SCENES[0] or row["licence"].startswith(FREE)

    with open(REAL_LIST, encoding="utf-8", newline="") as file:
        listed = {row["image"]: row for row in csv.DictReader(file)}
    known = {image: row for image, row in listed.items()
             if row["part"] == TRAIN and usable(row)}
    with open(FOURTH_LIST, encoding="utf-8", newline="") as file:
        aside = {row["image"]: row for row in csv.DictReader(file)} \
            | {image: row for image, row in listed.items() if row["part"] != TRAIN}
    rows = [row for row in read_labels(REAL_LABELS, group).rows if row.image in known]
    with open(folder / f"{REAL_SCENES[0]}.csv", encoding="utf-8", newline="") as file:
        sheets = [row for row in csv.DictReader(file)
                  if row["image"] not in listed and row["image"] not in aside
                  and row["footwear"] in ("0", "1") and usable(row)]
    sheets = apart_from(aside.values(), sheets)
    images = [row.image for row in rows] + [row["image"] for row in sheets]
    goods = [known[row.image]["good"] for row in rows] + [row["group"] for row in sheets]
    result = Labelled.empty(len(images), source, images, goods, group=group)
    _apply_labeler(result, rows, group)
    gate = group.feature_ids.index("not_footwear")
    for number, row in enumerate(sheets, len(rows)):
        result.labels[number, gate] = 1 - float(row["footwear"])
        result.weights[number, gate] = SHEET_WEIGHT
        result.view[number] = OTHER_VIEW if row["footwear"] == "0" else ""
    return result


def apart_from(aside: Iterable[dict], rows: Sequence[dict]) -> list[dict]:
    """Photos that share no source or good with photos that are set aside.

    A source of which some goods are set aside gives none of its others: nobody has looked
    whether they show the same.
    """
    aside = list(aside)
    sources = {origin(row["source"]) for row in aside}
    goods = {row["good"] for row in aside}
    return [row for row in rows
            if origin(row["source"]) not in sources and row["group"] not in goods]


def origin(source: str) -> str:
    """The repository that a photo comes from."""
    return source.split(":")[0]


@cache
def origins() -> dict[str, str]:
    """The repository of each photo of real scenes."""
    with open(REAL_LIST, encoding="utf-8", newline="") as file:
        return {row["image"]: origin(row["source"]) for row in csv.DictReader(file)}


def _apply_labeler(result: Labelled, rows: Sequence[LabelRow], group: Group) -> None:
    """Rows of the photo labeler; one without features says how the photo was taken."""
    position = {image: i for i, image in enumerate(result.image)}
    vamps = [group.feature_ids.index(f"{kind}_vamp") for kind in ("strap", "perforated")]
    for row in rows:
        i = position.get(row.image)
        if i is None:
            continue
        result.view[i], result.scene[i] = row.view, row.scene
        if not np.isfinite(row.labels).any():
            continue
        result.labels[i], result.weights[i] = row.labels, HAND_WEIGHT
        result.hand[i] = True
        vamp = row.labels[vamps]
        result.open_vamp[i] = 1 if (vamp == 1).any() else 0 if (vamp == 0).all() else np.nan


def _product(source: str, row: dict) -> str:
    name = re.sub(r"\W+", " ", row.get("name", "").lower()).strip()
    return f"name:{name}" if name else f"{source}:{row['image']}"


#: Columns of the files labelled by eye that are features as they stand.
_SAME = {"straps_riveted_to_sole": "riveted_straps", "big_toe_strap": "toe_strap",
         "waterproof": "waterproof", "wooden_platform": "wooden_platform",
         "sport_spikes": "sport", "house_slippers": "house", "high_heel": "high_heel",
         "not_footwear": "not_footwear"}


def _cell(text: str) -> float:
    return float(text) if text.strip() else np.nan


def hand_labels(row: dict, group: Group | None = None) -> tuple[np.ndarray, float]:
    """A row labelled by eye → (labels of the features, merged vamp label).

    The heights of the file are cumulative (covers the ankle, also covers the calf …);
    the features exclude each other.  Vamp: one column for straps or perforation, so "no"
    means neither, and "yes" says which only for sandals, where it is straps.
    """
    ids = visual_group(group).feature_ids
    labels = np.full(len(ids), np.nan)
    for column, feature in _SAME.items():
        labels[ids.index(feature)] = _cell(row[column])
    vamp = _cell(row["vamp_straps_or_perforated"])
    if vamp == 0:
        labels[ids.index("perforated_vamp")] = labels[ids.index("strap_vamp")] = 0
    elif vamp == 1 and row.get("class") == "sandal":
        labels[ids.index("strap_vamp")] = 1
    height = exclusive_height(*(_cell(row[c]) for c in (
        "below_ankle", "covers_ankle", "covers_calf", "over_knee")))
    if height is not None:
        first = ids.index("height_below_ankle")
        labels[first:first + 4] = 0
        labels[first + height] = 1
    return labels, vamp


def exclusive_height(below: float, ankle: float, calf: float, knee: float) -> int | None:
    """Cumulative columns → 0 below ankle, 1 ankle, 2 calf, 3 over knee; None if unsure."""
    if below == 1:
        return 0
    if ankle != 1 or np.isnan(calf) or np.isnan(knee):
        return None
    return 3 if knee == 1 else 2 if calf == 1 else 1


def _apply_hand_labels(result: Labelled, path: Path, group: Group) -> None:
    position = {image: i for i, image in enumerate(result.image)}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            i = position.get(row["image"])
            if i is None:
                continue
            # what the eye was unsure of stays empty; the class knows no better
            result.labels[i], result.open_vamp[i] = hand_labels(row, group)
            result.weights[i] = HAND_WEIGHT
            result.hand[i] = True


def _apply_more_hand_labels(result: Labelled, source: str, group: Group) -> None:
    """Labels of hand_labels.csv: the features it has columns for, empty where unsure."""
    position = {image: i for i, image in enumerate(result.image)}
    ids = group.feature_ids
    with open(MORE_HAND_LABELS, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            i = position.get(row["image"]) if row["source"] == source else None
            if i is None or result.hand[i]:
                continue
            for column, feature in enumerate(ids):
                if feature.startswith("height_"):
                    label = float(feature == f"height_{row['height']}") \
                        if row["height"] else np.nan
                elif feature in row:
                    label = _cell(row[feature])
                else:
                    continue
                result.labels[i, column] = label
                result.weights[i, column] = HAND_WEIGHT
            result.open_vamp[i] = _cell(row["open_vamp"])
            result.hand[i] = row["chosen"] == "random"
