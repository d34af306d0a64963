"""The command ``orange-customs calibrate``, and ``--calibration`` of the others."""
from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["ABOUT", "add_option", "calibration_of", "coverage_lines", "main", "true_codes"]

ABOUT = ("What the program says of goods whose codes are known, as a table that classify, report "
         "and evaluate take (--calibration): safe digits then are those of which at most the "
         "accepted error of such goods is wrong. Printed: how often they are right and how many "
         "they are, each good judged by the others. Give the same photos, predictions, priors and "
         "trust as for classify; answers and decisions have no part in it.")


def add_option(parser: argparse.ArgumentParser) -> None:
    """``--calibration``."""
    parser.add_argument("--calibration", type=Path, metavar="CALIBRATION.csv",
                        help="of calibrate: safe digits rest on its goods, whose codes are known, "
                             "and not on the probabilities")


def calibration_of(args):
    """The table of the arguments; None without."""
    path = getattr(args, "calibration", None)
    if path is None:
        return None
    from orangecontrib.customs.cases.files import read_calibration_file
    return read_calibration_file(path, args.encoding)


def main(args, place, case, progress=None) -> tuple[str, int]:
    """Write the calibration table of a case, and print what it promises."""
    from orangecontrib.customs.cases.assess import known_goods
    from orangecontrib.customs.cases.files import InputError, write_calibration
    from orangecontrib.customs.evaluation.coverage import cross_coverages
    true, groups = true_codes(case, args.truth, args.by, least=2)
    if not true:
        raise InputError(f"the column '{args.truth}' holds no code of 2 to 10 digits: name the "
                         "one with the true codes (--truth)")
    known = known_goods(case, true, groups, progress)
    said = sum(bool(row.way) for row in known.rows)
    if not said:
        raise InputError("of none of these goods a code is said: there is nothing to calibrate by")
    write_calibration(place, known)
    file = sys.stderr if place.direct else sys.stdout
    print("\n".join(coverage_lines(cross_coverages(known.rows))), file=file)
    return f"{len(true)} goods with a true code, {said} of them with a code that is said", 0


def true_codes(case, column: str, by: str | None, least: int = 4
               ) -> tuple[dict[str, str], dict | None]:
    """True codes of so many digits at least, and what goods share, by key; "none" counts below 4.

    Raises
    ------
    InputError
        There is no such column.
    """
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.nomenclature import parse_code
    from orangecontrib.customs.nomenclature.decision_table import OUTSIDE
    for name in filter(None, (column, by)):
        if not any(name in good.row for good in case.goods):
            there = ", ".join(dict.fromkeys(str(n) for good in case.goods for n in good.row))
            raise InputError(f"there is no column '{name}'; there are: {there}")
    true, unread = {}, []
    for good in case.goods:
        typed = good.row.get(column) or ""
        code = parse_code(typed).digits
        if len(code) >= least:
            true[good.key] = code
        elif least < 4 and str(typed).strip().lower() == OUTSIDE:
            true[good.key] = OUTSIDE
        elif str(typed).strip():
            unread.append(f"{good.key} (“{typed}”)")
    if unread:
        more = " …" if len(unread) > 3 else ""
        print(f"orange-customs: of {len(unread)} goods no code of {least} to 10 digits can be read "
              f"in '{column}', they are left out: {', '.join(unread[:3])}{more}", file=sys.stderr)
    groups = None if by is None else {good.key: good.row.get(by) or good.key
                                      for good in case.goods}
    return true, groups


#: How rules are called in a table for people.
_RULES = {"conformal": "known codes", "probabilities": "probabilities"}


def coverage_lines(coverages: Iterable, headings: bool = False) -> list[str]:
    """Coverage as a table for people."""
    lines = [f"{'safe digits by':15} {'of':8} {'error':>6} {'goods':>6} {'n':>6} "
             f"{'right':>19} {'digits':>6} {'none safe':>9}"]
    for c in coverages:
        if c.heading and not headings:
            continue
        lines.append(f"{_RULES.get(c.rule, c.rule):15} {c.heading or 'all':8} {c.error:>6.0%} "
                     f"{c.goods:>6} {c.n:>6.0f} {c.covered:.3f} [{c.low:.2f}, {c.high:.2f}] "
                     f"{c.length:>6.2f} {c.root:>9.3f}")
    if len(lines) == 1:
        return ["safe digits: too few goods with known codes for any promise"]
    return lines
