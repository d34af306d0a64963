"""The command ``orange-customs train-text``: declarations with codes -> a text model."""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from orangecontrib.customs.i18n import say

__all__ = ["ABOUT", "add_arguments", "main"]

ABOUT = ("Declarations as for classify, with a column of codes of 2 to 10 digits: a classifier of "
         "texts, level by level, in which the tariff's designations speak for codes that were "
         "declared seldom or never. The file is for classify, report and evaluate --text-model; "
         "nothing in it is run.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that only this command has."""
    parser.add_argument("--tariff", default="bundled", metavar="bundled|none|FILE",
                        help="whose designations count: those of the package (default), none, or "
                             "those of an official table (.csv, .csv.gz, .xlsx)")
    parser.add_argument("--note", default="", metavar="TEXT",
                        help="what the model was trained on, kept in its file")
    parser.add_argument("-C", type=float, default=30., metavar="C",
                        help="inverse strength of the penalty (default 30)")
    parser.add_argument("--penalty", choices=("l2", "l1"), default="l2",
                        help="l1 keeps few words, and takes longer (default l2)")


def main(args, place, goods: Sequence, groups: Sequence,
         progress: Callable[[int, int], None]) -> tuple[str, int]:
    """Train, weigh against the groups' own reading, write the file; what was done."""
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.cases.weighing import weighed
    from orangecontrib.customs.files import shown
    from orangecontrib.customs.textmining.tree import packed, read_labels, train_texts
    from orangecontrib.customs.textmining.tree.linear import LinearLearner
    if not 0 < args.C < float("inf"):
        raise InputError(f"-C must be above 0, not {args.C}")
    kept, codes = _labelled(goods, read_labels)
    tariff = _tariff(args)
    try:
        model = train_texts([good.description for good in kept], codes, tariff,
                            LinearLearner(args.C, args.penalty),
                            lambda share: progress(round(100 * share), 100), args.note)
    except ValueError as error:
        raise InputError(f"{args.declarations}: {error}") from error
    model = weighed(model, kept, codes, groups)
    place.write(packed(model))
    file = sys.stderr if place.direct else sys.stdout
    for line in lines_of(model):
        print(shown(line), file=file)
    return f"{len(kept)} declarations, {len(set(codes))} codes", 0


def _labelled(goods: Sequence, read_labels) -> tuple[list, list[str]]:
    """Goods with a description and a code; what is left out is said."""
    from orangecontrib.customs.cases.files import InputError
    labels = read_labels([good.declared_code for good in goods])
    for remark in labels.remarks:
        print(f"orange-customs: {say(remark, 'en')}", file=sys.stderr)
    pairs = [(good, code) for good, code in zip(goods, labels.digits)
             if code and good.description and good.description.strip()]
    if not pairs:
        raise InputError("no row has a description and a code of 2 to 10 digits: name the columns "
                         "(--column description=\"…\", --column code=\"…\")")
    return [good for good, _ in pairs], [code for _, code in pairs]


def _tariff(args):
    from orangecontrib.customs.cases.files import read_tariff
    from orangecontrib.customs.nomenclature import bundled_tariff
    if args.tariff == "none":
        return None
    if args.tariff == "bundled" and not Path(args.tariff).exists():
        return bundled_tariff()
    return read_tariff(args.tariff, args.encoding)


def lines_of(model) -> list[str]:
    """What held-out rows say of the model, for people."""
    lines = ["digits   rows  codes  proposed  top-1  top-3"]
    lines += [f"{level.digits:>6} {level.n:>6} {level.codes:>6} {level.proposed:>9} "
              f"{level.top1:>6.3f} {level.top3:>6.3f}" for level in model.trained.levels]
    distance = model.trained.distance
    lines.append(f"outside of what was trained: unlike by {distance.threshold:.3f}; of rows whose "
                 f"heading is left out {distance.detected:.0%} are told")
    lines.append(f"weight beside the groups' own reading: {model.weight:g}")
    return lines
