"""Law, text model, and both with a fitted weight: P of headings of goods that none has seen.

Run ``nice python benchmarks/fusion_learner.py [--texts FILE --text COLUMN --code COLUMN --by
COLUMN] [--most N]``.  Without a file it takes the descriptions of rulings_own.csv, which were all
opened before and whose words the reader's rules were mended with; goods of footwear and others.

Folds keep a group (a ruling, or equal words) on one side.  In each the text model and its weight
are learnt from the other folds alone.  *Law*: FusionLearner without a text model, *text*: the tree
of codes by itself, *weight 1* and *fitted*: both.  The classes are the headings of the rows; P of
codes that are none of these is scaled away, for all ways alike.  *Trivial*: the shares of headings
in training.  Top-1 has Wilson's interval by groups; the log-loss one over groups drawn again, and
so have the differences to the fitted weight.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from Orange.data import DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.cases.learning.table import FusionLearner
from orangecontrib.customs.files import read_table
from orangecontrib.customs.textmining.tree import read_labels
from orangecontrib.customs.textmining.tree.table import TariffTreeLearner
from orangecontrib.customs.textmining.tree.words import words_of

sys.path.insert(0, str(Path(__file__).parent))
from intervals import grouped_share

OWN = Path(__file__).with_name("rulings_own.csv")
FOLDS = 5
#: P of a heading is no less, in the log-loss.
FLOOR = 1e-6
DRAWS = 1000
WAYS = ("trivial", "law", "text", "weight 1", "fitted")


def rows_of(args) -> list[tuple[str, str, str]]:
    """(text, heading, group) of the goods."""
    if args.texts is None:
        with open(OWN, encoding="utf-8-sig", newline="") as file:
            found = [(row["description"], row["official_code"], row["source"])
                     for row in csv.DictReader(file)]
    else:
        cells = [row.cells for row in read_table(args.texts, []).rows]
        found = [(row[args.text], row[args.code],
                  row[args.by] if args.by else " ".join(words_of(row[args.text])))
                 for row in cells]
    labels = read_labels([code for _, code, _ in found]).digits
    rows = [(text, code[:4], group) for (text, _, group), code in zip(found, labels)
            if len(code) >= 4 and text.strip()]
    if args.headings:
        rows = [row for row in rows if row[1].startswith(tuple(args.headings.split(",")))]
    if args.most and len(rows) > args.most:
        chosen = np.sort(np.random.default_rng(0).permutation(len(rows))[:args.most])
        rows = [rows[number] for number in chosen]
    return rows


def table_of(rows) -> Table:
    values = tuple(sorted({heading for _, heading, _ in rows}))
    domain = Domain([], DiscreteVariable("HS code", values), [StringVariable("description")])
    return Table.from_numpy(domain, np.zeros((len(rows), 0)),
                            np.array([[values.index(heading)] for _, heading, _ in rows], float),
                            np.array([[text] for text, _, _ in rows], dtype=object))


def fold_of(group: str) -> int:
    return hashlib.sha256(group.encode()).digest()[0] % FOLDS


def answered(train: Table, test: Table) -> tuple[dict[str, np.ndarray], float | None, int]:
    """P of the headings by each way, and the fitted weight with its goods."""
    law = FusionLearner(texts=False)(train)
    both = FusionLearner()(train)
    fit = both.weight_fit
    found = {"trivial": np.tile(law.codes.shares, (len(test), 1)), "law": law(test, law.Probs),
             "text": TariffTreeLearner()(train)(test, law.Probs)}
    found["fitted"] = both(test, both.Probs)
    both.tree = both.tree.__class__(both.tree.words, both.tree.trained, 1., both.tree.note)
    found["weight 1"] = both(test, both.Probs)
    return found, None if fit is None else fit.weight, 0 if fit is None else fit.n


def drawn(values: np.ndarray, groups: list[str]) -> tuple[float, float]:
    """Interval of a mean, over groups drawn again."""
    _, of = np.unique(groups, return_inverse=True)
    total, n = np.bincount(of, values), np.bincount(of)
    some = np.random.default_rng(0).integers(0, len(n), (DRAWS, len(n)))
    return tuple(np.quantile(total[some].sum(axis=1) / n[some].sum(axis=1), (.025, .975)))


def show(title: str, P: dict[str, np.ndarray], y: np.ndarray, groups: list[str]) -> None:
    print(f"\n{title}: {len(y)} goods of {len(set(groups))} groups")
    losses = {way: -np.log(np.clip(P[way][np.arange(len(y)), y], FLOOR, 1)) for way in WAYS}
    for way in WAYS:
        low, high = drawn(losses[way], groups)
        line = f"  {way:9} top-1 {grouped_share(P[way].argmax(axis=1) == y, groups)}   " \
               f"log-loss {losses[way].mean():.3f} [{low:.3f}, {high:.3f}]"
        if way != "fitted":
            difference = losses[way] - losses["fitted"]
            low, high = drawn(difference, groups)
            line += f"   more than fitted by {difference.mean():.3f} [{low:.3f}, {high:.3f}]"
        print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, help="a table of descriptions with codes")
    parser.add_argument("--text", default="description", metavar="COLUMN")
    parser.add_argument("--code", default="code", metavar="COLUMN")
    parser.add_argument("--by", metavar="COLUMN", help="what goods of one witness share; equal "
                                                       "words by default")
    parser.add_argument("--headings", metavar="CODE,…", help="only goods under these")
    parser.add_argument("--most", type=int, default=0, metavar="N", help="goods, drawn by chance")
    args = parser.parse_args()
    if args.texts is not None and not args.texts.exists():
        print(f"skipped: no {args.texts}")
        return
    rows = rows_of(args)
    data, groups = table_of(rows), [group for _, _, group in rows]
    fold = np.array([fold_of(group) for group in groups])
    P = {way: np.zeros((len(rows), len(data.domain.class_var.values))) for way in WAYS}
    for number in range(FOLDS):
        test = np.flatnonzero(fold == number)
        found, weight, n = answered(data[np.flatnonzero(fold != number)], data[test])
        for way in WAYS:
            P[way][test] = found[way]
        said = "too few goods" if weight is None else f"{weight:g}, fitted on {n} goods"
        print(f"fold {number + 1}: {len(test)} goods tested; weight {said}", flush=True)
    y = data.Y.astype(int)
    print("headings: " + ", ".join(f"{heading} {n}" for heading, n in Counter(
        heading for _, heading, _ in rows).most_common(12)))
    show("all", P, y, groups)
    shoes = [row for row, (_, heading, _) in enumerate(rows)
             if heading in ("6401", "6402", "6403", "6404", "6405")]
    if 0 < len(shoes) < len(rows):
        show("footwear", {way: P[way][shoes] for way in WAYS}, y[shoes],
             [groups[row] for row in shoes])


if __name__ == "__main__":
    main()
