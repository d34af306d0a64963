"""The command ``orange-customs weigh``: the weight of predictions, fitted on known codes."""
from __future__ import annotations

import json
import sys

from .cli_calibrate import true_codes

__all__ = ["ABOUT", "lines_of", "main"]

ABOUT = ("The exponent of the predictions' likelihood (--weight of classify) under which the known "
         "codes of goods are likeliest beside what law and facts say, with its 95 % interval and "
         "the log-loss at 0 (without the predictions), at 1 and at the weight. The model must not "
         "have been trained on these goods: give its predictions of goods aside, or those of "
         "Test and Score. The weight of a --text-model is fitted in its training.")


def main(args, place, case) -> tuple[str, int]:
    """Fit the weight of a case that was made with a weight of 1; write and print it."""
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.cases.weighing import WeightError, fit_weight
    true, groups = true_codes(case, args.truth, args.by)
    if not true:
        raise InputError(f"the column '{args.truth}' holds no code of 4 to 10 digits: name the "
                         "one with the known codes (--truth)")
    try:
        fit = fit_weight(case, true, groups)
    except WeightError as error:
        raise InputError(f"{error}; the weight stays {args.stays:g}") from error
    json.dump(fit.as_dict(), place, indent=1)
    place.write("\n")
    for line in lines_of(fit):
        print(line, file=sys.stderr if place.direct else sys.stdout)
    return f"weight {fit.weight:g}", 0


def lines_of(fit) -> list[str]:
    """What was found, for people."""
    of = f"{fit.n} goods" if fit.n == fit.groups else f"{fit.n} goods of {fit.groups} groups"
    return [f"weight {fit.weight:g} [{fit.low:g}, {fit.high:g}], fitted on {of}",
            f"log-loss {fit.loss:.3f}; at 0, without the predictions, {fit.losses[0.]:.3f}; at 1 "
            f"{fit.losses[1.]:.3f}"]
