"""The command ``orange-customs evaluate``: final codes against known ones."""
from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

from .cli_calibrate import coverage_lines, true_codes

__all__ = ["lines_of", "main"]

#: In a report: coverage of safe digits.
SAFE = "safe digits"


def main(args, place, case, progress=None) -> tuple[str, int]:
    """Write the report of a case, print it, and hold it against an earlier one."""
    from orangecontrib.customs.cases.assess import BASELINES, assess, known_goods, report_of
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.evaluation.coverage import judged_coverages
    from orangecontrib.customs.evaluation.final import worse
    before = _earlier(args.against)
    true, groups = true_codes(case, args.truth, args.by)
    if not true:
        raise InputError(f"the column '{args.truth}' holds no code of 4 to 10 digits: name the "
                         "one with the true codes (--truth)")
    report = report_of(assess(case, true, groups, args.error, progress))
    safe = []
    if case.calibration is not None:
        safe = judged_coverages(case.calibration, known_goods(case, true, groups, progress).rows)
    more = {SAFE: [coverage.as_dict() for coverage in safe]} if safe else {}
    json.dump(report | more, place, indent=1, ensure_ascii=False)
    place.write("\n")
    file = sys.stderr if place.direct else sys.stdout
    print("\n".join(lines_of(report)), file=file)
    if case.calibration is not None:
        print("\n".join(coverage_lines(safe)), file=file)
    lost = worse(report, {name: levels for name, levels in before.items()
                          if name not in BASELINES})
    for line in lost:
        print(f"worse: {line}", file=file)
    return f"{len(true)} goods with a true code", int(bool(lost))


def _earlier(path) -> Mapping:
    """An earlier report; InputError where it is none."""
    from orangecontrib.customs.cases.files import InputError
    if path is None:
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        report.pop(SAFE, None)
        for levels in report.values():
            for level in levels:
                level["digits"], level["top1"] + 0.
        return report
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not a report of orange-customs evaluate") from error


def lines_of(report: Mapping[str, Sequence[Mapping]]) -> list[str]:
    """The report as a table for people."""
    lines = [f"{'':14} {'digits':>6} {'n':>5} {'top-1':>19} {'top-3':>6} {'F1':>5} {'loss':>5} "
             f"{'Brier':>5} {'ECE (chance)':>13} {'AUGRC':>6} {'1 %':>5} {'5 %':>5} {'duty':>5}"]
    for name, levels in report.items():
        for level in levels:
            limits = [_number(p, 2) for p in level["coverage"].values()]
            lines.append(
                f"{name:14} {level['digits']:>6} {level['n']:>5} {level['top1']:.3f} "
                f"[{level['top1_low']:.2f}, {level['top1_high']:.2f}] {level['top3']:>6.3f} "
                f"{level['macro_f1']:>5.2f} {level['log_loss']:>5.2f} {level['brier']:>5.2f} "
                f"{_number(level['ece'], 3)} ({_number(level['ece_chance'], 3)}) "
                f"{_number(level['augrc'], 3):>6} {limits[0]:>5} {limits[1]:>5} "
                f"{_number(level['duty_error'], 2):>5}")
    return lines


def _number(value, decimals: int) -> str:
    return "–" if value is None or value != value else f"{value:.{decimals}f}"
