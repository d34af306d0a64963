"""Labels that were given by eye on contact sheets → a file of labels of the photo labeler.

    python -m tools.recipes.sheets NUMBERS SHEET … --out LABELS.csv
    python -m tools.recipes.sheets --agreement FIRST.csv SECOND.csv

NUMBERS is a CSV with the columns ``number`` and ``image``; a SHEET has a row per number, with the
columns of `SHEET` below.  A SHEET with a column ``image`` and the columns of the thirteen features
is read, too.  Labels go through the labeler's own store: what is there already stays.

The agreement of two such files is told per question: photos that both have answered, the share of
equal answers, and Cohen's kappa, which is 0 where two who answer at random, each as often as they
do, would agree as often.  With ``0.5``, "this photo can't show it", as an answer of its own.
"""
from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from orangecontrib.customs.facts import SHOT_KINDS
from orangecontrib.customs.groups import Group, visual_group
from orangecontrib.customs.training.labelling import (
    LabelFile,
    LabelRow,
    LabelSheet,
    LabelStore,
    questions,
    read_labels,
)
from tools.recipes.labels import exclusive_height
from tools.recipes.labels import hand_labels as first_pass

__all__ = ["Agreement", "agreement", "kappa", "row_of", "sheet_rows"]

SHEET = ("number", "footwear", "view", "scene", "height", "strap_vamp", "perforated_vamp",
         "riveted_straps", "toe_strap", "waterproof", "wooden_platform", "sport", "house",
         "high_heel")

#: What the first files called scenes → view and scene.
_SCENES = {"catalogue": ("", "catalogue"), "floor": ("", "floor"), "on_foot": ("on_foot", "worn"),
           "top": ("top", "floor"), "top_many": ("many", "floor"), "sole": ("sole", ""),
           "back": ("back", ""), "closeup": ("closeup", "")}


def row_of(row: Mapping[str, str], image: str, group: Group) -> LabelRow:
    """A row of a sheet as the labeler has it.

    One good that is not footwear is labelled so; of a photo with several goods, or with shoes as a
    part of a scene, nothing is said about that.
    """
    ids = group.feature_ids
    labels = np.full(len(ids), np.nan)
    for column in set(SHEET) & set(ids):
        labels[ids.index(column)] = _number(row[column])
    heights = [ids.index(id_) for id_ in ids if id_.startswith("height_")]
    if row["height"]:
        labels[heights] = .5 if row["height"] == "0.5" else 0
        if row["height"] != "0.5":
            labels[ids.index(f"height_{row['height']}")] = 1
    footwear = _number(row["footwear"])
    if footwear in (0, 1):
        labels[ids.index("not_footwear")] = 1 - footwear
    return LabelRow(image, "", "", labels, 0, row["view"], row["scene"])


def _first_row(row: Mapping[str, str], group: Group) -> LabelRow:
    """A row of the first files: cumulative heights, a merged vamp beside the two features."""
    ids = group.feature_ids
    labels, _ = first_pass(row, group)
    for column in ("strap_vamp", "perforated_vamp"):
        labels[ids.index(column)] = _number(row[column])
    cells = [_number(row[c]) for c in ("below_ankle", "covers_ankle", "covers_calf", "over_knee")]
    if exclusive_height(*cells) is None and cells[0] == .5:
        labels[[ids.index(id_) for id_ in ids if id_.startswith("height_")]] = .5
    return LabelRow(row["image"], row.get("group", ""), "", labels, 0,
                    *_SCENES.get(row["scene"], ("", "")))


def _number(text: str) -> float:
    return float(text) if text.strip() else float("nan")


def sheet_rows(path: Path, images: Mapping[str, Mapping[str, str]], group: Group
               ) -> list[LabelRow]:
    """The rows of a sheet; ValueError names what is not a label, no view or no photo."""
    found = []
    with open(path, encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                if "number" not in row:
                    found.append(_first_row(row, group))
                    continue
                known = images[row["number"]]
                one = row_of(row, known["image"], group)
                for kind, ids in (("view", group.views), ("scene", group.scenes)):
                    if row[kind] and row[kind] not in ids:
                        raise ValueError(f"'{row[kind]}' is not a {kind}")
                found.append(LabelRow(one.image, known.get("group", ""), "", one.labels, 0,
                                      one.view, one.scene))
            except (KeyError, ValueError) as error:
                raise ValueError(f"{path}, line {line}: {error}") from None
    return found


class Agreement(NamedTuple):
    """Of two passes, on one question."""

    question: str
    photos: int
    equal: float
    kappa: float


def kappa(one: Sequence, other: Sequence) -> float:
    """Cohen's kappa of two sequences of answers; NaN where both gave one answer throughout."""
    n = len(one)
    if not n:
        return float("nan")
    seen = sum(a == b for a, b in zip(one, other)) / n
    first, second = Counter(one), Counter(other)
    chance = sum(first[answer] * second[answer] for answer in first) / n ** 2
    return float("nan") if chance == 1 else (seen - chance) / (1 - chance)


def agreement(first: Iterable[LabelRow], second: Iterable[LabelRow], group: Group
              ) -> list[Agreement]:
    """How far two passes over the same photos agree, question by question."""
    known = {row.image: row for row in first}
    pairs = [(known[row.image], row) for row in second if row.image in known]
    found = []
    for kind in SHOT_KINDS if group.shots else ():
        found.append(_told(kind, [(getattr(a, kind), getattr(b, kind)) for a, b in pairs
                                  if getattr(a, kind) and getattr(b, kind)]))
    for question in questions(group):
        members = list(question.members)
        answers = [(tuple(a.labels[members]), tuple(b.labels[members])) for a, b in pairs
                   if not np.isnan([a.labels[members], b.labels[members]]).any()]
        name = question.fact if question.exclusive else group.feature_ids[members[0]]
        found.append(_told(name, answers))
    return found


def _told(name: str, answers: list) -> Agreement:
    one, other = [a for a, _ in answers], [b for _, b in answers]
    equal = np.mean([a == b for a, b in answers]) if answers else float("nan")
    return Agreement(name, len(answers), float(equal), kappa(one, other))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("files", type=Path, nargs="+", help="NUMBERS and SHEETs, or two files "
                                                            "of labels")
    parser.add_argument("--out", type=Path, help="file of labels")
    parser.add_argument("--agreement", action="store_true", help="compare two files of labels")
    args = parser.parse_args(arguments)
    group = visual_group()
    if args.agreement:
        if len(args.files) != 2:
            parser.error("--agreement takes two files of labels")
        first, second = (read_labels(path, group).rows for path in args.files)
        print(f"{'question':18}{'n':>6}{'equal':>8}{'kappa':>8}")
        for one in agreement(first, second, group):
            print(f"{one.question:18}{one.photos:>6}{one.equal:>8.3f}{one.kappa:>8.2f}")
        return
    if args.out is None:
        parser.error("--out is missing: where the labels are to be kept")
    with open(args.files[0], encoding="utf-8-sig", newline="") as file:
        images = {row["number"]: row for row in csv.DictReader(file)}
    rows = [row for path in args.files[1:] for row in sheet_rows(path, images, group)]
    store = LabelStore.open(args.out, group)
    try:
        known = {row.image: row.good for row in rows}
        sheet = LabelSheet(list(known), list(known.values()), store=store, group=group)
        merged = sheet.merge(LabelFile("the sheets", rows, group=group))
        print(f"{args.out}: {merged.photos} photos learnt something; said otherwise before: "
              f"{merged.conflicts or 'nothing'}")
        sheet.close()
    finally:
        for problem in store.problems:
            print(problem)


if __name__ == "__main__":
    main()
